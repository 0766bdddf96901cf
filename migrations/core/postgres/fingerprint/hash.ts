import { createHash } from 'node:crypto'
import type { DefinitionValue, FingerprintObject } from './types.ts'

/** JSON with object keys in code unit order: equal values give equal text. */
export function canonicalText(value: DefinitionValue): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalText(inner)}`).join(',')}}`
}

/**
 * SHA-256, in hex, over identities and definitions. Stable: neither the order of reading nor the order of
 * attributes matters, so it may be kept and compared later on the same version of PostgreSQL.
 */
export function fingerprintHash(objects: ReadonlyMap<string, Pick<FingerprintObject, 'definition'>>): string {
  const hash = createHash('sha256')
  for (const [identity, object] of [...objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
    hash.update(`${identity}\0${canonicalText(object.definition)}\n`)
  }
  return hash.digest('hex')
}

function isList(value: object): value is readonly DefinitionValue[] {
  return Array.isArray(value)
}
