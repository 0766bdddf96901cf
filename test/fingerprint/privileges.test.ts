import { describe, expect } from 'vitest'
import { compareFingerprints, readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { type TestDatabase, databaseTest as test } from '../support/database.ts'

const setUp = `CREATE SCHEMA app; CREATE TABLE app.t (a integer, b text); CREATE SEQUENCE app.s;
  CREATE TABLE app.i (a integer GENERATED ALWAYS AS IDENTITY);
  CREATE FUNCTION app.f() RETURNS void LANGUAGE sql AS ''; CREATE TYPE app.e AS ENUM ('x')`

async function changesBy({ client }: TestDatabase, sql: string, options: object) {
  const before = await readFingerprint(client, { schemas: ['app'], ...options })
  await client.query(sql)
  const after = await readFingerprint(client, { schemas: ['app'], ...options })
  return compareFingerprints(before, after).map(({ identity, change, fields }) => [change, identity, fields])
}

describe('privileges and owners', () => {
  const grants = `GRANT SELECT ON app.t TO pg_read_all_data; GRANT UPDATE (b) ON app.t TO pg_read_all_data WITH GRANT OPTION;
    REVOKE EXECUTE ON FUNCTION app.f() FROM public; GRANT USAGE ON SEQUENCE app.s TO public;
    GRANT USAGE ON SEQUENCE app.i_a_seq TO public; GRANT USAGE ON SCHEMA app TO public;
    REVOKE USAGE ON TYPE app.e FROM public;
    ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO pg_read_all_data`

  test('are not read unless asked for', async ({ database }) => {
    await database.client.query(setUp)
    const sql = `${grants}; ALTER TABLE app.t OWNER TO pg_database_owner`
    expect(await changesBy(database, sql, {})).toEqual([])
  })

  test('each grant and revocation shows on what it is given', async ({ database }) => {
    await database.client.query(setUp)
    expect(await changesBy(database, grants, { privileges: true })).toEqual([
      ['changed', 'column app.i.a', ['identity sequence privileges']],
      ['changed', 'column app.t.b', ['privileges']],
      ['added', 'default privileges app.postgres r', undefined],
      ['changed', 'function app.f()', ['privileges']],
      ['changed', 'schema app', ['privileges']],
      ['changed', 'sequence app.s', ['privileges']],
      ['changed', 'table app.t', ['privileges']],
      ['changed', 'type app.e', ['privileges']],
    ])
  })

  test('grants that say what is so anyway are no difference', async ({ database }) => {
    await database.client.query(setUp)
    const sql = `GRANT ALL ON app.t TO postgres; GRANT EXECUTE ON FUNCTION app.f() TO public;
      GRANT SELECT ON app.s TO pg_read_all_data; REVOKE SELECT ON app.s FROM pg_read_all_data`
    expect(await changesBy(database, sql, { privileges: true })).toEqual([])
  })

  test('another owner with the same grants is a difference of owner only', async ({ database }) => {
    await database.client.query(`${setUp}; GRANT SELECT ON app.t TO pg_read_all_data`)
    const sql =
      'ALTER TABLE app.t OWNER TO pg_database_owner; ALTER FUNCTION app.f() OWNER TO pg_database_owner'
    expect(await changesBy(database, sql, { privileges: true, owners: true })).toEqual([
      ['changed', 'function app.f()', ['owner']],
      ['changed', 'table app.t', ['owner']],
    ])
  })

  test('nothing is unknown when they are read', async ({ database }) => {
    await database.client.query(`${setUp}; ${grants}`)
    const read = await readFingerprint(database.client, { schemas: ['app'], privileges: true, owners: true })
    expect(read.unknown).toEqual([])
    expect(read.objects.get('table app.t')?.definition.privileges).toContain('pg_read_all_data: SELECT')
  })
})
