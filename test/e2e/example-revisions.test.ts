import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  compareFingerprints,
  fingerprintChangesText,
} from '../../migrations/core/postgres/fingerprint/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Just, justOn, stepsOf, succeed } from './support/just.ts'
import { fingerprint } from './support/ledger.ts'

let database: TestDatabase
let just: Just
let order: readonly string[]

beforeAll(async () => {
  database = await createTestDatabase()
  just = justOn(database.url)
  order = stepsOf(await succeed(just('mig-upgrade heads --plan --json')))
})
afterAll(() => database.drop())

describe('the example', () => {
  test('has nine revisions', () => expect(order).toHaveLength(9))

  test('each revision, reverted, leaves the catalogs as they were before it', async () => {
    for (const revision of order) {
      const before = await fingerprint(database.client)
      await succeed(just(['mig-upgrade', revision]))
      const after = await fingerprint(database.client)
      expect(compareFingerprints(before, after)).not.toEqual([])
      await succeed(just('mig-downgrade -1'))
      const back = await fingerprint(database.client)
      // The schema itself stays: no revision makes or drops it.
      const changes = compareFingerprints(before, back).filter(({ kind }) => kind !== 'schema')
      expect(fingerprintChangesText(changes), `after ${revision} up and down`).toBe('')
      await succeed(just(['mig-upgrade', revision]))
      expect((await fingerprint(database.client)).hash).toBe(after.hash)
    }
  })
})
