import type { ClientBase } from 'pg'
import { isConnectionLost, isServerError } from '../postgres/index.ts'
import { changedTables, changedViews, type DatabaseState, movedSequences, structureOf } from './state.ts'

/** How long rows that a test has locked are waited for. */
const patience = '2s'

/**
 * Brings rows, sequences and materialized views of a database back to a state, with its connections left open: only what has
 * changed is written. No trigger, rule or foreign key sees it.
 * @returns false where that cannot be done: the structure has changed, rows are locked or too many to be kept here, triggers
 *   fire whatever is set, the user may not turn them off (session_replication_role), or the
 *   connection is lost
 */
export async function restoreState(client: ClientBase, state: DatabaseState): Promise<boolean> {
  try {
    await client.query(
      `BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL lock_timeout = '${patience}'`,
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
      ({ name, value, isCalled }) => `setval('${name.replaceAll("'", "''")}', ${value}, ${isCalled})`,
    )
    await client.query(`SELECT ${positions.join(', ')}`)
  }
  for (const { name } of await changedViews(client, state))
    await client.query(`REFRESH MATERIALIZED VIEW ${name}`)
  return true
}
