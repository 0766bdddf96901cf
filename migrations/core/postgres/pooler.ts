import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'

/** How long a second connection may take, in milliseconds; a pool of one session never gives it. */
const patience = 3000

/**
 * Makes sure that a connection which leads through a pooler keeps its session: a pooler in transaction mode gives each
 * transaction whichever session is free, so that settings and locks end up with somebody else.
 * @param openOther gives a second connection to the same URL
 * @param pid the server's process id that the connection has now
 * @throws MigError `transaction-pooler`
 */
export async function expectOwnSession(
  client: ClientBase,
  openOther: () => Promise<ClientBase>,
  pid: number,
): Promise<void> {
  const taken = takenBy(openOther, client, pid)
  if ((await Promise.race([taken, sleep(patience, false)])) === true) throw transactionPooler()
}

/** Can another connection get hold of the session, while nothing is open here? */
async function takenBy(
  openOther: () => Promise<ClientBase>,
  client: ClientBase,
  pid: number,
): Promise<boolean> {
  const other = await openOther().catch(() => undefined)
  if (other === undefined) return false
  try {
    await other.query('BEGIN')
  } catch {
    // A pooler in statement mode has no transactions at all.
    return true
  }
  try {
    return (await backendOf(other)) === pid || (await backendOf(client)) !== pid
  } finally {
    await other.query('ROLLBACK')
  }
}

/** The server's process id of a connection, as the server tells it. */
export async function backendOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid')
  return rows[0]?.pid ?? 0
}

function transactionPooler(): MigError {
  return new MigError(
    'transaction-pooler',
    'the database URL leads to a pooler that gives every transaction another session; settings and the lock of a run belong to one',
    { help: 'use the URL of the server itself, or of the pooler in session mode' },
  )
}
