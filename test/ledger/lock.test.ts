import pg from 'pg'
import { describe, expect } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import {
  type LockOptions,
  releaseLocks,
  takeLocks,
  targetLockHolders,
} from '../../migrations/core/ledger/lock.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'

const base: LockOptions = { ledgerSchema: 'mig', targetSchemas: ['a', 'b'], wait: 0, emit: () => undefined }

async function another(database: TestDatabase): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: 'other runner' })
  await client.connect()
  return client
}

async function locksOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query(
    `SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  )
  return rows[0].n
}

describe('the locks of target schemas', () => {
  databaseTest('are taken all or none, and the error names the holder', async ({ database }) => {
    const other = await another(database)
    await takeLocks(other, { ...base, targetSchemas: ['b'] })
    const error = (await takeLocks(database.client, base).catch((thrown: unknown) => thrown)) as MigError
    expect(error).toMatchObject({ code: 'lock-not-obtained', exitCode: 6, facts: { targetSchema: 'b' } })
    expect(error.message).toContain('other runner')
    expect(await locksOf(database.client)).toBe(1)
    await other.end()
  })

  databaseTest('are waited for, and are there once the holder has gone', async ({ database }) => {
    const other = await another(database)
    await takeLocks(other, base)
    let told = 0
    await takeLocks(database.client, {
      ...base,
      wait: 60_000,
      emit: (event) => {
        expect(event).toMatchObject({ event: 'lock-wait', holder: { application: 'other runner' } })
        told += 1
        if (told === 1) void other.end()
      },
    })
    expect(told).toBe(1)
  })

  databaseTest('a waiter holds no snapshot that an index build would wait for', async ({ database }) => {
    const other = await another(database)
    await takeLocks(other, base)
    await other.query('CREATE TABLE t (id int)')
    const stop = new AbortController()
    const waiting = takeLocks(database.client, { ...base, wait: 60_000, signal: stop.signal })
    await other.query('CREATE INDEX CONCURRENTLY t_idx ON t (id)')
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    await other.end()
  })

  databaseTest('of other schemas and other ledgers are other locks', async ({ database }) => {
    const other = await another(database)
    await takeLocks(other, base)
    await takeLocks(database.client, { ...base, targetSchemas: ['c'] })
    await takeLocks(database.client, { ...base, ledgerSchema: 'other' })
    expect([...(await targetLockHolders(database.client, 'mig', ['a', 'b', 'c', 'd'])).keys()]).toEqual([
      'a',
      'b',
      'c',
    ])
    await releaseLocks(database.client, 'mig', ['c'])
    await releaseLocks(database.client, 'other', ['a', 'b'])
    expect(await locksOf(database.client)).toBe(2)
    await other.end()
  })
})
