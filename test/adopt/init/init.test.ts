import { existsSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { $ } from 'zx'
import { type InitRequest, initProject } from '../../../migrations/core/adopt/index.ts'
import { keysOf } from '../../../migrations/core/adopt/init/schemas.ts'
import { loadEnvironment } from '../../../migrations/core/environment/index.ts'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { initText } from '../../../migrations/core/report/index.ts'
import { applyPlan, openProject, planRun } from '../../../migrations/core/runner/index.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const justfile = readFileSync(join(root, 'justfile'), 'utf8')
const request: InitRequest = { schemas: '', justfile, now: new Date('2024-01-31T12:00:00Z') }

const live = `
CREATE SCHEMA shop_user; CREATE SCHEMA shop_order;
CREATE TYPE shop_user.state AS ENUM ('new', 'old');
CREATE TABLE shop_user.account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, state shop_user.state NOT NULL DEFAULT 'new');
COMMENT ON TABLE shop_user.account IS 'who buys';
CREATE INDEX account_lower ON shop_user.account (lower(email));
CREATE TABLE shop_order.purchase (id serial PRIMARY KEY, account_id bigint NOT NULL REFERENCES shop_user.account ON DELETE CASCADE, total numeric(10,2) CHECK (total > 0));
CREATE VIEW shop_order.totals AS SELECT account_id, sum(total) AS total FROM shop_order.purchase GROUP BY 1;
CREATE FUNCTION shop_order.total_of(who bigint) RETURNS numeric LANGUAGE sql STABLE AS $$ SELECT total FROM shop_order.totals WHERE account_id = who $$;
`

async function init(project: TestProject, more: Partial<InitRequest> = {}) {
  const env = await project.environment({ app: 'app' })
  return initProject(project.session, env, { ...request, ...more })
}

const read = (project: TestProject, path: string) => readFileSync(join(project.root, path), 'utf8')

describe('init on a live database', () => {
  projectTest(
    'writes env.ts, models and a first revision per line, equal and stamped',
    async ({ project }) => {
      await project.run(live)
      const result = await init(project)
      expect(result.schemas).toEqual([
        { key: 'order', schema: 'shop_order' },
        { key: 'user', schema: 'shop_user' },
      ])
      expect(read(project, 'migrations/env.ts')).toContain("    user: 'shop_user',\n")
      expect(read(project, 'migrations/models/user.sql')).toContain(
        "CREATE TYPE shop_user.state AS ENUM ('new', 'old');",
      )
      expect(read(project, 'migrations/models/order.sql')).toContain('CREATE VIEW shop_order.totals')
      expect(result.adopted.map(({ line }) => line).sort()).toEqual(['order', 'user'])
      const applied = await readApplied(project.database.client, 'mig')
      expect([...applied.keys()]).toEqual(['shop_order', 'shop_user'])
    },
  )

  projectTest('gives revisions that nothing reverts, and that make it all again', async ({ project }) => {
    await project.run(live)
    await init(project)
    const env = await loadEnvironment({
      root: project.root,
      variables: {},
      databaseUrl: project.database.url,
    })
    const opened = openProject(env)
    await expect(
      planRun(project.session, opened, { direction: 'downgrade', target: 'base' }),
    ).rejects.toMatchObject({ code: 'irreversible' })
    await project.run('DROP SCHEMA shop_user, shop_order, mig CASCADE')
    const asked = { direction: 'upgrade', target: 'heads' } as const
    await applyPlan(project.session, opened, await planRun(project.session, opened, asked), asked)
    const { rows } = await project.database.client.query("SELECT to_regclass('shop_order.totals') AS view")
    expect(rows).toEqual([{ view: 'shop_order.totals' }])
  })

  projectTest('takes the schemas and keys that are named', async ({ project }) => {
    await project.run(live)
    const result = await init(project, { schemas: 'accounts=shop_user' })
    expect(result.schemas).toEqual([{ key: 'accounts', schema: 'shop_user' }])
    expect(existsSync(join(project.root, 'migrations/models/accounts.sql'))).toBe(true)
    expect(existsSync(join(project.root, 'migrations/models/order.sql'))).toBe(false)
  })

  projectTest('says which named schema has nothing', async ({ project }) => {
    await project.run(live)
    await expect(init(project, { schemas: 'shop_usr' })).rejects.toMatchObject({
      code: 'unknown-live-schema',
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
  })

  projectTest('of an empty one writes an environment to begin with, and no revision', async ({ project }) => {
    const result = await init(project)
    expect(result).toMatchObject({ schemas: [{ key: 'app', schema: 'app' }], adopted: [] })
    expect(initText(result)).toMatch(/\nnext: write the models, then just mig-autogen "first tables"$/)
    expect(existsSync(join(project.root, 'migrations/models/app.sql'))).toBe(true)
  })

  projectTest('without a first revision says how to make it later', async ({ project }) => {
    await project.run(live)
    const result = await init(project, { baseline: false })
    expect(result.adopted).toEqual([])
    expect(initText(result)).toMatch(/\nnext: just mig-autogen "baseline" --adopt$/)
  })

  projectTest('with the ledger of another tool asks what to do', async ({ project }) => {
    await project.run(
      'CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); CREATE TABLE t (id integer);',
    )
    await expect(init(project)).rejects.toMatchObject({ code: 'other-ledger', exitCode: 4 })
    const result = await init(project, { baseline: false })
    expect(result).toMatchObject({ adopted: [], schemas: [{ key: 'public', schema: 'public' }] })
    expect(read(project, 'migrations/env.ts')).toContain("excludeTables: ['public.alembic_version']")
    expect(read(project, 'migrations/models/public.sql')).not.toContain('alembic_version')
  })

  projectTest(
    'knows the tables of a tool by their columns, and leaves all of them out',
    async ({ project }) => {
      const own = 'CREATE TABLE migrations (id integer, person text);'
      await project.run(own)
      expect(await init(project)).toMatchObject({ adopted: [{ line: 'public' }], ledgers: [] })
      await rm(join(project.root, 'migrations'), { recursive: true })
      await project.run(`CREATE TABLE knex_migrations (id serial, name text, batch int, migration_time timestamptz);
      CREATE TABLE knex_migrations_lock (index serial, is_locked int); DROP SCHEMA mig CASCADE`)
      await expect(init(project)).rejects.toMatchObject({
        code: 'other-ledger',
        help: expect.stringContaining('just mig-import knex;'),
      })
      await init(project, { baseline: false })
      expect(read(project, 'migrations/env.ts')).toContain(
        "excludeTables: ['public.knex_migrations', 'public.knex_migrations_lock']",
      )
      const models = read(project, 'migrations/models/public.sql')
      expect(models).toMatch(/TABLE public\.migrations/)
      expect(models).not.toContain('knex')
    },
  )

  projectTest('can start over from the database where another tool has a ledger', async ({ project }) => {
    await project.run(
      'CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); CREATE TABLE t (id integer);',
    )
    expect(await init(project, { baseline: true })).toMatchObject({ adopted: [{ line: 'public' }] })
  })
})

test('keys that differ by their case alone are told apart, since they name folders', () => {
  expect(keysOf(['User', 'user', 'USER', 'user_2'])).toEqual([
    { key: 'User', schema: 'User' },
    { key: 'user_2', schema: 'user' },
    { key: 'USER_3', schema: 'USER' },
    { key: 'user_2_2', schema: 'user_2' },
  ])
})

describe('init in a repository that has something already', () => {
  const recipes = async (project: TestProject) =>
    (await $({ cwd: project.root })`${join(root, 'node_modules', '.bin', 'just')} --summary`).stdout

  projectTest('makes a justfile where there is none', async ({ project }) => {
    await init(project)
    expect(await recipes(project)).toContain('mig-upgrade')
  })

  projectTest('adds one import line to a justfile, which stays as it was', async ({ project }) => {
    const theirs = 'set dotenv-load\n\nbuild target="all":\n    echo {{ target }}'
    project.write({ Justfile: theirs })
    await init(project)
    expect(read(project, 'Justfile')).toBe(`${theirs}\n\nimport 'migrations/mig.just'\n`)
    expect(await recipes(project)).toMatch(/^build .*mig-upgrade/)
    // What a command says of itself is enough.
    const imported = read(project, 'migrations/mig.just')
    expect(imported.match(/^\[no-exit-message\]$/gm)).toHaveLength(
      imported.match(/^\[group\(/gm)?.length ?? 0,
    )
  })

  projectTest('refuses recipes of the same name', async ({ project }) => {
    project.write({ justfile: 'mig-upgrade:\n    echo\n' })
    await expect(init(project)).rejects.toMatchObject({
      code: 'recipe-exists',
      message: expect.stringContaining('mig-upgrade'),
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
  })

  projectTest('never overwrites env.ts or a migrations folder', async ({ project }) => {
    project.write({ 'migrations/0001_theirs.sql': 'SELECT 1' })
    await expect(init(project)).rejects.toMatchObject({ code: 'already-there' })
    expect(existsSync(join(project.root, 'justfile'))).toBe(false)
  })
})
