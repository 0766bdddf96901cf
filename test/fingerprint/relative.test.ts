import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import {
  compareFingerprints,
  readFingerprint,
  readFingerprintHashes,
} from '../../migrations/core/postgres/fingerprint/index.ts'
import { quoteIdent } from '../../migrations/core/postgres/sql/quote.ts'
import { type TestDatabase, databaseTest as test } from '../support/database.ts'

const everything = readFileSync(join(import.meta.dirname, 'everything.sql'), 'utf8')
const hostile = [
  'tenant_1',
  'Tenant "2".x',
  "it's, \\ 3",
  'select',
  'é漢字',
  '{"a":1}',
  'x'.repeat(63),
  ' ',
  'public2',
]

async function makeTenant(database: TestDatabase, schema: string, sql = everything): Promise<void> {
  await database.client.query(
    `CREATE SCHEMA ${quoteIdent(schema)}; SET search_path = ${quoteIdent(schema)}, pg_catalog; ${sql}; RESET search_path`,
  )
}

const relativeOf = (database: TestDatabase, schema: string) =>
  readFingerprint(database.client, { schemas: [schema], schemaRelative: true })

describe('a schema-relative fingerprint', () => {
  test('is equal for the same structure under any schema name, and finds nothing unknown', async ({
    database,
  }) => {
    await makeTenant(database, 'plain')
    const plain = await relativeOf(database, 'plain')
    expect(plain.unknown).toEqual([])
    for (const schema of hostile) {
      await makeTenant(database, schema)
      expect(compareFingerprints(plain, await relativeOf(database, schema)), schema).toEqual([])
    }
  })

  test('is equal by hash when many are read at once, in portions of any size', async ({ database }) => {
    for (const schema of hostile) await makeTenant(database, schema)
    await database.client.query(`CREATE SCHEMA bare; COMMENT ON SCHEMA bare IS 'one of us'`)
    await database.client.query('CREATE SCHEMA bare_too')
    const schemas = [...hostile, 'bare', 'bare_too', 'not there']
    const full = await relativeOf(database, 'tenant_1')
    const bare = await relativeOf(database, 'bare')
    expect(full.hash).not.toBe(bare.hash)
    for (const relationsAtOnce of [1, 100, 10_000]) {
      const hashes = await readFingerprintHashes(database.client, { schemas, relationsAtOnce })
      expect([...hashes].sort()).toEqual(
        [...hostile.map((s) => [s, full.hash]), ['bare', bare.hash], ['bare_too', bare.hash]].sort(),
      )
    }
  })

  test('shows a tenant that differs, and what by', async ({ database }) => {
    await makeTenant(database, 'a')
    await makeTenant(database, 'B')
    await database.client.query('ALTER TABLE "B".t ALTER n DROP NOT NULL')
    const changes = compareFingerprints(await relativeOf(database, 'a'), await relativeOf(database, 'B'))
    expect(changes).toMatchObject([{ identity: 'column t.n', change: 'changed', fields: ['notNull'] }])
    const hashes = await readFingerprintHashes(database.client, { schemas: ['a', 'B'] })
    expect(hashes.get('a')).not.toBe(hashes.get('B'))
  })

  test('tells a table of its own from one of the same name elsewhere', async ({ database }) => {
    await database.client.query('CREATE SCHEMA shared; CREATE TABLE shared.r (id integer PRIMARY KEY)')
    const table = 'CREATE TABLE r (id integer PRIMARY KEY); CREATE TABLE t (a integer)'
    await makeTenant(database, 'a', `${table}; ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES r`)
    await makeTenant(
      database,
      'b',
      `${table}; ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES shared.r`,
    )
    const changes = compareFingerprints(await relativeOf(database, 'a'), await relativeOf(database, 'b'))
    expect(changes).toMatchObject([{ identity: 'constraint t.k', fields: ['definition'] }])
  })

  test('does not touch texts that hold the name of the schema', async ({ database }) => {
    const sql = (text: string) =>
      `CREATE TABLE t (a text DEFAULT '${text}.x'); COMMENT ON TABLE t IS '${text}'`
    await makeTenant(database, 'a', sql('a'))
    await makeTenant(database, 'b', sql('b'))
    await makeTenant(database, 'c', sql('a'))
    const [a, b, c] = [
      await relativeOf(database, 'a'),
      await relativeOf(database, 'b'),
      await relativeOf(database, 'c'),
    ]
    expect(compareFingerprints(a, b).map((change) => change.fields)).toEqual([['default'], ['comment']])
    expect(a.hash).toBe(c.hash)
  })

  test('knows its own name in the search_path of a function', async ({ database }) => {
    const sql = (schema: string, more = '') =>
      `CREATE FUNCTION f() RETURNS void LANGUAGE sql SET search_path = ${quoteIdent(schema)}, "Other"${more} AS ''`
    await makeTenant(database, 'a', sql('a'))
    await makeTenant(database, 'Tenant "2"', sql('Tenant "2"'))
    await makeTenant(database, 'c', sql('a'))
    const a = await relativeOf(database, 'a')
    expect(compareFingerprints(a, await relativeOf(database, 'Tenant "2"'))).toEqual([])
    expect(compareFingerprints(a, await relativeOf(database, 'c'))).toMatchObject([{ fields: ['config'] }])
  })

  test('is not led astray by a schema that has an operator = of its own', async ({ database }) => {
    const sql = `CREATE TABLE t (a integer); CREATE VIEW v AS SELECT a FROM t WHERE a > 1;
      CREATE FUNCTION never(oid, oid) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RAISE ''led astray''; END';
      CREATE OPERATOR = (FUNCTION = never, LEFTARG = oid, RIGHTARG = oid)`
    await makeTenant(database, 'a', sql)
    await makeTenant(database, 'b', sql)
    const a = await relativeOf(database, 'a')
    expect(a.objects.get('view v')?.definition.query).toContain('FROM t')
    expect(compareFingerprints(a, await relativeOf(database, 'b'))).toEqual([])
  })

  test('refuses a schema that search_path cannot name, and more than one schema', async ({ database }) => {
    await expect(relativeOf(database, '$user')).rejects.toMatchObject({ code: 'unreadable-schema' })
    await expect(readFingerprintHashes(database.client, { schemas: ['a', '$user'] })).rejects.toMatchObject({
      code: 'unreadable-schema',
    })
    await expect(
      readFingerprint(database.client, { schemas: ['a', 'b'], schemaRelative: true }),
    ).rejects.toMatchObject({ code: 'many-relative-schemas' })
  })

  test('refuses a schema that the role may not use, since its names would not print bare', async ({
    database,
  }) => {
    const { client } = database
    await client.query('CREATE SCHEMA "Closed"; CREATE TABLE "Closed".t (a integer); SET ROLE pg_monitor')
    const refusal = {
      code: 'unreadable-schema',
      help: expect.stringContaining('ON SCHEMA "Closed" TO pg_monitor'),
    }
    await expect(relativeOf(database, 'Closed')).rejects.toMatchObject(refusal)
    expect(client.getTransactionStatus()).toBe('I')
    const absolute = await readFingerprint(client, { schemas: ['Closed'] })
    expect(absolute.objects.get('column "Closed".t.a')?.definition).toEqual({ type: 'integer' })
  })
})
