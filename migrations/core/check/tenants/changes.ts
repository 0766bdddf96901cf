import type { Change } from '../../difference/index.ts'
import {
  compareFingerprints,
  type Fingerprint,
  type FingerprintChange,
  type FingerprintObject,
} from '../../postgres/index.ts'

/**
 * What would bring one schema-relative state to another, as operations without the name of a schema; what comes or
 * goes with its table is not told by itself. Pure.
 */
export function relativeChanges(from: Fingerprint, to: Fingerprint): readonly Change[] {
  const changes = compareFingerprints(from, to)
  const wholes = new Set(
    changes.flatMap(({ identity, change }) => {
      const object = to.objects.get(identity) ?? from.objects.get(identity)
      return change === 'changed' || object === undefined || object.parent !== undefined
        ? []
        : [`${change} ${object.name}`]
    }),
  )
  return changes.flatMap((change): Change[] => {
    const object = to.objects.get(change.identity) ?? from.objects.get(change.identity)
    if (object?.parent !== undefined && wholes.has(`${change.change} ${object.parent}`)) return []
    const { kind, identity } = change
    const name = identity.slice(kind.length + 1)
    return [{ verb: verbs[change.change], kind, name, schema: undefined, detail: detailOf(change, object) }]
  })
}

const verbs = { added: 'add', removed: 'drop', changed: 'change' } as const

function detailOf(
  { change, before = {}, after = {}, fields = [] }: FingerprintChange,
  object: FingerprintObject | undefined,
): string {
  if (change === 'changed')
    return fields
      .map((field) => `${words(field)} ${shown(before[field])} → ${shown(after[field])}`)
      .join(', ')
  const { type, notNull, definition } = object?.definition ?? {}
  if (object?.kind === 'column') return `${shown(type)}${notNull === true ? ' not null' : ''}`
  return typeof definition === 'string' ? shown(definition) : ''
}

/** `notNull` → `not null`. */
function words(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length > 120 ? `${line.slice(0, 119)}…` : line
}
