import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { excludedTables } from '../migrations/core/environment/excluded.ts'
import { statementLine } from '../migrations/core/lint/lint.ts'
import { globFiles } from '../migrations/core/sources/glob.ts'
import { wildcard } from '../migrations/core/wildcard.ts'
import { temporaryFolder } from './support/recipes.ts'

/** What a regular expression says, which is right and may be slow. */
function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'su')
}

test('a pattern matches what its regular expression does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '😀', '\n'), maxLength: 12 })
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '😀', '*', '*', '?'), maxLength: 8 })
  fc.assert(
    fc.property(pattern, text, (given, name) => {
      expect(wildcard(given)(name)).toBe(expressionOf(given).test(name))
    }),
    { numRuns: 3000 },
  )
})

const million = 1_000_000

/** What is linear takes two seconds at most; what is not would take hours. In milliseconds. */
const patience = 15_000

test.each([
  ['a star before each letter', '*a'.repeat(million / 2), `${'a'.repeat(million)}b`, false],
  ['stars alone, with an end that is not there', `${'*'.repeat(million)}b`, 'a'.repeat(million), false],
  ['a piece that nearly fits everywhere', `*${'a'.repeat(million / 2)}b*`, 'a'.repeat(million), false],
  ['any characters between stars', `${'*?'.repeat(million / 2)}`, 'a'.repeat(million), true],
  ['a pattern that is longer than the name', `x${'*a*'.repeat(million / 3)}`, `x${'a'.repeat(62)}`, false],
])('1 MB of %s takes no time to speak of', (_what, pattern, text, expected) => {
  const started = performance.now()
  expect(wildcard(pattern)(text)).toBe(expected)
  const excludes = excludedTables([pattern])
  expect(excludes({ kind: 'table', schema: 'public', name: text })).toBe(expected)
  expect(performance.now() - started).toBeLessThan(patience)
})

test('the line of a statement is found in a template of many parts without trying them all', () => {
  const line = `\`SELECT ${'${a}x'.repeat(3000)}y\``
  const started = performance.now()
  expect(statementLine(line, `SELECT ${'ax'.repeat(3000)}z`)).toBeUndefined()
  expect(statementLine(`\n${line}`, `SELECT ${'1x'.repeat(3000)}y`)).toBe(2)
  expect(performance.now() - started).toBeLessThan(patience)
})

describe('a glob', () => {
  const long = `${'a'.repeat(200)}.sql`
  let root: { readonly path: string; readonly remove: () => Promise<void> }
  beforeAll(async () => {
    root = await temporaryFolder()
    const files = ['a.sql', 'b.ts', 'one/a.sql', 'one/two/a.sql', 'one/two/c.table.ts', `deep/${long}`]
    for (const file of files) {
      await mkdir(join(root.path, file, '..'), { recursive: true })
      await writeFile(join(root.path, file), '')
    }
  })
  afterAll(() => root.remove())
  const found = (glob: string) => globFiles(glob, root.path).map((file) => file.slice(root.path.length + 1))

  test.each([
    ['*.sql', ['a.sql']],
    ['**/a.sql', ['a.sql', 'one/a.sql', 'one/two/a.sql']],
    ['**/two/**', ['one/two/a.sql', 'one/two/c.table.ts']],
    ['one/**/*.{sql,table.ts}', ['one/a.sql', 'one/two/a.sql', 'one/two/c.table.ts']],
    ['{one/{two,three},.}/a.sql', ['one/two/a.sql']],
    ['one/**.ts', ['one/two/c.table.ts']],
    ['[!a].ts', ['b.ts']],
    ['[a-b].?[a-z]*', ['a.sql', 'b.ts']],
    ['one/*/*/*', []],
    ['{a.sql', []],
  ])('%s', (glob, expected) => {
    expect(found(glob)).toEqual(expected)
  })

  test.each([
    ['stars in a name', `deep/${'*a'.repeat(100)}*b`],
    ['folders of any depth', `${'**/'.repeat(300_000)}x`],
    ['sets', `deep/${'*[a-z]'.repeat(90)}*!`],
  ])('of many %s takes no time to speak of', (_what, glob) => {
    const started = performance.now()
    expect(found(glob)).toEqual([])
    expect(performance.now() - started).toBeLessThan(patience)
  })

  test('whose braces expand to too many names is refused', () => {
    expect(() => found('{a,b}'.repeat(30))).toThrow('expand to too many names')
    expect(() => found(`${'{'.repeat(5000)}${'}'.repeat(5000)}`)).toThrow('expand to too many names')
  })
})
