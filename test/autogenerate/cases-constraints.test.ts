import { expect, test } from 'vitest'
import { caseAt, proveCase } from './support/case.ts'
import { testCases } from './support/generated.ts'

testCases('constraints')

test('rows of earlier revisions that break a new constraint are a decision to make', async () => {
  const given = caseAt('constraints/constraint-broken-by-rows')
  await expect(proveCase({ ...given, decisions: {} })).rejects.toMatchObject({
    code: 'decision-needed',
    exitCode: 4,
    message: expect.stringMatching(/perm_env[\s\S]*perm_n[\s\S]*perm_k/),
    help: expect.stringContaining('--recreate rfx_user.perm'),
  })
})
