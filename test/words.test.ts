import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repository } from './support/recipes.ts'

const glossary = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8')
const own = 'migrations scripts test docs site README.md CHANGELOG.md SECURITY.md justfile Makefile'.split(
  ' ',
)
const words = /\.(?:ts|mjs|cjs|py|md)$|^(?:justfile|Makefile)$/

/** What the last column of the glossary lists. */
const avoided = [...glossary.matchAll(/^\|.*\|.*\| (.*?) *\|$/gm)]
  .flatMap(([, cell = '']) => cell.split(', '))
  .filter((word) => /^[a-z]/i.test(word) && word !== 'avoid')

test('no file has a word that the glossary avoids', () => {
  expect(avoided.length).toBeGreaterThan(20)
  const patterns = avoided.map((word) => word.replace(' … ', String.raw`(?: \S+){0,4}? `))
  const any = new RegExp(String.raw`\b(?:${patterns.join('|')})\b`, 'gi')
  const files = execFileSync('git', ['ls-files', '-z', ...own], { cwd: repository, encoding: 'utf8' })
  const found = files.split('\0').flatMap((file) => {
    // Fixtures are other people's files.
    if (!words.test(file) || file.includes('/fixtures/')) return []
    const lines = readFileSync(join(repository, file), 'utf8').split('\n')
    return lines.flatMap((line, at) => [...line.matchAll(any)].map(([word]) => `${file}:${at + 1}: ${word}`))
  })
  expect(found).toEqual([])
})
