import { createHash } from 'node:crypto'
import type { ClientBase } from 'pg'
import { groupBy } from '../../group-by.ts'
import { rowKey } from './assemble.ts'
import { fingerprintHash } from './compare.ts'
import { families } from './families/index.ts'
import { joinedInventory, readCatalogShapes, readInventories } from './inventory.ts'
import { objectsOf, readCatalogs, readSettings } from './read.ts'
import { assertRelativeSchemas, withPinnedSession } from './scope.ts'
import type { FamilyRequest, FingerprintOptions, Inventory } from './types.ts'

export interface FingerprintHashesOptions extends Omit<FingerprintOptions, 'schemaRelative'> {
  /** How many tables, indexes and the like are held in memory at once, about; default 10,000. */
  readonly relationsAtOnce?: number
}

/**
 * The schema-relative hash of each schema: equal for tenants with the same structure, whatever they are named,
 * and equal to `readFingerprint(…, { schemaRelative: true }).hash` where nothing is unknown. Thousands of
 * schemas take one pass in a few queries per `relationsAtOnce`, in one snapshot. A schema that is not there is
 * not in the answer.
 * @throws MigError `unreadable-schema` for a schema that the role may not use, or named `$user`
 */
export async function readFingerprintHashes(
  client: ClientBase,
  options: FingerprintHashesOptions,
): Promise<ReadonlyMap<string, string>> {
  return withPinnedSession(client, async ({ version, build }) => {
    await assertRelativeSchemas(client, options.schemas)
    const settings = readSettings({ ...options, schemaRelative: true }, version)
    const inventories = await readInventories(
      client,
      settings,
      await readCatalogShapes(client, settings, build),
    )
    const hashes = new Map<string, string>()
    for (const schemas of portions(options.schemas, inventories, options.relationsAtOnce ?? 10_000)) {
      const scope = { ...settings, schemas, inventory: joinedInventory(inventories, schemas) }
      const portion = await portionHashes(client, scope, { ...options, schemaRelative: true })
      for (const [schema, hash] of portion) hashes.set(schema, hash)
    }
    return hashes
  })
}

/** The schemas in lists of about so many relations each. Pure. */
function portions(
  schemas: readonly string[],
  inventories: ReadonlyMap<string, Inventory>,
  relationsAtOnce: number,
): readonly (readonly string[])[] {
  const lists: string[][] = []
  let size = Number.POSITIVE_INFINITY
  for (const schema of new Set(schemas)) {
    const relations = inventories.get(schema)?.get('pg_class')?.length ?? 0
    if (size + relations > relationsAtOnce) {
      lists.push([])
      size = 0
    }
    lists.at(-1)?.push(schema)
    size += relations + 1
  }
  return lists
}

async function portionHashes(
  client: ClientBase,
  scope: FamilyRequest,
  options: FingerprintOptions,
): Promise<ReadonlyMap<string, string>> {
  const { rows, annotations, unknown } = await readCatalogs(client, scope, families)
  const schemaOf = new Map(rows.map((row) => [rowKey(row), row.schema]))
  const bySchema = groupBy(rows, (row) => row.schema)
  const annotationsBySchema = groupBy(annotations, (annotation) => schemaOf.get(annotation.key))
  const hashes = new Map<string, string>()
  for (const [schema, own] of bySchema) {
    const hash = fingerprintHash(objectsOf(own, annotationsBySchema.get(schema) ?? [], options))
    const strangers = unknown.filter((object) => object.schema === schema).map((object) => object.what)
    hashes.set(schema, strangers.length === 0 ? hash : marked(hash, strangers))
  }
  return hashes
}

/** Unknown objects count by their catalog, since nothing else is known of them. */
function marked(hash: string, strangers: readonly string[]): string {
  return createHash('sha256')
    .update([hash, ...strangers].join('\n'))
    .digest('hex')
}
