import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { caseGroups } from './support/case.ts'

test('every group of case folders has its test file', () => {
  const fileOf = (group: string) => join(import.meta.dirname, `cases-${group}.test.ts`)
  expect(caseGroups().filter((group) => !existsSync(fileOf(group)))).toEqual([])
})
