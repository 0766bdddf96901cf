import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { piecesOf, type Step } from '../../../migrations/core/adopt/alembic/record.ts'
import { type LogRow, rowsOf } from '../../../migrations/core/adopt/record/log.ts'
import { type Piece, pieceOf } from '../../../migrations/core/adopt/record/piece.ts'
import { kindOf } from '../../../migrations/core/adopt/record/reads.ts'
import { stretches, withValues } from '../../../migrations/core/adopt/record/transactions.ts'

/** What Alembic's run of test/adopt/support/recorded-project.ts has left in a server's log, forward and back. */
const folder = join(import.meta.dirname, '..', 'fixtures', 'recorded')
const log = readFileSync(join(folder, 'log.jsonl'), 'utf8').trim()
const steps = JSON.parse(readFileSync(join(folder, 'steps.json'), 'utf8')) as Readonly<
  Record<string, readonly (readonly [string, Step])[]>
>
const builtIn = new Set([
  'count',
  'now',
  'current_setting',
  'lower',
  'pg_backend_pid',
  'version',
  'json_build_object',
  // Keywords that are followed by a parenthesis.
  ...'and any array as case coalesce exists from in join not on or select then values varchar when where with'.split(
    ' ',
  ),
])

function pieces(database: string): ReadonlyMap<string, Piece> {
  return piecesOf(stretches(rowsOf(log, database)), new Map(steps[database]), builtIn, '"$user", public')
}

/** The SQL of a piece, what runs outside of a transaction in brackets. */
function sqlOf(piece: Piece | undefined): readonly string[] {
  const plain = (sql: string) => sql.replace(/\s+/g, ' ')
  return (piece?.parts ?? []).map((part) =>
    part.kind === 'sql'
      ? plain(part.sql)
      : `[${part.parts.map((inner) => (inner.kind === 'sql' ? plain(inner.sql) : '')).join('; ')}]`,
  )
}

describe('the log of a run of Alembic', () => {
  test('is cut into the upgrades of its revisions', () => {
    const found = pieces('forward')
    expect([...found.keys()]).toEqual(
      ['r1r1', 'r2r2', 'r3r3', 'r4r4', 'r5r5', 'r6r6'].map((id) => `upgrade ${id}`),
    )
    expect(sqlOf(found.get('upgrade r1r1'))).toEqual([
      "CREATE TYPE state AS ENUM ('new', 'old')",
      "CREATE TABLE account ( id SERIAL NOT NULL, name TEXT, state state DEFAULT 'new', PRIMARY KEY (id) )",
      "INSERT INTO account (name) VALUES ('it''s'),('back\\slash')",
    ])
    expect(sqlOf(found.get('upgrade r2r2'))).toEqual([
      '[CREATE INDEX CONCURRENTLY account_name ON account (name)]',
    ])
    expect(sqlOf(found.get('upgrade r3r3'))).toEqual([
      "[ALTER TYPE state ADD VALUE 'gone']",
      "UPDATE account SET state = 'gone' WHERE id = 2",
    ])
    expect(sqlOf(found.get('upgrade r4r4'))).toEqual([])
    expect(found.get('upgrade r5r5')).toMatchObject({ readsRows: true, caught: false })
    expect(sqlOf(found.get('upgrade r6r6'))).toEqual(['ALTER TABLE account ADD COLUMN note TEXT'])
    expect(found.get('upgrade r6r6')).toMatchObject({ readsRows: false, caught: true })
  })

  test('is cut into their downgrades, although each was rolled back', () => {
    const found = pieces('back')
    const downs = [...found].filter(([name]) => name.startsWith('downgrade'))
    expect(Object.fromEntries(downs.map(([name, piece]) => [name, sqlOf(piece)]))).toEqual({
      'downgrade r1r1': ['DROP TABLE account', 'DROP TYPE state'],
      'downgrade r2r2': ['[DROP INDEX CONCURRENTLY account_name]'],
      'downgrade r3r3': [],
      'downgrade r4r4': [],
      'downgrade r5r5': ['ALTER TABLE account DROP COLUMN token'],
      'downgrade r6r6': ['ALTER TABLE account DROP COLUMN note'],
    })
  })

  test('that has lost a row is refused', () => {
    const without = log.replace(/\n[^\n]*CREATE TYPE state[^\n]*/, '')
    expect(() => rowsOf(without, 'forward')).toThrow("the recording server's log has a gap")
  })
})

/** A session's rows, one text each; an error is `! message`. */
function session(...texts: readonly string[]): readonly LogRow[] {
  return texts.map((text) => ({
    ...{ session: 1, parameters: [], sqlState: undefined },
    ...(text.startsWith('! ') ? { kind: 'error', text: text.slice(2) } : { kind: 'statement', text }),
  }))
}
const cut = (...texts: readonly string[]) =>
  sqlOf(
    pieceOf(
      stretches(session(...texts)).flatMap(({ statements }) => statements),
      builtIn,
    ),
  )

describe('what a revision is made of', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['a transaction', ['BEGIN', 'CREATE TABLE a ()', 'COMMIT'], ['CREATE TABLE a ()']],
    ['a rollback', ['BEGIN', 'CREATE TABLE a ()', 'ROLLBACK', 'CREATE TABLE b ()'], ['[CREATE TABLE b ()]']],
    [
      'a savepoint that was given up',
      [
        'BEGIN',
        'CREATE TABLE a ()',
        'SAVEPOINT s',
        'CREATE TABLE b ()',
        'ROLLBACK TO SAVEPOINT s',
        'CREATE TABLE c ()',
        'COMMIT',
      ],
      ['CREATE TABLE a ()', 'CREATE TABLE c ()'],
    ],
    ['an error', ['CREATE TABLE a (', '! syntax error', 'VACUUM'], ['[VACUUM]']],
    ['several statements at once', ['BEGIN; CREATE TABLE a (); COMMIT'], ['CREATE TABLE a ()']],
    [
      'a value that is used in the next transaction',
      ['BEGIN', "ALTER TYPE k ADD VALUE 'a'", 'COMMIT', 'BEGIN', "INSERT INTO t VALUES ('a')", 'COMMIT'],
      ["[ALTER TYPE k ADD VALUE 'a']", "INSERT INTO t VALUES ('a')"],
    ],
    [
      'a setting',
      ['BEGIN', 'SET search_path TO a', 'SET LOCAL role b', 'COMMIT'],
      ['SET LOCAL search_path TO a', 'SET LOCAL role b'],
    ],
    [
      'what is of the session alone',
      ['SET client_encoding TO UTF8', 'SELECT pg_advisory_lock(1)', 'SHOW server_version'],
      [],
    ],
  ]
  test.each(cases)('%s', (_, texts, expected) => {
    expect(cut(...texts)).toEqual(expected)
  })

  const kinds: readonly (readonly [string, ReturnType<typeof kindOf>['kind'], boolean])[] = [
    ['SELECT 1', 'read', false],
    ['SELECT relname FROM pg_catalog.pg_class JOIN pg_namespace n ON true', 'read', false],
    ['SELECT a FROM (SELECT oid AS a FROM pg_class) AS x', 'read', false],
    ['SELECT id FROM account', 'read', true],
    ['WITH c AS (SELECT 1) SELECT * FROM c', 'read', false],
    ['SELECT id FROM pg_class WHERE a IS DISTINCT FROM b', 'read', false],
    ['SELECT setval($1, 3)', 'kept', false],
    ['SELECT my_function()', 'kept', false],
    ['SELECT pg_catalog.pg_get_serial_sequence($1, $2)', 'read', false],
    ['SELECT pg_catalog.setval($1, 3)', 'kept', false],
    ['SELECT lower(name) FROM account', 'read', true],
    ['SELECT * INTO t FROM account', 'kept', true],
    ['WITH d AS (DELETE FROM account RETURNING id) SELECT count(*) FROM d', 'kept', true],
    ['UPDATE account SET a = 1', 'kept', false],
    ['DECLARE c CURSOR FOR SELECT id FROM account', 'read', true],
  ]
  test.each(kinds)('%s', (sql, kind, readsRows) => {
    expect(kindOf(sql, builtIn)).toEqual({ kind, readsRows })
  })

  test('parameters become values, but not inside of strings and names', () => {
    expect(withValues(`SELECT $1, '$1', "$1", $$ $1 $$, $2::int, $10`, ["it's", null])).toBe(
      `SELECT 'it''s', '$1', "$1", $$ $1 $$, NULL::int, $10`,
    )
  })
})
