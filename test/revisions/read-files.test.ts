import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readRevisionFiles } from '../../migrations/core/revisions/index.ts'
import { folderWith, readAsUser, refusal, temporaryFolder } from './revision-folder.ts'

const root = temporaryFolder()
const read = (files: Readonly<Record<string, string>>) => readAsUser(root, files)

const functions = `
export async function upgrade() { throw new Error('a status command runs nothing') }
export async function downgrade() {}
`

describe('the header of a TypeScript revision', () => {
  test.each([
    ['plain', `export const revision = 'a1'\nexport const downRevision = 'b1'`, 'b1'],
    ['null', `export const revision = 'a1'\nexport const downRevision = null`, null],
    [
      'with types',
      `export const revision: string = "a1";\nexport const downRevision: string | string[] | null = "b1";`,
      'b1',
    ],
    [
      'with as const',
      `export const revision = 'a1' as const\nexport const downRevision = ['b1', 'c1'] as const`,
      ['b1', 'c1'],
    ],
    [
      'with satisfies',
      `export const revision = \`a1\` satisfies string\nexport const downRevision = 'b1'`,
      'b1',
    ],
    [
      'with comments',
      `export const revision = /* id */ 'a1' // the id\nexport const downRevision = 'b1' // 'c1'`,
      'b1',
    ],
    [
      'over several lines',
      `export const revision =\n  'a1'\nexport const downRevision = [\n  'b1', // first\n  "c1",\n]`,
      ['b1', 'c1'],
    ],
    ['with CRLF', `export const revision = 'a1'\r\nexport const downRevision = 'b1'\r\n`, 'b1'],
    ['after a byte order mark', `\uFEFFexport const revision = 'a1'\nexport const downRevision = 'b1'`, 'b1'],
    [
      'in any order, with other constants',
      `const batch = { size: [1] }\nexport const downRevision = 'b1'\nexport const revision = 'a1'`,
      'b1',
    ],
    ['an empty list', `export const revision = 'a1'\nexport const downRevision = []`, null],
  ])('%s', (_, head, downRevision) => {
    const text = `import type { Operations } from '../../core/index.ts'\n${head}\n${functions}`
    expect(
      read({
        'a.ts': text.startsWith('import') && head.startsWith('\uFEFF') ? `${head}\n${functions}` : text,
      }),
    ).toMatchObject([{ revision: 'a1', downRevision, line: 'user', format: 'ts' }])
  })

  test('says message and time by its comment, dependencies and labels by its constants', () => {
    const text = `/**
 * add a thing
 * in two lines
 *
 * Revision: a1
 * Created: 2026-11-21T10:00:00Z
 */
export const revision = 'a1'
export const downRevision = null
export const dependsOn: string[] = ['x1']
export const branchLabels = 'first'
${functions}`
    expect(read({ 'a.ts': text })).toMatchObject([
      {
        message: 'add a thing in two lines',
        createdAt: '2026-11-21T10:00:00Z',
        dependsOn: ['x1'],
        branchLabels: 'first',
      },
    ])
  })

  test('says why nothing reverts the revision', () => {
    const head = (value: string) =>
      `export const revision = 'a1'\nexport const downRevision = null\nexport const irreversible${value}\n${functions}`
    expect(read({ 'a.ts': head(" = 'the old\\nvalues are gone'") })).toMatchObject([
      { irreversible: 'the old values are gone' },
    ])
    expect(read({ 'a.ts': head(': string | null = null') })[0]).not.toHaveProperty('irreversible')
    for (const value of [' = true', " = ''", " = ['why']", ' = why']) {
      const error = refusal(() => read({ 'a.ts': head(value) }))
      expect(error).toMatchObject({ code: 'metadata-not-literal', place: { line: 3 } })
      expect(error.message).toContain('irreversible')
    }
  })

  test('is found after a comment that is longer than the first read', () => {
    const text = `/**\n * long\n *\n${' * note\n'.repeat(3000)} */\nexport const revision = 'a1'\nexport const downRevision = null\n${functions}`
    expect(read({ 'a.ts': text })).toMatchObject([{ revision: 'a1', message: 'long' }])
  })

  test.each([
    ['metadata-not-literal', 2, `export const revision = 'a1'\nexport const downRevision = previous`],
    ['metadata-not-literal', 1, `export const revision = 'a' + '1'\nexport const downRevision = null`],
    ['metadata-not-literal', 1, `export const revision = \`a\${n}\`\nexport const downRevision = null`],
    ['metadata-not-literal', 2, `export const revision = 'a1'\nexport const downRevision = ['b1', ...more]`],
    ['metadata-not-literal', 1, `export const revision = ['a1']\nexport const downRevision = null`],
    ['metadata-not-literal', 1, `export const revision = id()\nexport const downRevision = null`],
    ['unreadable-revision', 2, `export const revision = 'a1'\nexport const downRevision = 'b1\n`],
    ['unreadable-revision', 1, `/* never ends\nexport const revision = 'a1'`],
    ['unreadable-revision', 1, `}\nexport const revision = 'a1'`],
    [
      'unreadable-revision',
      3,
      `export const revision = 'a1'\nexport const downRevision = null\nexport const revision = 'b1'`,
    ],
    ['missing-metadata', undefined, `export const downRevision = 'b1'`],
    ['missing-metadata', undefined, `export const revision = 'a1'`],
    ['missing-metadata', undefined, `export const helper = 1`],
    ['missing-metadata', undefined, ''],
  ])('is refused with %s on line %s', (code, line, text) => {
    const error = refusal(() => read({ 'broken.ts': text }))
    expect(error.code).toBe(code)
    expect(error.message).toContain('broken.ts')
    expect(error.place?.line).toBe(line)
  })
})

describe('a folder of revisions', () => {
  const text = (id: string) =>
    `export const revision = '${id}'\nexport const downRevision = null\n${functions}`

  test('is read in the order of file names; droppings, types and Markdown are passed over', () => {
    const files = read({
      '2_b.ts': text('b1'),
      '1_a.ts': text('a1'),
      'README.md': '#',
      '.1_a.ts.swp': 'x',
      '1_a.ts~': 'x',
      '.hidden.ts': 'x',
      'types.d.ts': 'export {}',
    })
    expect(files.map((file) => file.revision)).toEqual(['a1', 'b1'])
  })

  test('that does not exist has no revisions', () => {
    expect(readRevisionFiles([{ line: 'user', dir: join(root, 'nowhere') }])).toEqual([])
  })

  test('refuses a file in no line, in a subfolder, and of another language', () => {
    const dir = folderWith(root, { 'user/1_a.ts': text('a1'), 'other/1_b.ts': text('b1') })
    const outside = refusal(() => readRevisionFiles([{ line: 'user', dir: join(dir, 'user') }], dir))
    expect(outside.code).toBe('file-outside-lines')
    expect(outside.message).toContain('1_b.ts')
    expect(refusal(() => read({ 'deeper/1_a.ts': text('a1') })).help).toContain('subfolders are not read')
    expect(refusal(() => read({ '1_a.py': '' })).code).toBe('not-a-revision-file')
  })
})
