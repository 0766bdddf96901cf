import type { ClientBase } from 'pg'
import { quoteIdent, setOwnPathLocal, undoing } from '../../../postgres/index.ts'

/** The rows of one table, as PostgreSQL writes them: every value in the text of its type's output function. */
export interface TableRows {
  readonly table: string
  readonly columns: readonly string[]
  /** In the order in which they lie in the table, so that two runs of the same revisions agree. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** Columns that PostgreSQL can fill by itself. */
  readonly defaults: readonly string[]
  /** Its triggers, with `tgenabled`: O, A, R or D. */
  readonly triggers: readonly { readonly name: string; readonly enabled: string }[]
  /** The tables of the same schema that its foreign keys refer to. */
  readonly needs: readonly string[]
}

/** What a schema holds beside its structure. */
export interface Seeds {
  readonly tables: readonly TableRows[]
  /** Sequences that have been used, with their last value. */
  readonly sequences: readonly { readonly name: string; readonly value: string }[]
  /** Materialized views that are filled, in the order in which they were made. */
  readonly filled: readonly string[]
}

/** How values read the same wherever they are read. */
const pinned = `SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex'; SET LOCAL TimeZone = 'UTC'`

/**
 * Reads all rows of a schema, its sequences and which of its materialized views are filled.
 * In the rows, names of the schema itself read without it, since it is first in search_path.
 */
export function readSeeds(client: ClientBase, schema: string): Promise<Seeds> {
  return undoing(client, async () => {
    await client.query(`${pinned}; ${setOwnPathLocal}`)
    const { rows: tables } = await client.query<Omit<TableRows, 'rows'>>(tablesQuery, [schema])
    const { rows: filled } = await client.query<{ name: string }>(filledQuery, [schema])
    const sequences = await usedSequences(client, schema)
    await client.query(`SET LOCAL search_path TO ${quoteIdent(schema)}, public`)
    const found: TableRows[] = []
    for (const table of tables) {
      const rows = await rowsOf(client, schema, table)
      if (rows.length > 0) found.push({ ...table, rows })
    }
    return { tables: byNeed(found), sequences, filled: filled.map(({ name }) => name) }
  })
}

/** Tables after those that their foreign keys refer to; a circle stands in the order of names. Pure. */
function byNeed(tables: readonly TableRows[]): readonly TableRows[] {
  const ordered = new Set<TableRows>()
  const visit = (table: TableRows, above: readonly string[]) => {
    if (ordered.has(table) || above.includes(table.table)) return
    for (const need of table.needs) {
      const other = tables.find((each) => each.table === need)
      if (other !== undefined) visit(other, [...above, table.table])
    }
    ordered.add(table)
  }
  for (const table of tables) visit(table, [])
  return [...ordered]
}

async function rowsOf(
  client: ClientBase,
  schema: string,
  { table, columns }: Omit<TableRows, 'rows'>,
): Promise<TableRows['rows']> {
  const list = columns.map(quoteIdent).join(', ')
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${list} FROM ONLY ${quoteIdent(schema)}.${quoteIdent(table)} ORDER BY ctid`,
    rowMode: 'array',
    types: { getTypeParser: () => (value: string) => value },
  })
  return rows
}

async function usedSequences(client: ClientBase, schema: string): Promise<Seeds['sequences']> {
  const { rows } = await client.query<{ name: string; value: string }>(
    `SELECT sequencename AS name, last_value::text AS value FROM pg_catalog.pg_sequences
     WHERE schemaname = $1 AND last_value IS NOT NULL ORDER BY sequencename COLLATE "C"`,
    [schema],
  )
  return rows
}

const tablesQuery = `
  SELECT c.relname::text AS "table",
         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
               ORDER BY a.attnum) AS columns,
         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
                 AND (a.atthasdef OR a.attidentity <> '') ORDER BY a.attnum) AS defaults,
         coalesce((SELECT jsonb_agg(jsonb_build_object('name', t.tgname, 'enabled', t.tgenabled) ORDER BY t.tgname)
                   FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), '[]') AS triggers,
         ARRAY(SELECT f.relname::text FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS f ON f.oid = k.confrelid
               WHERE k.conrelid = c.oid AND k.contype = 'f' AND f.relnamespace = c.relnamespace AND f.oid <> c.oid
               ORDER BY 1) AS needs
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname::text = $1 AND c.relkind = 'r' ORDER BY c.relname COLLATE "C"`

const filledQuery = `
  SELECT c.relname::text AS name FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname::text = $1 AND c.relkind = 'm' AND c.relispopulated ORDER BY c.oid`
