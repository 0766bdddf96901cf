import type { ClientBase } from 'pg'
import { quoteLiteral } from '../../postgres/index.ts'

/**
 * The statements that put sequences back where they are now, since no rollback does that (manual, section 9.17).
 * @param names as they stand in a query
 */
export async function positionStatements(
  client: ClientBase,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length === 0) return []
  const queries = names.map(
    (name) =>
      `SELECT ${quoteLiteral(name)} AS name, last_value::text AS value, is_called AS called FROM ${name}`,
  )
  const { rows } = await client.query<{ name: string; value: string; called: boolean }>(
    queries.join(' UNION ALL '),
  )
  return rows.map(({ name, value, called }) => `SELECT setval(${quoteLiteral(name)}, ${value}, ${called})`)
}
