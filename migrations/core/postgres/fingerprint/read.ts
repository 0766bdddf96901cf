import type { ClientBase } from 'pg'
import { MigError } from '../../errors.ts'
import { readAnnotations } from './annotations.ts'
import { type Annotation, assembleObjects } from './assemble.ts'
import { fingerprintHash } from './compare.ts'
import { families as allFamilies } from './families/index.ts'
import { joinedInventory, readCatalogShapes, readInventories } from './inventory.ts'
import { refineDefinition } from './refine.ts'
import { assertRelativeSchemas, withPinnedSession } from './scope.ts'
import { type CatalogRow, type Family, readRows } from './sql.ts'
import type {
  FamilyRequest,
  Fingerprint,
  FingerprintObject,
  FingerprintOptions,
  UnknownObject,
} from './types.ts'
import { readUnknown, unknownShapes } from './unknown.ts'

/** All that one pass over the catalogs brings. */
export interface CatalogReading {
  readonly rows: readonly CatalogRow[]
  readonly annotations: readonly Annotation[]
  readonly unknown: readonly UnknownObject[]
}

/**
 * Reads every object of some schemas from PostgreSQL's own catalogs (14 to 18), in one snapshot. It may be
 * called inside a transaction, which it leaves as it was. Members of extensions are left out, and so is what
 * hangs on them.
 * @param families what to read; default: everything. What none of them knows is in `unknown`
 * @throws MigError `many-relative-schemas` for `schemaRelative` with other than one schema
 * @throws MigError `unreadable-schema` for `schemaRelative` with a schema that the role may not use, or named `$user`
 */
export async function readFingerprint(
  client: ClientBase,
  options: FingerprintOptions,
  families: readonly Family[] = allFamilies,
): Promise<Fingerprint> {
  const relative = options.schemaRelative ?? false
  if (relative && options.schemas.length !== 1) {
    throw new MigError('many-relative-schemas', 'a schema-relative fingerprint takes one schema', {
      help: 'read each schema by itself',
      facts: { schemas: options.schemas },
    })
  }
  return withPinnedSession(client, async ({ version, build }) => {
    if (relative) await assertRelativeSchemas(client, options.schemas)
    const settings = readSettings(options, version)
    const shapes = await readCatalogShapes(client, settings, build)
    const inventories = await readInventories(client, settings, shapes)
    const inventory = joinedInventory(inventories, [...inventories.keys()])
    const { rows, annotations, unknown } = await readCatalogs(client, { ...settings, inventory }, families)
    const objects = objectsOf(rows, annotations, options)
    return { objects, unknown: [...unknownShapes(shapes), ...unknown], hash: fingerprintHash(objects) }
  })
}

export function readSettings(options: FingerprintOptions, version: number): Omit<FamilyRequest, 'inventory'> {
  return {
    schemas: options.schemas,
    relative: options.schemaRelative ?? false,
    columnOrder: options.columnOrder ?? false,
    privileges: options.privileges ?? false,
    owners: options.owners ?? false,
    version,
  }
}

export async function readCatalogs(
  client: ClientBase,
  scope: FamilyRequest,
  families: readonly Family[],
): Promise<CatalogReading> {
  // In one query: each that goes to the server costs more than most families do there.
  const rows = await readRows(
    client,
    scope,
    families.flatMap(({ selects }) => selects(scope)),
  )
  const annotations = await readAnnotations(client, scope, rows)
  return { rows, annotations, unknown: await readUnknown(client, scope, rows) }
}

export function objectsOf(
  rows: readonly CatalogRow[],
  annotations: readonly Annotation[],
  options: FingerprintOptions,
): ReadonlyMap<string, FingerprintObject> {
  return assembleObjects(rows, annotations, {
    exclude: options.exclude,
    refine: (row, definition) => refineDefinition(row, definition, options),
  })
}
