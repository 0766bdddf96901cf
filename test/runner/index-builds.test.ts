import pg from 'pg'
import { describe, expect } from 'vitest'
import type { MigEvent } from '../../migrations/core/index.ts'
import { type Lab, labTest, revision, statementsOf } from './support.ts'

const table = revision(
  'aaaaaaaaaaa1',
  null,
  `await op.execute('CREATE TABLE profile AS SELECT n AS id FROM generate_series(1, 100) AS n')`,
)

async function withTable(lab: Lab): Promise<pg.Client> {
  await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_table.ts': table })
  await lab.upgrade()
  const other = new pg.Client({ connectionString: lab.database.url, application_name: 'report job' })
  await other.connect()
  return other
}

const indexFile = 'user/20260102_000000_aaaaaaaaaaa2_index.ts'
const build = (statement: string) =>
  revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', `await op.autocommit(() => op.execute('${statement}'))`)

describe('an index that is built concurrently', () => {
  labTest('waits for old transactions beyond the lock timeout, and shows for whom', async ({ lab }) => {
    const other = await withTable(lab)
    await other.query('BEGIN; LOCK TABLE app_user.profile IN ROW EXCLUSIVE MODE')
    await lab.write({ [indexFile]: build('CREATE INDEX CONCURRENTLY profile_id_idx ON profile (id)') })
    const seen: MigEvent[] = []
    const run = await lab.upgrade({
      settings: { lockTimeout: '100ms' },
      onEvent: (event) => {
        if (event.event !== 'progress' || !event.what.includes('held up')) return
        seen.push(event)
        if (seen.length === 1) void other.end()
      },
    })
    expect(run.error).toBeUndefined()
    expect(seen[0]).toMatchObject({
      what: expect.stringMatching(
        /^index profile_id_idx, waiting for writers before build, held up by pid \d+ \(report job/,
      ),
    })
  })

  labTest(
    'holds to a lock timeout that the revision itself sets, and leaves no INVALID index between',
    async ({ lab }) => {
      const other = await withTable(lab)
      await other.query('BEGIN; LOCK TABLE app_user.profile IN ROW EXCLUSIVE MODE')
      const head = "export const lockTimeout = '100ms'"
      await lab.write({
        [indexFile]: build('CREATE INDEX CONCURRENTLY profile_id_idx ON profile (id)').replace(
          'export async',
          `${head}\nexport async`,
        ),
      })
      let retries = 0
      const run = await lab.upgrade({
        onEvent: (event) => {
          if (event.event === 'retry' && ++retries === 1) void other.end()
        },
      })
      expect(run.error).toBeUndefined()
      expect(retries).toBeGreaterThan(0)
      expect(statementsOf(run).at(-2)).toBe('DROP INDEX CONCURRENTLY IF EXISTS app_user.profile_id_idx')
    },
  )

  labTest('that an interrupt has stopped is built again by the next run', async ({ lab }) => {
    const other = await withTable(lab)
    await other.query('BEGIN; LOCK TABLE app_user.profile IN ROW EXCLUSIVE MODE')
    await lab.write({ [indexFile]: build('CREATE INDEX CONCURRENTLY ON profile (id)') })
    const stop = new AbortController()
    const first = await lab.upgrade({
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event === 'progress') stop.abort('SIGINT')
      },
    })
    expect(first.error).toMatchObject({ code: 'interrupted', exitCode: 130 })
    await other.end()
    const invalid = 'SELECT count(*)::int AS n FROM pg_index WHERE NOT indisvalid'
    expect((await lab.database.client.query(invalid)).rows).toEqual([{ n: 1 }])
    expect((await lab.upgrade()).error).toBeUndefined()
    const { rows } = await lab.database.client.query(
      `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'app_user.profile'::regclass`,
    )
    expect(rows).toEqual([{ name: 'app_user.profile_id_idx', valid: true }])
  })

  labTest('what a stopped REINDEX CONCURRENTLY has left is dropped before the next try', async ({ lab }) => {
    const other = await withTable(lab)
    await other.query('CREATE INDEX profile_id_idx ON app_user.profile (id)')
    await other.query('BEGIN; LOCK TABLE app_user.profile IN ROW EXCLUSIVE MODE')
    await lab.write({ [indexFile]: build('REINDEX TABLE CONCURRENTLY profile') })
    const stop = new AbortController()
    await lab.upgrade({
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event === 'progress') stop.abort('SIGINT')
      },
    })
    await other.end()
    const run = await lab.upgrade()
    expect(run.error).toBeUndefined()
    expect(statementsOf(run)).toEqual([
      'DROP INDEX CONCURRENTLY IF EXISTS app_user.profile_id_idx_ccnew',
      'REINDEX TABLE CONCURRENTLY profile',
    ])
  })

  labTest('of that name which is being built by somebody else is left alone', async ({ lab }) => {
    const other = await withTable(lab)
    const gate = new pg.Client({ connectionString: lab.database.url })
    await gate.connect()
    await gate.query('BEGIN; LOCK TABLE app_user.profile IN ROW EXCLUSIVE MODE')
    const building = other.query('CREATE INDEX CONCURRENTLY profile_id_idx ON app_user.profile (id)')
    const { client } = lab.database
    for (;;) {
      const { rows } = await client.query('SELECT FROM pg_stat_progress_create_index WHERE index_relid > 0')
      if (rows.length > 0) break
    }
    await lab.write({
      [indexFile]: build('CREATE INDEX CONCURRENTLY IF NOT EXISTS profile_id_idx ON profile (id)'),
    })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'index-being-built' })
    await gate.end()
    await building
    await other.end()
    expect((await lab.upgrade()).error).toBeUndefined()
  })
})

describe('a partition that is detached concurrently', () => {
  labTest('is detached to its end by the next run', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_table.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('CREATE TABLE event (at int) PARTITION BY RANGE (at)')
  await op.execute('CREATE TABLE event_old PARTITION OF event FOR VALUES FROM (0) TO (10)')`,
      ),
    })
    await lab.upgrade()
    const other = new pg.Client({ connectionString: lab.database.url })
    await other.connect()
    await other.query('BEGIN; SELECT FROM app_user.event')
    await lab.write({ [indexFile]: build('ALTER TABLE event DETACH PARTITION event_old CONCURRENTLY') })
    const first = await lab.upgrade({ settings: { retry: { for: '0' }, lockTimeout: '100ms' } })
    expect(first.error).toMatchObject({ facts: { sqlState: '55P03' } })
    await other.end()
    expect((await lab.upgrade()).error).toBeUndefined()
    const { rows } = await lab.database.client.query('SELECT FROM pg_inherits')
    expect(rows).toEqual([])
  })
})
