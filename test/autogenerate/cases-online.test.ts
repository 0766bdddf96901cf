import { describe, expect, test } from 'vitest'
import { casesOf, proveCase } from './support/case.ts'

/** Each has a form of its own, or is one that must stay as it is. */
const names = [
  'column-not-null-set',
  'constraint-exclusion',
  'constraint-foreign-key-not-enforced',
  'constraint-foreign-key-options',
  'constraint-primary-composite-under-foreign-key',
  'constraint-temporal',
  'constraint-unique-deferrable',
  'index-change-columns',
  'index-cluster',
  'index-swapped-names',
]

describe.concurrent('generated in the online form and proved', () => {
  test.for(casesOf(...names))('$name', async (given) => {
    const { revisions } = await proveCase(given, { online: true })
    expect(revisions.length).toBeGreaterThan(0)
  })
})
