import { setTimeout as pause } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { isConnectionLost, isServerError, quoteLiteral } from '../postgres/index.ts'
import { changedTables, changedViews, type DatabaseState, movedSequences, structureOf } from './state.ts'

/** For how long, in ms, transactions of other connections are waited for, and then what they have locked. */
const patience = 2_000
const pollEvery = 20

/**
 * Brings rows, sequences and materialized views of a database back to a state, with its connections left open: only what has
 * changed is written. No trigger, rule or foreign key sees it.
 * @returns false where that cannot be done: the structure has changed, there are large objects, another connection stays in a
 *   transaction, rows are too many to be kept here, triggers fire whatever is set, the user may not turn them off
 *   (session_replication_role), or the connection is lost. No prepared transaction is left then, unless it is lost
 */
export async function restoreState(client: ClientBase, state: DatabaseState): Promise<boolean> {
  try {
    await endPrepared(client)
    if (state.hasLargeObjects) return false
    if (!(await othersEnd(client))) return false
    await client.query(
      `BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = ${patience}`,
    )
    const isDone = (await structureOf(client)) === state.structure && (await restoreRows(client, state))
    await client.query(isDone ? 'COMMIT' : 'ROLLBACK')
    return isDone
  } catch (error) {
    if (isConnectionLost(error)) return false
    if (!isServerError(error)) throw error
    await client.query('ROLLBACK')
    return false
  }
}

/** Rolls back the prepared transactions of a database: they outlive their sessions, and keep the database from being dropped. */
export async function endPrepared(client: ClientBase): Promise<void> {
  const { rows } = await client.query<{ gid: string }>({ name: 'prepared', text: preparedQuery })
  for (const { gid } of rows) await client.query(`ROLLBACK PREPARED ${quoteLiteral(gid)}`)
}

const preparedQuery = 'SELECT gid FROM pg_prepared_xacts WHERE database = current_database()'

async function restoreRows(client: ClientBase, state: DatabaseState): Promise<boolean> {
  const changed = await changedTables(client, state)
  if (changed.some(({ rows, isFiring }) => rows === undefined || isFiring)) return false
  if (changed.length > 0) await client.query(changed.map(({ name }) => `DELETE FROM ONLY ${name}`).join('; '))
  for (const { name, columns, rows = [] } of changed) {
    if (rows.length === 0) continue
    const list = columns.join(', ')
    const read = columns.map((column) => `(r).${column}`).join(', ')
    await client.query(
      columns.length === 0
        ? `INSERT INTO ${name} SELECT FROM unnest($1::text[])`
        : `INSERT INTO ${name} (${list}) OVERRIDING SYSTEM VALUE SELECT ${read} FROM (SELECT text::${name} AS r FROM unnest($1::text[]) AS text OFFSET 0) AS kept`,
      [rows],
    )
  }
  const moved = await movedSequences(client, state)
  if (moved.length > 0) {
    const positions = moved.map(
      ({ name, value, isCalled }) => `setval(${quoteLiteral(name)}, ${value}, ${isCalled})`,
    )
    await client.query(`SELECT ${positions.join(', ')}`)
  }
  const views = await changedViews(client, state)
  for (const { name, digest } of views)
    await client.query(`REFRESH MATERIALIZED VIEW ${name}${digest === null ? ' WITH NO DATA' : ''}`)
  // One that the template has out of date does not come back by what its tables hold.
  return views.length === 0 || (await changedViews(client, state)).length === 0
}

/**
 * Waits until no other connection of the database is in a transaction that has written or holds locks: it could still commit
 * rows, or stop the next test.
 * @returns false where one is after two seconds
 */
async function othersEnd(client: ClientBase): Promise<boolean> {
  const deadline = Date.now() + patience
  for (;;) {
    const { rows } = await client.query<{ isOpen: boolean }>({ name: 'others', text: othersQuery })
    if (rows[0]?.isOpen === false) return true
    if (Date.now() > deadline) return false
    await pause(pollEvery)
  }
}

// Autovacuum, which gives way by itself, has no user; the predicate locks of SERIALIZABLE outlive their transaction.
const othersQuery = `
  SELECT EXISTS (
    SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid JOIN pg_database d ON d.oid = a.datid
     WHERE d.datname = current_database() AND a.usesysid IS NOT NULL AND a.pid <> pg_backend_pid()
       AND l.locktype IN ('relation', 'transactionid') AND l.mode <> 'SIReadLock') AS "isOpen"`
