import { expect, test } from 'vitest'
import { withoutLiterals } from '../../migrations/core/postgres/index.ts'

test.each([
  ["UPDATE t SET a = 'it''s' WHERE id = 2", "UPDATE t SET a = '…''…' WHERE id = 2"],
  [`SELECT E'a\\'b', "Name", ''`, `SELECT E'…', "Name", ''`],
  ["DO $x$ BEGIN PERFORM f('ada'); END $x$", "DO $x$ BEGIN PERFORM f('…'); END $x$"],
  ["UPDATE t SET a = 'cut he", "UPDATE t SET a = '…'"],
  ["SELECT 1 -- it's\n, 2", "SELECT 1 -- it's\n, 2"],
])('%j', (sql, hidden) => {
  expect(withoutLiterals(sql).sql).toBe(hidden)
})

test('a position stays on what it points at', () => {
  const sql = "SELECT 'a long value', wrong, 'b'"
  const hidden = withoutLiterals(sql, sql.indexOf('wrong'))
  expect(hidden.sql.slice(hidden.position)).toBe("wrong, '…'")
  const { sql: text, position } = withoutLiterals(sql, sql.indexOf('long'))
  expect(text.slice(position)).toMatch(/^.?'?, wrong/)
  expect(withoutLiterals(sql, sql.length).position).toBe(withoutLiterals(sql).sql.length)
})
