import { expect, test } from 'vitest'
import { proveCase } from './support/case.ts'

const model = (number: string, text: string) => `
  CREATE TABLE t (id ${number} PRIMARY KEY, n ${text});
  CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t WHERE n = 'x'; END;
  CREATE VIEW v AS SELECT * FROM g();`

test('a function and a view on it are recreated once', async () => {
  const { revisions } = await proveCase({
    name: 'detours',
    before: model('int', 'varchar(10)'),
    after: model('bigint', 'text'),
    seed: `INSERT INTO rfx_user.t VALUES (1, 'x')`,
    decisions: {},
  })
  for (const side of revisions.flatMap(({ upgrade, downgrade }) => [upgrade, downgrade])) {
    const statements = side?.sections.flatMap((section) => section.statements) ?? []
    const heads = statements
      .map((sql) => sql.split('\n')[0])
      .filter((sql) => / (?:VIEW|FUNCTION) /.test(sql ?? ''))
    expect(heads).toEqual([
      'DROP VIEW rfx_user.v',
      'DROP FUNCTION rfx_user.g()',
      'CREATE OR REPLACE FUNCTION rfx_user.g()',
      'CREATE VIEW rfx_user.v AS',
    ])
  }
})
