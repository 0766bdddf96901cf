import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { compareFingerprints, readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { createTestDatabase, databaseTest as test } from '../support/database.ts'
import { serverVersion } from './fixture.ts'

const everything = readFileSync(join(import.meta.dirname, 'everything.sql'), 'utf8')

/** The major version of the pg_dump on PATH; undefined without one. */
function dumpVersion(): number | undefined {
  const run = spawnSync('pg_dump', ['--version'], { encoding: 'utf8' })
  const major = /\(PostgreSQL\) (\d+)/.exec(run.stdout ?? '')?.[1]
  return major === undefined ? undefined : Number(major)
}

describe('pg_dump and restore', () => {
  test('gives an equal fingerprint, column order, grants and owners included', async ({ database, skip }) => {
    const server = await serverVersion(database.client)
    const found = dumpVersion()
    skip(found === undefined, 'there is no pg_dump on PATH')
    skip(found !== server, `pg_dump is of version ${found}, the server of ${server}`)
    await database.client.query(
      `CREATE SCHEMA app; SET search_path = app, pg_catalog; ${everything}; RESET search_path`,
    )
    await database.client.query(
      'GRANT SELECT ON app.t TO pg_read_all_data; GRANT UPDATE (n) ON app.t TO public',
    )
    const dump = spawnSync('pg_dump', ['--schema-only', '--schema=app', database.url], { encoding: 'utf8' })
    expect(dump.stderr).toBe('')
    const copy = await createTestDatabase()
    try {
      // psql's own commands (\restrict) are not SQL.
      await copy.client.query(dump.stdout.replaceAll(/^\\.*$/gm, ''))
      const options = { schemas: ['app'], columnOrder: true, privileges: true, owners: true }
      const before = await readFingerprint(database.client, options)
      expect(compareFingerprints(before, await readFingerprint(copy.client, options))).toEqual([])
    } finally {
      await copy.drop()
    }
  })
})
