import { describe, expect, test } from 'vitest'
import { caseAt, proveCase } from './support/case.ts'
import { testCases } from './support/generated.ts'

testCases('columns')

describe.concurrent('a column that becomes NOT NULL over rows without a value', () => {
  test.for([
    ['columns/column-not-null-fill-rows', 'rfx_user.profile.language'],
    ['columns/column-not-null-drop-with-rows', 'rfx_user.place.owner_id'],
  ] as const)('is a decision to make: %s', async ([path, column]) => {
    await expect(proveCase({ ...caseAt(path), decisions: {} })).rejects.toMatchObject({
      code: 'decision-needed',
      exitCode: 4,
      help: expect.stringContaining(`--using ${column}=`),
    })
  })
})
