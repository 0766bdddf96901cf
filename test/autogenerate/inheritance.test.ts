import { expect, test } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { proveCase } from './support/case.ts'

const tables = (name: string) => `
  CREATE TABLE a (${name} int, x text); CREATE TABLE b (${name} int, y text);
  CREATE TABLE c () INHERITS (a, b);`

const shared = { name: 'a column of several parents', before: tables('id'), after: tables('ident'), seed: '' }

test('a rename of a column that a table has from several parents is refused in PostgreSQL’s words', async () => {
  const rename = { 'rfx_user.a.id': 'ident', 'rfx_user.b.id': 'ident' }
  const error = await proveCase({ ...shared, decisions: { rename } }).then(
    () => undefined,
    (refusal: MigError) => refusal,
  )
  expect([error?.code, error?.exitCode]).toEqual(['no-statement-order', 5])
  expect(error?.message).toContain('cannot rename inherited column "id"')
})

test('without the rename it is dropped and added, in all of them', async () => {
  const { revisions } = await proveCase({ ...shared, decisions: {} })
  const statements = revisions.flatMap(({ upgrade }) => upgrade.sections.flatMap((part) => part.statements))
  expect(statements.filter((sql) => / DROP COLUMN id$/.test(sql))).toHaveLength(2)
  expect(statements.some((sql) => sql.includes('rfx_user.c'))).toBe(false)
})
