import type { Client } from 'pg'
import { expect } from 'vitest'
import { readCatalog } from '../../migrations/core/difference/index.ts'
import { nearDifference } from '../../migrations/core/difference/near-difference.ts'
import { databaseTest as test } from '../support/database.ts'

const everyFact = () => true

/** The tables that stay of both sides when a statement is run; undefined where all do. */
async function nearOf(client: Client, sql: string): Promise<readonly string[] | undefined> {
  await client.query('BEGIN')
  const before = await readCatalog(client)
  await client.query(sql)
  const after = await readCatalog(client)
  await client.query('ROLLBACK')
  const near = nearDifference(before.facts, after.facts, everyFact, false, new Set())
  const tables = near?.flatMap(({ facts }) =>
    facts.flatMap(({ id }) => (id.kind === 'table' ? [id.name] : [])),
  )
  return tables === undefined ? undefined : [...new Set(tables)].sort()
}

const base = `
  CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN small AS int CHECK (VALUE < 9);
  CREATE FUNCTION twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2 * $1';
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TABLE far (id int PRIMARY KEY); CREATE TABLE farther (id int REFERENCES far);
  CREATE TABLE one (id int PRIMARY KEY, name text UNIQUE, m mood);
  CREATE TABLE two (id int PRIMARY KEY REFERENCES one, s small);
  CREATE TABLE three (id int REFERENCES two, n int CHECK (twice(n) > 0));
  CREATE TABLE four (n int DEFAULT twice(2)); CREATE TRIGGER touch BEFORE UPDATE ON four FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE VIEW names AS SELECT name FROM one; CREATE VIEW shown AS SELECT name, four.n FROM names, four;
  CREATE TABLE typed (r shown); CREATE TABLE several (ms mood[]); CREATE TABLE farthest (r far[]);
  CREATE TABLE parent (a int); CREATE TABLE child (b int) INHERITS (parent);`

test('tables stay that a difference is about, that depend on it, and that these depend on', async ({
  database: { client },
}) => {
  await client.query(base)
  const linked = ['child', 'parent']
  const expected: readonly (readonly [string, readonly string[] | undefined])[] = [
    ['SELECT', linked],
    ['ALTER TABLE farther ADD x int', ['far', 'farther']],
    ['ALTER TABLE far ADD x int', ['far', 'farther', 'farthest']],
    [`COMMENT ON COLUMN far.id IS 'x'`, ['far', 'farther', 'farthest']],
    ['ALTER TABLE one ADD x int', ['one', 'two', 'typed', 'four']],
    // The view of a view that is the type of a column.
    ['ALTER TABLE four ADD x int', ['four', 'typed']],
    [
      'CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql AS $$SELECT 1$$',
      ['four', 'three', 'two', 'typed'],
    ],
    [`ALTER TYPE mood ADD VALUE 'b'`, ['one', 'several']],
    ['ALTER DOMAIN small DROP CONSTRAINT small_check', ['one', 'two']],
    ['DROP TRIGGER touch ON four', ['four', 'typed']],
    ['CREATE TABLE fresh (id int REFERENCES far)', ['far', 'fresh']],
    ['ALTER TABLE farther DROP CONSTRAINT farther_id_fkey', ['far', 'farther']],
    ['CREATE SCHEMA apart; CREATE TABLE apart.t (id int REFERENCES far)', ['far', 't']],
    ['CREATE EXTENSION citext', undefined],
    ['CREATE PUBLICATION p FOR TABLE far', undefined],
  ]
  for (const [sql, tables] of expected) {
    const stay = tables === undefined ? undefined : [...new Set([...tables, ...linked])].sort()
    expect([sql, await nearOf(client, sql)]).toEqual([sql, stay])
  }
})
