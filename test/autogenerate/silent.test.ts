import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { silentOf } from '../../migrations/core/environment/index.ts'
import { modelSources } from '../../migrations/core/environment/models-setting.ts'
import { type MigEvent, usingSession } from '../../migrations/core/index.ts'
import { createLab, type Lab, labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

describe('what a source is silent on', () => {
  const live = `CREATE TABLE car (id int PRIMARY KEY, name text, gone boolean);
    CREATE INDEX named ON car (name); CREATE INDEX kept ON car (name) WHERE NOT gone; CREATE INDEX lowered ON car (lower(name));
    CREATE INDEX other ON car (gone);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER touched BEFORE UPDATE ON car FOR EACH ROW EXECUTE FUNCTION touch()`
  const settings = {
    schemas: { app: 'public' },
    models: {
      path: 'models/app.sql',
      silentOn: ['function', 'trigger', 'partial index', 'expression index'],
    },
  }

  labTest('is left alone, and told once', async ({ lab }) => {
    await lab.database.client.query(live)
    await writeModels(lab, {
      'app.sql':
        'CREATE TABLE car (id int PRIMARY KEY, name text, gone boolean, seats int); CREATE INDEX named ON car (name);',
    })
    const events: MigEvent[] = []
    const { files } = await generateFiles(lab, { emit: (event) => events.push(event) }, settings)
    const text = files
      .map((file) => file.text.slice(file.text.indexOf('upgrade('), file.text.indexOf('downgrade(')))
      .join()
    expect(text.match(/`[^`]+`/g)?.toSorted()).toEqual([
      '`ALTER TABLE public.car ADD COLUMN seats integer`',
      '`DROP INDEX public.other`',
    ])
    const told = events.flatMap((event) =>
      event.event === 'warning' && event.code === 'left-alone' ? [event.message] : [],
    )
    expect(told).toHaveLength(1)
    for (const name of ['public.touch', 'public.touched', 'public.kept', 'public.lowered'])
      expect(told[0]).toContain(name)
    expect((await lab.upgrade({ settings })).error).toBeUndefined()
    // What models declare of such a kind is left out as well, and that is told.
    await writeModels(lab, {
      'more.sql': `CREATE UNIQUE INDEX new ON public.car (name) WHERE NOT gone;
        CREATE FUNCTION public.more() RETURNS int LANGUAGE sql AS 'SELECT 1';
        CREATE INDEX plain ON public.car (seats);`,
    })
    const { path, silentOn } = settings.models
    const models = [path, 'models/more.sql'].map((each) => ({ path: each, silentOn }))
    const project = await lab.project({ ...settings, models })
    const { drift } = await usingSession(project.env, { emit: (event) => events.push(event) }, (session) =>
      checkProject(session, project, { privileges: false }),
    )
    expect(drift.flatMap(({ changes }) => changes?.map(({ verb, name }) => `${verb} ${name}`))).toEqual([
      'add public.plain',
    ])
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'silent-in-models',
        message: expect.stringMatching(
          /^models have partial index, function \(more\.sql:1 and 1 more\): this kind is in silentOn/,
        ),
      }),
    )
  })

  labTest('counts for the clone that says it, whatever another has seen', async ({ lab, database }) => {
    vi.stubEnv('XDG_CACHE_HOME', join(lab.root, 'home'))
    onTestFinished(() => void vi.unstubAllEnvs())
    await lab.database.client.query(live)
    const clone = await createLab(database)
    onTestFinished(() => rm(clone.root, { recursive: true }))
    const differing = async (at: Lab, silentOn: readonly string[]) => {
      await writeModels(at, {
        'app.sql':
          'CREATE TABLE car (id int PRIMARY KEY, name text, gone boolean); CREATE INDEX named ON car (name); CREATE INDEX other ON car (gone);',
      })
      const project = await at.project({ ...settings, models: { path: 'models/app.sql', silentOn } })
      const { drift } = await usingSession(project.env, {}, (session) =>
        checkProject(session, project, { privileges: false }),
      )
      return drift.flatMap(({ changes }) => changes?.map(({ name }) => name) ?? [])
    }
    const { silentOn } = settings.models
    expect(await differing(lab, silentOn)).toEqual([])
    expect(await differing(clone, ['trigger', 'partial index', 'expression index'])).toHaveLength(1)
    expect(await differing(clone, silentOn)).toEqual([])
  })

  labTest('is an index by its access method', async ({ lab }) => {
    await lab.database.client.query(
      `CREATE TABLE car (id int PRIMARY KEY, name text, tags text[]); CREATE INDEX tagged ON car USING gin (tags);
       CREATE INDEX hashed ON car USING hash (name); CREATE INDEX named ON car (name)`,
    )
    const table = 'CREATE TABLE car (id int PRIMARY KEY, name text, tags text[]);'
    await writeModels(lab, { 'app.sql': `${table} CREATE INDEX named ON car (name);` })
    const silent = { ...settings, models: { path: 'models/app.sql', silentOn: ['gin index'] } }
    const events: MigEvent[] = []
    const emit = (event: MigEvent) => events.push(event)
    const { files } = await generateFiles(lab, { emit }, silent)
    const [up] = files.map(({ text }) => text.slice(text.indexOf('upgrade('), text.indexOf('downgrade(')))
    expect(up?.match(/`[^`]+`/g)).toEqual(['`DROP INDEX public.hashed`'])
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'left-alone',
        message: expect.stringContaining('index public.tagged'),
      }),
    )
    expect((await lab.upgrade({ settings: silent })).error).toBeUndefined()
    await writeModels(lab, {
      'app.sql': `${table} CREATE INDEX named ON car (name); CREATE INDEX found ON car USING gin (tags);`,
    })
    expect((await generateFiles(lab, { emit }, silent)).files).toEqual([])
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'silent-in-models',
        message: expect.stringMatching(/^models have gin index/),
      }),
    )
  })

  labTest('is how a table is partitioned, with its partitions', async ({ lab }) => {
    const silent = { ...settings, models: { path: 'models/app.sql', silentOn: ['partitioning'] } }
    await lab.write({
      'app/20260101_000000_aaaaaaaaaaaa_start.sql': `-- start\n--\n-- Revision: aaaaaaaaaaaa\n-- Revises: base\n-- Created: 2026-01-01T00:00:00Z\n\n-- upgrade
        CREATE TABLE public.ev (id int, d date, gone text, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
        CREATE INDEX by_day ON public.ev (d);
        CREATE TABLE public.ev_old PARTITION OF public.ev FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
        CREATE TABLE public.ev_new PARTITION OF public.ev FOR VALUES FROM ('2021-01-01') TO ('2031-01-01') PARTITION BY LIST (id);
        CREATE TABLE public.ev_new_all PARTITION OF public.ev_new DEFAULT;\n\n-- downgrade\nDROP TABLE public.ev;\n`,
    })
    expect((await lab.upgrade({ settings: silent })).error).toBeUndefined()
    const { client } = lab.database
    // What only the database has is left alone too: partitions are made as time goes by.
    await client.query(`CREATE TABLE ev_2031 PARTITION OF ev FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
      CREATE INDEX own ON ev_2031 (gone); INSERT INTO ev VALUES (1, '2020-05-05'), (2, '2031-05-05')`)
    const day = 'CREATE INDEX by_day ON ev (d);'
    await writeModels(lab, {
      'app.sql': `CREATE TABLE ev (id int, d date, gone text, PRIMARY KEY (id, d)); ${day}`,
    })
    const events: MigEvent[] = []
    const emit = (event: MigEvent) => events.push(event)
    const drift = async () => {
      const project = await lab.project(silent)
      const { drift } = await usingSession(project.env, { emit }, (session) =>
        checkProject(session, project, { privileges: false }),
      )
      return drift.flatMap(({ changes }) => changes?.map(({ verb, name }) => `${verb} ${name}`))
    }
    expect(await drift()).toEqual([])
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'left-alone',
        message: expect.stringContaining('partitioning public.ev, public.ev_2031, public.ev_new, public.ev_'),
      }),
    )
    await writeModels(lab, {
      'app.sql': `CREATE TABLE ev (id int, d date, more text, PRIMARY KEY (id, d)); ${day} CREATE INDEX by_more ON ev (more);`,
    })
    expect(await drift()).toEqual(['drop public.ev.gone', 'add public.ev.more', 'add public.by_more'])
    const { files } = await generateFiles(lab, { emit, renames: { given: {}, others: 'off' } }, silent)
    expect((await lab.upgrade({ settings: silent })).error).toBeUndefined()
    const { rows } = await client.query('SELECT id, more FROM ev ORDER BY id')
    expect(rows).toEqual([1, 2].map((id) => ({ id, more: null })))
    expect(await drift()).toEqual([])
    const [up] = files.map(({ text }) => text.slice(text.indexOf('upgrade('), text.indexOf('downgrade(')))
    expect(up).not.toContain('PARTITION')
    // What PostgreSQL allows of a plain table alone shows in the proof, not in the live database.
    await writeModels(lab, {
      'app.sql': `CREATE TABLE ev (id int UNIQUE, d date, more text, PRIMARY KEY (id, d)); ${day} CREATE INDEX by_more ON ev (more);`,
    })
    await expect(generateFiles(lab, {}, silent)).rejects.toMatchObject({
      message: expect.stringContaining('must include all partitioning columns'),
    })
    // A table that goes is made again as it was.
    await writeModels(lab, { 'app.sql': 'CREATE TABLE other (id int);' })
    const [dropping] = (await generateFiles(lab, { renames: { given: {}, others: 'off' } }, silent)).files
    const [, back] = dropping?.text.split('downgrade(') ?? []
    expect(back).toContain('PARTITION BY RANGE (d)')
    expect(back).toContain('PARTITION OF')
  })

  labTest('is the row security of a table, where there are no policies', async ({ lab }) => {
    const { client } = lab.database
    await client.query(
      `CREATE TABLE car (id int); ALTER TABLE car ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
       CREATE TABLE bus (id int); ALTER TABLE bus ENABLE ROW LEVEL SECURITY`,
    )
    const of = (silentOn: readonly string[], ...paths: readonly string[]) => ({
      ...settings,
      models: paths.map((path) => ({ path: `models/${path}`, silentOn })),
    })
    const events: MigEvent[] = []
    const emit = (event: MigEvent) => events.push(event)
    const drift = async (given: ReturnType<typeof of>) => {
      const project = await lab.project(given)
      const { drift } = await usingSession(project.env, { emit }, (session) =>
        checkProject(session, project, { privileges: false }),
      )
      return drift.flatMap(({ changes }) => changes?.map(({ name, detail }) => `${name} ${detail}`))
    }
    const noPolicies = of(['policy'], 'app.sql')
    await writeModels(lab, { 'app.sql': 'CREATE TABLE car (id int); CREATE TABLE bus (id int);' })
    expect(await drift(noPolicies)).toEqual([])
    expect((await generateFiles(lab, { emit }, noPolicies)).files).toEqual([])
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'left-alone',
        message: expect.stringContaining(
          'row security public.bus, public.car; forced row security public.car',
        ),
      }),
    )
    // One that has policies says by itself whether there is row security.
    expect(await drift(of(['forced row security'], 'app.sql'))).toEqual([
      'public.bus row security true → false',
      'public.car row security true → false',
    ])
    expect(await drift(of(['trigger'], 'app.sql'))).toEqual([
      'public.bus row security true → false',
      'public.car force row security true → false',
      'public.car row security true → false',
    ])
    // Other changes are generated, and a table that goes is made again as it was.
    await writeModels(lab, { 'app.sql': 'CREATE TABLE car (id int, seats int);' })
    const [file] = (await generateFiles(lab, { emit }, noPolicies)).files
    const [up, down] = file?.text.slice(file.text.indexOf('upgrade(')).split('downgrade(') ?? []
    expect(up?.match(/`[^`]+`/g)?.toSorted()).toEqual([
      '`ALTER TABLE public.car ADD COLUMN seats integer`',
      '`DROP TABLE public.bus`',
    ])
    expect(down).toContain('ALTER TABLE public.bus ENABLE ROW LEVEL SECURITY')
    expect((await lab.upgrade({ settings: noPolicies })).error).toBeUndefined()
    const { rows } = await client.query(
      'SELECT relname FROM pg_class WHERE relforcerowsecurity AND relrowsecurity',
    )
    expect(rows).toEqual([{ relname: 'car' }])
    // What models say of it all the same counts for a new table alone, and that is told.
    await writeModels(lab, {
      'more.sql': `CREATE TABLE public.van (id int); ALTER TABLE public.van ENABLE ROW LEVEL SECURITY;`,
    })
    const both = of(['policy'], 'app.sql', 'more.sql')
    const [van] = (await generateFiles(lab, { emit }, both)).files
    expect(van?.text).toContain('ALTER TABLE public.van ENABLE ROW LEVEL SECURITY')
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'silent-in-models',
        message: expect.stringMatching(/^models have row security \(more\.sql:1\)/),
      }),
    )
  })

  labTest('and the order of labels is never a difference, unless it is asked for', async ({ lab }) => {
    await lab.database.client.query(
      `CREATE TYPE role AS ENUM ('MEMBER', 'ADMIN'); CREATE TABLE car (id int PRIMARY KEY, role role)`,
    )
    await writeModels(lab, {
      'app.sql': `CREATE TYPE role AS ENUM ('ADMIN', 'BOSS', 'MEMBER'); CREATE TABLE car (id int PRIMARY KEY, role role);`,
    })
    const ordered = { schemas: { app: 'public' } }
    const events: MigEvent[] = []
    const emit = (event: MigEvent) => events.push(event)
    const { files } = await generateFiles(lab, { emit }, ordered)
    const [file] = files
    expect(file?.text).toMatch(/`ALTER TYPE public\.role ADD VALUE 'BOSS'( AFTER 'ADMIN')?`/)
    expect(file?.text.split('downgrade(')[0]).not.toContain('ALTER COLUMN')
    expect(events).toContainEqual(
      expect.objectContaining({ code: 'enum-order', message: expect.stringContaining('role (') }),
    )
    const read = async (options: object) => {
      const project = await lab.project({ ...ordered, ...options })
      return usingSession(project.env, {}, (session) => checkProject(session, project, { privileges: false }))
    }
    await lab.database.client.query("ALTER TYPE role ADD VALUE 'BOSS'")
    expect((await read({})).drift).toEqual([])
    expect((await read({ compareEnumOrder: true })).drift).toHaveLength(1)
  })

  test('is what each of the sources of a schema is silent on', () => {
    const sources = modelSources(
      {
        user: [
          { path: 'a.ts', silentOn: ['trigger', 'policy'] },
          { path: 'b.ts', silentOn: ['trigger'] },
        ],
        shop: 'c.sql',
      },
      ['user', 'shop'],
    )
    expect([...silentOf({ sources }, 'user')]).toEqual(['trigger'])
    expect([...silentOf({ sources }, 'shop')]).toEqual([])
  })

  test('is a kind of object', () => {
    expect(() => modelSources({ path: 'a.ts', silentOn: ['triger'] }, [])).toThrow(
      '"triger", which is not a kind',
    )
  })
})
