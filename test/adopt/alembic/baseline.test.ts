import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { alembicFile, versionTable, written, writtenProject } from '../support/alembic.ts'
import { projectTest } from '../support/project.ts'

/** DDL that no file tells: Python asks the database for it. */
const unknowable =
  "for name in op.get_bind().execute(sa.text('SELECT n FROM names()')):\n    op.create_table(name)"

const graph = {
  'alembic/versions/a.py': alembicFile({
    id: 'aaaa',
    upgrade: unknowable,
    head: "branch_labels = ('shop',)",
  }),
  'alembic/versions/b.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: 'op.execute(f())' }),
  'alembic/versions/c.py': alembicFile({ id: 'cccc', parents: ['aaaa'] }),
  'alembic/versions/d.py': alembicFile({ id: 'dddd', parents: ['bbbb', 'cccc'] }),
  ...writtenProject({
    ...{ id: 'eeee', parents: ['dddd'] },
    ...{ up: 'ALTER TABLE t ADD COLUMN later text', down: 'ALTER TABLE t DROP COLUMN later' },
  }),
}
const request = { ...written, baseline: true }
const live = `CREATE TYPE public.mood AS ENUM ('sad', 'ok'); CREATE TABLE public.t (id serial PRIMARY KEY, m public.mood);
  CREATE INDEX t_m ON public.t (m); CREATE VIEW public.v AS SELECT id FROM public.t;`

describe('mig-import alembic --baseline', () => {
  projectTest(
    'keeps the graph and has the SQL of what is applied from the live database',
    async ({ project }) => {
      project.write(graph)
      await project.run(live + versionTable('public', 'dddd'))
      const env = await project.environment({ app: 'public' })
      // Nobody has the SQL of what is not applied yet.
      await expect(
        importAlembic(project.session, env, { path: 'alembic', baseline: true }),
      ).rejects.toMatchObject({ code: 'no-sql', message: expect.stringContaining('revision eeee') })
      const result = await importAlembic(project.session, env, request)
      expect(result).toMatchObject({ proof: 'equal', irreversible: [], adopted: [{ revisions: ['dddd'] }] })
      expect(await readApplied(project.database.client, 'mig')).toEqual(new Map([['public', ['dddd']]]))
      const opened = project.opened(env)
      expect(opened.graph.get('dddd')).toMatchObject({ downRevision: ['bbbb', 'cccc'] })
      expect(opened.graph.get('aaaa')).toMatchObject({ branchLabels: ['shop'] })
      const folder = join(project.root, 'migrations', 'versions', 'app')
      const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
      expect(texts.filter((text) => text.includes('CREATE TABLE'))).toHaveLength(1)
      expect(texts.join('')).toContain('What it did is part of the baseline, aaaa.')
      expect(
        (await planRun(project.session, opened, { direction: 'upgrade', target: 'head' })).steps,
      ).toHaveLength(1)
    },
  )

  projectTest(
    'makes an empty database what the live one was, and goes on from there',
    async ({ project }) => {
      project.write(graph)
      await project.run(live + versionTable('public', 'dddd'))
      const env = await project.environment({ app: 'public' })
      await importAlembic(project.session, env, request)
      await project.run('DROP SCHEMA public, mig CASCADE')
      const opened = project.opened(env)
      const up = { direction: 'upgrade', target: 'head' } as const
      await applyPlan(project.session, opened, await planRun(project.session, opened, up), up)
      const { rows } = await project.database.client.query(
        "SELECT count(*)::int AS count FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 0",
      )
      expect(rows).toEqual([{ count: 3 }])
      const down = { direction: 'downgrade', target: 'dddd' } as const
      await applyPlan(project.session, opened, await planRun(project.session, opened, down), down)
      const further = { direction: 'downgrade', target: 'base' } as const
      await expect(planRun(project.session, opened, further)).rejects.toMatchObject({
        code: 'irreversible',
      })
    },
  )

  projectTest('needs a database that the other tool has run on', async ({ project }) => {
    project.write(graph)
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, request)).rejects.toMatchObject({
      code: 'nothing-applied',
    })
  })

  projectTest('takes in what the history made in another schema of the project', async ({ project }) => {
    project.write({
      'alembic/versions/a.py': alembicFile({ id: 'aaaa', upgrade: "op.execute(f('sales.o'))" }),
      'alembic/versions/b.py': alembicFile({ id: 'bbbb' }),
    })
    await project.run(
      `CREATE SCHEMA sales; CREATE TABLE sales.o (id int PRIMARY KEY); CREATE TABLE public.t (o int REFERENCES sales.o);
       ${versionTable('public', 'aaaa', 'bbbb')}`,
    )
    const env = await project.environment({ app: 'public', sales: 'sales' }, 'app')
    const result = await importAlembic(project.session, env, { path: 'alembic', baseline: true })
    expect(result).toMatchObject({ proof: 'equal' })
    // The second base comes after the first, which has made everything.
    expect(project.opened(env).graph.get('bbbb')).toMatchObject({ dependsOn: ['aaaa'] })
  })
})
