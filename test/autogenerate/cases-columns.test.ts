import { describe, expect, test } from 'vitest'
import { casesOf, proveCase } from './support/case.ts'

describe.concurrent('generated and proved: columns', () => {
  test.for(casesOf('column-'))('$name', async (given) => {
    const { revisions } = await proveCase(given)
    expect(revisions.length).toBeGreaterThan(0)
  })
})

describe.concurrent('a column that becomes NOT NULL over rows without a value', () => {
  test.for([
    ['column-not-null-fill-rows', 'rfx_user.profile.language'],
    ['column-not-null-drop-with-rows', 'rfx_user.place.owner_id'],
  ] as const)('is a decision to make: %s', async ([name, column]) => {
    const [given] = casesOf(name)
    if (given === undefined) throw new Error(`no case ${name}`)
    await expect(proveCase({ ...given, decisions: {} })).rejects.toMatchObject({
      code: 'decision-needed',
      exitCode: 4,
      help: expect.stringContaining(`--using ${column}=`),
    })
  })
})
