import type { ClientBase } from 'pg'
import { qualifiedName, quoteIdent, quoteLiteral } from '../postgres/index.ts'

interface TableState {
  /** Quoted, with its schema. */
  readonly name: string
  /** Quoted; those that an INSERT may name. */
  readonly columns: readonly string[]
  /** The rows as text, in their order; undefined where they are too many to be kept, and `digest` is what they are known by. */
  readonly rows: readonly string[] | undefined
  readonly digest: string
  /** Whether triggers or rules of it fire whatever session_replication_role says. */
  readonly isFiring: boolean
}

interface SequenceState {
  readonly name: string
  readonly value: string
  readonly isCalled: boolean
}

interface ViewState {
  readonly name: string
  /** null where it is not filled (WITH NO DATA). */
  readonly digest: string | null
}

/** What a database holds, to come back to. */
export interface DatabaseState {
  /** What it is made of, by `structureOf`. */
  readonly structure: string
  readonly tables: readonly TableState[]
  readonly sequences: readonly SequenceState[]
  /** Materialized views, in the order in which they were made. */
  readonly views: readonly ViewState[]
  /** Whether it has large objects, whose contents no catalog tells that a user may read. */
  readonly hasLargeObjects: boolean
}

/** Rows of one table that are kept in this process; of more, the database is copied again when they have changed. */
const keptRows = 5_000

/** Relations that are neither the server's nor a session's. */
const own = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relpersistence <> 't'`

export async function readState(client: ClientBase): Promise<DatabaseState> {
  const { rows: relations } = await client.query<{
    kind: 'r' | 'm' | 'S'
    schema: string
    relation: string
    columns: readonly string[]
    isFiring: boolean
  }>(
    `SELECT c.relkind AS kind, n.nspname::text AS schema, c.relname::text AS relation,
            ARRAY(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
            EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal AND tgenabled IN ('A', 'R'))
              OR EXISTS (SELECT FROM pg_rewrite WHERE ev_class = c.oid AND ev_enabled IN ('A', 'R')) AS "isFiring"
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE ${own} AND c.relkind IN ('r', 'm', 'S') ORDER BY c.oid`,
  )
  const named = relations.map((each) => ({ ...each, name: qualifiedName(each.schema, each.relation) }))
  const tables = named.filter(({ kind }) => kind === 'r')
  const contents = await eachOf<{ digest: string; rows: readonly string[] | null }>(
    client,
    tables.map(
      ({ name }) => `(SELECT row_to_json(found) FROM (SELECT ${digestOf('r')} AS digest,
        CASE WHEN count(*) <= ${keptRows} THEN array_agg(r::text ORDER BY r.ctid) END AS rows FROM ONLY ${name} AS r) AS found)`,
    ),
  )
  const views = named.filter(({ kind }) => kind === 'm').map(({ name }) => name)
  const sequences = named.filter(({ kind }) => kind === 'S').map(({ name }) => name)
  return {
    structure: await structureOf(client),
    tables: tables.map(({ name, columns, isFiring }, at) => ({
      ...{ name, columns: columns.map(quoteIdent), isFiring },
      digest: contents[at]?.digest ?? '',
      rows: contents[at]?.digest === emptyDigest ? [] : (contents[at]?.rows ?? undefined),
    })),
    sequences: (await positionsOf(client, sequences)).map((position, at) => ({
      name: sequences[at] ?? '',
      ...position,
    })),
    views: await viewsOf(client, views),
    hasLargeObjects: (await client.query('SELECT FROM pg_largeobject_metadata LIMIT 1')).rowCount === 1,
  }
}

/** The materialized views that hold other rows now. */
export async function changedViews(
  client: ClientBase,
  { views }: Pick<DatabaseState, 'views'>,
): Promise<readonly ViewState[]> {
  const now = await viewsOf(
    client,
    views.map(({ name }) => name),
  )
  return views.filter(({ digest }, at) => now[at]?.digest !== digest)
}

async function viewsOf(client: ClientBase, names: readonly string[]): Promise<readonly ViewState[]> {
  const filled = await eachOf<boolean>(
    client,
    names.map(
      (name) => `(SELECT to_json(relispopulated) FROM pg_class WHERE oid = ${quoteLiteral(name)}::regclass)`,
    ),
  )
  // To read one that is not filled is an error, whether or not the part of the query is run.
  const digests = await eachOf<string | null>(
    client,
    names.map((name, at) =>
      filled[at] === true ? `(SELECT to_json(${digestOf('r')}) FROM ${name} AS r)` : 'NULL::json',
    ),
  )
  return names.map((name, at) => ({ name, digest: digests[at] ?? null }))
}

/** Number and contents of the rows of a query's table, whatever their order. */
function digestOf(alias: string): string {
  return `concat(count(*), ' ', coalesce(sum(hashtextextended(${alias}::text, 0)), 0))`
}

const emptyDigest = '0 0'

/** The tables whose rows are other ones now. */
export async function changedTables(
  client: ClientBase,
  { tables }: Pick<DatabaseState, 'tables'>,
): Promise<readonly TableState[]> {
  const now = await eachOf<string | boolean>(
    client,
    tables.map(({ name, digest }) =>
      // Most tables are empty, and to see that takes no look at their rows.
      digest === emptyDigest
        ? `(SELECT to_json(EXISTS (SELECT FROM ONLY ${name})))`
        : `(SELECT to_json(${digestOf('r')}) FROM ONLY ${name} AS r)`,
    ),
  )
  return tables.filter(({ digest }, at) => (digest === emptyDigest ? now[at] === true : now[at] !== digest))
}

/** The sequences that stand elsewhere now. */
export async function movedSequences(
  client: ClientBase,
  { sequences }: Pick<DatabaseState, 'sequences'>,
): Promise<readonly SequenceState[]> {
  const now = await positionsOf(
    client,
    sequences.map(({ name }) => name),
  )
  return sequences.filter(
    ({ value, isCalled }, at) => now[at]?.value !== value || now[at]?.isCalled !== isCalled,
  )
}

function positionsOf(
  client: ClientBase,
  names: readonly string[],
): Promise<readonly Omit<SequenceState, 'name'>[]> {
  return eachOf(
    client,
    names.map(
      (name) => `(SELECT json_build_object('value', last_value::text, 'isCalled', is_called) FROM ${name})`,
    ),
  )
}

/** The values of expressions, in one query. @param expressions each of type json */
async function eachOf<T>(client: ClientBase, expressions: readonly string[]): Promise<readonly T[]> {
  if (expressions.length === 0) return []
  const { rows } = await client.query<{ values: readonly T[] }>(
    `SELECT json_build_array(VARIADIC ARRAY[${expressions.join(',\n')}]) AS values`,
  )
  return rows[0]?.values ?? []
}

/**
 * Equal as long as nobody has made, altered or dropped anything. The transaction that has written a row of a catalog stands
 * in it (`xmin`); pg_class has rows written by TRUNCATE and the like, so that what a person can alter there is read.
 */
export async function structureOf(client: ClientBase): Promise<string> {
  // Prepared, because to plan it takes nearly as long as to run it.
  const { rows } = await client.query<{ structure: string }>({ name: 'structure', text: structureQuery })
  return rows[0]?.structure ?? ''
}

const byRelation = [
  ['pg_attribute', 'attrelid'],
  ['pg_attrdef', 'adrelid'],
  ['pg_trigger', 'tgrelid'],
  ['pg_policy', 'polrelid'],
  ['pg_rewrite', 'ev_class'],
] as const
const byNamespace = [
  ['pg_proc', 'pronamespace'],
  ['pg_type', 'typnamespace'],
  ['pg_constraint', 'connamespace'],
  ['pg_operator', 'oprnamespace'],
  ['pg_ts_config', 'cfgnamespace'],
  ['pg_collation', 'collnamespace'],
  ['pg_statistic_ext', 'stxnamespace'],
] as const
const alone = [
  'pg_am',
  'pg_cast',
  'pg_conversion',
  'pg_default_acl',
  'pg_enum',
  'pg_event_trigger',
  'pg_extension',
  'pg_foreign_data_wrapper',
  'pg_foreign_server',
  'pg_language',
  'pg_largeobject_metadata',
  'pg_opclass',
  'pg_opfamily',
  'pg_publication',
  'pg_transform',
  'pg_ts_dict',
  'pg_ts_parser',
  'pg_ts_template',
]

const structureQuery = `
  WITH schemas AS (SELECT oid, xmin FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
  relations AS (
    SELECT c.* FROM pg_class c JOIN schemas n ON n.oid = c.relnamespace WHERE c.relpersistence <> 't'
  ),
  parts AS (
    SELECT 'pg_class' AS catalog, concat_ws(' ', oid, relname, relnamespace, relkind, relowner, relpersistence, relacl,
             relrowsecurity, relforcerowsecurity, relreplident, reloptions, relispartition) AS part FROM relations
    UNION ALL SELECT 'pg_namespace', concat(xmin, ' ', oid) FROM schemas
    ${byRelation.map(([table, column]) => `UNION ALL SELECT '${table}', concat(t.xmin, ' ', ${column}, ' ', ${table === 'pg_attribute' ? 'attnum' : 't.oid'}) FROM ${table} t JOIN relations r ON r.oid = t.${column}`).join('\n')}
    ${byNamespace.map(([table, column]) => `UNION ALL SELECT '${table}', concat(t.xmin, ' ', t.oid) FROM ${table} t JOIN schemas n ON n.oid = t.${column}${table === 'pg_type' ? ` WHERE t.typtype <> 'c'` : ''}`).join('\n')}
    ${alone.map((table) => `UNION ALL SELECT '${table}', concat(t.xmin, ' ', t.oid) FROM ${table} t WHERE t.oid >= 16384`).join('\n')}
    UNION ALL SELECT 'pg_sequence', concat_ws(' ', seqrelid, seqtypid, seqstart, seqincrement, seqmax, seqmin, seqcache, seqcycle)
      FROM pg_sequence q JOIN relations r ON r.oid = q.seqrelid
    UNION ALL SELECT 'pg_depend', concat_ws(' ', xmin, classid, objid) FROM pg_depend WHERE refclassid = 'pg_publication'::regclass
    UNION ALL SELECT 'pg_seclabel', concat_ws(' ', xmin, classoid, objoid, objsubid) FROM pg_seclabel
    UNION ALL SELECT 'pg_user_mappings', concat_ws(' ', umid, srvname, usename, umoptions) FROM pg_user_mappings
    UNION ALL SELECT 'pg_description', concat_ws(' ', xmin, classoid, objoid, objsubid) FROM pg_description
      WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass
    UNION ALL SELECT 'pg_database', concat_ws(' ', datdba, datconnlimit, datacl, shobj_description(oid, 'pg_database'))
      FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT 'pg_db_role_setting', concat_ws(' ', setrole, setting)
      FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(setconfig) AS setting
     WHERE datname = current_database()
  )
  SELECT md5(string_agg(catalog || part, ',' ORDER BY catalog, part)) AS structure FROM parts`
