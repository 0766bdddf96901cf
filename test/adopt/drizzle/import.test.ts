import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import { describe, expect } from 'vitest'
import { readApplied } from '../../../migrations/core/ledger/index.ts'
import { importFolder } from '../support/folders.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const entry = (idx: number, tag: string) => ({
  idx,
  version: '7',
  when: 1_700_000_000_000 + idx * 1000,
  tag,
  breakpoints: true,
})
const journal = (dialect: string, ...tags: readonly string[]) =>
  JSON.stringify({ version: '7', dialect, entries: tags.map((tag, idx) => entry(idx, tag)) })
const files = {
  'drizzle/meta/_journal.json': journal('postgresql', '0000_first_tables', '0001_more'),
  'drizzle/0000_first_tables.sql': `CREATE TYPE "public"."mood" AS ENUM('a', 'b');--> statement-breakpoint
CREATE TABLE "users" ("id" serial PRIMARY KEY NOT NULL, "name" text NOT NULL)
--> statement-breakpoint
CREATE UNIQUE INDEX "name_idx" ON "users" USING btree ("name");`,
  'drizzle/0001_more.sql': `ALTER TABLE "users" ADD COLUMN "mood" "mood" DEFAULT 'a';`,
}

/** Runs the migrations with Drizzle itself. */
function runWithDrizzle(project: TestProject): Promise<void> {
  return migrate(drizzle(project.database.client), { migrationsFolder: join(project.root, 'drizzle') })
}

describe('importing from drizzle-kit', () => {
  projectTest('adopts what Drizzle itself has run, replayed and equal', async ({ project }) => {
    project.write(files)
    await runWithDrizzle(project)
    const env = await project.environment({ app: 'public' })
    const result = await importFolder('drizzle', project.session, env, { path: 'drizzle' })
    expect(result).toMatchObject({ proof: 'equal' })
    expect(result.irreversible).toMatchObject([
      { file: 'drizzle/0000_first_tables.sql', reason: 'the original has no downgrade' },
      { file: 'drizzle/0001_more.sql' },
    ])
    expect(result.files.map((file) => file.replace(/_[0-9a-f]{12}_/, '_ID_'))).toEqual([
      'migrations/versions/app/20231114_221320_ID_first_tables.sql',
      'migrations/versions/app/20231114_221321_ID_more.sql',
    ])
    const [adopted] = result.adopted
    expect(result.files[1]).toContain(adopted?.revisions[0])
    expect(await readApplied(project.database.client, 'mig')).toEqual(
      new Map([['public', adopted?.revisions]]),
    )
    const text = readFileSync(join(project.root, result.files[1] ?? ''), 'utf8')
    expect(text).toContain('-- upgrade\n\nALTER TABLE "users" ADD COLUMN')
    expect(text).not.toContain('-- downgrade')
    expect(text).toContain('-- Irreversible: the original has no downgrade')
  })

  projectTest('reads the folders of drizzle-kit 1.0', async ({ project }) => {
    const sql = 'CREATE TABLE t (id integer);'
    project.write({
      'out/20240131120000_one/migration.sql': sql,
      'out/20240131120000_one/snapshot.json': '{}',
    })
    const hash = createHash('sha256').update(sql).digest('hex')
    await project.run(
      `${sql} CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
       INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ('${hash}', 1706702400000)`,
    )
    const env = await project.environment({ app: 'public' })
    expect(await importFolder('drizzle', project.session, env, { path: 'out' })).toMatchObject({
      proof: 'equal',
    })
  })

  projectTest('says which applied migration has no file', async ({ project }) => {
    project.write(files)
    await runWithDrizzle(project)
    project.write({ 'drizzle/meta/_journal.json': journal('postgresql', '0000_first_tables') })
    const env = await project.environment({ app: 'public' })
    await expect(importFolder('drizzle', project.session, env, { path: 'drizzle' })).rejects.toMatchObject({
      code: 'unknown-version',
    })
  })

  projectTest('says which migration was never run although later ones were', async ({ project }) => {
    project.write(files)
    await runWithDrizzle(project)
    await project.run('DELETE FROM drizzle.__drizzle_migrations WHERE id = 1')
    const env = await project.environment({ app: 'public' })
    await expect(importFolder('drizzle', project.session, env, { path: 'drizzle' })).rejects.toMatchObject({
      code: 'skipped-migration',
      message: expect.stringContaining('0000_first_tables'),
    })
  })

  projectTest('refuses migrations of another database', async ({ project }) => {
    project.write({ ...files, 'drizzle/meta/_journal.json': journal('sqlite', '0001_more') })
    const env = await project.environment({ app: 'public' })
    await expect(importFolder('drizzle', project.session, env, { path: 'drizzle' })).rejects.toMatchObject({
      code: 'other-database',
    })
  })

  projectTest('on an empty database replays the files, and adopts nothing', async ({ project }) => {
    project.write(files)
    const env = await project.environment({ app: 'public' })
    expect(await importFolder('drizzle', project.session, env, { path: 'drizzle' })).toMatchObject({
      proof: 'runs',
      adopted: [],
    })
  })
})
