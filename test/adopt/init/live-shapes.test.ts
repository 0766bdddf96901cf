import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect } from 'vitest'
import { type InitRequest, initProject } from '../../../migrations/core/adopt/index.ts'
import { takesPrivileges } from '../../../migrations/core/adopt/init/grants.ts'
import { excludedTables } from '../../../migrations/core/environment/index.ts'
import { administer } from '../../support/database.ts'
import { projectTest, type TestProject } from '../support/project.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const justfile = readFileSync(join(root, 'justfile'), 'utf8')

async function init(project: TestProject, schemas = '', more: Partial<InitRequest> = {}) {
  const env = await project.environment({ app: 'app' })
  const request: InitRequest = { schemas, justfile, now: new Date('2024-01-31T12:00:00Z'), ...more }
  return initProject(project.session, env, request)
}

const read = (project: TestProject, path: string) => readFileSync(join(project.root, path), 'utf8')

describe('init takes a live database as it is', () => {
  projectTest('columns of enums, domains and composites keep their place', async ({ project }) => {
    await project.run(`
      CREATE SCHEMA shop;
      CREATE TYPE shop.e AS ENUM ('a');
      CREATE DOMAIN shop.d AS text CHECK (VALUE <> '');
      CREATE TYPE shop.pair AS (left_side shop.e, right_side int);
      CREATE TABLE shop.k (e shop.e DEFAULT 'a', b text, d shop.d, p shop.pair, es shop.e[], z int);
      CREATE STATISTICS shop.s (dependencies) ON e, b FROM shop.k;
      CREATE VIEW shop.v AS SELECT * FROM shop.k`)
    await init(project)
    const model = read(project, 'migrations/models/shop.sql')
    expect(model).not.toContain('ADD COLUMN')
    expect(model.indexOf('CREATE TYPE shop.e')).toBeLessThan(model.indexOf('CREATE TABLE shop.k'))
  })

  projectTest('two equal unique constraints stay two', async ({ project }) => {
    await project.run(`CREATE SCHEMA shop; CREATE TABLE shop.k (a text, b text, CONSTRAINT k_one UNIQUE (a, b));
      ALTER TABLE shop.k ADD CONSTRAINT k_two UNIQUE (a, b);`)
    await init(project)
    expect(read(project, 'migrations/models/shop.sql')).toMatch(/k_one[\s\S]*k_two/)
  })

  projectTest('an extension in a schema of its own', async ({ project }) => {
    await project.run(`CREATE SCHEMA extensions; CREATE EXTENSION pg_trgm SCHEMA extensions;
      CREATE SCHEMA app; CREATE TABLE app.profile (id uuid PRIMARY KEY, n text);
      CREATE INDEX pi ON app.profile USING gin (n extensions.gin_trgm_ops);`)
    const { schemas } = await init(project)
    expect(schemas).toEqual([{ key: 'app', schema: 'app' }])
    expect(read(project, 'migrations/models/extensions.sql')).toContain('extensions')
  })

  projectTest('an extension in a schema of the map is in the first revision', async ({ project }) => {
    await project.run(`CREATE SCHEMA app; CREATE EXTENSION citext SCHEMA app;
      CREATE DOMAIN app.email AS app.citext; CREATE TABLE app.t (id int PRIMARY KEY, e app.email, c app.citext)`)
    const { files } = await init(project)
    const revision = files.find((path) => path.includes('versions'))
    const text = readFileSync(resolve(project.root, revision ?? ''), 'utf8')
    const [extension, domain] = ['CREATE EXTENSION IF NOT EXISTS citext', 'CREATE DOMAIN'].map((word) =>
      text.indexOf(word),
    )
    expect(extension).toBeGreaterThan(0)
    expect(domain).toBeGreaterThan(extension ?? 0)
  })

  projectTest('the server of a foreign table, and publications of nobody', async ({ project }) => {
    await project.run(`CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY); CREATE EXTENSION postgres_fdw;
      CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'elsewhere.invalid');
      CREATE SERVER unused FOREIGN DATA WRAPPER postgres_fdw;
      CREATE FOREIGN TABLE app.log (line text) SERVER elsewhere OPTIONS (table_name 'log');
      CREATE PUBLICATION everything FOR ALL TABLES; CREATE PUBLICATION one FOR TABLES IN SCHEMA app;
      CREATE FUNCTION app.ev() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN END $$;
      CREATE EVENT TRIGGER ev ON ddl_command_end EXECUTE FUNCTION app.ev()`)
    const { adopted, files } = await init(project)
    expect(adopted).toHaveLength(1)
    const text = files
      .filter((path) => /models|versions/.test(path))
      .map((path) => readFileSync(resolve(project.root, path), 'utf8'))
      .join()
    expect(text.split('CREATE SERVER elsewhere')).toHaveLength(3)
    expect(text).not.toMatch(/unused|PUBLICATION|EVENT TRIGGER/)
  })

  projectTest('policies for a role, and what the role owns', async ({ project }) => {
    await administer(
      `DO $$ BEGIN CREATE ROLE case_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
    )
    await project.run(`CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, who text);
      ALTER TABLE app.t ENABLE ROW LEVEL SECURITY;
      CREATE POLICY a ON app.t FOR SELECT TO case_reader USING (who = CURRENT_USER);
      GRANT SELECT ON app.t TO case_reader;
      ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO case_reader;`)
    await expect(init(project)).rejects.toMatchObject({
      code: 'grants-found',
      facts: { objects: 2, roles: ['case_reader'] },
    })
    await init(project, '', { privileges: false })
    const model = read(project, 'migrations/models/app.sql')
    expect(model).toContain('CREATE POLICY a ON app.t FOR SELECT TO case_reader')
    expect(model).not.toContain('GRANT')
  })

  projectTest(
    'a schema public of another owner, and grants on what is left out, are no grants',
    async ({ project }) => {
      await administer(
        `DO $$ BEGIN CREATE ROLE case_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
      )
      await project.run(`ALTER SCHEMA public OWNER TO case_reader; CREATE TABLE public.t (id int PRIMARY KEY);
      CREATE TABLE public.left_out (id int); GRANT SELECT ON public.left_out TO case_reader; GRANT SELECT ON public.t TO CURRENT_USER;`)
      const place = { schemas: ['public'], excludes: excludedTables(['left_out']) }
      expect(await takesPrivileges(project.session.client, place, undefined)).toBe(false)
      await project.run('REVOKE ALL ON SCHEMA public FROM PUBLIC')
      await expect(takesPrivileges(project.session.client, place, undefined)).rejects.toMatchObject({
        facts: { objects: 1, roles: ['PUBLIC'] },
      })
    },
  )

  projectTest('owners and grants, where they are asked for', async ({ project }) => {
    await administer(
      `DO $$ BEGIN CREATE ROLE case_reader; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
    )
    await project.run(`CREATE SCHEMA app; CREATE TABLE app.t (id int PRIMARY KEY, who text);
      GRANT USAGE ON SCHEMA app TO case_reader; GRANT SELECT ON app.t TO case_reader; GRANT UPDATE (who) ON app.t TO case_reader;
      CREATE FUNCTION app.one() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
      REVOKE EXECUTE ON FUNCTION app.one() FROM PUBLIC;`)
    const { adopted, files } = await init(project, '', { privileges: true })
    expect(adopted).toHaveLength(1)
    const first = read(project, files.find((path) => path.includes('versions/')) ?? '')
    for (const text of [read(project, 'migrations/models/app.sql'), first]) {
      expect(text).toContain('GRANT SELECT ON TABLE app.t TO case_reader')
      expect(text).toMatch(/REVOKE (ALL|EXECUTE) ON FUNCTION app\.one\(\) FROM PUBLIC/)
    }
  })

  projectTest('a foreign key to a schema that is not named is to what others own', async ({ project }) => {
    await project.run(`CREATE SCHEMA auth; CREATE TABLE auth.users (id uuid PRIMARY KEY, secret text);
      CREATE SCHEMA app; CREATE TABLE app.profile (id uuid PRIMARY KEY REFERENCES auth.users(id));`)
    expect((await init(project, 'app')).adopted.map(({ line }) => line)).toEqual(['app'])
    const text = read(project, 'migrations/surroundings.sql')
    expect(text).toContain(
      'CREATE TABLE IF NOT EXISTS auth.users (id uuid, CONSTRAINT users_pkey PRIMARY KEY (id))',
    )
  })

  projectTest('and its baseline is irreversible', async ({ project }) => {
    await project.run(`CREATE SCHEMA app; CREATE TABLE app.todo (id serial PRIMARY KEY, title text)`)
    const { files } = await init(project)
    const baseline = read(project, files.find((path) => path.includes('versions/')) ?? '')
    expect(baseline).toMatch(/export const irreversible = 'it would drop what the database had/)
    expect(baseline).not.toContain('downgrade(')
    expect(baseline).not.toContain('Downgrade loses')
  })
})
