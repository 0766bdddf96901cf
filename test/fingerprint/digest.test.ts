import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ClientBase } from 'pg'
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
  expect(await catalogDigest(client)).toMatch(/^[0-9a-f]{64}$/)
  await client.query('SET allow_system_table_mods = on')
  // One snapshot: another test may create a role, which every database of the server has.
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  const digest = await catalogDigest(client)
  for (const catalog of read) {
    await client.query('SAVEPOINT whole')
    const gone = await client.query(
      `DELETE FROM ${catalog} WHERE ctid = (SELECT max(ctid) FROM ${catalog} ${catalog === 'pg_class' ? `WHERE relkind = 'v' AND oid >= 16384` : ''})`,
    )
    expect([catalog, (await catalogDigest(client)) === digest]).toEqual([catalog, gone.rowCount === 0])
    await client.query('ROLLBACK TO SAVEPOINT whole')
  }
  await client.query('ROLLBACK')
})

/** Runs it until the server's roles, of which other tests create some, are the same before and after. */
async function whileRolesStay<Result>(client: ClientBase, body: () => Promise<Result>): Promise<Result> {
  const rolesNow = async () =>
    (await client.query('SELECT string_agg(oid::text, chr(44) ORDER BY oid) FROM pg_roles')).rows
  for (;;) {
    const before = await rolesNow()
    const result = await body()
    if (isDeepStrictEqual(await rolesNow(), before)) return result
  }
}

test('the digest stays the same where only rows and statistics change, and under other settings', async ({
  database: { client },
}) => {
  await client.query('CREATE SCHEMA app; CREATE TABLE app.t (a int PRIMARY KEY, b float8 DEFAULT 0.1)')
  const digests = await whileRolesStay(client, async () => {
    const of = async (statement: string) => {
      await client.query(statement)
      return catalogDigest(client)
    }
    return {
      first: await of('RESET ALL; TRUNCATE app.t; INSERT INTO app.t SELECT generate_series(1, 1000)'),
      vacuumed: await of('VACUUM (FULL, ANALYZE) app.t'),
      set: await of(`SET extra_float_digits = -5; SET DateStyle = 'German'; SET quote_all_identifiers = on`),
      one: await of(`COMMENT ON TABLE app.t IS 'one'`),
      two: await of(`COMMENT ON TABLE app.t IS 'two'`),
      none: await of('COMMENT ON TABLE app.t IS NULL'),
    }
  })
  const { first, vacuumed, set, one, two, none } = digests
  expect([vacuumed, set, none]).toEqual([first, first, first])
  expect(new Set([first, one, two]).size).toBe(3)
})
