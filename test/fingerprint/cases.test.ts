import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  compareFingerprints,
  type Fingerprint,
  type FingerprintChange,
  fingerprintChangesText,
  readFingerprint,
} from '../../migrations/core/postgres/fingerprint/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { dropFixture, loadApp, prepareFixture, serverVersion } from './fixture.ts'

const folder = join(import.meta.dirname, 'cases')

/** `+ identity`, `- identity` or `~ identity (attributes)`, as expected.txt has them. */
function line({ change, identity, fields }: FingerprintChange): string {
  if (change === 'changed') return `~ ${identity} (${fields?.join(', ')})`
  return `${change === 'added' ? '+' : '-'} ${identity}`
}

describe('from before.sql to after.sql exactly the objects of expected.txt differ', () => {
  let database: TestDatabase
  let version: number

  beforeAll(async () => {
    database = await createTestDatabase()
    await prepareFixture(database.client)
    version = await serverVersion(database.client)
  })

  afterAll(async () => {
    await dropFixture(database.client)
    await database.drop()
  })

  async function fingerprintOf(file: string): Promise<Fingerprint> {
    await loadApp(database.client, readFileSync(file, 'utf8'))
    return readFingerprint(database.client, { schemas: ['app'] })
  }

  test.for(readdirSync(folder))('%s', async (name, { skip }) => {
    const since = join(folder, name, 'since.txt')
    skip(
      existsSync(since) && version < Number(readFileSync(since, 'utf8')),
      'the server does not have this yet',
    )
    const expected = readFileSync(join(folder, name, 'expected.txt'), 'utf8')
      .split('\n')
      .filter(Boolean)
    const before = await fingerprintOf(join(folder, name, 'before.sql'))
    const after = await fingerprintOf(join(folder, name, 'after.sql'))
    const changes = compareFingerprints(before, after)
    expect(changes.map(line).sort(), fingerprintChangesText(changes)).toEqual(expected.sort())
    expect(before.hash === after.hash).toBe(expected.length === 0)
    expect([...before.unknown, ...after.unknown]).toEqual([])
  })
})
