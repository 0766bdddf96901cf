import { describe, expect, test } from 'vitest'
import { casesOf, proveCase } from './support/case.ts'

describe.concurrent('generated and proved: programs', () => {
  test.for(
    casesOf(
      'view-',
      'materialized-',
      'function-',
      'trigger-',
      'policy-',
      'rule-',
      'procedure-',
      'aggregate-',
    ),
  )('$name', async (given) => {
    const { revisions } = await proveCase(given)
    expect(revisions.length).toBeGreaterThan(0)
  })
})
