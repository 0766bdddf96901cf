import type { ClientBase } from 'pg'

/**
 * By table, what its rows are, for all tables outside of schemas: whoever makes these schemas in another way would not
 * write them.
 */
export async function rowsElsewhere(
  client: ClientBase,
  schemas: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) AS name FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname::text <> ALL ($1) AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
    [schemas],
  )
  const found = new Map<string, string>()
  for (const { name } of tables) {
    const { rows } = await client.query<{ rows: string }>(
      `SELECT count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) AS rows FROM ONLY ${name} AS t`,
    )
    found.set(name, rows[0]?.rows ?? '')
  }
  return found
}
