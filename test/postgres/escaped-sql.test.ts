import { expect, test } from 'vitest'
import { escapedSql } from '../../migrations/core/postgres/index.ts'
import { databaseTest } from '../support/database.ts'

test.each([
  'SELECT 1',
  "CREATE FUNCTION f() RETURNS text AS $$\r\n\tSELECT 'a'\n  ::text $$",
  'SELECT x\n::int::text',
])('%j stays as it is', (sql) => {
  expect(escapedSql(sql)).toBe(sql)
})

const [esc, bell] = ['\u001b', '\u0007']

databaseTest('what is escaped means the same', async ({ database: { client } }) => {
  const texts = [
    `'a\n ::error::it''s \\ ${esc}[2J'`,
    `$x$a\n::error::it's \\ ${bell} ##[error]$x$`,
    `E'a\\'\n::error::\\\n::b ${bell}\\\\ ##[error]x'`,
    `'\u009b31m'`,
  ]
  for (const text of texts) {
    const sql = `SELECT ${text} AS "n\n::error::${esc}""x\\"`
    const escaped = escapedSql(sql)
    expect(escaped).not.toMatch(/^\s*::|##\[|[^\P{Cc}\n]/mu)
    expect((await client.query(escaped)).rows).toEqual((await client.query(sql)).rows)
  }
})
