import { type TestDatabase, testDatabase } from './database.ts'
import type { TestDatabaseOptions } from './source.ts'

/** The hooks of a test runner, under the names that vitest and Jest give them; `before` and `after` are those of node:test. */
export interface TestHooks {
  readonly beforeAll: (hook: () => Promise<void>) => unknown
  readonly beforeEach: (hook: () => Promise<void>) => unknown
  readonly afterAll: (hook: () => Promise<void>) => unknown
}

/**
 * A database of the tests of one file (or of one `describe`), as it was made before each of them.
 *
 *     import { after, before, beforeEach, test } from 'node:test'
 *     const database = useTestDatabase({ beforeAll: before, beforeEach, afterAll: after })
 *     test('…', async () => { const client = await database().client() })
 *
 * @returns the database, for use inside of tests
 */
export function useTestDatabase(hooks: TestHooks, options: TestDatabaseOptions = {}): () => TestDatabase {
  let made: TestDatabase | undefined
  let isFresh = true
  hooks.beforeAll(async () => {
    made = await testDatabase(options)
  })
  hooks.beforeEach(async () => {
    if (!isFresh) await made?.reset()
    isFresh = false
  })
  hooks.afterAll(async () => {
    await made?.drop()
  })
  return () => {
    if (made === undefined)
      throw new Error('the test database is made before the first test, and not there yet')
    return made
  }
}

type Use<Value> = (value: Value) => Promise<void>

export interface DatabaseFixtures {
  /** The worker's database, whatever tests before have left in it. */
  readonly workerDatabase: TestDatabase
  readonly db: TestDatabase
}

type Fixture<Given> = (given: Given, use: Use<TestDatabase>) => Promise<void>

/**
 * Fixtures of vitest: `db` is a database of the worker's, as it was made at the begin of each test that asks for it. Tests
 * that run at once (`test.concurrent`) have it one after the other.
 *
 *     import { test as base } from 'vitest'
 *     import { type DatabaseFixtures, databaseFixtures } from 'just-mig/testing'
 *     export const test = base.extend<DatabaseFixtures>(databaseFixtures())
 *     test('…', async ({ db }) => { const client = await db.client() })
 */
export function databaseFixtures(options: TestDatabaseOptions = {}): {
  workerDatabase: [Fixture<object>, { scope: 'worker' }]
  db: Fixture<Pick<DatabaseFixtures, 'workerDatabase'>>
} {
  let isFresh = true
  let turn = Promise.resolve()
  return {
    workerDatabase: [
      // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
      async ({}, use) => {
        const database = await testDatabase(options)
        await use(database)
        await database.drop()
      },
      { scope: 'worker' },
    ],
    async db({ workerDatabase }, use) {
      const used = turn.then(async () => {
        if (!isFresh) await workerDatabase.reset()
        isFresh = false
        await use(workerDatabase)
      })
      turn = used.catch(() => undefined)
      await used
    },
  }
}
