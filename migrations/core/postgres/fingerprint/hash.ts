import { createHash } from 'node:crypto'
import type { DefinitionValue, FingerprintObject } from './types.ts'

/** JSON with object keys in code unit order: equal values give equal text. */
export function canonicalText(value: DefinitionValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`
  const record: { readonly [name: string]: DefinitionValue } = value
  const entries = Object.keys(record)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonicalText(record[name] ?? null)}`)
  return `{${entries.join(',')}}`
}

/** A call of the hash for each object would take longer than the hash. */
const partLength = 100_000

/**
 * SHA-256, in hex, over identities and definitions. Stable: neither the order of reading nor the order of
 * attributes matters, so it may be kept and compared later on the same version of PostgreSQL.
 */
export function fingerprintHash(objects: ReadonlyMap<string, Pick<FingerprintObject, 'definition'>>): string {
  const hash = createHash('sha256')
  let part = ''
  // In code unit order, as sort() has it.
  for (const identity of [...objects.keys()].sort()) {
    part += `${identity}\0${canonicalText(objects.get(identity)?.definition ?? null)}\n`
    if (part.length < partLength) continue
    hash.update(part)
    part = ''
  }
  return hash.update(part).digest('hex')
}

function isList(value: object): value is readonly DefinitionValue[] {
  return Array.isArray(value)
}
