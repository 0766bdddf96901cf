import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
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
import { folderWith, refusal, temporaryFolder } from './revision-folder.ts'

const root = temporaryFolder()

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

export async function downgrade(): Promise<void> {}
`)
  })

  test('that does nothing has nothing unused', () => {
    const text = renderRevisionFile(contents({ downRevision: ['8d01c2aa94fe', '5ea4107bd93c'] }))
    expect(text).toContain('export async function upgrade(): Promise<void> {}')
    expect(text).not.toContain('Operations')
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
          fc.option(
            hostile.filter((text) => oneLineMessage(text) !== oneLineMessage('')),
            { nil: undefined },
          ),
          (message, note, revision, parents, dependsOn, branchLabels, reason) => {
            const irreversible = reason === undefined ? {} : { irreversible: oneLineMessage(reason) }
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
                  ...(reason === undefined ? {} : { irreversible: reason }),
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
                ...irreversible,
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

test.each(['../env', 'a/b', 'a\\b', 'a\0b', '.hidden'])('an id that is %j makes no file name', (revision) => {
  const request = { template: '{rev}', date: new Date(0), revision, message: '!', format: 'ts' } as const
  expect(refusal(() => revisionFileName(request)).code).toBe('invalid-name')
})

describe('writing a file', () => {
  test('makes the folder, writes the whole text and leaves nothing else', () => {
    const dir = join(root, 'fresh', 'user')
    writeNewFile(join(dir, 'a.ts'), 'text')
    expect(readdirSync(dir)).toEqual(['a.ts'])
    expect(readFileSync(join(dir, 'a.ts'), 'utf8')).toBe('text')
  })

  test('leaves a file that is there as it was', () => {
    const dir = folderWith(root, { 'a.ts': 'old' })
    expect(refusal(() => writeNewFile(join(dir, 'a.ts'), 'new')).code).toBe('file-exists')
    expect(readFileSync(join(dir, 'a.ts'), 'utf8')).toBe('old')
    expect(readdirSync(dir)).toEqual(['a.ts'])
  })

  test('says why it cannot', () => {
    const dir = folderWith(root, { file: '' })
    expect(refusal(() => writeNewFile(join(dir, 'file', 'a.ts'), 'x')).code).toBe('cannot-write')
  })
})

test('a new revision id is 12 hexadecimal digits and never the same', () => {
  const ids = Array.from({ length: 1000 }, newRevisionId)
  expect(ids.every((id) => /^[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(1000)
})
