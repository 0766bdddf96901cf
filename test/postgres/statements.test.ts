import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { postgresBinaries } from '../../migrations/core/postgres/embedded/binaries.ts'
import { lineAndColumn, splitStatements } from '../../migrations/core/postgres/sql/statements.ts'
import { databaseTest } from '../support/database.ts'

const texts = (sql: string) => splitStatements(sql).map((piece) => piece.text)

describe('splitStatements', () => {
  test.each<[string, string, string[]]>([
    ['plain statements', 'SELECT 1;\nSELECT 2', ['SELECT 1', 'SELECT 2']],
    ['empty statements and comments', '-- a\n;;/* b; */ ;SELECT 1 -- end;\n;', ['SELECT 1']],
    [
      'strings with semicolons and doubled quotes',
      `SELECT 'a;''b;';SELECT 2`,
      [`SELECT 'a;''b;'`, 'SELECT 2'],
    ],
    ['a backslash in a plain string', `SELECT '\\';SELECT 2`, [`SELECT '\\'`, 'SELECT 2']],
    ['a backslash in an E string', `SELECT E'\\';';SELECT 2`, [`SELECT E'\\';'`, 'SELECT 2']],
    [
      'an E string that goes on in the next line',
      `SELECT E'a'\n'\\';b';SELECT 2`,
      [`SELECT E'a'\n'\\';b'`, 'SELECT 2'],
    ],
    ['a name that ends in e before a string', `SELECT date'\\';SELECT 2`, [`SELECT date'\\'`, 'SELECT 2']],
    ['quoted names', `CREATE TABLE "a;""b" ();SELECT 2`, [`CREATE TABLE "a;""b" ()`, 'SELECT 2']],
    ['dollar quotes', 'DO $a$ x; $$ ; $b$ ; $a$;SELECT 2', ['DO $a$ x; $$ ; $b$ ; $a$', 'SELECT 2']],
    [
      'a dollar inside a name that a number begins',
      'SELECT 1a$$;SELECT 1e5c$$',
      ['SELECT 1a$$', 'SELECT 1e5c$$'],
    ],
    ['dollar quotes after a number', 'SELECT 1e5$$;$$;SELECT 2', ['SELECT 1e5$$;$$', 'SELECT 2']],
    ['a dollar inside a name', 'SELECT a$b;SELECT c$b', ['SELECT a$b', 'SELECT c$b']],
    ['parameters', 'SELECT $1;SELECT $2', ['SELECT $1', 'SELECT $2']],
    ['nested comments', 'SELECT /* a /* ; */ ; */ 1;SELECT 2', ['SELECT /* a /* ; */ ; */ 1', 'SELECT 2']],
    [
      'a rule with several actions',
      'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);SELECT 3',
      ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
    ],
    [
      'a BEGIN ATOMIC body with CASE',
      'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END;SELECT 3',
      [
        'CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
        'SELECT 3',
      ],
    ],
    ['a transaction block', 'BEGIN; SELECT 1; END; SELECT 2', ['BEGIN', 'SELECT 1', 'END', 'SELECT 2']],
    ['what is not closed', `SELECT 'a; SELECT 2`, [`SELECT 'a; SELECT 2`]],
    ["pg_dump's restrict lines", '\\restrict abc\n\nSELECT 1;\n\\unrestrict abc\n', ['SELECT 1']],
    ['a byte order mark', '\uFEFFSELECT 1', ['SELECT 1']],
  ])('splits %s', (_name, sql, expected) => {
    expect(texts(sql)).toEqual(expected)
  })

  test('refuses other commands of psql by name and line', () => {
    expect(() => splitStatements('SELECT 1;\n\\connect other\n')).toThrow(
      expect.objectContaining({
        code: 'psql-command',
        place: { line: 2, column: 1 },
        message: expect.stringContaining('\\connect'),
      }),
    )
  })

  test('refuses rows after COPY FROM stdin, and lets COPY from elsewhere be', () => {
    expect(() => splitStatements('COPY public.t (a) FROM stdin;\n1\n\\.\n')).toThrow(
      expect.objectContaining({ code: 'copy-from-stdin', place: { line: 1, column: 1 } }),
    )
    expect(texts(`COPY t FROM '/x'; COPY t TO STDOUT`)).toHaveLength(2)
  })

  test('reads ten megabytes of one string without recursion', () => {
    const long = `SELECT E'${'a\\\\'.repeat(3_000_000)}'; SELECT '${'x'.repeat(5_000_000)}'`
    expect(splitStatements(long)).toHaveLength(2)
  })

  const fragments = [
    "'",
    '"',
    '$$',
    '$a$',
    ';',
    '(',
    ')',
    '/*',
    '*/',
    '--',
    '\n',
    "E'",
    ' ',
    'begin',
    'atomic',
    'é',
    '1',
  ]
  test('every piece is a slice of the script, in order, and only space and semicolons lie between', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...fragments), { maxLength: 40 }), (parts) => {
        const sql = parts.join('')
        let end = 0
        for (const piece of splitStatements(sql)) {
          expect(sql.slice(piece.start, piece.start + piece.text.length)).toBe(piece.text)
          expect(piece.start).toBeGreaterThanOrEqual(end)
          expect(splitStatements(sql.slice(end, piece.start))).toEqual([])
          end = piece.start + piece.text.length
        }
        expect(splitStatements(sql.slice(end))).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })

  databaseTest("a script of PostgreSQL's own runs piece by piece", async ({ database }) => {
    const { postgres } = await postgresBinaries(undefined)
    const file = join(dirname(dirname(postgres)), 'share', 'postgresql', 'information_schema.sql')
    const script = readFileSync(existsSync(file) ? file : file.replace('postgresql/', ''), 'utf8')
    const pieces = splitStatements(script.replaceAll('information_schema', 'standard_views'))
    for (const { text } of pieces)
      await database.client.query({ text, queryMode: 'extended' } as { text: string })
    const { rows } = await database.client.query(
      `SELECT count(*)::int AS views FROM pg_views WHERE schemaname = 'standard_views'`,
    )
    expect(rows).toEqual([{ views: script.match(/^CREATE VIEW/gm)?.length }])
  })

  const statement = fc.constantFrom(
    `SELECT 'a;b'`,
    `SELECT E'\\';'`,
    'SELECT $q$ ; $$ $q$',
    'SELECT 1 AS "x;""y"',
    '/* ; /* */ ; */ SELECT 1 -- ;\n + 1',
    'DO $$ BEGIN NULL; END $$',
    'CREATE OR REPLACE FUNCTION pg_temp.f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END',
  )
  databaseTest(
    'PostgreSQL runs each piece of a script alone, as many as were written',
    async ({ database }) => {
      await fc.assert(
        fc.asyncProperty(fc.array(statement, { maxLength: 6 }), async (statements) => {
          const pieces = splitStatements(statements.join(';\n'))
          expect(pieces).toHaveLength(statements.length)
          // The extended protocol, which a bind parameter asks for, takes one statement only.
          for (const { text } of pieces)
            await database.client.query({ text, queryMode: 'extended' } as { text: string })
        }),
        { numRuns: 40 },
      )
    },
  )
})

test('lines and columns count from one', () => {
  expect(lineAndColumn('ab\ncd', 0)).toEqual({ line: 1, column: 1 })
  expect(lineAndColumn('ab\ncd', 4)).toEqual({ line: 2, column: 2 })
})
