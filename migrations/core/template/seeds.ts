import type { ClientBase } from 'pg'
import { quoteIdent, setOwnPathLocal, undoing } from '../postgres/index.ts'

/** The rows of one table, as PostgreSQL writes them: every value in the text of its type's output function. */
export interface TableRows {
  /** As SQL, without its schema. */
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

/** How values read the same wherever they are read; rows that a policy hides from the owner are an error, as in pg_dump. */
const pinned = `SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres'; SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex'; SET LOCAL TimeZone = 'UTC'; SET LOCAL row_security = off`

/**
 * Reads all rows of a schema, where its sequences stand, and which of its materialized views are filled. Its own names read
 * without it, since it is first in search_path.
 */
export function readSeeds(client: ClientBase, schema: string): Promise<Seeds> {
  return undoing(client, async () => {
    await client.query(`${pinned}; ${setOwnPathLocal}`)
    const { rows: tables } = await client.query<FoundTable>(tablesQuery, [schema])
    const { rows: views } = await client.query<{ readonly name: string; readonly filled: boolean }>(
      viewsQuery,
      [schema],
    )
    const sequences = await usedSequences(client, schema)
    await client.query(`SET LOCAL search_path TO ${quoteIdent(schema)}, public`)
    const found: TableRows[] = []
    for (const { name, needs, ...table } of tables) {
      const rows = await rowsOf(client, `${quoteIdent(schema)}.${quoteIdent(name)}`, table.columns)
      if (rows.length > 0)
        found.push({ ...table, table: quoteIdent(name), needs: needs.map(quoteIdent), rows })
    }
    return {
      tables: byNeed(found),
      sequences,
      filled: views.flatMap(({ name, filled }) => (filled ? [quoteIdent(name)] : [])),
      unfilled: views.flatMap(({ name, filled }) => (filled ? [] : [quoteIdent(name)])),
    }
  })
}

interface FoundTable extends Omit<TableRows, 'table' | 'rows'> {
  readonly name: string
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
  table: string,
  columns: readonly string[],
): Promise<TableRows['rows']> {
  const { rows } = await client.query<(string | null)[]>({
    text: `SELECT ${columns.map(quoteIdent).join(', ')} FROM ONLY ${table} ORDER BY ctid`,
    rowMode: 'array',
    types: { getTypeParser: () => (value: string) => value },
  })
  return rows
}

/** Where sequences stand; those that are as they were made are left out. */
async function usedSequences(client: ClientBase, schema: string): Promise<readonly SequencePosition[]> {
  const { rows } = await client.query<{ readonly name: string; readonly start: string }>(
    `SELECT sequencename::text AS name, start_value::text AS start FROM pg_catalog.pg_sequences
     WHERE schemaname::text = $1 ORDER BY sequencename COLLATE "C"`,
    [schema],
  )
  if (rows.length === 0) return []
  const each = rows.map(
    ({ name }, at) =>
      `SELECT ${at} AS at, last_value::text AS value, is_called AS called FROM ${quoteIdent(schema)}.${quoteIdent(name)}`,
  )
  const { rows: positions } = await client.query<Omit<SequencePosition, 'name'> & { readonly at: number }>(
    `${each.join(' UNION ALL ')} ORDER BY at`,
  )
  return positions.flatMap(({ at, value, called }) => {
    const row = rows[at]
    if (row === undefined || (!called && value === row.start)) return []
    return [{ name: quoteIdent(row.name), value, called }]
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
  SELECT c.relname::text AS name,
         ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a
               WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
               ORDER BY a.attnum) AS columns,
         v.varying, v."unique",
         coalesce((SELECT jsonb_agg(jsonb_build_object('name', t.tgname, 'enabled', t.tgenabled) ORDER BY t.tgname)
                   FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal), '[]') AS triggers,
         coalesce((SELECT jsonb_agg(f.relname ORDER BY f.relname)
                   FROM pg_catalog.pg_constraint AS k JOIN pg_catalog.pg_class AS f
                     ON f.oid = k.confrelid OR f.oid IN (SELECT t.relid FROM pg_catalog.pg_partition_tree(k.confrelid) AS t)
                   WHERE k.conrelid = c.oid AND k.contype = 'f' AND f.relnamespace = c.relnamespace AND f.oid <> c.oid), '[]') AS needs
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
    SELECT coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS varying,
           coalesce(array_agg(a.attname::text ORDER BY a.attnum) FILTER (WHERE ${uniqueDefault}), '{}') AS "unique"
    FROM pg_catalog.pg_attrdef AS d JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    CROSS JOIN LATERAL pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS expression
    WHERE d.adrelid = c.oid AND a.attgenerated = '' AND ${varyingDefault}) AS v
  WHERE n.nspname::text = $1 AND c.relkind = 'r' AND pg_catalog.pg_relation_size(c.oid) > 0 ORDER BY c.relname COLLATE "C"`

const viewsQuery = `
  SELECT c.relname::text AS name, c.relispopulated AS filled FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname::text = $1 AND c.relkind = 'm' ORDER BY c.oid`
