import { describe, expect } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { type EmitEvent, type MigEvent, usingSession } from '../../migrations/core/index.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

type Settings = ReturnType<typeof silentOn>

function silentOn(kinds: readonly string[], ...paths: readonly string[]) {
  return {
    schemas: { app: 'public' },
    models: paths.map((path) => ({ path: `models/${path}`, silentOn: kinds })),
  }
}

/** What mig-check tells. */
async function driftOf(lab: Lab, settings: Settings, emit: EmitEvent): Promise<readonly string[]> {
  const project = await lab.project(settings)
  const { drift } = await usingSession(project.env, { emit }, (session) =>
    checkProject(session, project, { privileges: false }),
  )
  return drift.flatMap(
    ({ changes }) =>
      changes?.map(({ verb, name, detail }) =>
        [verb, name, ...(verb === 'change' ? [detail] : [])].join(' '),
      ) ?? [],
  )
}

describe('a property of a table that a source is silent on', () => {
  labTest('is how a table is partitioned, with its partitions', async ({ lab }) => {
    const silent = silentOn(['rule'], 'app.sql')
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
    const drift = () => driftOf(lab, silent, emit)
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
    const events: MigEvent[] = []
    const emit = (event: MigEvent) => events.push(event)
    const drift = (given: Settings) => driftOf(lab, given, emit)
    const noPolicies = silentOn(['policy'], 'app.sql')
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
    expect(await drift(silentOn(['forced row security'], 'app.sql'))).toEqual([
      'change public.bus row security true → false',
      'change public.car row security true → false',
    ])
    expect(await drift(silentOn(['trigger'], 'app.sql'))).toEqual([
      'change public.bus row security true → false',
      'change public.car force row security true → false',
      'change public.car row security true → false',
    ])
    expect(await drift(silentOn(['rule'], 'app.sql'))).toEqual([
      'change public.bus row security true → false',
      'change public.car row security true → false',
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
    const both = silentOn(['policy'], 'app.sql', 'more.sql')
    const [van] = (await generateFiles(lab, { emit }, both)).files
    expect(van?.text).toContain('ALTER TABLE public.van ENABLE ROW LEVEL SECURITY')
    expect(events).toContainEqual(
      expect.objectContaining({
        code: 'silent-in-models',
        message: expect.stringMatching(/^models have row security \(more\.sql:1\)/),
      }),
    )
  })

  labTest('stays with a table that is renamed, and counts for the form without a lock', async ({ lab }) => {
    const silent = silentOn(['policy', 'partitioning'], 'app.sql')
    await lab.write({
      'app/20260101_000000_aaaaaaaaaaaa_start.sql': `-- start\n--\n-- Revision: aaaaaaaaaaaa\n-- Revises: base\n-- Created: 2026-01-01T00:00:00Z\n\n-- upgrade
        CREATE TABLE public.ev (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
        CREATE TABLE public.ev_all PARTITION OF public.ev DEFAULT;
        CREATE TABLE public.car (id int PRIMARY KEY); ALTER TABLE public.car ENABLE ROW LEVEL SECURITY;\n`,
    })
    expect((await lab.upgrade({ settings: silent })).error).toBeUndefined()
    await writeModels(lab, {
      'app.sql':
        'CREATE TABLE event (id int, d date, PRIMARY KEY (id, d)); CREATE TABLE auto (id int PRIMARY KEY);',
    })
    const given = { 'public.ev': 'event', 'public.car': 'auto' }
    await generateFiles(lab, { renames: { given, others: 'ask' } }, silent)
    expect((await lab.upgrade({ settings: silent })).error).toBeUndefined()
    await writeModels(lab, {
      'app.sql': `CREATE TABLE event (id int, d date, PRIMARY KEY (id, d)); CREATE INDEX by_day ON event (d);
        CREATE TABLE auto (id int PRIMARY KEY); CREATE INDEX by_id ON auto (id);`,
    })
    const [file] = (await generateFiles(lab, { online: true }, silent)).files
    expect(file?.text).toContain('CREATE INDEX by_day ON public.event')
    expect(file?.text).toContain('CREATE INDEX CONCURRENTLY by_id ON public.auto')
    expect((await lab.upgrade({ settings: silent })).error).toBeUndefined()
    const { rows } = await lab.database.client.query(
      `SELECT (SELECT relrowsecurity FROM pg_class WHERE relname = 'auto') AS secure,
         (SELECT count(*)::int FROM pg_inherits WHERE inhparent = 'event'::regclass) AS partitions`,
    )
    expect(rows).toEqual([{ secure: true, partitions: 1 }])
  })
})
