import { describe, expect, test } from 'vitest'
import { readSqlRevision } from '../../migrations/core/revisions/index.ts'
import { readAsUser, refusal, temporaryFolder } from './revision-folder.ts'

const root = temporaryFolder()
const read = (files: Readonly<Record<string, string>>) => readAsUser(root, files)

describe('the header of an SQL revision', () => {
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
  ])('says why nothing reverts the revision, %s', (_, header) => {
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

  test('are read in one pass, however long: 60,000 statements, and one line of 20,000', () => {
    const statements = Array.from(
      { length: 60_000 },
      (_, at) => `INSERT INTO t VALUES (${at}, 'row ${at}');\n`,
    )
    const downgrade = `${'SELECT 1; '.repeat(20_000)}\n`
    expect(readSqlRevision(`${header}-- upgrade\n${statements.join('')}-- downgrade\n${downgrade}`)).toEqual({
      upgrade: statements.join(''),
      downgrade,
      upgradeLine: 7,
      downgradeLine: 60_008,
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
