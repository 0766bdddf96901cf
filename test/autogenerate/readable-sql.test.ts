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

  test('puts the query of a view on a line of its own', () => {
    expect(readableSql('CREATE MATERIALIZED VIEW "a"."V" AS  SELECT 1 AS  n\n   FROM t;')).toBe(
      'CREATE MATERIALIZED VIEW a."V" AS\n SELECT 1 AS  n\n   FROM t',
    )
  })

  test('leaves out what CREATE SEQUENCE takes anyway, and nothing else', () => {
    const bounds = 'MINVALUE 1 MAXVALUE 9223372036854775807'
    const sequence = (start: number, cache: number) =>
      readableSql(
        `CREATE SEQUENCE "a"."s" AS bigint INCREMENT BY 1 ${bounds} START WITH ${start} CACHE ${cache} NO CYCLE`,
      )
    expect(sequence(1, 1)).toBe('CREATE SEQUENCE a.s')
    expect(sequence(1000, 1)).toBe('CREATE SEQUENCE a.s START WITH 1000')
    expect(sequence(1, 20)).toContain('CACHE 20')
    expect(
      readableSql(
        'CREATE SEQUENCE s AS integer INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1 NO CYCLE',
      ),
    ).toBe('CREATE SEQUENCE s AS integer')
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
