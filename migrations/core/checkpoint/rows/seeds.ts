import type { ClientBase } from 'pg'
import { quoteIdent, setOwnPathLocal, undoing } from '../../postgres/index.ts'

/** The rows of one table, as PostgreSQL writes them: every value in the text of its type's output function. */
export interface TableRows {
  /** As SQL; with its schema where several are read. */
  readonly table: string
  readonly columns: readonly string[]
  /** In the order in which they lie in the table, so that two runs of the same revisions agree. */
  readonly rows: readonly (readonly (string | null)[])[]
  /** Columns whose default may give another value each time: from the clock, from chance, from a function that is not immutable. */
  readonly varying: readonly string[]
  /** Those of them whose default never gives a value twice: what two runs have alike was written. */
  readonly unique: readonly string[]
  /** Its triggers, with `tgenabled`: O, A, R or D. */
  readonly triggers: readonly { readonly name: string; readonly enabled: string }[]
  /** The tables that its foreign keys refer to, as SQL. */
  readonly needs: readonly string[]
}

/** Where a sequence stands that is not as it was made. */
export interface SequencePosition {
  /** As SQL. */
  readonly name: string
  readonly value: string
  /** Whether the value was given out. */
  readonly called: boolean
}

/** What schemas hold beside their structure. */
export interface Seeds {
  readonly tables: readonly TableRows[]
  readonly sequences: readonly SequencePosition[]
  /** Materialized views that are filled, as SQL, in the order in which they were made. */
  readonly filled: readonly string[]
  /** Those that are not. */
  readonly unfilled: readonly string[]
}

/** Schemas whose rows are read: one, whose own names are read without it, or several, whose names are read with theirs. */
export type SeedPlace = { readonly schema: string } | { readonly schemas: readonly string[] }

/** How values read the same wherever they are read; rows that a policy hides from the owner are an error, as in pg_dump. */
const pinned = `SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex'; SET LOCAL TimeZone = 'UTC'; SET LOCAL row_security = off`

/**
 * Reads all rows of schemas, where their sequences stand, and which of their materialized views are filled. In the rows of
 * one schema, its own names read without it, since it is first in search_path.
 */
export function readSeeds(client: ClientBase, place: SeedPlace): Promise<Seeds> {
  const schemas = 'schema' in place ? [place.schema] : place.schemas
  const path = 'schema' in place ? `SET LOCAL search_path TO ${quoteIdent(place.schema)}, public` : undefined
  const named = ({ schema, name }: Named) =>
    'schema' in place ? quoteIdent(name) : `${quoteIdent(schema)}.${quoteIdent(name)}`
  return undoing(client, async () => {
    await client.query(`${pinned}; ${setOwnPathLocal}`)
    const { rows: tables } = await client.query<FoundTable>(tablesQuery, [schemas])
    const { rows: views } = await client.query<Named & { readonly filled: boolean }>(viewsQuery, [schemas])
    const sequences = await usedSequences(client, schemas)
    if (path !== undefined) await client.query(path)
    const found: TableRows[] = []
    for (const table of tables) {
      const rows = await rowsOf(client, table)
      if (rows.length === 0) continue
      const { columns, varying, unique, triggers } = table
      const needs = table.needs.map(named)
      found.push({ table: named(table), columns, varying, unique, triggers, needs, rows })
    }
    return {
      tables: byNeed(found),
      sequences: sequences.map(({ value, called, ...each }) => ({ name: named(each), value, called })),
      filled: views.filter(({ filled }) => filled).map(named),
      unfilled: views.filter(({ filled }) => !filled).map(named),
    }
  })
}

interface Named {
  readonly schema: string
  readonly name: string
}

interface FoundTable extends Named, Pick<TableRows, 'columns' | 'varying' | 'unique' | 'triggers'> {
  readonly needs: readonly Named[]
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

async function rowsOf(client: ClientBase, { schema, name, columns }: FoundTable): Promise<TableRows['rows']> {
  const list = columns.map(quoteIdent).join(', ')
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${list} FROM ONLY ${quoteIdent(schema)}.${quoteIdent(name)} ORDER BY ctid`,
    rowMode: 'array',
    types: { getTypeParser: () => (value: string) => value },
  })
  return rows
}

interface Position extends Named, Omit<SequencePosition, 'name'> {}

/** Where sequences stand; those that are as they were made are left out. */
async function usedSequences(client: ClientBase, schemas: readonly string[]): Promise<readonly Position[]> {
  const { rows } = await client.query<Named & { readonly start: string }>(
    `SELECT schemaname::text AS schema, sequencename::text AS name, start_value::text AS start FROM pg_catalog.pg_sequences
     WHERE schemaname::text = ANY ($1) ORDER BY schemaname COLLATE "C", sequencename COLLATE "C"`,
    [schemas],
  )
  if (rows.length === 0) return []
  const each = rows.map(
    ({ schema, name }, at) =>
      `SELECT ${at} AS at, last_value::text AS value, is_called AS called FROM ${quoteIdent(schema)}.${quoteIdent(name)}`,
  )
  const { rows: positions } = await client.query<Omit<Position, keyof Named> & { readonly at: number }>(
    `${each.join(' UNION ALL ')} ORDER BY at`,
  )
  return positions.flatMap(({ at, value, called }) => {
    const row = rows[at]
    if (row === undefined || (!called && value === row.start)) return []
    return [{ schema: row.schema, name: row.name, value, called }]
  })
}

// SQLVALUEFUNCTION 0 to 8 are CURRENT_DATE to LOCALTIMESTAMP (primnodes.h); functions of the server are not in pg_depend.
const varyingDefault = `(d.adbin::text ~ '[{]SQLVALUEFUNCTION :op [0-8] ' OR EXISTS (
      SELECT FROM pg_catalog.regexp_matches(d.adbin::text, ':(?:op)?funcid ([0-9]+)', 'g') AS f JOIN pg_catalog.pg_proc AS p ON p.oid = f[1]::oid
      WHERE p.provolatile <> 'i' AND p.oid <> 'pg_catalog.nextval(regclass)'::regprocedure))`

const uniqueDefault = `CASE a.atttypid
      WHEN 'uuid'::regtype THEN expression ~ '^([a-z_]+[.])?(gen_random_uuid|uuidv[47]|uuid_generate_v(1|1mc|4))[(][)]$'
      WHEN 'text'::regtype THEN expression ~ '^(md5[(][(]random[(][)][)]::text[)]|[(]gen_random_uuid[(][)][)]::text)$'
      WHEN 'float8'::regtype THEN expression = 'random()'
      ELSE a.atttypid IN ('timestamp'::regtype, 'timestamptz'::regtype) AND a.atttypmod NOT BETWEEN 0 AND 2
        AND expression ~ '^[(]*((now|(clock|statement|transaction)_timestamp)[(][)]|CURRENT_TIMESTAMP|LOCALTIMESTAMP)( AT TIME ZONE ''[^'']*''::text| [+-] ''[^'']*''::interval|[)])*$'
    END`

// A table without pages has no rows, whatever a policy would hide.
const tablesQuery = `
  SELECT n.nspname::text AS schema, c.relname::text AS name,
         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
               ORDER BY a.attnum) AS columns,
         v.varying, v."unique",
         coalesce((SELECT jsonb_agg(jsonb_build_object('name', t.tgname, 'enabled', t.tgenabled) ORDER BY t.tgname)
                   FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), '[]') AS triggers,
         coalesce((SELECT jsonb_agg(jsonb_build_object('schema', fn.nspname, 'name', f.relname) ORDER BY fn.nspname, f.relname)
                   FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS f
                     ON f.oid = k.confrelid OR f.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(k.confrelid) AS t)
                   JOIN pg_catalog.pg_namespace AS fn ON fn.oid = f.relnamespace
                   WHERE k.conrelid = c.oid AND k.contype = 'f' AND fn.nspname::text = ANY ($1) AND f.oid <> c.oid), '[]') AS needs
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS varying,
           coalesce(array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE ${uniqueDefault}), '{}') AS "unique"
    FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    CROSS JOIN LATERAL pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
    WHERE d.adrelid = c.oid AND a.attgenerated = '' AND ${varyingDefault}) AS v
  WHERE n.nspname::text = ANY ($1) AND c.relkind = 'r' AND pg_catalog.pg_relation_size(c.oid) > 0 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`

const viewsQuery = `
  SELECT n.nspname::text AS schema, c.relname::text AS name, c.relispopulated AS filled FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname::text = ANY ($1) AND c.relkind = 'm' ORDER BY c.oid`
