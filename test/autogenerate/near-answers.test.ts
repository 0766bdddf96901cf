import fc from 'fast-check'
import { expect } from 'vitest'
import { labTest } from '../runner/support.ts'
import { isTaken, isTakenOf, onLab } from './support/near.ts'
import { changedModels } from './support/random-models.ts'

const long = 'x'.repeat(57)

/** Models, what is replaced in them, and by what. */
const hostile: Readonly<Record<string, readonly [models: string, from: string, to: string]>> = {
  'an alias with the name of a schema, before a function': [
    `CREATE TABLE app_policy.shape (id int);
     CREATE FUNCTION app_user.area(app_policy.shape) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
     CREATE VIEW app_user.areas AS SELECT app_policy.area FROM app_policy.shape AS app_policy;`,
    'RETURNS int',
    'RETURNS bigint',
  ],
  'a name that PostgreSQL has cut before it put a number to it': [
    `CREATE TABLE app_user.${long}aaa (v int UNIQUE); CREATE TABLE app_user.${long}bbb (v int UNIQUE);`,
    `CREATE TABLE app_user.${long}aaa (v int UNIQUE);`,
    '',
  ],
  'a name after a letter that stands for a new line': [
    `CREATE TABLE app_user.one (id int);
     CREATE FUNCTION app_user.counts() RETURNS bigint LANGUAGE sql STABLE AS E'SELECT count(*) FROM\\none';
     CREATE TABLE app_user.two (n bigint DEFAULT app_user.counts());`,
    '(id int)',
    '(id int, n int)',
  ],
  'a policy whose name says that it is on another table': [
    `CREATE TABLE app_user.one (id int); CREATE TABLE app_user.two (id int);
     CREATE POLICY "p on app_user.two" ON app_user.one USING (id > 0);`,
    'id > 0',
    'id > 1',
  ],
  'a name that a partition has from its parent': [
    `CREATE TABLE app_user.log (id int, at date) PARTITION BY RANGE (at);
     CREATE TABLE app_user.log_1 PARTITION OF app_user.log FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
     CREATE INDEX log_at ON app_user.log (at);`,
    'CREATE INDEX log_at ON app_user.log (at);',
    '',
  ],
  'a type in the array of a composite type in a view': [
    `CREATE TYPE app_user.mood AS ENUM ('a'); CREATE TYPE app_user.pair AS (one app_user.mood, two int);
     CREATE TABLE app_user.box (pairs app_user.pair[]);
     CREATE VIEW app_policy.boxes AS SELECT pairs FROM app_user.box;`,
    'two int',
    'two int, three int',
  ],
  'a function that another of the same name comes before': [
    `CREATE FUNCTION app_user.f(bigint) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true';
     CREATE TABLE app_user.one (id int CHECK (f(id)));`,
    'CREATE TABLE',
    `CREATE FUNCTION app_user.f(int) RETURNS bool IMMUTABLE LANGUAGE sql AS 'SELECT true'; CREATE TABLE`,
  ],
}

for (const [name, [models, from, to]] of Object.entries(hostile)) {
  labTest(`the part of models that a change reaches gives what the whole gives: ${name}`, async ({ lab }) => {
    const next = models.replace(from, () => to)
    expect(next).not.toBe(models)
    expect(await onLab(lab, (input) => isTaken(input, models, next))).toBeDefined()
  })
}

const runs = Number(process.env.PROPERTY_RUNS ?? 6)

labTest(
  'the part of models that a change reaches gives what the whole gives: any change',
  { timeout: Math.max(600_000, runs * 10_000) },
  async ({ lab }) => {
    const seed = Number(process.env.PROPERTY_SEED ?? Math.trunc(Math.random() * 0x7fffffff))
    const said = { taken: 0, declined: 0, same: 0 }
    await onLab(lab, (input) =>
      fc.assert(
        fc.asyncProperty(changedModels, async ({ old, next }) => {
          const taken = await isTakenOf(input, old, next)
          said[taken === undefined ? 'same' : taken ? 'taken' : 'declined'] += 1
        }),
        { numRuns: runs, seed, endOnFailure: process.env.PROPERTY_SHRINK === undefined },
      ),
    )
    if (process.env.PROPERTY_RUNS !== undefined) console.log(said)
  },
)
