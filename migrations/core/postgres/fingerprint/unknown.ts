import type { ClientBase } from 'pg'
import { rowKey } from './assemble.ts'
import type { CatalogShape } from './inventory.ts'
import { knownCatalogs } from './known-catalogs.ts'
import { type CatalogRow, pinnedQuery, type SearchPathState } from './sql.ts'
import type { Inventory, UnknownObject } from './types.ts'

/** Catalogs, and columns of the catalogs that matter, which PostgreSQL 14 to 18 do not have. Pure. */
export function unknownShapes(shapes: readonly CatalogShape[]): readonly UnknownObject[] {
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

/** What the inventory lists and no reader brought. */
export async function readUnknown(
  client: ClientBase,
  state: SearchPathState & { readonly inventory: Inventory },
  rows: readonly CatalogRow[],
): Promise<readonly UnknownObject[]> {
  const claimed = new Set(rows.map(rowKey))
  const unclaimed = [...state.inventory].flatMap(([catalog, oids]) =>
    oids.filter((oid) => !claimed.has(`${catalog}:${oid}:0`)).map((oid) => ({ catalog, oid })),
  )
  if (unclaimed.length === 0) return []
  // Left out: what belongs to a member of an extension (the row type, index or check of its table).
  return pinnedQuery<UnknownObject>(
    client,
    state,
    `WITH RECURSIVE entry AS (
       SELECT c.oid AS class, e.*
       FROM ROWS FROM (unnest($1::text[]), unnest($2::oid[])) AS e(catalog, oid)
       JOIN pg_class c ON c.relname = e.catalog AND c.relnamespace = 'pg_catalog'::regnamespace
     ), owner AS (
       SELECT class, oid, class AS classid, oid AS objid FROM entry
       UNION
       SELECT o.class, o.oid, d.refclassid, d.refobjid FROM owner o
       JOIN pg_depend d ON d.classid = o.classid AND d.objid = o.objid AND d.deptype IN ('i', 'a', 'e')
     )
     SELECT e.catalog AS what, pg_describe_object(e.class, e.oid, 0) AS identity,
       (pg_identify_object(e.class, e.oid, 0)).schema AS schema
     FROM entry e
     WHERE NOT EXISTS (SELECT FROM owner o WHERE o.class = e.class AND o.oid = e.oid AND o.classid = 'pg_extension'::regclass)
     ORDER BY 1, 2`,
    [unclaimed.map(({ catalog }) => catalog), unclaimed.map(({ oid }) => oid)],
  )
}
