import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { keyPid, type OwnConnection } from './own-connection.ts'

/** How long a second connection may take, in milliseconds; a pool of one session never gives it. */
const patience = 3000

/**
 * Learns the server's process id of a connection, and where it is not the one that came with the connection, so that
 * a pooler stands between, makes sure that the session stays the same: a pooler in transaction mode gives a
 * transaction whichever session is free, and the lock of a run, the settings and the search_path with it.
 * @throws MigError `transaction-pooler`
 */
export async function checkPooler(client: ClientBase, own: OwnConnection): Promise<void> {
  const pid = await pidOf(client)
  if (pid === keyPid(client)) return
  const taken = takenBy(own, client, pid)
  if ((await Promise.race([taken, sleep(patience, false)])) === true) throw transactionPooler()
  own.notePid(pid)
}

/** Can another connection get hold of the session, while nothing is open here? */
async function takenBy(own: OwnConnection, client: ClientBase, pid: number): Promise<boolean> {
  const other = await own.observer().catch(() => undefined)
  if (other === undefined) return false
  try {
    await other.query('BEGIN')
  } catch {
    // A pooler in statement mode has no transactions at all.
    return true
  }
  try {
    return (await pidOf(other)) === pid || (await pidOf(client)) !== pid
  } finally {
    await other.query('ROLLBACK')
  }
}

async function pidOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return rows[0]?.pid ?? 0
}

function transactionPooler(): MigError {
  return new MigError(
    'transaction-pooler',
    'the database URL leads to a pooler that gives every transaction another session; the lock of a run belongs to one',
    { help: 'use the URL of the server itself, or of the pooler in session mode' },
  )
}
