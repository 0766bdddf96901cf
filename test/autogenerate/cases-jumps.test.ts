import { describe, expect, test } from 'vitest'
import { casesOf, proveCase } from './support/case.ts'

describe.concurrent('generated and proved: jumps', () => {
  test.for(casesOf('jump-', 'mixed-'))('$name', async (given) => {
    const { revisions } = await proveCase(given)
    expect(revisions.length).toBeGreaterThan(0)
  })
})
