import pg from 'pg'
import { describe, expect } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { labTest, revision, statementsOf } from './support.ts'

const table = revision('aaaaaaaaaaa1', null, "await op.execute('CREATE TABLE profile (id int PRIMARY KEY)')")
const column = (head = '') =>
  revision(
    'aaaaaaaaaaa2',
    'aaaaaaaaaaa1',
    `await op.execute('CREATE TABLE other (id int)')
  await op.execute('ALTER TABLE profile ADD COLUMN name text')`,
    { head },
  )

describe('a revision that meets a lock', () => {
  labTest(
    'is rolled back whole, names who blocks it, and is run again until it gets through',
    async ({ lab }) => {
      await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_table.ts': table })
      expect((await lab.upgrade()).error).toBeUndefined()
      await lab.write({ 'user/20260102_000000_aaaaaaaaaaa2_column.ts': column() })
      const blocker = new pg.Client({ connectionString: lab.database.url, application_name: 'report job' })
      await blocker.connect()
      await blocker.query('BEGIN; LOCK TABLE app_user.profile IN ACCESS SHARE MODE')
      let retries = 0
      const run = await lab.upgrade({
        onEvent: (event) => {
          if (event.event !== 'retry') return
          retries += 1
          if (retries === 2) void blocker.end()
        },
      })
      expect(run.error).toBeUndefined()
      const retry = run.events.find((event) => event.event === 'retry')
      expect(retry).toMatchObject({
        sqlState: '55P03',
        attempt: 1,
        revision: 'aaaaaaaaaaa2',
        blockers: [
          {
            application: 'report job',
            state: 'idle in transaction',
            query: expect.stringContaining('LOCK TABLE'),
          },
        ],
      })
      expect(statementsOf(run).filter((sql) => sql === 'CREATE TABLE other (id int)')).toHaveLength(
        retries + 1,
      )
    },
  )

  labTest('says who blocked it when the time for retries is over', async ({ lab }) => {
    await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_table.ts': table })
    await lab.upgrade()
    await lab.write({
      'user/20260102_000000_aaaaaaaaaaa2_column.ts': column("export const lockTimeout = '400ms'"),
    })
    const { client } = lab.database
    await client.query('BEGIN; LOCK TABLE app_user.profile IN ACCESS SHARE MODE')
    const run = await lab.upgrade({
      settings: { lockTimeout: '1h', retry: { for: '2s', firstDelay: '50ms' } },
    })
    const error = run.error as MigError
    await client.query('ROLLBACK')
    expect(error).toMatchObject({ code: 'database-error', exitCode: 3, facts: { sqlState: '55P03' } })
    expect(error.message).toMatch(/tried \d+ times within 2 s; blocked by pid \d+/)
    expect(error.help).toContain('just mig-status')
    expect((await client.query("SELECT to_regclass('app_user.other') AS other")).rows).toEqual([
      { other: null },
    ])
  })

  labTest('with one transaction for the run, the whole run is run again', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_table.ts': table,
      'user/20260102_000000_aaaaaaaaaaa2_column.ts': column(),
    })
    const blocker = new pg.Client({ connectionString: lab.database.url })
    await blocker.connect()
    await blocker.query('CREATE TABLE public.held (id int)')
    await blocker.query('BEGIN; LOCK TABLE public.held')
    await lab.write({
      'user/20260103_000000_aaaaaaaaaaa3_held.ts': revision(
        'aaaaaaaaaaa3',
        'aaaaaaaaaaa2',
        "await op.execute('ALTER TABLE public.held ADD COLUMN name text')",
      ),
    })
    const run = await lab.upgrade({
      settings: { transaction: 'run' },
      onEvent: (event) => {
        if (event.event === 'retry') void blocker.end()
      },
    })
    expect(run.error).toBeUndefined()
    expect(run.events.find((event) => event.event === 'retry')).toMatchObject({ revision: 'aaaaaaaaaaa3' })
    expect(statementsOf(run).filter((sql) => sql.startsWith('CREATE TABLE profile'))).toHaveLength(2)
    expect((await lab.database.client.query('SELECT revision FROM mig.log ORDER BY id')).rows).toHaveLength(3)
  })
})

describe('a statement in op.autocommit that meets a lock', () => {
  labTest('is run again by itself', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_table.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('CREATE TABLE profile (id int PRIMARY KEY)')
  await op.autocommit(async () => {
    await op.execute('CREATE TABLE first (id int)')
    await op.execute('ALTER TABLE public.held ADD COLUMN name text')
  })`,
      ),
    })
    const blocker = new pg.Client({ connectionString: lab.database.url })
    await blocker.connect()
    await blocker.query('CREATE TABLE public.held (id int)')
    await blocker.query('BEGIN; LOCK TABLE public.held')
    const run = await lab.upgrade({
      onEvent: (event) => {
        if (event.event === 'retry') void blocker.end()
      },
    })
    expect(run.error).toBeUndefined()
    expect(statementsOf(run).filter((sql) => sql === 'CREATE TABLE first (id int)')).toHaveLength(1)
  })
})

describe('a batch of a backfill that meets a lock', () => {
  labTest('is run again by itself, not the batches before it', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_table.ts': revision(
        'aaaaaaaaaaa1',
        null,
        "await op.execute('CREATE TABLE profile AS SELECT n AS id, false AS done FROM generate_series(1, 50) AS n')",
      ),
    })
    await lab.upgrade()
    await lab.write({
      'user/20260102_000000_aaaaaaaaaaa2_fill.ts': revision(
        'aaaaaaaaaaa2',
        'aaaaaaaaaaa1',
        "await op.backfill({ table: 'profile', set: 'done = true', where: 'NOT done', key: ['id'], batchSize: 10 })",
      ),
    })
    const blocker = new pg.Client({ connectionString: lab.database.url, application_name: 'report job' })
    await blocker.connect()
    await blocker.query('BEGIN; SELECT FROM app_user.profile WHERE id = 35 FOR UPDATE')
    const run = await lab.upgrade({
      onEvent: (event) => {
        if (event.event === 'retry') void blocker.end()
      },
    })
    expect(run.error).toBeUndefined()
    const retry = run.events.find((event) => event.event === 'retry')
    expect(retry).toMatchObject({ blockers: [{ application: 'report job' }] })
    const batches = statementsOf(run).filter((sql) => sql.startsWith('UPDATE'))
    expect(batches).toHaveLength(6)
  })
})

describe('a deadlock', () => {
  labTest('is met by running the whole revision again', async ({ lab }) => {
    const { client } = lab.database
    await client.query('CREATE TABLE public.a (); CREATE TABLE public.b ()')
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_locks.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('LOCK TABLE public.a')
  await op.execute('LOCK TABLE public.b')`,
      ),
    })
    const other = new pg.Client({ connectionString: lab.database.url })
    await other.connect()
    // Only who looks for a deadlock is ended by it.
    await other.query("SET deadlock_timeout = '1h'")
    await other.query('BEGIN; LOCK TABLE public.b')
    let theirs: Promise<unknown> | undefined
    const run = await lab.upgrade({
      settings: { lockTimeout: '30s' },
      onEvent: (event) => {
        if (event.event === 'statement' && event.sql === 'LOCK TABLE public.a')
          theirs ??= other.query('LOCK TABLE public.a').then(
            () => other.end(),
            (error: unknown) => error,
          )
      },
    })
    expect(run.error).toBeUndefined()
    expect(await theirs).toBeUndefined()
    const retries = run.events.flatMap((event) => (event.event === 'retry' ? [event.sqlState] : []))
    expect(retries).toEqual(['40P01'])
  })
})

describe('the pauses between attempts', () => {
  labTest('are longer than the attempt, so that readers behind it get their turn', async ({ lab }) => {
    await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_table.ts': table })
    await lab.upgrade()
    await lab.write({ 'user/20260102_000000_aaaaaaaaaaa2_column.ts': column() })
    const blocker = new pg.Client({ connectionString: lab.database.url })
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE app_user.profile IN ACCESS SHARE MODE')
    const pauses: number[] = []
    const run = await lab.upgrade({
      onEvent: (event) => {
        if (event.event !== 'retry') return
        pauses.push(event.delayMs)
        if (pauses.length === 3) void blocker.end()
      },
    })
    expect(run.error).toBeUndefined()
    // The lock timeout of the lab is 300 ms.
    for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(1.25 * 300)
  })
})
