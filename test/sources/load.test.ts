import { describe, expect } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { loadModels, readModels } from '../../migrations/core/sources/index.ts'
import { modelsIn, usingModels } from '../autogenerate/support/case.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'
import { noProgram } from './support.ts'

const options = {
  schemas: { user: 'rfx_user', policy: 'rfx_policy' },
  tenantKeys: [],
  privileges: false,
}

async function load(
  database: TestDatabase,
  files: Readonly<Record<string, string>>,
  more = {},
): Promise<readonly string[]> {
  await usingModels(files, async (dir) => {
    const models = await readModels(modelsIn(dir), { cacheDir: `${dir}/.cache`, build: noProgram })
    await loadModels(database.client, models.files, { ...options, ...more })
  })
  const { rows } = await database.client.query<{ name: string }>(
    `SELECT n.nspname || '.' || c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`,
  )
  return rows.map((row) => row.name)
}

async function refusal(
  database: TestDatabase,
  files: Readonly<Record<string, string>>,
  more = {},
): Promise<MigError> {
  try {
    await load(database, files, more)
  } catch (error) {
    if (error instanceof MigError) return error
    throw error
  }
  throw new Error('the models loaded')
}

async function transactionsOfDomains(database: TestDatabase, schema: string): Promise<number> {
  const { rows } = await database.client.query<{ count: number }>(
    `SELECT count(DISTINCT xmin::text)::int AS count FROM pg_type WHERE typtype = 'd' AND typnamespace = $1::regnamespace`,
    [schema],
  )
  return rows[0]?.count ?? 0
}

describe('models', () => {
  databaseTest('load whatever the order of files and of statements in them', async ({ database }) => {
    const tables = await load(database, {
      'a.sql':
        'CREATE VIEW rfx_user.names AS SELECT name FROM rfx_user.profile; CREATE TABLE rfx_user.x (y rfx_policy.kind);',
      'b.sql': `CREATE TYPE rfx_policy.kind AS ENUM ('a'); CREATE TABLE rfx_user.profile (id int PRIMARY KEY, name text);`,
    })
    expect(tables).toEqual(['rfx_user.names', 'rfx_user.profile', 'rfx_user.x'])
  })

  databaseTest('load in a long chain in reverse order without a round for each', async ({ database }) => {
    const { client } = database
    const query = client.query.bind(client) as (...given: readonly unknown[]) => unknown
    let sent = 0
    Object.assign(client, {
      query: (...given: readonly unknown[]) => {
        sent += 1
        return query(...given)
      },
    })
    const body = (at: number) => (at === 0 ? '1' : `rfx_user.f_${at - 1}() + rfx_user.f_${at >> 1}()`)
    const made = Array.from(
      { length: 60 },
      (_, at) => `CREATE FUNCTION rfx_user.f_${at}() RETURNS int BEGIN ATOMIC SELECT ${body(at)}; END;`,
    )
    await load(database, { 'a.sql': made.reverse().join('\n') })
    expect(sent).toBeLessThan(60 * 5)
    expect((await client.query('SELECT rfx_user.f_59() > 59 AS is')).rows).toEqual([{ is: true }])
  })

  databaseTest(
    'of more objects than a transaction should hold locks for are loaded in several, settings and all',
    async ({ database }) => {
      const domains = Array.from({ length: 1200 }, (_, at) => `CREATE DOMAIN d_${at} AS int;`).join('\n')
      const early = 'CREATE VIEW early AS SELECT * FROM late;'
      const late = 'CREATE TABLE late (id int);'
      const file = `SET search_path = rfx_user;\n${early}\n${domains}\n${late}`
      expect(await load(database, { 'a.sql': file })).toEqual(['rfx_user.early', 'rfx_user.late'])
      expect(await transactionsOfDomains(database, 'rfx_user')).toBeGreaterThan(2)
    },
  )

  databaseTest('keep the order of what copies a table and what changes it before', async ({ database }) => {
    await load(database, {
      'a.sql': `CREATE VIEW rfx_user.early AS SELECT count(*) AS n FROM rfx_user.copied;
CREATE TABLE rfx_user.t (kind rfx_policy.kind);
ALTER TABLE rfx_user.t ADD note text;
CREATE INDEX ON rfx_user.t (note);
CREATE TABLE rfx_user.copied (LIKE rfx_user.t INCLUDING INDEXES);
ALTER TABLE rfx_user.t ADD later text;`,
      'b.sql': "CREATE TYPE rfx_policy.kind AS ENUM ('a');",
    })
    const { rows } = await database.client.query(
      `SELECT array_agg(attname::text ORDER BY attnum) AS columns, (SELECT count(*)::int FROM pg_index WHERE indrelid = attrelid) AS indexes
       FROM pg_attribute WHERE attrelid = 'rfx_user.copied'::regclass AND attnum > 0 GROUP BY attrelid`,
    )
    expect(rows).toEqual([{ columns: ['kind', 'note'], indexes: 1 }])
  })

  databaseTest('of a file with a transaction of its own wait each for itself', async ({ database }) => {
    const tables = await load(database, {
      'a.sql': `BEGIN;
SET LOCAL search_path = rfx_user;
CREATE TABLE a (id int);
CREATE TABLE b (kind rfx_policy.kind);
CREATE TABLE c (id int);
COMMIT;
CREATE TABLE rfx_user.d (id int);`,
      'b.sql': "CREATE TYPE rfx_policy.kind AS ENUM ('a');",
    })
    expect(tables).toEqual(['rfx_user.a', 'rfx_user.b', 'rfx_user.c', 'rfx_user.d'])
  })

  databaseTest('of a file with a transaction of its own stay in it', async ({ database }) => {
    const domains = Array.from({ length: 600 }, (_, at) => `CREATE DOMAIN rfx_user.d_${at} AS int;`).join(
      '\n',
    )
    await load(database, { 'a.sql': `-- all of it\nBEGIN;\n${domains}\nCOMMIT;` })
    expect(await transactionsOfDomains(database, 'rfx_user')).toBe(1)
  })

  databaseTest(
    'take the output of pg_dump as it is: settings, owners and grants of roles that are not here',
    async ({ database }) => {
      const dump = `
--
-- PostgreSQL database dump
--
\\restrict abcdef
SET statement_timeout = 0;
SET transaction_timeout = 0;
SET a_setting_of_next_year = 1;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE SCHEMA rfx_user;
ALTER SCHEMA rfx_user OWNER TO somebody_else;
CREATE TABLE rfx_user.profile (id integer NOT NULL, name text);
ALTER TABLE rfx_user.profile OWNER TO somebody_else;
GRANT SELECT ON TABLE rfx_user.profile TO a_reader;
ALTER TABLE ONLY rfx_user.profile ADD CONSTRAINT profile_pkey PRIMARY KEY (id);
\\unrestrict abcdef
`
      expect(await load(database, { 'dump.sql': dump })).toEqual(['rfx_user.profile'])
    },
  )

  databaseTest('are Drizzle objects and SQL strings, by any export', async ({ database }) => {
    const text = `
import { integer, pgSchema, text } from 'drizzle-orm/pg-core'
import { sql } from 'drizzle-orm'
const schema = pgSchema('rfx_user')
export const kind = schema.enum('kind', ['a', 'b'])
export const profile = schema.table('profile', { id: integer().primaryKey(), name: text().notNull(), kind: kind() })
export const names = schema.view('names', { name: text() }).as(sql\`SELECT name FROM rfx_user.profile\`)
export default ['CREATE TABLE rfx_policy.grants (profile int REFERENCES rfx_user.profile)', 'COMMENT ON TABLE rfx_policy.grants IS $$x$$']
`
    // The file must stand where the packages can be found.
    const tables = await loadHere(database, text)
    expect(tables).toEqual(['rfx_policy.grants', 'rfx_user.names', 'rfx_user.profile'])
  })

  databaseTest('of a tenant line stand unqualified in a folder of its name', async ({ database }) => {
    const files = { 'tenant/invoice.sql': 'CREATE TABLE invoice (id int PRIMARY KEY)' }
    const tables = await load(database, files, {
      schemas: { tenant: 'mig_tenant_of_tenant' },
      tenantKeys: ['tenant'],
    })
    expect(tables).toEqual(['mig_tenant_of_tenant.invoice'])
  })

  databaseTest(
    'of a tenant line that name a schema are told with the name to write',
    async ({ database }) => {
      const map = { schemas: { shop: 'mig_tenant_of_shop' }, tenantKeys: ['shop'] }
      for (const [file, text] of [
        ['shop.sql', 'CREATE TABLE note (id int);\nCREATE TABLE shop.account (id int)'],
        ['shop/a.sql', 'CREATE SCHEMA shop;\nCREATE TABLE "shop"."account" (id int)'],
        ['shop.sql', 'CREATE TABLE note (id int);\nALTER TABLE shop.account ADD n int'],
        ['shop.sql', 'CREATE TABLE note (id int);\nCREATE TABLE line (id int REFERENCES shop.account)'],
      ] as const) {
        const error = await refusal(database, { [file]: text }, map)
        expect(error).toMatchObject({
          code: 'schema-in-tenant-model',
          message: expect.stringMatching(/(shop|a)\.sql:2 names shop\.account: models of tenant line shop/),
          help: expect.stringMatching(/^write account for shop\.account/),
          place: { file: expect.stringMatching(/\.sql$/), line: 2 },
        })
        await database.client.query('DROP SCHEMA IF EXISTS shop, mig_tenant_of_shop CASCADE')
      }
    },
  )

  databaseTest('that fail are named with file, line, statement and place', async ({ database }) => {
    const error = await refusal(database, {
      'user.sql': 'CREATE TABLE rfx_user.a (id int);\n\nCREATE TABLE rfx_user.b (id nonsense);\n',
    })
    expect(error.code).toBe('model-failed')
    expect(error.message).toContain('type "nonsense" does not exist')
    expect(error.place).toMatchObject({ line: 3, statement: 'CREATE TABLE rfx_user.b (id nonsense)' })
    expect(error.place?.file).toMatch(/user\.sql$/)
    expect(error.place?.statement?.slice(error.place.position)).toMatch(/^nonsense/)
  })

  databaseTest(
    'that only wait for one that fails are counted, not listed as faults',
    async ({ database }) => {
      const error = await refusal(database, {
        'user.sql': `CREATE VIEW rfx_user.names AS SELECT id FROM rfx_user.b;
CREATE TABLE rfx_user.b (id nonsense);
CREATE VIEW rfx_user.lengths AS SELECT id FROM rfx_user.names;
CREATE INDEX ON rfx_user.b (id);
CREATE TABLE rfx_user.c (id int, CHECK (idd > 0));`,
      })
      expect(error.message).toMatch(
        /^a model does not load: type "nonsense" does not exist \(SQLSTATE 42704\)\n1 more fails:\n {2}\S+user\.sql:5: column "idd" does not exist\n3 more wait only for what these make$/,
      )
      expect(error.place).toMatchObject({ line: 2 })
    },
  )

  databaseTest('of a module are told with the line of the export', async ({ database }) => {
    const error = await refusal(database, {
      'user.ts':
        "export const car = 'CREATE TABLE rfx_user.car (id int)'\nexport const door = 'CREATE TABLE rfx_user.door (id nothing)'\n",
    })
    expect(error.place).toMatchObject({ file: expect.stringMatching(/user\.ts$/), line: 2 })
    expect(error.help).toMatch(/user\.ts:2 \(door\)/)
  })
})

async function loadHere(database: TestDatabase, text: string): Promise<readonly string[]> {
  const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
  const dir = mkdtempSync(`${import.meta.dirname}/.models-`)
  try {
    writeFileSync(`${dir}/user.ts`, text)
    const models = await readModels(modelsIn(dir), { cacheDir: `${dir}/.cache`, build: noProgram })
    await loadModels(database.client, models.files, options)
  } finally {
    rmSync(dir, { recursive: true })
  }
  return load(database, { 'empty.sql': '' })
}
