import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { families } from '../../migrations/core/postgres/fingerprint/families/index.ts'
import { compareFingerprints, readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { type TestDatabase, databaseTest as test } from '../support/database.ts'
import { serverVersion } from './fixture.ts'

const everything = readFileSync(join(import.meta.dirname, 'everything.sql'), 'utf8')

async function loadEverything({ client }: TestDatabase): Promise<void> {
  await client.query(`CREATE SCHEMA app; SET search_path = app, pg_catalog; ${everything}; RESET search_path`)
}

const identitiesOf = async ({ client }: TestDatabase, options: object = {}) => [
  ...(await readFingerprint(client, { schemas: ['app'], ...options })).objects.keys(),
]

describe('reading', () => {
  test('gives the same twice, and nothing unknown', async ({ database }) => {
    await loadEverything(database)
    const first = await readFingerprint(database.client, { schemas: ['app'] })
    const second = await readFingerprint(database.client, { schemas: ['app'] })
    expect(first.objects.size).toBeGreaterThan(100)
    expect(second).toEqual(first)
    expect(first.unknown).toEqual([])
  })

  test('gives the same whatever the settings of the session', async ({ database }) => {
    await loadEverything(database)
    const plain = await readFingerprint(database.client, { schemas: ['app'] })
    await database.client.query(`SET search_path = app, public; SET TimeZone = 'Asia/Tokyo'; SET DateStyle = 'German';
      SET IntervalStyle = 'iso_8601'; SET quote_all_identifiers = on; SET extra_float_digits = 3`)
    expect(compareFingerprints(plain, await readFingerprint(database.client, { schemas: ['app'] }))).toEqual(
      [],
    )
  })

  test('leaves the session as it was', async ({ database: { client } }) => {
    await client.query(`SET search_path = public; SET TimeZone = 'Asia/Tokyo'`)
    const settings = `SELECT current_setting('search_path') AS path, current_setting('TimeZone') AS zone`
    const before = (await client.query(settings)).rows
    await readFingerprint(client, { schemas: ['app'] })
    await readFingerprint(client, { schemas: ['public'], schemaRelative: true })
    expect((await client.query(settings)).rows).toEqual(before)
    expect(client.getTransactionStatus()).toBe('I')
  })

  test('sees what the open transaction did, and leaves it open', async ({ database: { client } }) => {
    await client.query(
      `BEGIN; SET LOCAL search_path = public; CREATE SCHEMA app; CREATE TABLE app.t (a integer)`,
    )
    const inside = await readFingerprint(client, { schemas: ['app'], schemaRelative: true })
    expect([...inside.objects.keys()]).toEqual(['schema', 'table t', 'column t.a'])
    expect(client.getTransactionStatus()).toBe('T')
    expect((await client.query('SHOW search_path')).rows).toEqual([{ search_path: 'public' }])
    await client.query('COMMIT')
    expect((await client.query('SELECT * FROM app.t')).rows).toEqual([])
  })

  test('keeps to the schemas asked for, and a missing schema has nothing', async ({ database }) => {
    await loadEverything(database)
    await database.client.query('CREATE SCHEMA other; CREATE TABLE other.t (a integer)')
    const other = await readFingerprint(database.client, { schemas: ['other', 'missing'] })
    expect([...other.objects.keys()].sort()).toEqual(['column other.t.a', 'schema other', 'table other.t'])
    expect(other.objects.get('column other.t.a')).toEqual({
      kind: 'column',
      schema: 'other',
      name: 'a',
      parent: 't',
      definition: { type: 'integer' },
    })
  })

  test('leaves out members of extensions and what hangs on them', async ({ database }) => {
    await database.client.query(`CREATE SCHEMA app; CREATE TABLE app.mine (a integer);
      CREATE TABLE app.theirs (a integer PRIMARY KEY, b serial, CHECK (a > 0)); CREATE TYPE app.e AS ENUM ('x');
      CREATE TYPE app.c AS (a integer); ALTER EXTENSION plpgsql ADD TYPE app.c;
      CREATE INDEX ON app.theirs (b); COMMENT ON TABLE app.theirs IS 'x';
      CREATE FUNCTION app.f() RETURNS void LANGUAGE sql AS '';
      ALTER EXTENSION plpgsql ADD TABLE app.theirs; ALTER EXTENSION plpgsql ADD FUNCTION app.f();
      ALTER EXTENSION plpgsql ADD TYPE app.e; ALTER EXTENSION plpgsql ADD SEQUENCE app.theirs_b_seq`)
    const read = await readFingerprint(database.client, { schemas: ['app'] })
    expect([...read.objects.keys()].sort()).toEqual(['column app.mine.a', 'schema app', 'table app.mine'])
    expect(read.unknown).toEqual([])
  })
})

describe('what no reader knows', () => {
  // Columns, triggers and the like are in catalogs without a namespace; the schemas themselves are not members.
  const seen = families.filter(
    ({ family }) => !['schemas', 'columns', 'table parts', 'default privileges'].includes(family),
  )

  test.for(seen.map(({ family }) => family))(
    'is reported: without the reader of %s',
    async (name, { database }) => {
      await loadEverything(database)
      await database.client.query(`CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER s FOREIGN DATA WRAPPER nowhere;
      CREATE FOREIGN TABLE app.far (a integer) SERVER s`)
      const rest = families.filter(({ family }) => family !== name)
      const complete = await readFingerprint(database.client, { schemas: ['app'] })
      const partial = await readFingerprint(database.client, { schemas: ['app'] }, rest)
      expect(complete.unknown).toEqual([])
      expect(partial.unknown.length).toBeGreaterThan(0)
      expect(partial.unknown.every(({ schema }) => schema === 'app')).toBe(true)
    },
  )

  test('is named as PostgreSQL names it', async ({ database }) => {
    await database.client.query('CREATE SCHEMA app; CREATE SEQUENCE app.s')
    const rest = families.filter(({ family }) => family !== 'sequences')
    const { unknown } = await readFingerprint(database.client, { schemas: ['app'] }, rest)
    expect(unknown).toEqual([{ what: 'pg_class', identity: 'sequence app.s', schema: 'app' }])
  })

  test('a column that a catalog does not have in PostgreSQL 14 to 18 is reported', async ({
    database: { client },
  }) => {
    await client.query('CREATE SCHEMA app; SET allow_system_table_mods = on')
    await client.query('ALTER TABLE pg_catalog.pg_policy ADD COLUMN polfuture integer')
    const { unknown } = await readFingerprint(client, { schemas: ['app'] })
    expect(unknown).toEqual([{ what: 'catalog column', identity: 'pg_policy.polfuture' }])
  })
})

describe('options', () => {
  test('exclude takes an object with all that hangs on it', async ({ database }) => {
    await database.client.query(`CREATE SCHEMA app; CREATE TABLE app.keep (a integer);
      CREATE TABLE app.queue (id serial PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''), c int GENERATED ALWAYS AS IDENTITY);
      CREATE INDEX ON app.queue (b); CREATE STATISTICS app.st ON id, b FROM app.queue;
      CREATE POLICY p ON app.queue USING (true); CREATE RULE r AS ON DELETE TO app.queue DO ALSO NOTIFY x;
      COMMENT ON COLUMN app.queue.b IS 'x'`)
    const exclude = ({ kind, name }: { kind: string; name: string }) => kind === 'table' && name === 'queue'
    expect((await identitiesOf(database, { exclude })).sort()).toEqual([
      'column app.keep.a',
      'schema app',
      'table app.keep',
    ])
  })

  test('columnOrder tells tables apart by the order of their columns only', async ({
    database: { client },
  }) => {
    const read = async (columns: string, columnOrder: boolean) => {
      await client.query(
        `DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; CREATE TABLE app.t (${columns})`,
      )
      await client.query('ALTER TABLE app.t DROP COLUMN gone')
      return (await readFingerprint(client, { schemas: ['app'], columnOrder })).hash
    }
    expect(await read('gone integer, a integer, b integer', true)).toBe(
      await read('a integer, gone integer, b integer', true),
    )
    expect(await read('gone integer, a integer, b integer', true)).not.toBe(
      await read('b integer, a integer, gone integer', true),
    )
    expect(await read('gone integer, a integer, b integer', false)).toBe(
      await read('b integer, a integer, gone integer', false),
    )
  })

  test('ignoreGeneratedNames forgets the names that a renamed table leaves behind, and only those', async ({
    database: { client },
    skip,
  }) => {
    skip((await serverVersion(client)) < 18, 'not-null constraints have names since PostgreSQL 18')
    const read = async (sql: string, ignoreGeneratedNames: boolean) => {
      await client.query(`DROP SCHEMA IF EXISTS app CASCADE; CREATE SCHEMA app; ${sql}`)
      return readFingerprint(client, { schemas: ['app'], ignoreGeneratedNames })
    }
    const fresh = 'CREATE TABLE app.t (a integer GENERATED ALWAYS AS IDENTITY)'
    const renamed =
      'CREATE TABLE app.old (a integer GENERATED ALWAYS AS IDENTITY); ALTER TABLE app.old RENAME TO t'
    const named = 'CREATE TABLE app.t (a integer CONSTRAINT mine NOT NULL GENERATED ALWAYS AS IDENTITY)'
    expect(compareFingerprints(await read(fresh, false), await read(renamed, false))).toMatchObject([
      { identity: 'column app.t.a', fields: ['identitySequence', 'notNullName'] },
    ])
    expect(compareFingerprints(await read(fresh, true), await read(renamed, true))).toEqual([])
    expect(compareFingerprints(await read(fresh, true), await read(named, true))).toMatchObject([
      { identity: 'column app.t.a', fields: ['notNullName'] },
    ])
  })
})
