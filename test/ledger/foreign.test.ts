import { describe, expect } from 'vitest'
import { createLedger, readApplied, readRecords } from '../../migrations/core/ledger/index.ts'
import { databaseTest } from '../support/database.ts'

const kinds = [
  [
    'a table without its columns',
    'CREATE TABLE mig.version (version_num text)',
    'it has no column target_schema',
    'ALTER TABLE',
  ],
  [
    'a view',
    'CREATE VIEW mig.version AS SELECT 1 AS target_schema, 2 AS revision',
    'it is a view',
    'ALTER VIEW',
  ],
  [
    'a log of something else',
    'CREATE TABLE mig.log (target_schema text, id int)',
    'it has no column revision',
    'ALTER TABLE',
  ],
] as const

describe('what has a name of the ledger and is not its table', () => {
  for (const [title, sql, why, rename] of kinds) {
    databaseTest(`${title}: is refused, with what to do about it`, async ({ database: { client } }) => {
      await client.query(`CREATE SCHEMA mig; ${sql}`)
      await expect(createLedger(client, 'mig')).rejects.toMatchObject({
        code: 'foreign-ledger',
        message: expect.stringContaining(why),
        help: expect.stringMatching(`ledgerSchema: 'just_mig' in env.ts; or rename what is there: ${rename}`),
      })
    })
  }

  databaseTest('is told by who only reads', async ({ database: { client } }) => {
    await client.query('CREATE SCHEMA mig; CREATE TABLE mig.version (version_num text)')
    await expect(readApplied(client, 'mig')).rejects.toMatchObject({ code: 'foreign-ledger' })
    await client.query('CREATE TABLE mig.log (id int); CREATE TABLE mig.progress (id int)')
    await expect(readRecords(client, 'mig', ['app'])).rejects.toMatchObject({ code: 'foreign-ledger' })
  })
})

describe('a database that takes no writes', () => {
  databaseTest('is told before a step, also where the ledger is there', async ({ database: { client } }) => {
    await createLedger(client, 'mig')
    await client.query('SET default_transaction_read_only = on')
    await expect(createLedger(client, 'mig')).rejects.toMatchObject({ code: 'read-only', exitCode: 3 })
  })
})
