import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { importFolder } from '../support/folders.ts'
import { bin, importWith, runNode, writeProgram } from '../support/programs.ts'
import { projectTest, type TestProject } from '../support/project.ts'

/** A database with a platform's objects, and two migrations of Supabase that refer to them. */
async function platform(project: TestProject): Promise<void> {
  await project.run(`
    CREATE SCHEMA auth;
    CREATE TABLE auth.users (id uuid PRIMARY KEY, email text);
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'select null::uuid';
    CREATE SCHEMA supabase_migrations;
    CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
    CREATE SCHEMA app;
    CREATE TABLE app.config (a int);
    CREATE TABLE app.accounts (id uuid PRIMARY KEY, owner uuid REFERENCES auth.users NOT NULL DEFAULT auth.uid());
    INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000000', NULL, 'a'), ('20240102000000', NULL, 'b')`)
  project.write({
    'supabase/migrations/20240101000000_a.sql':
      'CREATE SCHEMA IF NOT EXISTS app; CREATE TABLE app.config (a int);',
    'supabase/migrations/20240102000000_b.sql':
      'CREATE TABLE app.accounts (id uuid PRIMARY KEY, owner uuid REFERENCES auth.users NOT NULL DEFAULT auth.uid());',
  })
}

const path = 'supabase/migrations'

projectTest('a history that refers to objects of a platform is replayed with them', async ({ project }) => {
  await platform(project)
  const env = await project.environment({ app: 'app' })
  expect(await importFolder('supabase', project.session, env, { path })).toMatchObject({
    proof: 'equal',
    adopted: [{ targetSchema: 'app' }],
  })
})

projectTest('a baseline refers to objects of a platform', async ({ project }) => {
  await platform(project)
  const env = await project.environment({ app: 'app' })
  const { files } = await importFolder('supabase', project.session, env, { path, baseline: true })
  const text = readFileSync(join(project.root, files[0] ?? ''), 'utf8')
  expect(text).toContain('REFERENCES auth.users')
  expect(text).not.toContain('TABLE auth.users')
})

projectTest('surroundings.sql says what the objects of a platform are', async ({ project }) => {
  await platform(project)
  project.write({
    'supabase/migrations/20240101000000_a.sql':
      'SELECT auth.only_in_the_file(); CREATE SCHEMA app; CREATE TABLE app.config (a int);',
    'migrations/surroundings.sql':
      'CREATE SCHEMA auth;\nCREATE FUNCTION auth.only_in_the_file() RETURNS int LANGUAGE sql AS $$SELECT 1$$;\nCREATE TABLE auth.users (id uuid PRIMARY KEY);\nCREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS $$SELECT NULL::uuid$$;\n',
  })
  const env = await project.environment({ app: 'app' })
  expect(await importFolder('supabase', project.session, env, { path })).toMatchObject({ proof: 'equal' })
})

projectTest(
  'what a history makes in another schema itself is compared with the database',
  async ({ project }) => {
    await platform(project)
    await project.run('CREATE SCHEMA audit; CREATE TABLE audit.log (id bigint)')
    project.write({
      'supabase/migrations/20240101000000_a.sql':
        'CREATE SCHEMA app; CREATE TABLE app.config (a int); CREATE SCHEMA audit; CREATE TABLE audit.log (id int)',
    })
    const env = await project.environment({ app: 'app' })
    await expect(importFolder('supabase', project.session, env, { path })).rejects.toMatchObject({
      code: 'import-differs',
      facts: { differences: { audit: [{ identity: expect.stringContaining('audit.log') }] } },
    })
  },
)

projectTest('a program that refers to objects of a platform is recorded with them', async ({ project }) => {
  await project.run('CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY, email text)')
  writeProgram(project, {
    'knexfile.js': `module.exports = { client: 'pg', connection: process.env.DATABASE_URL }\n`,
    'migrations/20240101000000_a.js': `exports.up = (knex) => knex.schema.createTable('accounts', (table) => {
  table.uuid('owner').references('id').inTable('auth.users')
})
exports.down = (knex) => knex.schema.dropTable('accounts')
`,
  })
  runNode(project, bin('knex/bin/cli.js'), 'migrate:latest')
  const { result } = await importWith(project, 'knex')
  expect(result).toMatchObject({ proof: 'equal', irreversible: [] })
})

projectTest('names without a schema mean what the database says', async ({ project }) => {
  await platform(project)
  const name = project.database.client.database ?? ''
  await project.run(
    `ALTER DATABASE "${name}" SET search_path TO "$user", app, auth; ALTER TABLE app.config ADD COLUMN b uuid DEFAULT auth.uid()`,
  )
  project.write({
    'supabase/migrations/20240101000000_a.sql':
      'CREATE SCHEMA app; CREATE TABLE config (a int, b uuid DEFAULT uid())',
  })
  const env = await project.environment({ app: 'app' })
  const { files } = await importFolder('supabase', project.session, env, { path })
  const text = readFileSync(join(project.root, files[0] ?? ''), 'utf8')
  expect(text).toContain('SET LOCAL search_path TO "$user", app, auth')
})

projectTest('a name that is not found is told with --search-path', async ({ project }) => {
  await platform(project)
  project.write({ 'supabase/migrations/20240101000000_a.sql': 'SELECT one()' })
  const env = await project.environment({ app: 'app' })
  await expect(importFolder('supabase', project.session, env, { path })).rejects.toMatchObject({
    code: 'replay-failed',
    help: expect.stringContaining('--search-path'),
  })
})
