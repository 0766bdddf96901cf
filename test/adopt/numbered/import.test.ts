import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { importFolder } from '../support/folders.ts'
import { downAndUp, importedFiles } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const files = {
  'db/000001_account.up.sql': 'CREATE TABLE account (id int PRIMARY KEY, name text);',
  'db/000001_account.down.sql': 'DROP TABLE account;',
  'db/000002_index.up.sql': 'CREATE INDEX CONCURRENTLY account_name ON account (name);',
  'db/000002_index.down.sql': 'DROP INDEX CONCURRENTLY account_name;',
  'db/000010_mail.up.sql': 'BEGIN;\nALTER TABLE account ADD COLUMN mail text;\nCOMMIT;',
  'db/000010_mail.down.sql': 'ALTER TABLE account DROP COLUMN mail;',
  'db/000011_only_there.up.sql': "INSERT INTO account VALUES (1, 'one');",
}

describe('importing from golang-migrate', () => {
  projectTest('takes both ways, and the number that is applied', async ({ project }) => {
    project.write(files)
    await project.run(`CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
      ${files['db/000001_account.up.sql']} ${files['db/000002_index.up.sql']} ALTER TABLE account ADD COLUMN mail text;
      INSERT INTO schema_migrations VALUES (10, true);`)
    const env = await project.environment({ app: 'public' })
    const bring = () => importFolder('golang-migrate', project.session, env, { path: 'db' })
    await expect(bring()).rejects.toMatchObject({
      code: 'failed-migration',
      message: 'public.schema_migrations says that 10 failed half-way',
    })
    await project.run('UPDATE schema_migrations SET dirty = false, version = 9')
    await expect(bring()).rejects.toMatchObject({ code: 'unknown-version' })
    await project.run('UPDATE schema_migrations SET version = 10')
    const result = await bring()
    expect(result).toMatchObject({ proof: 'equal', adopted: [{ from: 'public.schema_migrations' }] })
    expect(result.files).toHaveLength(4)
    const { graph } = project.opened(env)
    expect(graph.get(result.adopted[0]?.revisions[0] ?? '')?.message).toBe('mail')
  })

  projectTest('goes down and up again by its own files', async ({ project }) => {
    const { 'db/000011_only_there.up.sql': _, ...both } = files
    project.write(both)
    await project.run(`CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty boolean NOT NULL);
      ${files['db/000001_account.up.sql']} ${files['db/000002_index.up.sql']} ALTER TABLE account ADD COLUMN mail text;
      INSERT INTO schema_migrations VALUES (10, false);`)
    const env = await project.environment({ app: 'public' })
    await importFolder('golang-migrate', project.session, env, { path: 'db' })
    await project.run('DROP TABLE schema_migrations')
    await downAndUp(project, env, 'base')
  })
})

/** The same history as the files and the ledger of tools that have a row for each number. */
const kin: Readonly<Record<string, { readonly files: Record<string, string>; readonly ledger: string }>> = {
  morph: {
    files: { '000001_account.up.sql': 'up', '000001_account.down.sql': 'down', '000002_mail.up.sql': 'mail' },
    ledger: `CREATE TABLE db_migrations (version bigint PRIMARY KEY, name varchar);
      INSERT INTO db_migrations VALUES (1, 'account'), (2, 'mail');`,
  },
  sqlx: {
    files: {
      '20240101000001_account.up.sql': 'up',
      '20240101000001_account.down.sql': 'down',
      '20240102000001_mail.sql': 'mail',
    },
    ledger: `CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text, success boolean);
      INSERT INTO _sqlx_migrations VALUES (20240101000001, 'account', true), (20240102000001, 'mail', true);`,
  },
  diesel: {
    files: {
      '2024-01-01-000001_account/up.sql': 'up',
      '2024-01-01-000001_account/down.sql': 'down',
      '2024-01-02-000001_mail/up.sql': 'mail',
    },
    ledger: `CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp DEFAULT now());
      INSERT INTO __diesel_schema_migrations VALUES ('20240101000001'), ('20240102000001');`,
  },
  supabase: {
    files: { '20240101000001_account.sql': 'up', '20240102000001_mail.sql': 'mail' },
    ledger: `CREATE SCHEMA supabase_migrations;
      CREATE TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text[], name text);
      CREATE TABLE schema_migrations (version varchar(14)); INSERT INTO schema_migrations VALUES ('00');
      INSERT INTO supabase_migrations.schema_migrations VALUES ('20240101000001'), ('20240102000001');`,
  },
}
const texts: Readonly<Record<string, string>> = {
  up: 'CREATE TABLE account (id int PRIMARY KEY);',
  down: 'DROP TABLE account;',
  mail: 'ALTER TABLE account ADD COLUMN mail text;',
}

describe('importing from', () => {
  projectTest('morph, sqlx, Diesel and Supabase', async ({ project }) => {
    const env = await project.environment({ app: 'public' })
    for (const [tool, { files, ledger }] of Object.entries(kin)) {
      project.write(
        Object.fromEntries(
          Object.entries(files).map(([path, what]) => [`${tool}/${path}`, texts[what] ?? '']),
        ),
      )
      await project.run(`${texts.up} ${texts.mail} ${ledger}`)
      const result = await importFolder(tool, project.session, env, { path: tool })
      expect(result, tool).toMatchObject({ proof: 'equal', adopted: [{ targetSchema: 'public' }] })
      expect(importedFiles(project).join('').includes('DROP TABLE account'), tool).toBe(tool !== 'supabase')
      expect(importedFiles(project).join(''), tool).toContain('-- mail\n')
      rmSync(join(project.root, 'migrations'), { recursive: true })
      await project.run(`DROP SCHEMA IF EXISTS mig, supabase_migrations CASCADE;
        DROP TABLE IF EXISTS account, db_migrations, _sqlx_migrations, __diesel_schema_migrations, schema_migrations`)
    }
  })

  projectTest('another tool than the one whose table is there says so', async ({ project }) => {
    project.write(files)
    await project.run(
      'CREATE TABLE _sqlx_migrations (version int, description int, installed_on int, success int, checksum int, execution_time int)',
    )
    const env = await project.environment({ app: 'public' })
    await importFolder('golang-migrate', project.session, env, { path: 'db' })
    expect(project.events).toContainEqual({
      ...{ event: 'warning', code: 'other-ledger' },
      message:
        'the database lacks the table of golang-migrate, and has public._sqlx_migrations, which is that of sqlx',
      help: 'for what is applied there: just mig-import sqlx PATH',
    })
  })

  projectTest('files that only a program fills in', async ({ project }) => {
    project.write({
      'db/1_a.up.sql': "SELECT '{{1,2},{3,4}}'::int[];",
      'db/2_b.up.sql': 'DROP TABLE {{ .prefix }}t;',
    })
    const env = await project.environment({ app: 'public' })
    await expect(importFolder('morph', project.session, env, { path: 'db' })).rejects.toMatchObject({
      code: 'template-file',
      message: 'db/2_b.up.sql is a template: {{ .prefix }} is a placeholder of the program that runs it',
    })
  })

  projectTest('a folder without a file of the tool, or with two of one number', async ({ project }) => {
    project.write({ 'db/1_a.up.sql': '', 'db/01_b.up.sql': '' })
    const env = await project.environment({ app: 'public' })
    const bring = (tool: string) => importFolder(tool, project.session, env, { path: 'db' })
    await expect(bring('morph')).rejects.toMatchObject({ code: 'same-number' })
    await expect(bring('diesel')).rejects.toMatchObject({
      code: 'no-migrations',
      message: 'db has no 2024-01-31-120000_words/up.sql',
    })
  })
})
