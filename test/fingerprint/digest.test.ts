import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { catalogDigest, readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { databaseTest as test } from '../support/database.ts'

const everything = readFileSync(join(import.meta.dirname, 'everything.sql'), 'utf8')

test('the digest has every catalog that a fingerprint reads, row by row', async ({
  database: { client },
}) => {
  await client.query(`CREATE SCHEMA app; SET search_path = app, pg_catalog; ${everything}; RESET search_path`)
  const asked: string[] = []
  const query = client.query.bind(client) as (...given: readonly unknown[]) => Promise<unknown>
  Object.assign(client, {
    query: (first: string | { readonly text: string }, ...rest: readonly unknown[]) => {
      asked.push(typeof first === 'string' ? first : first.text)
      return query(first, ...rest)
    },
  })
  await readFingerprint(client, { schemas: ['app'], owners: true, privileges: true })
  const named = new Set(asked.flatMap((text) => text.match(/\bpg_\w+/g) ?? []))
  const { rows } = await client.query<{ catalog: string }>(
    `SELECT relname AS catalog FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r'`,
  )
  const read = rows.map(({ catalog }) => catalog).filter((catalog) => named.has(catalog))
  expect(read.length).toBeGreaterThan(25)
  const digest = await catalogDigest(client)
  expect(digest).toMatch(/^[0-9a-f]{64}$/)
  await client.query('SET allow_system_table_mods = on')
  for (const catalog of read) {
    await client.query('BEGIN')
    const gone = await client.query(
      `DELETE FROM ${catalog} WHERE ctid = (SELECT max(ctid) FROM ${catalog} ${catalog === 'pg_class' ? `WHERE relkind = 'v' AND oid >= 16384` : ''})`,
    )
    expect([catalog, (await catalogDigest(client)) === digest]).toEqual([catalog, gone.rowCount === 0])
    await client.query('ROLLBACK')
  }
  expect(await catalogDigest(client)).toBe(digest)
})

test('the digest stays the same where only rows and statistics change, and under other settings', async ({
  database: { client },
}) => {
  await client.query('CREATE SCHEMA app; CREATE TABLE app.t (a int PRIMARY KEY, b float8 DEFAULT 0.1)')
  const digest = await catalogDigest(client)
  await client.query('INSERT INTO app.t SELECT generate_series(1, 1000)')
  await client.query('VACUUM (FULL, ANALYZE) app.t')
  await client.query(`SET extra_float_digits = -5; SET DateStyle = 'German'; SET quote_all_identifiers = on`)
  expect(await catalogDigest(client)).toBe(digest)
  await client.query(`COMMENT ON TABLE app.t IS 'one'`)
  const one = await catalogDigest(client)
  await client.query(`COMMENT ON TABLE app.t IS 'two'`)
  const two = await catalogDigest(client)
  await client.query('COMMENT ON TABLE app.t IS NULL')
  expect(new Set([digest, one, two]).size).toBe(3)
  expect(await catalogDigest(client)).toBe(digest)
})
