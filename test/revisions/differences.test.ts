import { describe, expect, test } from 'vitest'
import { type RevisionSpec, revisionGraph } from '../../migrations/core/revisions/index.ts'
import { refusal } from './revision-folder.ts'

// a111 - a222 - a333, and beside it, from a111 too, b2220 (label side) - b333.
const specs: readonly RevisionSpec[] = [
  { revision: 'a111', downRevision: null },
  { revision: 'a222', downRevision: 'a111' },
  { revision: 'a333', downRevision: 'a222' },
  { revision: 'b2220', downRevision: 'a111', branchLabels: 'side' },
  { revision: 'b333', downRevision: 'b2220' },
]
const graph = revisionGraph(specs)
const stamp = (applied: readonly string[], target: string | readonly string[]) =>
  graph.stampedRows({ applied, target })
const history = (range: string, applied: readonly string[] = []) =>
  graph.history(range, { applied }).map((spec) => spec.revision)

describe('what differs from Alembic on purpose', () => {
  test('a downgrade to X@head means the head on that branch, also with several heads', () => {
    expect(graph.downgradePlan({ applied: ['a333', 'b333'], target: 'side@head' })).toEqual([])
    expect(refusal(() => graph.downgradePlan({ applied: ['a333'], target: 'side@head' })).code).toBe(
      'destination-not-on-path',
    )
  })

  test('a stamp counts from a name, and refuses a count from nothing with what to type', () => {
    expect(stamp(['a333'], 'a222-1')).toEqual(['a111'])
    expect(stamp([], 'side+1')).toEqual(['b333'])
    for (const target of ['-1', '+1']) {
      for (const applied of [[], ['a222']]) {
        const error = refusal(() => stamp(applied, target))
        expect(error.code).toBe('cant-locate')
        expect(error.message).toContain(target)
        expect(error.help).toContain(`current${target}`)
      }
    }
    expect(stamp(['a222'], 'current-1')).toEqual(['a111'])
  })

  test('base in a list of stamps takes all rows away', () => {
    expect(stamp(['b333', 'a222'], ['a222', 'base'])).toEqual(['a222'])
  })

  test('a prefix before the @ of a lower end means its ancestors and descendants', () => {
    expect(history('b222@base:')).toEqual(['b333', 'b2220', 'a111'])
    expect(history('b2220@base:')).toEqual(['b333', 'b2220', 'a111'])
  })

  test('N before current is counted from the heads, or from the row where they are too near the base', () => {
    expect(history('-2:current', ['a333'])).toEqual(['a333', 'a222', 'a111'])
    expect(history('-5:current', ['b2220'])).toEqual(['b2220', 'a111'])
    expect(refusal(() => history('-5:')).code).toBe('walked-too-far')
  })
})
