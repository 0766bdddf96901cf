import fc from 'fast-check'
import pg from 'pg'
import { describe, expect } from 'vitest'
import {
  createLedger,
  digestOf,
  forgetProgressStatement,
  isStepDone,
  ledgerStatements,
  type Progress,
  progressStatement,
  readApplied,
  readProgress,
} from '../../migrations/core/ledger/index.ts'
import { databaseTest } from '../support/database.ts'

const ledger = 'odd "ledger'
const text = fc.string({ maxLength: 20, unit: 'grapheme' }).filter((value) => !value.includes('\0'))

describe('the ledger', () => {
  databaseTest('is made by several at once, in a schema of any name', async ({ database }) => {
    const clients = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const client = new pg.Client({ connectionString: database.url })
        await client.connect()
        return client
      }),
    )
    await Promise.all(clients.map((client) => createLedger(client, ledger)))
    await Promise.all(clients.map((client) => client.end()))
    expect((await readApplied(database.client, ledger)).size).toBe(0)
  })

  databaseTest('waits for who makes it, however short the lock timeout is', async ({ database }) => {
    const { client } = database
    const maker = new pg.Client({ connectionString: database.url, options: '-c lock_timeout=1ms' })
    await maker.connect()
    await client.query(`SELECT pg_advisory_lock(hashtextextended('just-mig ledger mig', 0))`)
    let end: unknown = 'waits'
    const made = createLedger(maker, 'mig').then(
      () => {
        end = 'made'
      },
      (error: unknown) => {
        end = error
      },
    )
    await expect
      .poll(async () => {
        const { rowCount } = await client.query(
          `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        )
        return rowCount === 1 || end !== 'waits'
      })
      .toBe(true)
    await client.query('SELECT pg_advisory_unlock_all()')
    await made
    expect(end).toBe('made')
    expect((await maker.query('SHOW lock_timeout')).rows).toEqual([{ lock_timeout: '1ms' }])
    await maker.end()
  })

  databaseTest('leaves it to the caller to tell why the making was cancelled', async ({ database }) => {
    const { client } = database
    const maker = new pg.Client({ connectionString: database.url })
    await maker.connect()
    await client.query(`SELECT pg_advisory_lock(hashtextextended('just-mig ledger mig', 0))`)
    const made = createLedger(maker, 'mig').catch((error: unknown) => error)
    await expect
      .poll(() =>
        client.query(
          `SELECT pg_cancel_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
        ),
      )
      .toMatchObject({ rowCount: 1 })
    expect(await made).toMatchObject({ code: '57014' })
    expect((await maker.query(`SELECT to_regnamespace('mig') AS mig`)).rows).toEqual([{ mig: null }])
    await maker.end()
  })

  databaseTest('that lacks a table gets it, and keeps what it has', async ({ database }) => {
    const { client } = database
    await createLedger(client, 'mig')
    await client.query(`DROP TABLE mig.progress; INSERT INTO mig.version VALUES ('s', 'r')`)
    await createLedger(client, 'mig')
    expect(await readProgress(client, 'mig', ['s'])).toEqual([])
    expect(await readApplied(client, 'mig')).toEqual(new Map([['s', ['r']]]))
  })

  databaseTest(
    'gives back what was noted of a half-done revision, until it is forgotten',
    async ({ database }) => {
      const { client } = database
      await createLedger(client, ledger)
      const cursor = fc.record({
        key: fc.array(text, { maxLength: 3 }),
        after: fc.option(fc.array(text, { minLength: 1, maxLength: 3 })),
        pass: fc.nat(),
        rows: fc.nat(),
        batches: fc.nat(),
      })
      const progress: fc.Arbitrary<Progress> = fc.record({
        targetSchema: text,
        revision: text,
        direction: fc.constantFrom('upgrade', 'downgrade'),
        line: text,
        statement: fc.nat(),
        digest: text,
        checksum: text,
        pending: fc.option(fc.record({ statement: fc.nat(), indexes: fc.array(fc.nat()) })),
        backfill: fc.option(cursor),
        host: text,
      })
      await fc.assert(
        fc.asyncProperty(progress, async (noted) => {
          const { targetSchema, revision } = noted
          await client.query(
            progressStatement(ledger, { ...noted, statement: 0, pending: null, backfill: null }),
          )
          await client.query(progressStatement(ledger, noted))
          const rows = await readProgress(client, ledger, [targetSchema])
          expect(rows).toEqual([{ ...noted, startedAt: expect.any(Date), updatedAt: expect.any(Date) }])
          await client.query(forgetProgressStatement(ledger, targetSchema, revision))
          expect(await readProgress(client, ledger, [targetSchema])).toEqual([])
        }),
        { numRuns: 40 },
      )
    },
  )

  databaseTest('tells a step that is done by its id from one that has failed', async ({ database }) => {
    const { client } = database
    await createLedger(client, 'mig')
    const step = '11111111-1111-4111-8111-111111111111'
    const statements = ledgerStatements('mig', {
      direction: 'upgrade',
      line: 'user',
      revision: "r'1",
      targetSchema: 's',
      before: [],
      after: ["r'1"],
      digest: digestOf(["r'1"]),
      checksum: null,
      host: 'me@here',
      step,
      durationMs: 12.4,
    })
    await client.query('BEGIN')
    for (const statement of statements) await client.query(statement)
    await client.query('ROLLBACK')
    expect(await isStepDone(client, 'mig', step)).toBe(false)
    for (const statement of statements) await client.query(statement)
    expect(await isStepDone(client, 'mig', step)).toBe(true)
    expect((await client.query('SELECT duration_ms, outcome FROM mig.log')).rows).toEqual([
      { duration_ms: 12, outcome: 'done' },
    ])
  })
})
