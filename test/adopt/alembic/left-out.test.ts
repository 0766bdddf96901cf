import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { alembicFile, versionTable } from '../support/alembic.ts'
import { projectTest } from '../support/project.ts'

const moved =
  "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))\nfor row in unknown():\n    op.execute(row)"
const live = 'CREATE TABLE public.t (id serial PRIMARY KEY);'

describe('what could not be converted', () => {
  projectTest('is left out when the schema is the same without it', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: moved, downgrade: moved }),
    })
    await project.run(live + versionTable('public', 'aaaa'))
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'alembic' })).rejects.toMatchObject({
      code: 'unconverted',
      help: expect.stringContaining('--skip-unconverted'),
    })
    const result = await importAlembic(project.session, env, { path: 'alembic', skipUnconverted: true })
    expect(result.proof).toBe('equal')
    expect(result.unconverted).toMatchObject([
      { direction: 'upgrade', leftOut: true },
      { direction: 'downgrade', leftOut: false },
    ])
    const folder = join(project.root, 'migrations', 'versions', 'app')
    const text = readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('')
    expect(text).toContain(
      '  // Left out of the import, line 15 of the file (a loop over what only Python knows):\n  //     for row in',
    )
    expect(text).toContain('throw new Error("line 20 of the imported file could not be converted')
    expect(await readApplied(project.database.client, 'mig')).toEqual(new Map([['public', ['aaaa']]]))
  })

  projectTest('is never left out when that changes the schema', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        upgrade: "for name in unknown():\n    op.create_table('t')",
      }),
    })
    await project.run(live + versionTable('public', 'aaaa'))
    const env = await project.environment({ app: 'public' })
    await expect(
      importAlembic(project.session, env, { path: 'alembic', skipUnconverted: true }),
    ).rejects.toMatchObject({
      code: 'import-differs',
      exitCode: 5,
      message: expect.stringContaining('left out, which may be why:\n  alembic/versions/aaaa.py:14: a loop'),
    })
  })

  projectTest('is never left out of what is still to be applied', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: moved }),
      'alembic/versions/bbbb.py': alembicFile({
        id: 'bbbb',
        parents: ['aaaa'],
        upgrade: 'op.execute(unknown())',
      }),
    })
    const env = await project.environment({ app: 'public' })
    const request = { path: 'alembic', skipUnconverted: true }
    // Nothing is applied: there is nothing to compare with.
    await expect(importAlembic(project.session, env, request)).rejects.toMatchObject({
      code: 'unconverted',
      message: expect.stringMatching(/2 places.*aaaa\.py:15.*bbbb\.py:14/s),
    })
    await project.run(live + versionTable('public', 'aaaa'))
    await expect(importAlembic(project.session, env, request)).rejects.toMatchObject({
      code: 'unconverted',
      message: expect.stringMatching(/1 place needs.*bbbb\.py:14/s),
    })
    const result = await importAlembic(project.session, env, { ...request, allowUnconverted: true })
    expect(result).toMatchObject({ proof: 'equal', adopted: [{ revisions: ['aaaa'] }] })
  })
})

describe('an enum type that tables of several revisions create', () => {
  projectTest('is created once, as in one run of Alembic', async ({ project }) => {
    const table = (name: string) =>
      `op.create_table('${name}', sa.Column('s', sa.Enum('on', 'off', name='state')))`
    project.write({
      'alembic/versions/aaaa.py': alembicFile({ id: 'aaaa', upgrade: `${table('t')}\n${table('u')}` }),
      'alembic/versions/bbbb.py': alembicFile({ id: 'bbbb', parents: ['aaaa'], upgrade: table('v') }),
    })
    await project.run(`CREATE TYPE state AS ENUM ('on', 'off'); CREATE TABLE t (s state); CREATE TABLE u (s state);
      CREATE TABLE v (s state); ${versionTable('public', 'bbbb')}`)
    const env = await project.environment({ app: 'public' })
    expect(await importAlembic(project.session, env, { path: 'alembic' })).toMatchObject({ proof: 'equal' })
  })
})

describe('a question to the database', () => {
  projectTest('is answered when the revision runs', async ({ project }) => {
    project.write({
      'alembic/versions/aaaa.py': alembicFile({
        id: 'aaaa',
        upgrade:
          "i = sa.inspect(op.get_bind())\nif 't' not in i.get_table_names():\n    op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))\nif 'a' not in [c['name'] for c in i.get_columns('t')]:\n    op.add_column('t', sa.Column('a', sa.Text()))\nelse:\n    op.execute('SELECT 1')\nif i.has_table('gone'):\n    op.drop_table('gone')",
        downgrade: "op.drop_table('t')",
      }),
    })
    const env = await project.environment({ app: 'public' })
    expect(await importAlembic(project.session, env, { path: 'alembic' })).toMatchObject({ proof: 'runs' })
    await project.run(`${live} CREATE TABLE public.gone (); ALTER TABLE public.t ADD COLUMN a text`)
    const opened = project.opened(env)
    const request = { direction: 'upgrade', target: 'head' } as const
    await applyPlan(project.session, opened, await planRun(project.session, opened, request), request)
    const { rows } = await project.database.client.query("SELECT to_regclass('public.gone') AS gone")
    expect(rows).toEqual([{ gone: null }])
  })
})
