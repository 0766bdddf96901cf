import pg from 'pg'
import { describe, expect } from 'vitest'
import { expectOwnSession } from '../../migrations/core/postgres/connection/pooler.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'

async function opened(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client
}

async function pidOf(client: pg.Client): Promise<number> {
  return (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
}

async function sessions({ client }: TestDatabase): Promise<number> {
  const { rows } = await client.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  return rows[0].n
}

describe('a connection behind a pooler', () => {
  databaseTest('that lends the session to another connection is refused', async ({ database }) => {
    const client = await opened(database.url)
    const same = async () => client
    await expect(expectOwnSession(client, same, await pidOf(client))).rejects.toMatchObject({
      code: 'transaction-pooler',
    })
    expect(await sessions(database)).toBe(0)
  })

  databaseTest('that keeps the session is known by it, and the other one is closed', async ({ database }) => {
    const client = await opened(database.url)
    await expectOwnSession(client, () => opened(database.url), await pidOf(client))
    await expect.poll(() => sessions(database)).toBe(1)
    await client.end()
  })

  databaseTest('whose pool has one session gives up waiting for another one', async ({ database }) => {
    let given: AbortSignal | undefined
    const never = (signal: AbortSignal) => {
      given = signal
      return new Promise<pg.Client>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    }
    await expectOwnSession(database.client, never, await pidOf(database.client))
    expect(given?.aborted).toBe(true)
  })
})
