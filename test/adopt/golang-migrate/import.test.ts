import { describe, expect } from 'vitest'
import { importGolangMigrate } from '../../../migrations/core/adopt/index.ts'
import { downAndUp } from '../support/programs.ts'
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
    const bring = () => importGolangMigrate(project.session, env, { path: 'db' })
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
    await importGolangMigrate(project.session, env, { path: 'db' })
    await project.run('DROP TABLE schema_migrations')
    await downAndUp(project, env, 'base')
  })
})
