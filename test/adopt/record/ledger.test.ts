import { describe, expect, test } from 'vitest'
import { cutAtLedger } from '../../../migrations/core/adopt/record/cut.ts'
import type { LogRow } from '../../../migrations/core/adopt/record/log.ts'

/** Rows of one session; `! message` is an error, `2: text` is of another session. */
function rows(...texts: readonly string[]): readonly LogRow[] {
  return texts.map((text) => {
    const [, other, sent = ''] = /^(2: )?([\s\S]*)$/.exec(text) ?? []
    const row = { session: other === undefined ? 1 : 2, parameters: [], sqlState: undefined }
    return sent.startsWith('! ')
      ? { ...row, kind: 'error', text: sent.slice(2) }
      : { ...row, kind: 'statement', text: sent }
  })
}

function cut(names: readonly string[] | undefined, ...texts: readonly string[]) {
  const found = cutAtLedger(rows(...texts), { table: 'ledger', ownTables: ['ledger_lock'], names })
  return {
    ...found,
    pieces: found.pieces.map(({ name, direction, statements }) => [
      `${direction} ${name}`,
      ...statements.map(({ sql, undone }) => `${undone ? 'undone ' : ''}${sql}`),
    ]),
    rest: found.rest.map(({ sql }) => sql),
  }
}
const insert = (name: string) => `INSERT INTO "public"."ledger" (name) VALUES ('${name}')`
const remove = (name: string) => `DELETE FROM ledger WHERE name = '${name}'`

describe('what is cut at a ledger', () => {
  test('is what stands before each write of a name, without the setting up and the lock', () => {
    const { pieces, rest } = cut(
      ['a', 'b'],
      'CREATE DATABASE app',
      'CREATE TABLE ledger (name text)',
      'SELECT name FROM ledger',
      'CREATE TABLE one ()',
      'UPDATE ledger_lock SET is_locked = 1',
      insert('a'),
      'CREATE TABLE two ()',
      insert('b'),
      'UPDATE ledger_lock SET is_locked = 0',
    )
    expect(pieces).toEqual([
      ['upgrade a', 'CREATE TABLE one ()'],
      ['upgrade b', 'CREATE TABLE two ()'],
    ])
    expect(rest).toEqual([])
  })

  test('keeps its transaction, also where all run in one, and several statements are sent at once', () => {
    const found = cutAtLedger(
      rows(
        'BEGIN',
        'SELECT * FROM ledger',
        `CREATE TABLE one (); ${insert('a')}; CREATE TABLE two ()`,
        insert('b'),
        'COMMIT',
      ),
      { table: 'ledger', ownTables: [], names: ['a', 'b'] },
    )
    expect(found.pieces.map(({ statements }) => statements)).toMatchObject([
      [{ sql: 'CREATE TABLE one ()', inTransaction: true }],
      [{ sql: 'CREATE TABLE two ()', inTransaction: true }],
    ])
  })

  test('may be sent by several sessions, and what one rolled back is told', () => {
    const { pieces } = cut(
      ['a'],
      'SELECT * FROM ledger',
      '2: BEGIN',
      '2: CREATE TABLE one ()',
      '2: ROLLBACK',
      '2: CREATE TABLE two ()',
      insert('a'),
    )
    expect(pieces).toEqual([['upgrade a', 'undone CREATE TABLE one ()', 'CREATE TABLE two ()']])
  })

  test('goes back at what is deleted; a write of another name, and a table with its name in a text, are none', () => {
    const { pieces } = cut(
      ['a', 'b'],
      'DROP TABLE two',
      remove('b'),
      `INSERT INTO ledger (name) VALUES ('somebody else')`,
      `INSERT INTO notes VALUES ('a', 'ledger')`,
      remove('a'),
    )
    expect(pieces).toEqual([
      ['downgrade b', 'DROP TABLE two'],
      ['downgrade a', `INSERT INTO notes VALUES ('a', 'ledger')`],
    ])
  })

  test('of a run that failed has the names that it wrote, what was left open, and the cause', () => {
    const { pieces, rest, lastError } = cut(
      undefined,
      'SET search_path TO app, public',
      'SELECT * FROM ledger',
      '! relation "ledger" does not exist',
      'BEGIN',
      'CREATE TABLE one ()',
      `INSERT INTO ledger (name, batch, at) VALUES ('20240101_a.js', 1, '2024-01-01T00:00:00Z')`,
      'CREATE TABLE one ()',
      '! relation "one" already exists',
      'ROLLBACK',
    )
    expect(pieces).toEqual([['upgrade 20240101_a.js', 'CREATE TABLE one ()']])
    expect(rest).toEqual(['CREATE TABLE one ()'])
    expect(lastError).toBe('relation "one" already exists')
  })

  test('knows the search_path that the tool has set before its first migration', () => {
    expect(cut(['a'], `SET search_path TO "app"`, 'SELECT * FROM ledger', insert('a')).searchPath).toBe(
      '"app"',
    )
    expect(cut(['a'], 'SELECT * FROM ledger', insert('a')).searchPath).toBeUndefined()
  })
})
