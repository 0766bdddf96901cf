import type { ClientBase } from 'pg'
import { backendOf, expectOwnSession } from '../postgres/index.ts'
import { keyPid, type OwnConnection } from './own-connection.ts'

/**
 * Learns the server's process id of a connection, and where it is not the one that came with the connection, so that
 * a pooler stands between, makes sure that the session stays the same.
 * @throws MigError `transaction-pooler`
 */
export async function checkPooler(client: ClientBase, own: OwnConnection): Promise<void> {
  const pid = await backendOf(client)
  if (pid === keyPid(client)) return
  await expectOwnSession(client, own.observer, pid)
  own.notePid(pid)
}
