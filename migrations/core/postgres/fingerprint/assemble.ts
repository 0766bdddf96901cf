import type { CatalogRow } from './sql.ts'
import { isExcludedPartition, withoutExcluded } from './table-properties.ts'
import type { Definition, DefinitionValue, FingerprintObject } from './types.ts'

/** A fact about a catalog entry that its own reader does not bring: a comment, a label, an owner, grants. */
export interface Annotation {
  /** `catalog:oid:sub` */
  readonly key: string
  readonly field: string
  readonly value: DefinitionValue
}

/** `catalog:oid:sub`, the address of a row. */
export function rowKey(row: CatalogRow): string {
  return `${row.catalog}:${row.oid}:${row.sub}`
}

export function rowIdentity(row: CatalogRow): string {
  return row.path === '' ? row.kind : `${row.kind} ${row.path}`
}

export interface AssembleOptions {
  readonly exclude?: ((object: FingerprintObject) => boolean) | undefined
  /** Changes the definition of an object on its way in. */
  readonly refine?: (row: CatalogRow, definition: Definition) => Definition
}

/** Rows and annotations as identity → object; parts give their annotations to their parent. Pure. */
export function assembleObjects(
  rows: readonly CatalogRow[],
  annotations: readonly Annotation[],
  options: AssembleOptions = {},
): ReadonlyMap<string, FingerprintObject> {
  const byKey = new Map<string, CatalogRow>()
  const keys: string[] = []
  for (const row of rows) {
    const key = rowKey(row)
    byKey.set(key, row)
    keys.push(key)
  }
  const added = annotationsByOwner(byKey, annotations)
  const found: Found[] = []
  const places = new Map<string, number>()
  for (const [at, row] of rows.entries()) {
    const key = keys[at]
    if (row.definition === null || key === undefined) continue
    const extra = added.get(key)
    const given = extra === undefined ? row.definition : { ...row.definition, ...extra }
    const { kind, schema, name } = row
    const definition = options.refine === undefined ? given : options.refine(row, given)
    const parent = row.parent === null ? undefined : byKey.get(row.parent)?.name
    const object: FingerprintObject =
      parent === undefined ? { kind, schema, name, definition } : { kind, schema, name, parent, definition }
    const identity = rowIdentity(row)
    const place = places.get(identity) ?? found.length
    places.set(identity, place)
    found[place] = { identity, key, object }
  }
  const { exclude } = options
  const left = leftOut(byKey, found, exclude)
  const objects = new Map<string, FingerprintObject>()
  for (const { identity, key, object } of found)
    if (!left.has(key)) objects.set(identity, exclude ? withoutExcluded(object, exclude) : object)
  return objects
}

/** An object on its way into the fingerprint. Thousands are made at each reading, so none is copied. */
interface Found {
  readonly identity: string
  readonly key: string
  readonly object: FingerprintObject
}

function annotationsByOwner(
  byKey: ReadonlyMap<string, CatalogRow>,
  annotations: readonly Annotation[],
): ReadonlyMap<string, Record<string, DefinitionValue>> {
  const added = new Map<string, Record<string, DefinitionValue>>()
  for (const annotation of annotations) {
    let row = byKey.get(annotation.key)
    let field = annotation.field
    while (row !== undefined && row.definition === null) {
      if (row.part !== null) field = `${row.part} ${field}`
      row = row.parent === null ? undefined : byKey.get(row.parent)
    }
    if (row === undefined) continue
    const key = rowKey(row)
    const fields = added.get(key) ?? {}
    fields[field] = annotation.value
    added.set(key, fields)
  }
  return added
}

/** Keys of the excluded objects and of all that hangs on them. */
function leftOut(
  byKey: ReadonlyMap<string, CatalogRow>,
  objects: readonly Found[],
  exclude: ((object: FingerprintObject) => boolean) | undefined,
): ReadonlySet<string> {
  const out = new Set<string>()
  if (exclude === undefined) return out
  for (const { key, object } of objects)
    if (exclude(object) || isExcludedPartition(object, exclude)) out.add(key)
  if (out.size === 0) return out
  for (const { key } of objects) {
    let parent = byKey.get(key)?.parent ?? null
    while (parent !== null && !out.has(key)) {
      if (out.has(parent)) out.add(key)
      parent = byKey.get(parent)?.parent ?? null
    }
  }
  return out
}
