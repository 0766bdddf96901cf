import { describe, expect, test } from 'vitest'
import { readableSql } from '../../migrations/core/autogenerate/write/readable-sql.ts'

describe('readable SQL', () => {
  test('quotes names only where PostgreSQL needs it', () => {
    expect(
      readableSql('ALTER TABLE "rfx_user"."profile" ADD COLUMN "Name" text, ADD COLUMN "order" int'),
    ).toBe('ALTER TABLE rfx_user.profile ADD COLUMN "Name" text, ADD COLUMN "order" int')
  })

  test('leaves strings, dollar quotes and comments alone', () => {
    const sql = `CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT '"a"' || "b" -- "c" $$`
    expect(readableSql(sql)).toBe(sql)
    expect(readableSql(`COMMENT ON TABLE t IS 'the "user" table'`)).toBe(
      `COMMENT ON TABLE t IS 'the "user" table'`,
    )
  })

  test('keeps a doubled quote in a name', () => {
    expect(readableSql('DROP TABLE "a""b"')).toBe('DROP TABLE "a""b"')
  })

  test('writes a table with a column to a line', () => {
    const sql =
      'CREATE TABLE "rfx_user"."profile" ("id" bigint NOT NULL, "name" text DEFAULT \'a,  (b\' NOT NULL, "n" numeric(10,2))'
    const text = readableSql(sql)
    expect(text.split('\n').length).toBeGreaterThan(3)
    expect(text).toContain("'a,  (b'")
    expect(text).toContain('numeric(10,2)')
  })
})
