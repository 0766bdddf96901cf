import type { ClientBase } from 'pg'
import { quoteLiteral } from '../../postgres/index.ts'

/** As {@link positionStatements}, of all sequences that the session may set: those of an extension may be another role's. */
export async function sequencePositions(client: ClientBase): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT s.seqrelid::pg_catalog.regclass::pg_catalog.text AS name
       FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) s.seqrelid
      WHERE pg_catalog.has_schema_privilege(c.relnamespace, 'USAGE')
        AND pg_catalog.has_sequence_privilege(s.seqrelid, 'SELECT')
        AND pg_catalog.has_sequence_privilege(s.seqrelid, 'UPDATE')`,
  )
  return positionStatements(
    client,
    rows.map(({ name }) => name),
  )
}

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
