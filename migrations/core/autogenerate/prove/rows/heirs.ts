import type { ClientBase } from 'pg'
import type { Rename } from '../../../difference/index.ts'

/** Renames with those of the columns that tables inherit: PostgreSQL renames them along (manual, section 5.11). */
export async function withHeirs(client: ClientBase, renames: readonly Rename[]): Promise<readonly Rename[]> {
  const columns = renames.filter(({ from }) => from.kind === 'column')
  if (columns.length === 0) return renames
  const { rows } = await client.query<{ place: number; schema: string; table: string }>(query, [
    columns.map(({ from }) => from.schema),
    columns.map(({ from }) => from.parent?.name ?? ''),
  ])
  const inherited = rows.flatMap(({ place, schema, table }): readonly Rename[] => {
    const { from, to } = columns[place - 1] ?? {}
    if (from === undefined || to === undefined) return []
    const moved = renames.find(
      (each) => each.from.kind === 'table' && each.from.schema === schema && each.from.name === table,
    )?.to
    const parent = { kind: 'table', name: table } as const
    return [
      {
        from: { ...from, schema, parent },
        to: { ...to, schema: moved?.schema ?? schema, parent: { ...parent, name: moved?.name ?? table } },
      },
    ]
  })
  return [...renames, ...inherited]
}

const query = `
  WITH RECURSIVE heir (place, id) AS (
    SELECT w.place, c.oid FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (schema, name, place)
    JOIN pg_namespace n ON n.nspname = w.schema JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
    UNION
    SELECT heir.place, i.inhrelid FROM heir JOIN pg_inherits i ON i.inhparent = heir.id
    JOIN pg_class c ON c.oid = i.inhrelid AND NOT c.relispartition AND c.relkind IN ('r', 'p')
  )
  SELECT heir.place::int, n.nspname AS schema, c.relname AS "table"
  FROM heir JOIN pg_class c ON c.oid = heir.id JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (schema, name, place) ON w.place = heir.place
  WHERE (n.nspname, c.relname) <> (w.schema, w.name)`
