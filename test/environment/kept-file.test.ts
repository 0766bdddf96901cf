import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { forgetOldest, keepValue, keptValue, noteUse } from '../../migrations/core/environment/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'just-mig-kept-file-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a kept value is read as it was written', () => {
  const path = join(folder, 'cache', 'value.json')
  expect(keptValue(path)).toBeUndefined()
  expect(keepValue(path, { text: 'ü\n"', list: [1] })).toBe(true)
  expect(keptValue(path)).toEqual({ text: 'ü\n"', list: [1] })
})

test.each([
  ['empty', () => ''],
  ['cut', (text: string) => text.slice(0, -3)],
  ['edited', (text: string) => text.replace('true', 'false')],
  ['of an older format', (text: string) => text.slice(text.indexOf('\n') + 1)],
])('a file that is %s counts as none', (_, spoiled) => {
  const path = join(folder, 'value.json')
  keepValue(path, { known: true })
  writeFileSync(path, spoiled(readFileSync(path, 'utf8')))
  expect(keptValue(path)).toBeUndefined()
})

test('those that were used last stay, and others', () => {
  for (const [at, name] of ['a-1', 'a-2', 'a-3', 'a-4', 'b-1'].entries()) {
    writeFileSync(join(folder, name), '')
    utimesSync(join(folder, name), at, at)
  }
  noteUse(join(folder, 'a-1'))
  noteUse(join(folder, 'missing'))
  forgetOldest(folder, /^a-/, 2)
  expect(readdirSync(folder).toSorted()).toEqual(['a-1', 'a-4', 'b-1'])
})
