import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg, { type ClientBase, type DatabaseError } from 'pg'
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
  await beginAlone(client)
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

/**
 * Begins a transaction in which nobody else makes or drops a role or a tablespace of the server, which all tests share.
 * It never waits for a test that waits for another: it asks again.
 */
async function beginAlone(client: ClientBase): Promise<void> {
  for (;;) {
    try {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
      await client.query('LOCK TABLE pg_authid, pg_tablespace IN SHARE ROW EXCLUSIVE MODE NOWAIT')
      return
    } catch (error) {
      await client.query('ROLLBACK')
      if ((error as DatabaseError).code !== lockNotAvailable) throw error
    }
  }
}

/** SQLSTATE of a lock that another session has (PostgreSQL manual, appendix A). */
const lockNotAvailable = '55P03'

test('the digest stays the same where only rows and statistics change, and under other settings', async ({
  database: { client, url },
}) => {
  await client.query('CREATE SCHEMA app; CREATE TABLE app.t (a int PRIMARY KEY, b float8 DEFAULT 0.1)')
  const alone = new pg.Client({ connectionString: url })
  await alone.connect()
  await beginAlone(alone)
  const of = async (statement: string) => {
    await client.query(statement)
    return catalogDigest(client)
  }
  const first = await of('TRUNCATE app.t; INSERT INTO app.t SELECT generate_series(1, 1000)')
  const vacuumed = await of('VACUUM (FULL, ANALYZE) app.t')
  const set = await of(
    `SET extra_float_digits = -5; SET DateStyle = 'German'; SET quote_all_identifiers = on`,
  )
  const one = await of(`COMMENT ON TABLE app.t IS 'one'`)
  const two = await of(`COMMENT ON TABLE app.t IS 'two'`)
  const none = await of('COMMENT ON TABLE app.t IS NULL')
  // Before the database is dropped from under it.
  await alone.end()
  expect([vacuumed, set, none]).toEqual([first, first, first])
  expect(new Set([first, one, two]).size).toBe(3)
})
