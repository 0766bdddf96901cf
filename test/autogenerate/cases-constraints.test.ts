import { describe, expect, test } from 'vitest'
import { casesOf, proveCase } from './support/case.ts'

describe.concurrent('generated and proved: constraints', () => {
  test.for(casesOf('constraint-', 'index-', 'sequence-'))('$name', async (given) => {
    const { revisions } = await proveCase(given)
    expect(revisions.length).toBeGreaterThan(0)
  })
})

test('rows of earlier revisions that break a new constraint are a decision to make', async () => {
  const [given] = casesOf('constraint-broken-by-rows')
  if (given === undefined) throw new Error('no such case')
  await expect(proveCase({ ...given, decisions: {} })).rejects.toMatchObject({
    code: 'decision-needed',
    exitCode: 4,
    message: expect.stringMatching(/perm_env[\s\S]*perm_n[\s\S]*perm_k/),
    help: expect.stringContaining('--recreate rfx_user.perm'),
  })
})
