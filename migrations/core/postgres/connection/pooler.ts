import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from 'pg'
import { MigError } from '../../errors.ts'

/** How long a second connection may take, in milliseconds; a pool of one session never gives it. */
const patience = 3000

/**
 * Makes sure that a connection which leads through a pooler keeps its session: a pooler in transaction mode gives each
 * transaction whichever session is free, so that settings and locks end up with somebody else.
 * @param openOther opens a second connection to the same URL, which is closed here
 * @param pid the server's process id that the connection has now
 * @throws MigError `transaction-pooler`
 */
export async function expectOwnSession(
  client: Client,
  openOther: (signal: AbortSignal) => Promise<Client>,
  pid: number,
): Promise<void> {
  const over = new AbortController()
  try {
    const taken = takenBy(() => openOther(over.signal), client, pid)
    const waited = sleep(patience, false, { signal: over.signal })
    if (await Promise.race([taken, waited])) throw transactionPooler()
  } finally {
    over.abort()
  }
}

/** Can another connection get hold of the session, while nothing is open here? */
async function takenBy(openOther: () => Promise<Client>, client: Client, pid: number): Promise<boolean> {
  const other = await openOther().catch(() => undefined)
  if (other === undefined) return false
  try {
    const begun = await other.query('BEGIN').catch(() => undefined)
    // A pooler in statement mode has no transactions at all.
    if (begun === undefined) return true
    return (await backendOf(other)) === pid || (await backendOf(client)) !== pid
  } finally {
    await other.query('ROLLBACK').catch(() => undefined)
    await other.end()
  }
}

/** The server's process id of a connection, as the server tells it. */
async function backendOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid')
  return rows[0]?.pid ?? 0
}

function transactionPooler(): MigError {
  return new MigError(
    'transaction-pooler',
    'the database URL leads to a pooler in transaction mode; a run needs one session for its settings and its lock',
    { help: 'use the URL of the server itself, or of the pooler in session mode' },
  )
}
