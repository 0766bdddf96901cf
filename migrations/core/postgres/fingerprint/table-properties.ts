import type { Definition, FingerprintObject } from './types.ts'

/** What can be left out of a table that stays, by the attribute that has it. */
const properties: Readonly<Record<string, string>> = {
  rowSecurity: 'row security',
  forceRowSecurity: 'forced row security',
  partitionKey: 'partitioning',
}

type Exclude = (object: FingerprintObject) => boolean

/** Whether a table is a partition, and partitions are excluded. */
export function isExcludedPartition(object: FingerprintObject, exclude: Exclude): boolean {
  return object.definition.partitionBound !== undefined && exclude(asProperty(object, 'partitioning'))
}

/** A table without its properties that are excluded; itself where there are none. */
export function withoutExcluded(object: FingerprintObject, exclude: Exclude): FingerprintObject {
  if (object.kind !== 'table') return object
  const out = Object.keys(properties).filter(
    (field) => field in object.definition && exclude(asProperty(object, properties[field] ?? field)),
  )
  if (out.length === 0) return object
  const left = Object.entries(object.definition).filter(([field]) => !out.includes(field))
  return { ...object, definition: Object.fromEntries(left) satisfies Definition }
}

function asProperty(object: FingerprintObject, kind: string): FingerprintObject {
  return { ...object, kind, parent: object.name }
}
