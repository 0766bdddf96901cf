import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { test as base, inject } from 'vitest'

/** A database of a test's own, with a superuser's connection. */
export interface TestDatabase {
  readonly url: string
  readonly name: string
  readonly client: pg.Client
  /** Closes the connection and drops the database, whoever else is in it. */
  drop(): Promise<void>
}

/** Makes an empty database on the run's server. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(`CREATE DATABASE ${name} TEMPLATE ${inject('emptyTemplate')} ${inject('copyClause')}`)
  const url = new URL(inject('adminUrl'))
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  return {
    url: url.href,
    name,
    client,
    async drop() {
      await client.end()
      await administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    },
  }
}

let pool: pg.Pool | undefined

/** Runs one statement as superuser in database `postgres`, on a connection that the worker keeps: a new one costs more than most. */
export async function administer(sql: string): Promise<pg.QueryResult> {
  pool ??= superuserPool()
  return pool.query(sql)
}

function superuserPool(): pg.Pool {
  const made = new pg.Pool({
    connectionString: inject('adminUrl'),
    ...{ max: 2, idleTimeoutMillis: 0, allowExitOnIdle: true },
  })
  // A test may end all sessions of the server: the next statement has a new one.
  return made.on('error', () => undefined)
}

/** `databaseTest('…', async ({ database }) => …)`: a test with a database of its own, dropped after it. */
export const databaseTest = base.extend<{ database: TestDatabase }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
  database: async ({}, use) => {
    const database = await createTestDatabase()
    await use(database)
    await database.drop()
  },
})
