import type { ClientBase } from 'pg'

/** What holds data: tables and their columns, by what survives a rename (oid, and number in the table). */
export interface Holders {
  /** oid → `table schema.name` */
  readonly tables: ReadonlyMap<string, string>
  /** oid and attnum → `column schema.table.name` */
  readonly columns: ReadonlyMap<string, { readonly table: string; readonly name: string }>
}

/** Reads the tables of some schemas, and their columns. */
export async function readHolders(client: ClientBase, schemas: readonly string[]): Promise<Holders> {
  const { rows } = await client.query<{ oid: string; name: string; attnum: number | null; column: string }>(
    `SELECT c.oid::text, n.nspname || '.' || c.relname AS name, a.attnum, a.attname AS column
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
     WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY ($1)
     ORDER BY n.nspname, c.relname, a.attnum`,
    [schemas],
  )
  const tables = new Map(rows.map(({ oid, name }) => [oid, `table ${name}`]))
  const columns = new Map(
    rows.flatMap(({ oid, name, attnum, column }) =>
      attnum === null
        ? []
        : [[`${oid} ${attnum}`, { table: oid, name: `column ${name}.${column}` }] as const],
    ),
  )
  return { tables, columns }
}

/** What held data before and is gone after; a table goes with its columns. Renamed is not gone. */
export function lostHolders(before: Holders, after: Holders): readonly string[] {
  const tables = [...before.tables].flatMap(([oid, name]) => (after.tables.has(oid) ? [] : [name]))
  const columns = [...before.columns].flatMap(([key, { table, name }]) =>
    after.tables.has(table) && !after.columns.has(key) ? [name] : [],
  )
  return [...tables, ...columns]
}
