import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allCaseNames } from './support/case.ts'

test('every case folder is taken by a test file', () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => /^cases-.*\.test\.ts$/.test(name))
    .map((name) => readFileSync(join(import.meta.dirname, name), 'utf8'))
  const prefixes = sources.flatMap((text) =>
    [...text.matchAll(/'([a-z-]+-)'/g)].map((match) => match[1] ?? ''),
  )
  expect(allCaseNames().filter((name) => !prefixes.some((prefix) => name.startsWith(prefix)))).toEqual([])
})
