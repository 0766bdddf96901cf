import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import {
  newRevisionId,
  oneLineMessage,
  type RevisionFileContents,
  readRevisionFiles,
  readSqlRevision,
  renderRevisionFile,
  revisionFileName,
  sqlTemplate,
  writeNewFile,
} from '../../migrations/core/revisions/index.ts'

let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'just-mig-revisions-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
function folderWith(files: Readonly<Record<string, string>>): string {
  folders += 1
  const dir = join(root, `versions-${folders}`)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return dir
}

const read = (files: Readonly<Record<string, string>>) => {
  const dir = folderWith(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`user/${name}`, text])),
  )
  return readRevisionFiles([{ line: 'user', dir: join(dir, 'user') }], dir)
}

function refusal(act: () => unknown): MigError {
  try {
    act()
  } catch (error) {
    if (error instanceof MigError) return error
    throw error
  }
  throw new Error('was not refused')
}

const functions = `
export async function upgrade() { throw new Error('a status command runs nothing') }
export async function downgrade() {}
`

describe('the head of a TypeScript revision', () => {
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

  test('says why nothing takes the revision back', () => {
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

  test('is found behind a comment that is longer than the first read', () => {
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

describe('the head of an SQL revision', () => {
  const body = '\n-- upgrade\nSELECT 1;\n-- downgrade\nSELECT 2;\n'

  test.each([
    [
      'line comments',
      `-- add it\n--\n-- Revision: a1\n-- Revises: b1, c1\n-- Depends on: x1\n-- Labels: first\n-- Created: 2026-11-21T10:00:00Z\n`,
    ],
    [
      'a block comment',
      `/*\n * add it\n *\n * Revision: a1\n * Revises: b1, c1\n * Depends on: x1\n * Labels: first\n * Created: 2026-11-21T10:00:00Z\n */\n`,
    ],
  ])('is read from %s', (_, header) => {
    expect(read({ 'a.sql': header + body })).toMatchObject([
      {
        revision: 'a1',
        downRevision: ['b1', 'c1'],
        dependsOn: ['x1'],
        branchLabels: ['first'],
        message: 'add it',
        createdAt: '2026-11-21T10:00:00Z',
        format: 'sql',
      },
    ])
  })

  test('needs no message', () => {
    expect(read({ 'a.sql': `-- Revision: a1\n-- Revises: base\n${body}` })).toMatchObject([
      { revision: 'a1', downRevision: null, message: '' },
    ])
  })

  test.each([
    ['among the fields', '-- m\n--\n-- Revision: a1\n-- Irreversible: the data is gone\n-- Revises: base\n'],
    ['below them', '-- m\n--\n-- Revision: a1\n-- Revises: base\n\n-- irreversible: the data is gone\n'],
  ])('says why nothing takes the revision back, %s', (_, header) => {
    expect(read({ 'a.sql': header + body })).toMatchObject([
      { revision: 'a1', downRevision: null, irreversible: 'the data is gone' },
    ])
    const bare = refusal(() => read({ 'a.sql': header.replace(' the data is gone', '') + body }))
    expect(bare).toMatchObject({ code: 'metadata-not-literal' })
  })

  test('is refused without an id or a parent', () => {
    expect(refusal(() => read({ 'a.sql': body })).code).toBe('missing-metadata')
    expect(refusal(() => read({ 'a.sql': `-- x\n\n-- Revision: a1\n${body}` })).message).toContain('Revises')
  })
})

describe('the sections of an SQL revision', () => {
  const header = '-- m\n--\n-- Revision: a1\n-- Revises: base\n\n'

  test('are split at their marks, not at marks inside strings, quotes and comments', () => {
    const upgrade = `SELECT '\n-- downgrade\n', "\n-- upgrade\n", $x$\n-- downgrade\n$x$ /* /* */\n-- downgrade\n*/;\n`
    expect(readSqlRevision(`${header}-- upgrade\n${upgrade}-- downgrade\nSELECT 2;\n`)).toEqual({
      upgrade,
      downgrade: 'SELECT 2;\n',
      upgradeLine: 7,
      downgradeLine: 17,
    })
  })

  test('that are missing are null', () => {
    expect(readSqlRevision(`${header}-- upgrade\nSELECT 1;`)).toMatchObject({
      downgrade: null,
      downgradeLine: null,
    })
  })

  test('that come twice, and SQL before them, are refused with the line', () => {
    const twice = refusal(() => readSqlRevision(`${header}-- upgrade\n-- upgrade\n`))
    expect([twice.code, twice.place?.line]).toEqual(['sql-sections', 7])
    expect(refusal(() => readSqlRevision(`${header}SELECT 1;\n-- upgrade\n`)).place?.line).toBe(6)
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
    const dir = folderWith({ 'user/1_a.ts': text('a1'), 'other/1_b.ts': text('b1') })
    const outside = refusal(() => readRevisionFiles([{ line: 'user', dir: join(dir, 'user') }], dir))
    expect(outside.code).toBe('file-outside-lines')
    expect(outside.message).toContain('1_b.ts')
    expect(refusal(() => read({ 'deeper/1_a.ts': text('a1') })).help).toContain('subfolders are not read')
    expect(refusal(() => read({ '1_a.py': '' })).code).toBe('not-a-revision-file')
  })
})

const contents = (more: Partial<RevisionFileContents>): RevisionFileContents => ({
  format: 'ts',
  revision: '3f2a9c41b7d0',
  downRevision: '8d01c2aa94fe',
  dependsOn: [],
  branchLabels: [],
  message: 'add preferred_language to profile',
  createdAt: new Date('2026-11-21T10:00:00.123Z'),
  typesImport: '../../core/index.ts',
  ...more,
})

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(
      fc.constantFrom(
        '*/',
        '*\\/',
        '\\',
        '`',
        '${',
        '}',
        "'",
        '"',
        '\n',
        '\r\n',
        '\u2028',
        '-- upgrade',
        'upgrade',
        'Revision: x',
        'Created:',
        '/*',
        '--',
        '\0',
        '\u202E',
        '\uD800',
        ' ',
        'é',
        '$$',
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join('')),
)

describe('a written revision', () => {
  test('reads top to bottom', () => {
    const body = `  await op.execute(${sqlTemplate('ALTER TABLE t ADD COLUMN c int')})`
    expect(renderRevisionFile(contents({ upgradeBody: body, headerNotes: ['Locks: t'] }))).toBe(`/**
 * add preferred_language to profile
 *
 * Revision: 3f2a9c41b7d0
 * Revises: 8d01c2aa94fe
 * Created: 2026-11-21T10:00:00Z
 *
 * Locks: t
 */
import type { Operations } from '../../core/index.ts'

export const revision = '3f2a9c41b7d0'
export const downRevision = '8d01c2aa94fe'
export const dependsOn: string[] = []
export const branchLabels: string[] = []

export async function upgrade(op: Operations): Promise<void> {
  await op.execute(\`ALTER TABLE t ADD COLUMN c int\`)
}

export async function downgrade(_op: Operations): Promise<void> {}
`)
  })

  test.each(['ts', 'sql'] as const)(
    'as %s gives back its metadata, whatever the message and notes',
    (format) => {
      const dir = join(root, `written-${format}`)
      mkdirSync(dir)
      const path = join(dir, `a.${format}`)
      const id = fc.stringMatching(/^[a-z0-9_]{4,12}$/)
      const ids = fc.uniqueArray(id, { maxLength: 3 })
      fc.assert(
        fc.property(
          hostile,
          hostile,
          id,
          ids,
          ids,
          ids,
          (message, note, revision, parents, dependsOn, branchLabels) => {
            const downRevision = parents.length > 1 ? parents : (parents[0] ?? null)
            writeFileSync(
              path,
              renderRevisionFile(
                contents({
                  format,
                  message,
                  headerNotes: [note],
                  revision,
                  downRevision,
                  dependsOn,
                  branchLabels,
                }),
              ),
            )
            expect(readRevisionFiles([{ line: 'user', dir }])).toEqual([
              {
                revision,
                downRevision,
                dependsOn,
                branchLabels,
                message: oneLineMessage(message),
                createdAt: '2026-11-21T10:00:00Z',
                line: 'user',
                path,
                format,
              },
            ])
          },
        ),
        { numRuns: 300 },
      )
    },
  )

  test('holds any SQL in a template literal that evaluates to it', () => {
    fc.assert(
      fc.property(hostile, (sql) => {
        expect(new Function(`return ${sqlTemplate(sql)}`)()).toBe(sql)
      }),
    )
  })

  test('keeps SQL bodies apart, whatever comments they hold', () => {
    const upgradeBody = "SELECT 1;\n-- downgrade\nSELECT '\n-- downgrade\n';"
    const text = renderRevisionFile(contents({ format: 'sql', upgradeBody, downgradeBody: 'SELECT 2;' }))
    const { upgrade, downgrade } = readSqlRevision(text)
    expect(upgrade).toBe("\nSELECT 1;\n-- (downgrade)\nSELECT '\n-- downgrade\n';\n\n")
    expect(downgrade).toBe('\nSELECT 2;\n')
  })
})

describe('a file name', () => {
  const date = new Date('2026-11-21T23:30:05Z')
  const name = (more: object) =>
    revisionFileName({
      date,
      revision: '3f2a9c41b7d0',
      message: 'Add preferred_language to profile!',
      format: 'ts',
      ...more,
    })

  test.each([
    [{}, '20261121_233005_3f2a9c41b7d0_add_preferred_language_to_profile.ts'],
    [{ format: 'sql' }, '20261121_233005_3f2a9c41b7d0_add_preferred_language_to_profile.sql'],
    [{ timeZone: 'Europe/Berlin' }, '20261122_003005_3f2a9c41b7d0_add_preferred_language_to_profile.ts'],
    [{ slugLength: 12 }, '20261121_233005_3f2a9c41b7d0_add.ts'],
    [{ message: '' }, '20261121_233005_3f2a9c41b7d0_empty_message.ts'],
    [{ message: '../../etc/passwd' }, '20261121_233005_3f2a9c41b7d0_etc_passwd.ts'],
    [{ message: '!?' }, '20261121_233005_3f2a9c41b7d0.ts'],
    [{ message: 'Größe ändern' }, '20261121_233005_3f2a9c41b7d0_größe_ändern.ts'],
    [{ template: '{epoch}-{rev}' }, '1795303805-3f2a9c41b7d0.ts'],
  ])('with %j is %s', (more, wanted) => {
    expect(name(more)).toBe(wanted)
  })

  test('is refused for a template or a time zone that cannot be used', () => {
    expect(refusal(() => name({ template: '{year}_{slug}' })).code).toBe('bad-file-template')
    expect(refusal(() => name({ template: '{rev}_{name}' })).message).toContain('{name}')
    expect(refusal(() => name({ template: '../{rev}' })).code).toBe('bad-file-template')
    expect(refusal(() => name({ timeZone: 'Mars/Base' })).code).toBe('bad-time-zone')
  })

  test('is within what file systems take, for any message', () => {
    fc.assert(
      fc.property(hostile, (message) => {
        expect(Buffer.byteLength(name({ message }))).toBeLessThan(256)
        expect(name({ message })).toMatch(/^[^/\\\0]+\.ts$/)
      }),
    )
  })
})

describe('writing a file', () => {
  test('makes the folder, writes the whole text and leaves nothing else', () => {
    const dir = join(root, 'fresh', 'user')
    writeNewFile(join(dir, 'a.ts'), 'text')
    expect(readdirSync(dir)).toEqual(['a.ts'])
    expect(readFileSync(join(dir, 'a.ts'), 'utf8')).toBe('text')
  })

  test('leaves a file that is there as it was', () => {
    const dir = folderWith({ 'a.ts': 'old' })
    expect(refusal(() => writeNewFile(join(dir, 'a.ts'), 'new')).code).toBe('file-exists')
    expect(readFileSync(join(dir, 'a.ts'), 'utf8')).toBe('old')
    expect(readdirSync(dir)).toEqual(['a.ts'])
  })

  test('says why it cannot', () => {
    const dir = folderWith({ file: '' })
    expect(refusal(() => writeNewFile(join(dir, 'file', 'a.ts'), 'x')).code).toBe('cannot-write')
  })
})

test('a new revision id is 12 hexadecimal digits and never the same', () => {
  const ids = Array.from({ length: 1000 }, newRevisionId)
  expect(ids.every((id) => /^[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(1000)
})
