import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { versionTable, written, writtenProject } from '../support/alembic.ts'
import { projectTest } from '../support/project.ts'

const table = (name: string) => `CREATE TABLE ${name} (id serial PRIMARY KEY)`
const one = writtenProject({ id: 'aaaa', up: table('t'), down: 'DROP TABLE t' })
const liveTable = (schema: string, name: string) => `CREATE TABLE ${schema}.${name} (id serial PRIMARY KEY);`

describe('an Alembic project that cannot be imported', () => {
  projectTest('with offline SQL that stops half-way is refused', async ({ project }) => {
    project.write({ ...one, 'up.sql': '-- Running upgrade  -> aaaa\n\nCREATE TABLE t ();\n' })
    const env = await project.environment({ app: 'public' })
    const importing = importAlembic(project.session, env, { path: 'alembic', offlineSql: ['up.sql'] })
    await expect(importing).rejects.toThrow('up.sql ends inside the upgrade of aaaa')
  })

  projectTest('shows what differs from the live database, and adopts nothing', async ({ project }) => {
    project.write(one)
    await project.run(`CREATE TABLE t (id serial PRIMARY KEY, drift text); ${versionTable('public', 'aaaa')}`)
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, written)).rejects.toMatchObject({
      code: 'import-differs',
      exitCode: 5,
      message: expect.stringContaining('+ column public.t.drift'),
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
    expect((await readApplied(project.database.client, 'mig')).size).toBe(0)
  })

  projectTest(
    'shows what differs in a schema that is not a line, but not what others have there',
    async ({ project }) => {
      const up = `CREATE SCHEMA other; CREATE TABLE other.mine (a text); ${table('t')}`
      project.write(writtenProject({ id: 'aaaa', up }))
      await project.run(
        `${liveTable('public', 't')}${versionTable('public', 'aaaa')} CREATE SCHEMA other; CREATE TABLE other.theirs (); CREATE TABLE other.mine (a integer)`,
      )
      const env = await project.environment({ app: 'public' })
      const importing = importAlembic(project.session, env, written)
      await expect(importing).rejects.toThrow(
        /schema other:\n~ column other\.mine\.a\n {4}type: text → integer$/,
      )
    },
  )

  projectTest('that differs is kept, not adopted, when that is asked for', async ({ project }) => {
    project.write(one)
    await project.run(`CREATE TABLE t (id serial PRIMARY KEY, drift text); ${versionTable('public', 'aaaa')}`)
    const env = await project.environment({ app: 'public' })
    const result = await importAlembic(project.session, env, { ...written, keep: true })
    expect(result).toMatchObject({ adopted: [], proof: 'none' })
    expect(project.events).toContainEqual(
      expect.objectContaining({ event: 'warning', code: 'import-differs' }),
    )
    expect(existsSync(join(project.root, result.files[0] ?? ''))).toBe(true)
  })

  projectTest('says which version no file has', async ({ project }) => {
    project.write(one)
    await project.run(versionTable('public', 'bbbb'))
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, written)).rejects.toThrow(
      'public.alembic_version says that bbbb is applied, and no file of the import has it',
    )
  })

  projectTest('says which parent is missing', async ({ project }) => {
    project.write(writtenProject({ id: 'bbbb', parents: ['aaaa'] }))
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, written)).rejects.toMatchObject({
      code: 'missing-parent',
      message: expect.stringContaining('alembic/versions/bbbb.py'),
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
  })

  projectTest('says when a revision does not run', async ({ project }) => {
    project.write(writtenProject({ id: 'aaaa', up: 'SELECT nothing' }))
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, written)).rejects.toMatchObject({
      code: 'replay-failed',
      exitCode: 5,
      message: expect.stringMatching(/^(?!.*import-).*column "nothing" does not exist/),
      place: { file: 'alembic/versions/aaaa.py', statement: expect.stringContaining('SELECT nothing') },
    })
  })

  projectTest('never overwrites: the second import is refused', async ({ project }) => {
    project.write(one)
    const env = await project.environment({ app: 'public' })
    await importAlembic(project.session, env, written)
    await expect(importAlembic(project.session, env, written)).rejects.toMatchObject({
      code: 'file-exists',
    })
  })

  projectTest(
    'says when the ledger has something else already, and adopts the same twice',
    async ({ project }) => {
      project.write(one)
      await project.run(`${liveTable('public', 't')}${versionTable('public', 'aaaa')}`)
      const env = await project.environment({ app: 'public' })
      const again = async () => {
        rmSync(join(project.root, 'migrations'), { recursive: true, force: true })
        return importAlembic(project.session, env, written)
      }
      expect(await again()).toMatchObject({ proof: 'equal' })
      expect(await again()).toMatchObject({ proof: 'equal' })
      await project.run("UPDATE mig.version SET revision = 'bbbb'")
      await expect(again()).rejects.toMatchObject({ code: 'already-adopted' })
      expect(existsSync(join(project.root, 'migrations'))).toBe(false)
    },
  )

  projectTest('is not there: the error says what was looked for', async ({ project }) => {
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: 'nowhere' })).rejects.toMatchObject({
      code: 'no-alembic-project',
    })
  })
})

describe('the lines of an Alembic project', () => {
  const files = {
    'alembic.ini':
      '[alembic]\nscript_location = %(here)s/db\nversion_locations = %(here)s/db/user %(here)s/db/policy\n',
    ...writtenProject(
      {
        ...{ id: 'aaaa', file: 'db/user/aaaa.py' },
        up: 'CREATE SCHEMA app_user; CREATE TABLE app_user.t (id serial PRIMARY KEY)',
      },
      {
        ...{ id: 'bbbb', file: 'db/policy/bbbb.py', head: "depends_on = ('aaaa',)" },
        up: 'CREATE TABLE app_policy.p (t integer REFERENCES app_user.t (id))',
      },
    ),
  }
  const live =
    'CREATE SCHEMA app_user; CREATE SCHEMA app_policy; CREATE TABLE app_user.t (id serial PRIMARY KEY); CREATE TABLE app_policy.p (t integer REFERENCES app_user.t);'

  projectTest(
    'are its folders or labels, and a row that depends-on hides is restored',
    async ({ project }) => {
      project.write(files)
      // Alembic keeps no row for aaaa, since bbbb depends on it.
      await project.run(live + versionTable('public', 'bbbb'))
      const env = await project.environment({ user: 'app_user', policy: 'app_policy' })
      const result = await importAlembic(project.session, env, { ...written, path: '.' })
      expect(result.proof).toBe('equal')
      expect(await readApplied(project.database.client, 'mig')).toEqual(
        new Map([
          ['app_policy', ['bbbb']],
          ['app_user', ['aaaa']],
        ]),
      )
      expect(result.files.map((file) => file.split('/').slice(0, 3).join('/'))).toEqual([
        'migrations/versions/user',
        'migrations/versions/policy',
      ])
    },
  )

  projectTest('are asked for where nothing names them', async ({ project }) => {
    project.write(one)
    const env = await project.environment({ user: 'app_user', policy: 'app_policy' })
    await expect(importAlembic(project.session, env, written)).rejects.toMatchObject({
      code: 'which-line',
    })
  })

  projectTest('of tenants are adopted from a version table in each', async ({ project }) => {
    project.write(
      writtenProject({ id: 'aaaa', up: table('t') }, { id: 'bbbb', parents: ['aaaa'], up: table('u') }),
    )
    await project.run(
      `CREATE SCHEMA tenant_a; ${liveTable('tenant_a', 't')}${liveTable('tenant_a', 'u')}${versionTable('tenant_a', 'bbbb')}
       CREATE SCHEMA tenant_b; ${liveTable('tenant_b', 't')}${versionTable('tenant_b', 'aaaa')}`,
    )
    const env = await project.environment({ tenant: { tenants: { like: 'tenant_%' } } })
    const result = await importAlembic(project.session, env, written)
    expect(result.proof).toBe('equal')
    expect(await readApplied(project.database.client, 'mig')).toEqual(
      new Map([
        ['tenant_a', ['bbbb']],
        ['tenant_b', ['aaaa']],
      ]),
    )
  })

  projectTest('of tenants show which one differs', async ({ project }) => {
    project.write(one)
    await project.run(
      `CREATE SCHEMA tenant_a; ${liveTable('tenant_a', 't')}${versionTable('tenant_a', 'aaaa')}
       CREATE SCHEMA tenant_b; ${versionTable('tenant_b', 'aaaa')}`,
    )
    const env = await project.environment({ tenant: { tenants: { like: 'tenant_%' } } })
    await expect(importAlembic(project.session, env, written)).rejects.toThrow(
      /schema tenant_b:\n[\s\S]*- table t$/m,
    )
  })

  projectTest(
    'whose names were unqualified are replayed under the search_path of the other tool',
    async ({ project }) => {
      const up = "CREATE TYPE state AS ENUM ('a'); CREATE TABLE app.t (s state)"
      project.write(writtenProject({ id: 'aaaa', up }))
      await project.run(
        `CREATE SCHEMA app; CREATE TYPE state AS ENUM ('a'); CREATE TABLE app.t (s state); ${versionTable('public', 'aaaa')}`,
      )
      const env = await project.environment({ app: 'app' })
      await expect(importAlembic(project.session, env, written)).rejects.toMatchObject({
        code: 'import-differs',
      })
      expect(await importAlembic(project.session, env, { ...written, searchPath: 'public' })).toMatchObject({
        proof: 'equal',
      })
    },
  )
})
