import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  compareFingerprints,
  type Definition,
  type FingerprintObject,
  fingerprintChangesText,
  fingerprintHash,
} from '../../migrations/core/postgres/fingerprint/index.ts'

type Objects = ReadonlyMap<string, FingerprintObject>

const object = (definition: Definition): FingerprintObject => ({
  kind: 'table',
  schema: 's',
  name: 't',
  definition,
})

const objectsOf = (entries: readonly (readonly [string, Definition])[]): Objects =>
  new Map(entries.map(([identity, definition]) => [identity, object(definition)]))

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 3 }),
  ),
})).value as fc.Arbitrary<Definition[string]>
const definition = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'toString'), value, { maxKeys: 4 })
const entries = fc.uniqueArray(fc.tuple(fc.string({ unit: 'binary', maxLength: 3 }), definition), {
  maxLength: 6,
  selector: ([identity]) => identity,
})

/** The same value with the keys of every object in the opposite order. */
function reversed(input: Definition[string]): Definition[string] {
  if (input === null || typeof input !== 'object') return input
  if (Array.isArray(input)) return input.map(reversed)
  const pairs = Object.entries(input).map(([name, inner]) => [name, reversed(inner)] as const)
  return Object.fromEntries(pairs.reverse())
}

describe('the hash', () => {
  test('does not depend on the order of objects or attributes', () => {
    fc.assert(
      fc.property(entries, (list) => {
        const other = list.map(([identity, d]) => [identity, reversed(d) as Definition] as const).reverse()
        expect(fingerprintHash(objectsOf(other))).toBe(fingerprintHash(objectsOf(list)))
      }),
    )
  })

  test('is equal exactly when the comparison is empty', () => {
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        const [before, after] = [objectsOf(a), objectsOf(b)]
        const changes = compareFingerprints({ objects: before }, { objects: after })
        expect(fingerprintHash(before) === fingerprintHash(after)).toBe(changes.length === 0)
      }),
    )
  })
})

describe('the comparison', () => {
  test('of the other direction is the mirror image', () => {
    fc.assert(
      fc.property(entries, entries, (a, b) => {
        const [one, two] = [{ objects: objectsOf(a) }, { objects: objectsOf(b) }]
        const mirror = { added: 'removed', removed: 'added', changed: 'changed' } as const
        expect(compareFingerprints(two, one).map((c) => [c.identity, c.fields, mirror[c.change]])).toEqual(
          compareFingerprints(one, two).map((c) => [c.identity, c.fields, c.change]),
        )
      }),
    )
  })

  test('reads as text, with each attribute before and after', () => {
    const before = objectsOf([
      ['column s.t.a', { type: 'integer', default: '1' }],
      ['table s.old', {}],
    ])
    const after = objectsOf([
      ['column s.t.a', { type: 'bigint', options: ['x=1'] }],
      ['table s.new', {}],
    ])
    expect(fingerprintChangesText(compareFingerprints({ objects: before }, { objects: after }))).toBe(
      [
        '~ column s.t.a',
        '    default: 1 → (default)',
        '    options: (default) → ["x=1"]',
        '    type: integer → bigint',
        '+ table s.new',
        '- table s.old',
      ].join('\n'),
    )
  })
})
