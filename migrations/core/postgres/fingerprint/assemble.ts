import type { CatalogRow } from './sql.ts'
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
  const byKey = new Map(rows.map((row) => [rowKey(row), row]))
  const added = annotationsByOwner(byKey, annotations)
  const found: Found[] = []
  const places = new Map<string, number>()
  for (const row of rows) {
    if (row.definition === null) continue
    const key = rowKey(row)
    const extra = added.get(key)
    const definition = extra === undefined ? row.definition : { ...row.definition, ...extra }
    const parent = row.parent === null ? undefined : byKey.get(row.parent)
    const object: FingerprintObject = {
      kind: row.kind,
      schema: row.schema,
      name: row.name,
      ...(parent === undefined ? {} : { parent: parent.name }),
      definition: options.refine === undefined ? definition : options.refine(row, definition),
    }
    const identity = rowIdentity(row)
    const place = places.get(identity) ?? found.length
    places.set(identity, place)
    found[place] = { identity, key, object }
  }
  const left = leftOut(byKey, found, options.exclude)
  return new Map(found.flatMap(({ identity, key, object }) => (left.has(key) ? [] : [[identity, object]])))
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
  for (const { key, object } of objects) if (exclude(object)) out.add(key)
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
