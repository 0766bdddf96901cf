import { createHash } from 'node:crypto'
import { describe, expect } from 'vitest'
import { importSql } from '../../../migrations/core/adopt/index.ts'
import { autogenerateProject } from '../../../migrations/core/autogenerate/index.ts'
import { type EnvironmentOptions, loadEnvironment } from '../../../migrations/core/environment/index.ts'
import { openProject } from '../../../migrations/core/runner/index.ts'
import { plainRequest } from '../../autogenerate/support/project.ts'
import { importFolder } from '../support/folders.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const tables = `CREATE TABLE billing.products (id integer PRIMARY KEY);
CREATE TABLE public.users (id integer PRIMARY KEY);
CREATE TABLE billing.invoices (id integer PRIMARY KEY, who integer REFERENCES public.users);`

const environment = (project: TestProject, options: EnvironmentOptions, filter = 'all') =>
  loadEnvironment({ root: project.root, variables: {}, databaseUrl: project.database.url, options, filter })

describe('an imported history that made the schemas of two lines', () => {
  projectTest('is what later revisions of either line depend on', async ({ project }) => {
    const entry = { idx: 0, version: '7', when: 1_700_000_000_000, tag: '0000_first', breakpoints: true }
    project.write({
      'drizzle/meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries: [entry] }),
      'drizzle/0000_first.sql': `CREATE SCHEMA "billing";\n--> statement-breakpoint\n${tables.replaceAll(';\n', ';--> statement-breakpoint\n')}`,
      'migrations/models/all.sql': tables.replace(
        'billing.products (id integer PRIMARY KEY)',
        'billing.products (id integer PRIMARY KEY, weight integer)',
      ),
    })
    await project.run(`CREATE SCHEMA billing; ${tables}`)
    const options = { schemas: { billing: 'billing', public: 'public' } }
    const [env, inPublic] = [
      await environment(project, options),
      await environment(project, options, 'public'),
    ]
    const { files } = await importFolder('drizzle', project.session, inPublic, { path: 'drizzle' })
    const imported = openProject(env).graph.heads({ lines: ['public'] })
    expect([files.length, imported.length]).toEqual([1, 1])
    const opened = openProject(env)
    const made = await autogenerateProject(project.session, opened, { ...plainRequest, fromHistory: true })
    expect(made.files.map(({ line, dependsOn }) => [line, dependsOn])).toEqual([['billing', imported]])
  })
})

describe('an import leaves alone what the environment excludes', () => {
  const leftovers = `CREATE TABLE public.audit_old (id integer); CREATE FUNCTION public.helper() RETURNS integer LANGUAGE sql AS 'SELECT 1';
    CREATE MATERIALIZED VIEW public.sums AS SELECT count(*) AS n FROM public.users;`

  projectTest('by table, by kind and by function', async ({ project }) => {
    project.write({ 'schema.sql': 'CREATE TABLE users (id integer PRIMARY KEY);' })
    await project.run(`CREATE TABLE public.users (id integer PRIMARY KEY); ${leftovers}`)
    const schemas = { public: 'public' }
    const plain = await environment(project, { schemas })
    await expect(importSql(project.session, plain, { path: 'schema.sql' })).rejects.toMatchObject({
      code: 'import-differs',
    })
    const env = await environment(project, {
      schemas,
      excludeTables: ['audit_*'],
      excludeKinds: ['materialized view'],
      exclude: ({ name }) => name === 'helper',
    })
    expect(await importSql(project.session, env, { path: 'schema.sql' })).toMatchObject({ proof: 'equal' })
  })

  projectTest('and by what a tenant line excludes', async ({ project }) => {
    const table = 'CREATE TABLE "users" ("id" INTEGER PRIMARY KEY);'
    project.write({ 'prisma/migrations/20240131120000_init/migration.sql': table })
    await project.run(`CREATE SCHEMA tenant_a; CREATE TABLE tenant_a.users (id integer PRIMARY KEY);
      CREATE TABLE tenant_a.kombu_queue (id integer);
      CREATE TABLE tenant_a._prisma_migrations (id text, checksum text, migration_name text, started_at timestamptz,
        finished_at timestamptz, rolled_back_at timestamptz, logs text);
      INSERT INTO tenant_a._prisma_migrations
        VALUES ('1', '${createHash('sha256').update(table).digest('hex')}', '20240131120000_init', now(), now());`)
    const list = ['tenant_a']
    const plain = await environment(project, { schemas: { tenant: { tenants: { list } } } })
    await expect(importFolder('prisma', project.session, plain, { path: 'prisma' })).rejects.toMatchObject({
      code: 'import-differs',
      message: expect.stringContaining('kombu_queue'),
    })
    const env = await environment(project, {
      schemas: { tenant: { tenants: { list, excludeTables: ['kombu_*'] } } },
    })
    const { proof, adopted } = await importFolder('prisma', project.session, env, { path: 'prisma' })
    expect([proof, adopted.map(({ targetSchema }) => targetSchema)]).toEqual(['equal', ['tenant_a']])
  })
})
