import type { ClientBase } from 'pg'
import { rowKey } from './assemble.ts'
import { knownCatalogs } from './known-catalogs.ts'
import type { Scope } from './scope.ts'
import { type CatalogRow, notMember, pinnedQuery } from './sql.ts'
import type { UnknownObject } from './types.ts'

interface CatalogShape {
  readonly catalog: string
  readonly columns: readonly string[]
}

interface Candidates {
  readonly catalog: string
  readonly schema: string
  readonly oids: readonly number[]
}

/**
 * What stands in the schemas and no reader knows: asks every catalog that has a namespace column (found in
 * `pg_attribute`, so that the catalogs of a later version are asked too) and takes away the rows that were
 * read and what belongs to extensions. Catalogs and catalog columns newer than PostgreSQL 18 are named too.
 */
export async function readUnknown(
  client: ClientBase,
  scope: Scope,
  rows: readonly CatalogRow[],
): Promise<readonly UnknownObject[]> {
  const shapes = await readCatalogShapes(client, scope)
  const candidates = await readCandidates(client, scope, shapes)
  const claimed = new Set(rows.map(rowKey))
  const unclaimed = candidates.flatMap(({ catalog, schema, oids }) =>
    oids.filter((oid) => !claimed.has(`${catalog}:${oid}:0`)).map((oid) => ({ catalog, schema, oid })),
  )
  return [...unknownShapes(shapes), ...(await describe(client, scope, unclaimed))]
}

function unknownShapes(shapes: readonly CatalogShape[]): readonly UnknownObject[] {
  const known = knownCatalogs()
  return shapes.flatMap(({ catalog, columns }) => {
    const knownColumns = known.get(catalog)
    if (knownColumns === undefined) return [{ what: 'catalog', identity: catalog }]
    if (knownColumns.size === 0) return []
    return columns
      .filter((column) => !knownColumns.has(column))
      .map((column) => ({ what: 'catalog column', identity: `${catalog}.${column}` }))
  })
}

async function readCatalogShapes(client: ClientBase, scope: Scope): Promise<readonly CatalogShape[]> {
  return pinnedQuery<CatalogShape>(
    client,
    scope,
    `SELECT c.relname AS catalog, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND c.oid < 16384
     GROUP BY c.relname ORDER BY c.relname`,
  )
}

async function readCandidates(
  client: ClientBase,
  scope: Scope,
  shapes: readonly CatalogShape[],
): Promise<readonly Candidates[]> {
  const selects = shapes.flatMap(({ catalog, columns }) => {
    const namespace = columns.find((column) => column.endsWith('namespace'))
    // Default privileges are no structure: read, and claimed, only when they are asked for.
    if (namespace === undefined || (catalog === 'pg_default_acl' && !scope.privileges)) return []
    if (!columns.includes('oid')) return []
    return [
      `SELECT '${catalog}' AS catalog, n.nspname AS schema, array_agg(x.oid) AS oids
       FROM pg_namespace n JOIN ${catalog} x ON x.${namespace} = n.oid
       WHERE n.nspname = ANY ($1::text[]) AND ${notMember(catalog, 'x.oid')} GROUP BY n.nspname`,
    ]
  })
  return pinnedQuery<Candidates>(client, scope, selects.join('\nUNION ALL '), [scope.schemas])
}

/** Leaves out what belongs to a member of an extension: the row type, index or check of an extension's table. */
async function describe(
  client: ClientBase,
  scope: Scope,
  entries: readonly { readonly catalog: string; readonly schema: string; readonly oid: number }[],
): Promise<readonly UnknownObject[]> {
  if (entries.length === 0) return []
  return pinnedQuery<UnknownObject>(
    client,
    scope,
    `WITH RECURSIVE entry AS (
       SELECT c.oid AS class, e.*
       FROM ROWS FROM (unnest($1::text[]), unnest($2::text[]), unnest($3::oid[])) AS e(catalog, schema, oid)
       JOIN pg_class c ON c.relname = e.catalog AND c.relnamespace = 'pg_catalog'::regnamespace
     ), owner AS (
       SELECT class, oid, class AS classid, oid AS objid FROM entry
       UNION
       SELECT o.class, o.oid, d.refclassid, d.refobjid FROM owner o
       JOIN pg_depend d ON d.classid = o.classid AND d.objid = o.objid AND d.deptype IN ('i', 'a', 'e')
     )
     SELECT e.catalog AS what, pg_describe_object(e.class, e.oid, 0) AS identity, e.schema FROM entry e
     WHERE NOT EXISTS (SELECT FROM owner o WHERE o.class = e.class AND o.oid = e.oid AND o.classid = 'pg_extension'::regclass)
     ORDER BY 1, 2`,
    [
      entries.map((entry) => entry.catalog),
      entries.map((entry) => entry.schema),
      entries.map((entry) => entry.oid),
    ],
  )
}
