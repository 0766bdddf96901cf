import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { modelInput } from '../../migrations/core/autogenerate/wanted/input.ts'
import { nearModels } from '../../migrations/core/autogenerate/wanted/near/models.ts'
import { knownState, nearWanted } from '../../migrations/core/autogenerate/wanted/near/near-wanted.ts'
import { readAllModels } from '../../migrations/core/autogenerate/wanted/wanted.ts'
import { checkProject } from '../../migrations/core/check/check.ts'
import { type EmitEvent, type MigEvent, usingSession } from '../../migrations/core/index.ts'
import { splitStatements } from '../../migrations/core/postgres/index.ts'
import type { ModelFile } from '../../migrations/core/sources/index.ts'
import { createLab, type Lab, labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

function model(sql: string): readonly ModelFile[] {
  const statements = splitStatements(sql).map(({ text }) => ({ sql: text, file: 's.sql', line: undefined }))
  return [{ path: 's.sql', key: 's', keyed: false, statements }]
}

/** The statements that are loaded of both, each by what it makes or is about; undefined where all are. */
function reached(from: string, to: string): readonly string[] | undefined {
  const near = nearModels(model(from), model(to), ['s', 'r'])
  if (near === undefined) return undefined
  const texts = [...near.from, ...near.to].flatMap(({ statements }) => statements.map(({ sql }) => sql))
  return [...new Set(texts.map((sql) => /\b[sr]\.(\w+)/.exec(sql)?.[1] ?? sql))].sort()
}

const base = `
  CREATE TYPE s.mood AS ENUM ('a');
  CREATE FUNCTION s.twice(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 2 * $1';
  CREATE TABLE s.far (id int PRIMARY KEY, up int REFERENCES s.farther (id) ON DELETE SET NULL);
  CREATE TABLE s.farther (id int PRIMARY KEY);
  CREATE TABLE s.one (id int PRIMARY KEY, m s.mood, up int CONSTRAINT up REFERENCES s.far);
  CREATE TABLE r.one (id int PRIMARY KEY);
  CREATE TABLE s.two (id int REFERENCES s.one, n int CHECK (s.twice(n) > 0));
  CREATE TABLE s.three (id int, FOREIGN KEY (id) REFERENCES s.two (id));
  CREATE VIEW s.seen AS SELECT id FROM s.one;
  CREATE VIEW s.shown AS SELECT id FROM s.seen;
  CREATE TABLE s.typed (v s.shown[]);
  CREATE FUNCTION s.counts() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*) FROM "s"."three"); END $$;
  CREATE FUNCTION s.keeps() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'INSERT INTO s.log SELECT 1'; RETURN NEW; END $$;
  CREATE TABLE s.log (id serial);
  CREATE TABLE s.numbered (id bigint DEFAULT nextval('s.log_id_seq'));
  CREATE TRIGGER keeps AFTER INSERT ON s.farther FOR EACH ROW EXECUTE FUNCTION s.keeps();
  CREATE UNIQUE INDEX two_n ON s.two (n);`

describe('of two sets of models', () => {
  it.each<[string, string, string, readonly string[] | undefined]>([
    ['nothing', 'CREATE TABLE s.spare ()', 'CREATE TABLE s.spare ()', []],
    [
      'a table, what refers to it, what is seen through it, and what these name',
      's.one (id int',
      's.one (x int, id int',
      ['far', 'mood', 'one', 'seen', 'shown', 'twice', 'two', 'typed'],
    ],
    ['a table of the same name elsewhere', 'r.one (id int', 'r.one (x int, id int', ['one']],
    [
      'a function that only text names the table of',
      's.three (id int',
      's.three (x int, id int',
      ['counts', 'three', 'twice', 'two'],
    ],
    [
      'a trigger elsewhere whose function runs a text, and a sequence that a column has brought',
      's.log (id serial)',
      's.log (id serial, x int)',
      ['farther', 'keeps', 'log', 'numbered'],
    ],
    [
      'a type of columns',
      `ENUM ('a')`,
      `ENUM ('a', 'b')`,
      ['far', 'mood', 'one', 'seen', 'shown', 'twice', 'two', 'typed'],
    ],
    ['a function of a check', '2 * $1', '3 * $1', ['mood', 'one', 'three', 'twice', 'two']],
    [
      'a view of a view',
      'SELECT id FROM s.seen',
      'SELECT id + 1 AS id FROM s.seen',
      ['mood', 'one', 'seen', 'shown', 'typed'],
    ],
    ['a unique index', 's.two (n)', 's.two (n, id)', ['mood', 'one', 'three', 'twice', 'two']],
    ['a block of code', 'CREATE TABLE s.spare ()', `CREATE TABLE s.spare (); DO $$ BEGIN END $$`, undefined],
    [
      'an operator, which is used without its name',
      'CREATE TABLE s.spare ()',
      'CREATE TABLE s.spare (); CREATE OPERATOR s.+++ (FUNCTION = s.twice, RIGHTARG = int)',
      undefined,
    ],
    [
      'an extension',
      'CREATE TABLE s.spare ()',
      'CREATE TABLE s.spare (); CREATE EXTENSION citext',
      undefined,
    ],
    [
      'a statement that is there twice',
      'CREATE TABLE s.spare ()',
      'CREATE TABLE s.spare (); CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$; CREATE OR REPLACE FUNCTION s.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
      undefined,
    ],
    [
      'a table that is made like another',
      'CREATE TABLE s.spare ()',
      'CREATE TABLE s.spare (LIKE s.two INCLUDING ALL)',
      ['mood', 'one', 'spare', 'three', 'twice', 'two'],
    ],
    [
      'another name',
      'CREATE TABLE s.spare ()',
      'CREATE TABLE s.spare (); ALTER TABLE s.spare RENAME TO other',
      undefined,
    ],
    [
      'a range, whose multirange has a name of its own',
      'CREATE TABLE s.spare ()',
      'CREATE TABLE s.spare (); CREATE TYPE s.span AS RANGE (SUBTYPE = int)',
      undefined,
    ],
  ])('is loaded for a difference in %s', (_, old, next, expected) => {
    const from = `${base} CREATE TABLE s.spare ()`
    expect(
      reached(
        from,
        from.replace(old, () => next),
      ),
    ).toEqual(expected)
  })

  it.each<[string, string]>([
    ['s.one', 'VIEW r.odd AS SELECT /* 5" */ id FROM s.one /* 6" */'],
    ['"s"."o ne"', `VIEW r.odd AS SELECT '5"' AS "size", id FROM "s"."o ne"`],
    ['"s"."o--ne"', 'VIEW r.odd AS SELECT id FROM "s"."o--ne"'],
    ['"s"."o""ne"', `VIEW r.odd AS SELECT '5"' AS "size", id FROM "s"."o""ne"`],
    ['s.s', `FUNCTION r.odd(s.id%TYPE) RETURNS int LANGUAGE sql AS 'SELECT 1'`],
    ['s.🚀', 'VIEW r.odd AS SELECT id FROM 🚀'],
    [`s.${'o'.repeat(70)}`, `VIEW r.odd AS SELECT id FROM ${'o'.repeat(80)}`],
  ])('%s is named wherever its name stands: %s', (table, odd) => {
    const models = (type: string) => `CREATE TABLE ${table} (id ${type}); CREATE ${odd}`
    expect(reached(models('int'), models('bigint')) ?? ['odd']).toContain('odd')
  })

  it('keys of tables that are only named are left out', () => {
    const near = nearModels(
      model(base),
      model(base.replace('r.one (id', 'r.one (x int REFERENCES s.far, id')),
      ['s', 'r'],
    )
    expect(near?.to[0]?.statements.map(({ sql }) => sql)).toEqual([
      'CREATE TABLE s.far (id int PRIMARY KEY, up int )',
      'CREATE TABLE r.one (x int REFERENCES s.far, id int PRIMARY KEY)',
    ])
  })

  it('all is loaded where the order of what stays has changed', () => {
    const [one, two] = ['CREATE TABLE s.a ()', 'CREATE TABLE s.b ()']
    expect(nearModels(model(`${one};${two}`), model(`${two};${one}`), ['s'])).toBeUndefined()
  })
})

const many = Array.from({ length: 320 }, (_, at) => `CREATE DOMAIN app_policy.d${at} AS int;`).join('\n')
const tables = `
  CREATE TYPE app_user.mood AS ENUM ('a', 'b');
  CREATE TABLE app_user.item (id int PRIMARY KEY, name text);
  CREATE TABLE app_user.part (id int PRIMARY KEY, item int REFERENCES app_user.item);
  CREATE INDEX taken ON app_user.part (item);
  ALTER TABLE app_user.part ADD COLUMN made date;
  CREATE INDEX fresh_size_key ON app_user.part (id); /* more */
  CREATE INDEX late_size_key ON app_user.part (id);
  CREATE TABLE app_user.late (size int UNIQUE);
  CREATE VIEW app_user.items AS SELECT id, name FROM app_user.item;
  CREATE FUNCTION app_user.names() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM name FROM app_user.item; RETURN NEW; END $$;
  CREATE TRIGGER names AFTER INSERT ON app_user.part FOR EACH ROW EXECUTE FUNCTION app_user.names();`

/** In an order that takes a second round, which no transaction has; labels in another than the database has. */
const models = tables.replace(/((?:.*\n)*)( +CREATE VIEW .*\n)/, '$2$1').replace("'a', 'b'", "'b', 'a'")

/** How many statements are loaded for the models that there are; undefined where all are. */
async function loaded(lab: Lab): Promise<number | undefined> {
  const project = await lab.project()
  return usingSession(project.env, {}, async (session) => {
    const input = await modelInput(session, project, false)
    const { files } = await readAllModels(input)
    const known = await knownState(input, (look) => look(session.client), files)
    const near = known === undefined ? undefined : nearWanted(input, known, files)
    return near?.to.reduce((sum, { statements }) => sum + statements.length, 0)
  })
}

async function written(lab: Lab, emit: EmitEvent = () => undefined): Promise<readonly string[]> {
  const { files } = await generateFiles(lab, { emit })
  for (const { path } of files) await rm(path)
  return files.map(({ text }) =>
    text.replace(/^ \* (?:Revision|Created): .*|^export const revision .*/gm, ''),
  )
}

labTest(
  'of large models, what is generated from the part that differs is what the whole gives',
  async ({ lab, database }) => {
    const home = join(lab.root, 'home')
    vi.stubEnv('XDG_CACHE_HOME', home)
    onTestFinished(() => void vi.unstubAllEnvs())
    await startAt(lab, { 'user.sql': tables, 'policy.sql': many })
    await writeModels(lab, { 'user.sql': models })
    expect(await written(lab)).toEqual([])
    const change = async (from: string, to: string) => {
      await writeModels(lab, { 'user.sql': models.replace(from, () => to) })
      return loaded(lab)
    }
    expect(await change('name text);', 'name text, size int);')).toBe(9)
    // Another clone goes on from what this one has seen.
    const clone = await createLab(database)
    onTestFinished(() => rm(clone.root, { recursive: true }))
    await writeModels(clone, {
      'user.sql': models.replace('name text);', 'name text, size int);'),
      'policy.sql': many,
    })
    expect(await loaded(clone)).toBe(9)
    const changes = async () => {
      const project = await lab.project()
      return usingSession(project.env, {}, async (session) => {
        const { drift } = await checkProject(session, project, { privileges: false })
        return drift.map((each) => [
          each.line,
          each.changes,
          each.statements.map(({ statements }) => statements),
        ])
      })
    }
    // Warnings are about all models.
    const told: MigEvent[] = []
    await written(lab, (event) => told.push(event))
    expect(told).toContainEqual(expect.objectContaining({ event: 'warning', code: 'enum-order' }))
    // A name that PostgreSQL chooses is taken by what the change does not reach.
    expect(await change('/* more */', 'CREATE TABLE app_user.fresh (size int UNIQUE);')).toBe(1)
    expect((await written(lab)).join()).toContain('fresh_size_key1')
    await change('/* more */', 'CREATE INDEX taken ON app_user.item (id);')
    await expect(written(lab)).rejects.toMatchObject({ code: 'duplicate-model' })
    const { cacheDir } = (await lab.project()).env
    const asked: readonly (readonly [string, string, () => Promise<unknown>])[] = [
      ['name text);', 'name text, size int);', async () => [await changes(), await written(lab)]],
      ['/* more */', 'CREATE VIEW app_user.parts AS SELECT * FROM app_user.part;', () => written(lab)],
      ['/* more */', 'CREATE TABLE app_user.copy (LIKE app_user.part INCLUDING ALL);', () => written(lab)],
      // PostgreSQL has chosen another name because of it.
      ['CREATE INDEX late_size_key ON app_user.part (id);', '', changes],
    ]
    const near: unknown[] = []
    for (const [from, to, ask] of asked) {
      expect(await change(from, to)).toBeDefined()
      near.push(await ask())
    }
    const whole: unknown[] = []
    for (const [from, to, ask] of asked) {
      for (const folder of [cacheDir, home]) await rm(folder, { recursive: true })
      expect(await change(from, to)).toBeUndefined()
      whole.push(await ask())
    }
    expect(near).toEqual(whole)
  },
)
