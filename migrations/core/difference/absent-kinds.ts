import type { ClientBase } from 'pg'
import { readBaseTypes } from './base-types.ts'

/** Of objects that a user made: OIDs below are those that every database begins with (FirstNormalObjectId). */
const own = (oid: string) => `${oid} >= 16384`

/** The engine's query for objects that it does not compare: the union of one for each kind. */
const unmodeled = /^SELECT 'cast'::text AS kind\b/
const unmodeledCatalogs = [
  'cast',
  'operator',
  'opclass',
  'opfamily',
  'ts_config',
  'ts_dict',
  'ts_parser',
  'ts_template',
  'statistic_ext',
  'language',
  'transform',
].map((name) => `SELECT tableoid, oid FROM pg_catalog.pg_${name}`)

const ofUnmodeled = `(${unmodeledCatalogs.join(' UNION ALL ')}) every WHERE ${own('oid')}`

/** Whether a database has objects outside of extensions that not every difference sees, or that no name has to be said of. */
export async function hasUnmodeled(client: ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `SELECT EXISTS (SELECT FROM ${ofUnmodeled} AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
       WHERE d.classid = every.tableoid AND d.objid = every.oid AND d.deptype = 'e')) AS found`,
  )
  return rows[0]?.found === true || (await readBaseTypes(client)).length > 0
}

/**
 * What a query of the catalog reads first, as the engine or we write it (what is indented further is of a subquery), and
 * where there is such an object: a query that joins others to none gives none. Most databases have few of these kinds,
 * and to plan what asks for the others takes half of the time of reading a small one.
 */
const kinds: readonly (readonly [reads: RegExp, exists: string])[] = [
  [/^ {4}FROM pg_proc p\s+JOIN pg_aggregate\b/m, `pg_catalog.pg_proc WHERE ${own('oid')} AND prokind = 'a'`],
  [/^ {4}FROM pg_proc p\s+JOIN pg_namespace\b/m, `pg_catalog.pg_proc WHERE ${own('oid')} AND prokind <> 'a'`],
  [/^ {4}WHERE t\.typtype = 'd'/m, `pg_catalog.pg_type WHERE ${own('oid')} AND typtype = 'd'`],
  [
    /^ {4}FROM pg_constraint con\s+JOIN pg_type\b/m,
    `pg_catalog.pg_constraint WHERE contypid <> 0 AND ${own('oid')}`,
  ],
  [/^ {4}WHERE t\.typtype = 'e'/m, `pg_catalog.pg_type WHERE ${own('oid')} AND typtype = 'e'`],
  [/^ {4}WHERE t\.typtype = 'c'/m, `pg_catalog.pg_class WHERE ${own('oid')} AND relkind = 'c'`],
  [/^ {4}FROM pg_range rng\b/m, `pg_catalog.pg_range WHERE ${own('rngtypid')}`],
  [/^ {4}FROM pg_collation c\b/m, `pg_catalog.pg_collation WHERE ${own('oid')}`],
  [
    /^ {4}WHERE c\.relkind IN \('v', 'm'\)/m,
    `pg_catalog.pg_class WHERE ${own('oid')} AND relkind IN ('v', 'm')`,
  ],
  [/^ {4}FROM pg_sequence s\b/m, 'pg_catalog.pg_sequence'],
  [/^ {4}FROM pg_rewrite rw\b/m, `pg_catalog.pg_rewrite WHERE ${own('oid')} AND rulename <> '_RETURN'`],
  [/^ {4}FROM pg_trigger t\b/m, 'pg_catalog.pg_trigger WHERE NOT tgisinternal'],
  [/^ {4}FROM pg_trigger g\b/m, 'pg_catalog.pg_trigger WHERE tgparentid <> 0'],
  [/^ {4}FROM pg_policy pol\b/m, 'pg_catalog.pg_policy'],
  [/^ {4}FROM pg_event_trigger e\b/m, 'pg_catalog.pg_event_trigger'],
  [/^ {4}FROM pg_foreign_data_wrapper f\b/m, 'pg_catalog.pg_foreign_data_wrapper'],
  [/^ {4}FROM pg_foreign_server s\b/m, 'pg_catalog.pg_foreign_server'],
  [/^ {4}FROM pg_foreign_table ft\b/m, 'pg_catalog.pg_foreign_table'],
  [/^ {4}FROM pg_publication p\b/m, 'pg_catalog.pg_publication'],
  [/^ {4}FROM pg_operator o\b/m, `pg_catalog.pg_operator WHERE ${own('oid')}`],
  [/^ {4}FROM pg_ts_dict d\b/m, `pg_catalog.pg_ts_dict WHERE ${own('oid')}`],
  [/^ {4}FROM pg_ts_config c\b/m, `pg_catalog.pg_ts_config WHERE ${own('oid')}`],
  [/^ {4}FROM pg_statistic_ext s\b/m, 'pg_catalog.pg_statistic_ext'],
  [/^ {4}WHERE a\.attinhcount > 0/m, 'pg_catalog.pg_inherits'],
  [/^ {4}FROM pg_inherits i\b/m, 'pg_catalog.pg_inherits'],
  [/^ {4}FROM pg_default_acl d\b/m, 'pg_catalog.pg_default_acl'],
  [/^ {4}FROM pg_user_mappings? [uv]\b/m, 'pg_catalog.pg_foreign_server'],
  [/^ {4}FROM pg_subscription s\b/m, 'pg_catalog.pg_subscription'],
  [
    /^ {4}WHERE c\.relkind IN \('v', 'm', 'c'\)/m,
    `pg_catalog.pg_class WHERE ${own('oid')} AND relkind IN ('v', 'm', 'c')`,
  ],
  [/^ {4}WHERE i\.indisclustered\b/m, `pg_catalog.pg_index WHERE ${own('indexrelid')} AND indisclustered`],
  [
    /^ {4}WHERE toast\.reloptions IS NOT NULL\b/m,
    `pg_catalog.pg_class WHERE ${own('oid')} AND relkind = 't' AND reloptions IS NOT NULL`,
  ],
  // Only expressions of an index have targets of their own.
  [
    /^ {4}WHERE coalesce\(a\.attstattarget, -1\) <> -1/m,
    `pg_catalog.pg_index WHERE ${own('indexrelid')} AND indexprs IS NOT NULL`,
  ],
  [
    /^ {5}WHERE t\.oid >= 16384 AND \(t\.typtype = 'b'/m,
    `pg_catalog.pg_type WHERE ${own('oid')} AND (typtype = 'b' AND typcategory <> 'A' OR NOT typisdefined)`,
  ],
  [/^ {4}JOIN pg_inherits h ON h\.inhrelid = c\.oid\b/m, 'pg_catalog.pg_inherits'],
  [unmodeled, ofUnmodeled],
]

const asked = `SELECT ARRAY[${kinds.map(([, from]) => `EXISTS (SELECT FROM ${from})`).join(', ')}] AS present`

/**
 * The connection for queries of the catalog, which answers itself those for kinds of objects that the database does not have.
 * It looks once, with the first query for one of them.
 */
export function withoutAbsentKinds(client: ClientBase): ClientBase {
  let present: Promise<readonly boolean[]> | undefined
  const look = async () => {
    const { rows } = await client.query<{ present: boolean[] }>(asked)
    return rows[0]?.present ?? []
  }
  const query = async (text: string, values?: unknown[]) => {
    const at = kinds.findIndex(([reads]) => reads.test(text))
    if (at >= 0) {
      present ??= look()
      if ((await present)[at] === false) {
        // Grants on parameters are the server's, and a catalog that not every version has.
        const rest = text.split(/\bUNION ALL\b/).find((part) => part.includes('pg_parameter_acl'))
        return rest === undefined ? { rows: [], rowCount: 0 } : client.query(rest)
      }
    }
    return client.query(text, values)
  }
  return { query } as unknown as ClientBase
}
