import type { ClientBase } from 'pg'
import { notMember, pinnedQuery, type SearchPathState } from './sql.ts'
import type { Inventory } from './types.ts'

/** A catalog and its columns, as this server has them. */
export interface CatalogShape {
  readonly catalog: string
  readonly columns: readonly string[]
}

export async function readCatalogShapes(
  client: ClientBase,
  state: SearchPathState,
): Promise<readonly CatalogShape[]> {
  return pinnedQuery<CatalogShape>(
    client,
    state,
    `SELECT c.relname AS catalog, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND c.oid < 16384
     GROUP BY c.relname ORDER BY c.relname`,
  )
}

/**
 * Lists by schema what every catalog with a namespace column holds. The catalogs are found by their columns, so
 * that one of a later version is asked too. Reading by oid from here on spares each reader a scan: no catalog
 * has an index by namespace.
 */
export async function readInventories(
  client: ClientBase,
  state: SearchPathState & { readonly schemas: readonly string[]; readonly privileges: boolean },
  shapes: readonly CatalogShape[],
): Promise<ReadonlyMap<string, Inventory>> {
  const selects = shapes.flatMap(({ catalog, columns }) => {
    const namespace = columns.find((column) => column.endsWith('namespace'))
    if (namespace === undefined || !columns.includes('oid')) return []
    // Default privileges are not structure: listed only when they are asked for.
    if (catalog === 'pg_default_acl' && !state.privileges) return []
    return [
      `SELECT '${catalog}' AS catalog, n.nspname AS schema, array_agg(x.oid) AS oids
       FROM pg_namespace n JOIN ${catalog} x ON x.${namespace} = n.oid
       WHERE n.nspname = ANY ($1::text[]) AND ${notMember(catalog, 'x.oid')} GROUP BY n.nspname`,
    ]
  })
  const rows = await pinnedQuery<{ catalog: string; schema: string; oids: readonly number[] }>(
    client,
    state,
    selects.join('\nUNION ALL '),
    [state.schemas],
  )
  const inventories = new Map<string, Map<string, readonly number[]>>()
  for (const { catalog, schema, oids } of rows) {
    const inventory = inventories.get(schema) ?? new Map<string, readonly number[]>()
    inventories.set(schema, inventory.set(catalog, oids))
  }
  return inventories
}

/** What some schemas hold together. */
export function joinedInventory(
  inventories: ReadonlyMap<string, Inventory>,
  schemas: readonly string[],
): Inventory {
  const lists = new Map<string, number[]>()
  for (const schema of schemas) {
    for (const [catalog, oids] of inventories.get(schema) ?? []) {
      const list = lists.get(catalog) ?? []
      for (const oid of oids) list.push(oid)
      lists.set(catalog, list)
    }
  }
  return lists
}
