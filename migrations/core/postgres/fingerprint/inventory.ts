import type { ClientBase } from 'pg'
import { pinnedQuery, type SearchPathState } from './sql.ts'
import type { Inventory } from './types.ts'

/** A catalog and its columns, as this server has them. */
export interface CatalogShape {
  readonly catalog: string
  readonly columns: readonly string[]
}

const shapes = new Map<string, Promise<readonly CatalogShape[]>>()

/**
 * The server's catalogs, which follow from what it is built from.
 * @param build see `Server`
 */
export async function readCatalogShapes(
  client: ClientBase,
  state: SearchPathState,
  build: string,
): Promise<readonly CatalogShape[]> {
  const known = await shapes.get(build)?.catch(() => undefined)
  if (known !== undefined) return known
  const read = pinnedQuery<CatalogShape>(
    client,
    state,
    `SELECT c.relname AS catalog, array_agg(a.attname::text ORDER BY a.attnum) AS columns
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' AND c.oid < 16384
     GROUP BY c.relname ORDER BY c.relname`,
  )
  shapes.set(build, read)
  return read
}

/**
 * Lists by schema what every catalog with a namespace column holds, less the members of extensions. The catalogs are found
 * by their columns, so that one of a later version is asked too. Each is scanned by itself, which takes the least to plan:
 * reading by oid from here on spares each reader a scan, since no catalog has an index by namespace. OIDs below 16384 are
 * of the server's own schemas (FirstNormalObjectId; manual, pg_depend).
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
      `SELECT '${catalog}' AS catalog, x.${namespace} AS schema, array_agg(x.oid) AS oids
       FROM ${catalog} x WHERE x.oid >= 16384 AND x.${namespace} = ANY ($1::oid[]) GROUP BY 2`,
    ]
  })
  const schemas = await pinnedQuery<{ oid: number; name: string }>(
    client,
    state,
    'SELECT oid, nspname AS name FROM pg_namespace WHERE nspname = ANY ($1::text[])',
    [state.schemas],
  )
  const members = await pinnedQuery<{ catalog: string; oids: readonly number[] }>(
    client,
    state,
    `SELECT c.relname AS catalog, array_agg(d.objid) AS oids FROM pg_depend d JOIN pg_class c ON c.oid = d.classid
     WHERE d.refclassid = 'pg_extension'::regclass AND d.deptype = 'e' GROUP BY 1`,
  )
  const rows = await pinnedQuery<{ catalog: string; schema: number; oids: readonly number[] }>(
    client,
    state,
    selects.join('\nUNION ALL '),
    [schemas.map(({ oid }) => oid)],
  )
  const nameOf = new Map(schemas.map(({ oid, name }) => [oid, name]))
  const membersOf = new Map(members.map(({ catalog, oids }) => [catalog, new Set(oids)]))
  const inventories = new Map<string, Map<string, readonly number[]>>()
  for (const { catalog, schema, oids } of rows) {
    const name = nameOf.get(schema) ?? ''
    const own = oids.filter((oid) => !membersOf.get(catalog)?.has(oid))
    if (own.length === 0) continue
    const inventory = inventories.get(name) ?? new Map<string, readonly number[]>()
    inventories.set(name, inventory.set(catalog, own))
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
