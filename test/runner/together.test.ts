import pg from 'pg'
import { describe, expect } from 'vitest'
import { revisions, writeFaultProject } from '../faults/fixture.ts'
import { outcomeOf } from '../faults/harness.ts'
import { type Lab, labTest, revision } from './support.ts'

describe('several runners at once', () => {
  for (const runners of [2, 8]) {
    labTest(`${runners} of them all end well, and each revision is run once`, async ({ lab }) => {
      await writeFaultProject(lab)
      const runs = await Promise.all(Array.from({ length: runners }, () => lab.upgrade()))
      expect(runs.map(({ error }) => error)).toEqual(Array(runners).fill(undefined))
      const { done, halfDone } = await outcomeOf(lab)
      expect(done).toHaveLength(revisions)
      expect(done).toEqual((done as readonly object[]).map((row) => ({ ...row, times: 1 })))
      expect(halfDone).toEqual([])
      // What one has taken the others leave out.
      expect(runs.reduce((sum, { result }) => sum + (result?.steps.length ?? 0), 0)).toBe(revisions)
    })
  }

  labTest('two downgrades by one do not take away two', async ({ lab }) => {
    const empty = (id: string, down: string | null) => revision(id, down, '')
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_a.ts': empty('aaaaaaaaaaa1', null),
      'user/20260102_000000_aaaaaaaaaaa2_b.ts': empty('aaaaaaaaaaa2', 'aaaaaaaaaaa1'),
      'user/20260103_000000_aaaaaaaaaaa3_c.ts': empty('aaaaaaaaaaa3', 'aaaaaaaaaaa2'),
    })
    await lab.upgrade()
    // Both have made their plan while somebody else holds the lock.
    const gate = new pg.Client({ connectionString: lab.database.url })
    await gate.connect()
    await gate.query("SELECT pg_advisory_lock(hashtextextended('just-mig mig app_user', 0))")
    let waiting = 0
    const down = () =>
      lab.run(
        { direction: 'downgrade', target: '-1' },
        {
          onEvent: (event) => {
            if (event.event === 'lock-wait' && ++waiting === 2) void gate.end()
          },
        },
      )
    const runs = await Promise.all([down(), down()])
    const errors = runs.flatMap(({ error }) => (error === undefined ? [] : [error]))
    expect(errors).toMatchObject([{ code: 'plan-changed', exitCode: 3 }])
    const { rows } = await lab.database.client.query('SELECT revision FROM mig.version')
    expect(rows).toEqual([{ revision: 'aaaaaaaaaaa2' }])
  })
})

/** What a writer has met. */
interface Writer {
  readonly writes: number
  readonly refused: number
  /** Milliseconds. */
  readonly longest: number
}

/** Updates and inserts one row at a time until told to stop; its lock_timeout is the longest wait it puts up with. */
async function write(lab: Lab, seed: number, patience: number, stop: AbortSignal): Promise<Writer> {
  const client = new pg.Client({ connectionString: lab.database.url, application_name: 'writer' })
  await client.connect()
  await client.query(`SET lock_timeout = ${patience}; SET search_path TO app_user`)
  let writes = 0
  let refused = 0
  let longest = 0
  while (!stop.aborted) {
    const started = performance.now()
    try {
      if (writes % 10 === 0)
        await client.query(`INSERT INTO profile (id, name, owner) VALUES ($1, 'new', 1)`, [seed + writes])
      else
        await client.query(`UPDATE profile SET name = name || 'x' WHERE id = $1`, [
          1 + ((writes * 7919) % 20_000),
        ])
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error
      refused += 1
    }
    writes += 1
    longest = Math.max(longest, performance.now() - started)
  }
  await client.end()
  return { writes, refused, longest }
}

describe('writers at work', () => {
  labTest('never wait longer than the lock timeout of the runner plus a margin', async ({ lab }) => {
    const lockTimeout = 500
    const margin = 1000
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_tables.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('CREATE TABLE owner (id int PRIMARY KEY)')
  await op.execute('INSERT INTO owner VALUES (1)')
  await op.execute('CREATE TABLE profile (id int PRIMARY KEY, name text, owner int, done boolean)')
  await op.execute("INSERT INTO profile SELECT n, 'name', 1 FROM generate_series(1, 20000) AS n")`,
      ),
    })
    await lab.upgrade()
    await lab.write({
      'user/20260102_000000_aaaaaaaaaaa2_online.ts': revision(
        'aaaaaaaaaaa2',
        'aaaaaaaaaaa1',
        `await op.execute('ALTER TABLE profile ALTER COLUMN done SET DEFAULT false')
  await op.safe.createIndex('profile_name_idx', 'profile', ['name'])
  await op.backfill({ table: 'profile', set: 'done = false', where: 'done IS NULL', batchSize: 500 })
  await op.safe.setNotNull('profile', 'name')
  await op.safe.addCheck('profile_id_positive', 'profile', 'id > 0')
  await op.safe.addForeignKey('profile_owner_fkey', 'profile', 'owner', ['owner'], ['id'])
  await op.safe.changeType('profile', 'done', { type: 'text', default: "'false'" })
  await op.autocommit(() => op.execute('ALTER TABLE profile ADD COLUMN late int'))`,
      ),
    })
    const stop = new AbortController()
    const writers = [1, 2, 3, 4].map((number) =>
      write(lab, number * 1_000_000, lockTimeout + margin, stop.signal),
    )
    const run = await lab.upgrade({ settings: { lockTimeout: `${lockTimeout}ms` } })
    stop.abort()
    const met = await Promise.all(writers)
    expect(run.error).toBeUndefined()
    expect(met.map(({ refused }) => refused)).toEqual([0, 0, 0, 0])
    const writes = met.reduce((sum, writer) => sum + writer.writes, 0)
    const longest = Math.max(...met.map((writer) => writer.longest))
    console.log(
      `${writes} writes by 4 writers, the longest took ${Math.round(longest)} ms; none was refused its lock`,
    )
    // The rows that came meanwhile were taken too.
    const { rows } = await lab.database.client.query(
      `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = 'app_user.profile_name_idx'::regclass`,
    )
    expect(rows).toEqual([{ valid: true }])
  })
})
