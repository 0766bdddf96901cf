import { rm } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { readRowTest } from '../../migrations/core/revisions/index.ts'
import { verifyContext } from '../../migrations/core/verify/context.ts'
import { checkFiles } from '../../migrations/core/verify/files.ts'
import type { Found } from '../../migrations/core/verify/result.ts'
import { checkStairway } from '../../migrations/core/verify/stairway.ts'
import { refusal } from '../revisions/revision-folder.ts'
import { createLab } from '../runner/support.ts'
import { createTestDatabase } from '../support/database.ts'

const file = (id: string, down: string, head: string, up: string, back: string) =>
  `-- m\n--\n-- Revision: ${id}\n-- Revises: ${down}\n${head}\n-- upgrade\n${up}\n\n-- downgrade\n${back}\n`

const files = {
  'user/1_aaaa00000001.sql': file(
    'aaaa00000001',
    'base',
    '-- Downgrade loses: table app_user.t\n',
    'CREATE TABLE t (id int, model text);',
    'DROP TABLE t;',
  ),
  'user/2_aaaa00000002.sql': file(
    'aaaa00000002',
    'aaaa00000001',
    '',
    "UPDATE t SET model = 'small' WHERE model = 'tiny';",
    '',
  ),
  'user/2_aaaa00000002.test.sql': `-- rows of two kinds
-- before
INSERT INTO t VALUES (1, 'large'), (2, 'small');

-- after upgrade
SELECT count(*) = 2 FROM t;
SELECT
  id = 2, model
FROM t ORDER BY id;
`,
  'user/3_aaaa00000003.sql': file(
    'aaaa00000003',
    'aaaa00000002',
    '',
    "UPDATE t SET model = 'medium' WHERE model = 'tiny';",
    '',
  ),
  'user/3_aaaa00000003.sql.test.sql': `-- before
INSERT INTO t VALUES (1, 'tiny');
-- After upgrade:
SELECT model = 'medium' FROM t;
`,
  'user/4_aaaa00000004.sql': file(
    'aaaa00000004',
    'aaaa00000003',
    '-- Downgrade loses: column app_user.t.n\n',
    'ALTER TABLE t ADD COLUMN n int; UPDATE t SET n = 7 WHERE n IS NULL;',
    'ALTER TABLE t DROP COLUMN n;',
  ),
  'user/4_aaaa00000004.test.sql': `-- before
INSERT INTO t VALUES (1, 'x; -- after upgrade');
-- after upgrade
SELECT n = 7 FROM app_user.t;
-- after downgrade
SELECT count(*) = 1 FROM t WHERE model LIKE 'x%';
`,
  'user/5_aaaa00000005.sql': file('aaaa00000005', 'aaaa00000004', '', 'SELECT FROM t;', ''),
  'user/5_aaaa00000005.test.sql':
    '-- before\nINSERT INTO nowhere VALUES (1);\n-- after upgrade\nSELECT true;\n',
}

describe('row tests', () => {
  const tests: Found[] = []
  const results = new Map<string, Found>()
  let stray: readonly Found[] = []

  beforeAll(async () => {
    const database = await createTestDatabase()
    const lab = await createLab(database)
    try {
      await lab.write(files)
      const project = await lab.project({ schemas: { user: 'app_user' } })
      expect([...project.files.keys()]).toHaveLength(5)
      const context = await verifyContext(project, () => undefined, undefined)
      await checkStairway(context, new Set(project.files.keys()), tests)
      for (const each of tests) results.set(each.revision ?? '', each)
      await lab.write({ 'user/9_other.test.sql': '-- after upgrade\nSELECT true;\n' })
      stray = checkFiles(await lab.project({ schemas: { user: 'app_user' } }))
    } finally {
      await rm(lab.root, { recursive: true })
      await database.drop()
    }
  }, 120_000)

  test('show a query that is not true, its place, and what it returned', () => {
    expect(results.get('aaaa00000002')).toMatchObject({
      status: 'failed',
      line: 'user',
      message: `SELECT\n  id = 2, model\nFROM t ORDER BY id\nreturned (false, 'large'), (true, 'small'), and not one row with true`,
      place: { file: expect.stringContaining('2_aaaa00000002.test.sql'), line: 7 },
    })
  })

  test('find what their rows lose and the header does not say', () => {
    expect(results.get('aaaa00000003')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining("values of column app_user.t.model: 'tiny' became 'medium'"),
    })
  })

  test('are true after the upgrade and after the downgrade', () => {
    expect(results.get('aaaa00000004')).toMatchObject({ status: 'ok', message: '2 true answers' })
  })

  test('show SQL that does not run, with its place', () => {
    expect(results.get('aaaa00000005')).toMatchObject({
      status: 'failed',
      message: expect.stringMatching(/^INSERT INTO nowhere VALUES \(1\)\n.*"nowhere" does not exist/),
      place: { line: 2 },
    })
    expect(tests).toHaveLength(4)
  })

  test('without a revision are found', () => {
    expect(stray).toMatchObject([
      { status: 'failed', message: 'the row test 9_other.test.sql belongs to no revision' },
    ])
  })
})

test('a row test with a section twice, with SQL before them or without a query is refused', () => {
  const code = (text: string) => refusal(() => readRowTest(text, 'a.test.sql')).message
  expect(code('-- before\n-- before\n')).toBe('a.test.sql:2: the section -- before comes twice')
  expect(code('\nSELECT 1;\n-- before\n')).toBe('a.test.sql:2: there is SQL before the sections')
  expect(code('-- before\nSELECT 1;\n')).toContain('no section with queries')
})
