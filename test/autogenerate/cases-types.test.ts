import { describe, expect, test } from 'vitest'
import { casesOf, proveCase } from './support/case.ts'

describe.concurrent('generated and proved: types', () => {
  test.for(casesOf('enum-', 'domain-', 'composite-', 'range-', 'type-'))('$name', async (given) => {
    const { revisions } = await proveCase(given)
    expect(revisions.length).toBeGreaterThan(0)
  })
})
