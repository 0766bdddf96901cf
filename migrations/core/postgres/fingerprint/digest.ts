import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import { type CatalogShape, readCatalogShapes } from './inventory.ts'
import { withPinnedSession } from './scope.ts'
import { pinnedQuery } from './sql.ts'
import { unknownShapes } from './unknown.ts'

/**
 * A digest of everything in the catalogs that a fingerprint can depend on, made by the server in one query: equal digests
 * of a server's databases, however far apart in time, give equal fingerprints of whichever schemas. It is of the rows'
 * content, not of when they were written: a server that was set back to a copy of its files repeats the ids of its
 * transactions. The reverse does not hold: what vacuum and ANALYZE note down is left out, but a table that
 * is dropped and made again has another OID.
 * @returns undefined where the catalogs have something that PostgreSQL 14 to 18 do not
 */
export async function catalogDigest(client: ClientBase): Promise<string | undefined> {
  return withPinnedSession(client, async ({ build }) => {
    const state = { relative: false }
    const shapes = await readCatalogShapes(client, state, build)
    if (unknownShapes(shapes).length > 0) return undefined
    const selects = shapes.flatMap((shape) => (isLeftOut(shape) ? [] : [digestOf(shape)]))
    const rows = await pinnedQuery<{ catalog: string; entries: string; sum: string | null }>(
      client,
      state,
      `${[...selects, roles].join('\nUNION ALL ')} ORDER BY 1`,
    )
    const hash = createHash('sha256').update(build)
    for (const { catalog, entries, sum } of rows) hash.update(`\n${catalog} ${entries} ${sum ?? ''}`)
    return hash.digest('hex')
  })
}

/** Catalogs that no fingerprint reads: data, statistics, and what the whole cluster has; not everybody may read them. */
const leftOut: ReadonlySet<string> = new Set([
  'pg_auth_members',
  'pg_authid',
  'pg_database',
  'pg_db_role_setting',
  'pg_largeobject',
  'pg_largeobject_metadata',
  'pg_parameter_acl',
  'pg_replication_origin',
  'pg_shdepend',
  'pg_shdescription',
  'pg_shseclabel',
  'pg_statistic',
  'pg_statistic_ext_data',
  'pg_subscription',
  'pg_subscription_rel',
  'pg_user_mapping',
])

export function isLeftOut({ catalog }: CatalogShape): boolean {
  return leftOut.has(catalog)
}

/** What changes in pg_class without a change of structure: by vacuum, ANALYZE, TRUNCATE and REINDEX. */
const physical: ReadonlySet<string> = new Set([
  'relallfrozen',
  'relallvisible',
  'relfilenode',
  'relfrozenxid',
  'relminmxid',
  'relpages',
  'reltuples',
])

/** The sum of 64 bits for each row, in whatever order they are read. */
function digestOf({ catalog, columns }: CatalogShape): string {
  const left = columns.filter((column) => catalog !== 'pg_class' || !physical.has(column))
  // Numbers alone; of most others no hash of the row itself is there (pg_node_tree, int2vector).
  const row =
    catalog === 'pg_depend'
      ? 'hash_record_extended(x, 0)'
      : `hashtextextended(${left.length === columns.length ? 'x' : `row(${left.map((column) => `x.${column}`).join(', ')})`}::text, 0)`
  return `SELECT '${catalog}' AS catalog, count(*) AS entries, sum(${row}) AS sum FROM ${catalog} x`
}

/** Of roles their names, which is what definitions have of them. */
const roles = `SELECT 'pg_roles', count(*), sum(hashtextextended(row(x.oid, x.rolname)::text, 0)) FROM pg_roles x`
