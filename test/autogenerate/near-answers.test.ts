import fc from 'fast-check'
import { expect } from 'vitest'
import { type ModelInput, modelInput } from '../../migrations/core/autogenerate/wanted/input.ts'
import { readDependencies } from '../../migrations/core/autogenerate/wanted/near/dependants.ts'
import { nearWanted, onBoth } from '../../migrations/core/autogenerate/wanted/near/near-wanted.ts'
import { loadAll } from '../../migrations/core/autogenerate/wanted/wanted.ts'
import { seenDifference } from '../../migrations/core/difference/index.ts'
import { usingSession } from '../../migrations/core/index.ts'
import { splitStatements } from '../../migrations/core/postgres/index.ts'
import { scratchOptions, withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import { rolledBack } from '../../migrations/core/scratch/rolled-back.ts'
import { fingerprintOf, observe } from '../../migrations/core/scratch/state.ts'
import type { ModelFile } from '../../migrations/core/sources/index.ts'
import { type Lab, labTest } from '../runner/support.ts'

const schemas = ['app_user', 'app_policy', 'app_message']

function model(sql: string): readonly ModelFile[] {
  const statements = splitStatements(sql).map(({ text }) => ({ sql: text, file: 's.sql', line: undefined }))
  return [{ path: 's.sql', key: 'user', keyed: true, statements }]
}

/**
 * What becomes of a change when only the part of the models that it reaches is looked at: its statements are run on the
 * whole, which must then be what the whole models make.
 * @returns whether the part was taken; undefined where the models do not load
 */
async function isTaken(input: ModelInput, old: string, next: string): Promise<boolean | undefined> {
  const scope = { ...input, schemas, globals: new Set<string>() }
  return withScratchDatabase(scratchOptions(input), async ({ client }) => {
    const load = (sql: string, body: () => Promise<unknown> = () => Promise.resolve()) =>
      rolledBack(client, async () => {
        await loadAll(client, model(sql), input)
        const before = await fingerprintOf(client, scope)
        const dependencies = await readDependencies(client, schemas)
        await body()
        return { before, dependencies, after: await fingerprintOf(client, scope) }
      })
    const [from, to] = [await load(old), await load(next)]
    if (from === undefined || to === undefined) return undefined
    const kept = {
      ...{ files: model(old), database: [], dependencies: from.dependencies },
      objects: from.before.objects,
    }
    const near = nearWanted(input, { comparison: '', kept }, model(next))
    if (near === undefined) return false
    const look = async (on: typeof client, files: readonly ModelFile[]) => {
      await loadAll(on, files, input)
      return observe(on, scope)
    }
    const made = await onBoth(scratchOptions(input), near, look, (ends) => Promise.resolve(ends)).catch(
      () => undefined,
    )
    const whole =
      made === undefined
        ? undefined
        : near.whole([made.base.fingerprint], [made.wanted.fingerprint], made.dependencies)
    if (made === undefined || whole === undefined) return false
    const actions = seenDifference(made.base.catalog, made.wanted.catalog, scope)?.actions ?? []
    const run = await load(old, async () => {
      for (const { sql } of actions) await client.query(sql)
    })
    expect(run, `of the part: ${actions.map(({ sql }) => sql).join('; ')}`).toBeDefined()
    expect([...(run?.after.objects ?? [])].sort()).toEqual([...to.before.objects].sort())
    expect([...whole.objects].sort()).toEqual([...to.before.objects].sort())
    return true
  })
}

async function onLab<T>(lab: Lab, body: (input: ModelInput) => Promise<T>): Promise<T> {
  const project = await lab.project()
  return usingSession(project.env, {}, async (session) => {
    const { emit: _, ...input } = await modelInput(session, project, false)
    return body(input)
  })
}

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

/** Statements in several forms, one of which models have; the first needs no other that may be missing. */
const pieces: readonly (readonly string[])[] = [
  [`CREATE TYPE app_user.mood AS ENUM ('a', 'b')`, `CREATE TYPE app_user.mood AS ENUM ('a', 'b', 'c')`],
  [
    `CREATE FUNCTION app_policy.twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2 * $1'`,
    `CREATE FUNCTION app_policy.twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1 + $1'`,
    `CREATE FUNCTION app_policy.twice(int) RETURNS int VOLATILE LANGUAGE sql AS 'SELECT $1 + $1'`,
  ],
  [
    `CREATE TABLE app_user.one (id int PRIMARY KEY, m app_user.mood DEFAULT 'a', n int)`,
    `CREATE TABLE app_user.one (id bigint PRIMARY KEY, m app_user.mood, n int)`,
    `CREATE TABLE app_user.one (id int PRIMARY KEY, m text, n int UNIQUE)`,
  ],
  [
    `CREATE TABLE app_policy.one (id int PRIMARY KEY, user_id int REFERENCES app_user.one)`,
    `CREATE TABLE app_policy.one (id int PRIMARY KEY, user_id int)`,
  ],
  [
    `CREATE TABLE app_user.two (id serial PRIMARY KEY, n int CHECK (app_policy.twice(n) > 0), up int REFERENCES app_user.two)`,
    `CREATE TABLE app_user.two (id int PRIMARY KEY, n int, up int REFERENCES app_user.two, more int)`,
  ],
  [
    'CREATE TABLE app_message.copy (LIKE app_user.two INCLUDING ALL)',
    'CREATE TABLE app_message.copy (id int)',
    '',
  ],
  [
    'CREATE VIEW app_message.seen AS SELECT o.id, o.m, t.n FROM app_user.one o JOIN app_user.two t ON t.id = o.n',
    'CREATE VIEW app_message.seen AS SELECT id, m, n FROM app_user.one',
  ],
  ['CREATE VIEW app_user.shown AS SELECT * FROM app_message.seen', ''],
  [
    'CREATE INDEX two_twice ON app_user.two (app_policy.twice(n))',
    'CREATE INDEX two_n_idx ON app_user.two (n)',
    '',
  ],
  [
    `CREATE FUNCTION app_message.keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM 1 FROM app_user.two; RETURN NEW; END $$`,
    `CREATE FUNCTION app_message.keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$`,
  ],
  [
    'CREATE TRIGGER keeps AFTER INSERT ON app_policy.one FOR EACH ROW EXECUTE FUNCTION app_message.keeps()',
    'CREATE TRIGGER keeps BEFORE INSERT ON app_policy.one FOR EACH ROW EXECUTE FUNCTION app_message.keeps()',
    '',
  ],
  ['CREATE POLICY own ON app_policy.one USING (user_id > app_policy.twice(1))', ''],
  [`COMMENT ON TABLE app_user.two IS 'app_user.one'`, `COMMENT ON COLUMN app_user.two.n IS 'n'`, ''],
]

const forms = fc.tuple(...pieces.map(({ length }) => fc.nat(length - 1)))
const changed = fc.tuple(forms, fc.nat(pieces.length - 1), fc.nat(2))

labTest(
  'the part of models that a change reaches gives what the whole gives: any change',
  { timeout: 600_000 },
  async ({ lab }) => {
    const seed = Number(process.env.PROPERTY_SEED ?? Math.trunc(Math.random() * 0x7fffffff))
    const text = (chosen: readonly number[]) =>
      pieces.flatMap((piece, at) => piece[chosen[at] ?? 0] || []).join(';\n')
    const said = { taken: 0, declined: 0, unloaded: 0 }
    await onLab(lab, (input) =>
      fc.assert(
        fc.asyncProperty(changed, async ([chosen, at, form]) => {
          const next = chosen.with(at, form % (pieces[at]?.length ?? 1))
          const taken = await isTaken(input, text(chosen), text(next))
          said[taken === undefined ? 'unloaded' : taken ? 'taken' : 'declined'] += 1
        }),
        { numRuns: Number(process.env.PROPERTY_RUNS ?? 6), seed, endOnFailure: true },
      ),
    )
    if (process.env.PROPERTY_RUNS !== undefined) console.log(said)
  },
)
