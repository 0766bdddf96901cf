import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect } from 'vitest'
import { initProject } from '../../../migrations/core/adopt/index.ts'
import { autogenerateProject, surroundingsFile } from '../../../migrations/core/autogenerate/index.ts'
import { checkProject } from '../../../migrations/core/check/index.ts'
import { loadEnvironment } from '../../../migrations/core/environment/index.ts'
import { writeNewFile } from '../../../migrations/core/revisions/index.ts'
import { openProject } from '../../../migrations/core/runner/index.ts'
import { verifyProject } from '../../../migrations/core/verify/index.ts'
import { plainRequest } from '../../autogenerate/support/project.ts'
import { administer, createTestDatabase } from '../../support/database.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const justfile = readFileSync(join(import.meta.dirname, '../../../justfile'), 'utf8')

/** What a platform makes: schemas, tables and functions that are its own, and roles. */
const platform = `
DO $$ BEGIN CREATE ROLE anon NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE authenticated NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE service_role NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
CREATE SCHEMA auth; CREATE SCHEMA storage; CREATE SCHEMA extensions;
CREATE EXTENSION "uuid-ossp" SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions; CREATE EXTENSION hstore SCHEMA extensions;
CREATE TYPE auth.aal_level AS ENUM ('aal1', 'aal2');
CREATE TABLE auth.users (instance_id uuid, id uuid PRIMARY KEY, email text UNIQUE, encrypted_password text, level auth.aal_level);
CREATE TABLE auth.sessions (id uuid PRIMARY KEY, user_id uuid REFERENCES auth.users);
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid $$;
CREATE FUNCTION auth.secret() RETURNS text LANGUAGE sql AS $$ SELECT 'nobody refers to this' $$;
CREATE TABLE storage.objects (id uuid PRIMARY KEY, bucket_id text, name text, owner uuid);
`
const application = `
CREATE TABLE profile (id uuid PRIMARY KEY REFERENCES auth.users ON DELETE CASCADE, handle extensions.citext UNIQUE,
  token uuid NOT NULL DEFAULT extensions.uuid_generate_v4());
ALTER TABLE profile ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON profile TO authenticated USING (id = auth.uid());
CREATE POLICY seen ON profile FOR SELECT TO anon, service_role USING (true);
CREATE VIEW person AS SELECT p.handle, u.email FROM profile p JOIN auth.users u ON u.id = p.id;
CREATE TABLE file (id int PRIMARY KEY, object uuid REFERENCES storage.objects);
`

const read = (project: TestProject, path: string) => readFileSync(join(project.root, path), 'utf8')

const opened = async (project: TestProject, databaseUrl = project.database.url) =>
  openProject(await loadEnvironment({ root: project.root, variables: {}, databaseUrl }))

// Roles are the whole server's.
afterEach(async () => {
  await administer('DROP ROLE IF EXISTS anon, authenticated, service_role')
})

describe('an application on a platform with schemas and roles of its own', () => {
  projectTest(
    'comes from init to verify where the platform is not',
    { timeout: 120_000 },
    async ({ project }) => {
      await project.run(platform + application)
      const env = await project.environment({ app: 'app' })
      const { files, others } = await initProject(project.session, env, {
        schemas: '',
        justfile,
        now: new Date('2024-01-31T12:00:00Z'),
      })
      expect(others).toEqual(['auth', 'storage'])
      expect(files).toContain('migrations/surroundings.sql')
      const text = read(project, 'migrations/surroundings.sql')
      expect(text).toMatch(/ROLE anon[\s\S]*ROLE authenticated[\s\S]*ROLE service_role/)
      expect(text).toContain('CREATE TABLE IF NOT EXISTS auth.users (id uuid, email text, ')
      expect(text).toMatch(/CREATE OR REPLACE FUNCTION auth\.uid\(\)/)
      expect(text).toContain('CREATE TABLE IF NOT EXISTS storage.objects (id uuid, ')
      expect(text).toContain('CREATE EXTENSION IF NOT EXISTS "uuid-ossp" SCHEMA extensions')
      for (const other of ['encrypted_password', 'auth.sessions', 'auth.secret', 'hstore', 'aal_level'])
        expect(text).not.toContain(other)

      // A pipeline: the same files, another server.
      await project.run('DROP TABLE file, profile CASCADE; DROP ROLE anon, authenticated, service_role')
      const pipeline = await createTestDatabase()
      try {
        const results = await verifyProject((await opened(project, pipeline.url)).env, {
          emit: () => undefined,
        })
        expect(results.filter(({ status }) => status === 'failed')).toEqual([])
      } finally {
        await pipeline.drop()
      }
    },
  )

  projectTest(
    'refers to more, which is told, read, and generated for',
    { timeout: 120_000 },
    async ({ project }) => {
      await project.run(platform)
      const env = await project.environment({ app: 'app' })
      await initProject(project.session, env, {
        schemas: '',
        justfile,
        now: new Date('2024-01-31T12:00:00Z'),
      })
      writeFileSync(
        join(project.root, 'migrations/models/app.sql'),
        application
          .replaceAll(/(TABLE|VIEW|ON) (profile|file|person)/g, '$1 app.$2')
          .replaceAll('FROM profile', 'FROM app.profile'),
      )
      writeFileSync(join(project.root, 'migrations/surroundings.sql'), '-- nothing yet\n')
      const before = await opened(project)
      await expect(checkProject(project.session, before, { privileges: false })).rejects.toMatchObject({
        code: 'no-surroundings',
        message: expect.stringMatching(/models\/app\.sql:\d+ refers to (auth|storage|extensions)\./),
        help: expect.stringContaining('just mig-surroundings'),
      })
      const made = await surroundingsFile(project.session.client, before)
      writeFileSync(made?.path ?? '', made?.text ?? '')
      const { files } = await autogenerateProject(project.session, await opened(project), plainRequest)
      for (const file of files) writeNewFile(file.path, file.text)
      expect(files.map(({ text }) => text).join('\n')).toMatch(
        /REFERENCES auth\.users[\s\S]*TO authenticated/,
      )
      expect(files.map(({ text }) => text).join('\n')).not.toMatch(
        /CREATE (TABLE|SCHEMA|FUNCTION|ROLE|EXTENSION)[^\n]* "?(auth|storage|extensions)/,
      )
    },
  )
})
