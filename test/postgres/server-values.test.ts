import { expect } from 'vitest'
import { databaseError, withheldValues } from '../../migrations/core/postgres/index.ts'
import { databaseTest } from '../support/database.ts'

const setUp = `CREATE TABLE t (id int PRIMARY KEY, email text UNIQUE, CONSTRAINT short CHECK (length(email) < 20));
CREATE TABLE r (t int REFERENCES t);
CREATE TYPE mood AS ENUM ('fine');
CREATE DOMAIN small AS text CHECK (length(VALUE) < 3);
INSERT INTO t VALUES (1, 'ada@example.org');
CREATE FUNCTION raises(text, state text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'no room for %', $1 USING ERRCODE = state, DETAIL = $1, HINT = $1; END $$;
CREATE FUNCTION builds(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT ' || $1; END $$;
CREATE FUNCTION asks(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM nowhere FROM t; END $$`

/** Statements with a value of a row, and the first line of what is told without it. */
const cases: readonly (readonly [sql: string, message: string])[] = [
  [
    'UPDATE t SET id = 2; INSERT INTO t SELECT 3, email FROM t',
    'duplicate key value violates unique constraint "t_email_key" (SQLSTATE 23505)',
  ],
  [
    "INSERT INTO t SELECT id + 1, email || '----------' FROM t",
    'new row for relation "t" violates check constraint "short" (SQLSTATE 23514)',
  ],
  [
    'INSERT INTO t SELECT NULL, email FROM t',
    'null value in column "id" of relation "t" violates not-null constraint (SQLSTATE 23502)',
  ],
  [
    'INSERT INTO r VALUES (1815)',
    'insert or update on table "r" violates foreign key constraint "r_t_fkey" (SQLSTATE 23503)',
  ],
  ['SELECT email::int FROM t', 'invalid input syntax for type integer (SQLSTATE 22P02)'],
  ['SELECT email::mood FROM t', 'invalid input value for enum mood (SQLSTATE 22P02)'],
  [
    'SELECT email::small FROM t',
    'value for domain small violates check constraint "small_check" (SQLSTATE 23514)',
  ],
  [
    'SELECT email::varchar(3)::varchar(2)::json FROM t',
    'invalid input syntax for type json (SQLSTATE 22P02)',
  ],
  [
    'SELECT email::timestamptz FROM t',
    'invalid input syntax for type timestamp with time zone (SQLSTATE 22007)',
  ],
  ["SELECT to_date(email, 'YYYY') FROM t", 'invalid datetime format (SQLSTATE 22007)'],
  ["SELECT raises(email, 'P0001') FROM t", 'raised exception (SQLSTATE P0001)'],
  ["SELECT raises(email, '23505') FROM t", 'unique violation (SQLSTATE 23505)'],
  ["SELECT raises(email, 'AB123') FROM t", 'error of the database (SQLSTATE AB123)'],
  ['SELECT builds(email) FROM t', 'undefined column (SQLSTATE 42703)'],
  ["SELECT builds('''ada ' || email || ''' wrong)') FROM t", 'syntax error (SQLSTATE 42601)'],
  ['SELECT asks(email) FROM t', 'column "nowhere" does not exist (SQLSTATE 42703)'],
  ["DO $$ BEGIN RAISE EXCEPTION 'nothing to do'; END $$", 'nothing to do (SQLSTATE P0001)'],
  ['SELECT 1 / (id - id) FROM t', 'division by zero (SQLSTATE 22012)'],
  ['SELECT (id * 10 ^ 10)::int FROM t', 'integer out of range (SQLSTATE 22003)'],
]

databaseTest('an error of the server is told without values of rows', async ({ database: { client } }) => {
  await client.query(setUp)
  for (const [sql, message] of cases) {
    const cause = await client.query(sql).catch((error: unknown) => error)
    const error = databaseError(cause, { sql })
    expect(error.message.split('\n')[0]).toBe(message)
    expect(JSON.stringify([error.message, error.facts]), sql).not.toMatch(/ada|1815/)
  }
})

databaseTest('what is left out is kept for who may see it', async ({ database: { client } }) => {
  await client.query(setUp)
  const cause = await client.query('INSERT INTO t SELECT 3, email FROM t').catch((error: unknown) => error)
  const detail = 'Key (email)=(ada@example.org) already exists.'
  expect(withheldValues(databaseError(cause))).toEqual({ detail })
  expect(withheldValues(new Error('outer', { cause: databaseError(cause) }))).toEqual({ detail })
  expect(withheldValues(new Error('another'))).toEqual({})
})
