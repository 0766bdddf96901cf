import { createHash } from 'node:crypto'
import type { Definition, DefinitionValue, Fingerprint, FingerprintObject } from './types.ts'

/** One object that two fingerprints do not have alike. */
export interface FingerprintChange {
  readonly identity: string
  readonly kind: string
  readonly change: 'added' | 'removed' | 'changed'
  readonly before?: Definition
  readonly after?: Definition
  /** The attributes that differ, of a changed object. */
  readonly fields?: readonly string[]
}

type Objects = Pick<Fingerprint, 'objects'>

/** What became of `before` in `after`, by identity in code unit order. */
export function compareFingerprints(before: Objects, after: Objects): readonly FingerprintChange[] {
  const changes: FingerprintChange[] = []
  const differs = (objects: Objects['objects'], other: Objects['objects']) =>
    [...objects].flatMap(([identity, object]) => (other.get(identity) === object ? [] : [identity]))
  const identities = [...differs(before.objects, after.objects), ...differs(after.objects, before.objects)]
  for (const identity of [...new Set(identities)].sort()) {
    const old = before.objects.get(identity)
    const now = after.objects.get(identity)
    if (old !== undefined && now !== undefined) {
      const fields = changedFields(old.definition, now.definition)
      if (fields.length === 0) continue
      changes.push({
        identity,
        kind: now.kind,
        change: 'changed',
        before: old.definition,
        after: now.definition,
        fields,
      })
    } else if (now !== undefined) {
      changes.push({ identity, kind: now.kind, change: 'added', after: now.definition })
    } else if (old !== undefined) {
      changes.push({ identity, kind: old.kind, change: 'removed', before: old.definition })
    }
  }
  return changes
}

/** One line per change, with each attribute that differs below it. */
export function fingerprintChangesText(changes: readonly FingerprintChange[]): string {
  return changes.map(changeText).join('\n')
}

function changeText({ identity, change, before = {}, after = {}, fields = [] }: FingerprintChange): string {
  if (change !== 'changed') return `${change === 'added' ? '+' : '-'} ${identity}`
  const lines = fields.map(
    (field) => `    ${field}: ${valueText(before[field])} → ${valueText(after[field])}`,
  )
  return [`~ ${identity}`, ...lines].join('\n')
}

function valueText(value: DefinitionValue | undefined): string {
  if (value === undefined) return '(default)'
  return typeof value === 'string' ? value : canonicalText(value)
}

function changedFields(before: Definition, after: Definition): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((field) => textOf(before[field]) !== textOf(after[field]))
    .sort()
}

function textOf(value: DefinitionValue | undefined): string | undefined {
  return value === undefined ? undefined : canonicalText(value)
}

/** JSON with object keys in code unit order: equal values give equal text. */
function canonicalText(value: DefinitionValue): string {
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
