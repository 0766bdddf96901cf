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
