import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { administer, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRecipe } from '../support/recipes.ts'
import { fail, type Just, jsonLines, justOn, succeed } from './support/just.ts'
import { empty, logRows, versions } from './support/ledger.ts'
import { environmentText, revisionFiles, temporaryProject } from './support/project.ts'

type Project = Awaited<ReturnType<typeof temporaryProject>>

let database: TestDatabase
let just: Just
let project: Project

/** The second revision waits for as long as somebody holds the advisory lock 4711. */
const waiting =
  'await op.execute(`SET LOCAL lock_timeout = 0; CREATE TABLE b (); SELECT pg_advisory_xact_lock(4711)`)'

beforeAll(async () => {
  database = await createTestDatabase()
  project = await temporaryProject({
    'migrations/env.ts': environmentText({ shop: 'shop', depot: 'depot' }),
    ...revisionFiles('shop', [
      {
        id: 'aaaa00000001',
        upgrade: 'await op.execute(`CREATE TABLE a ()`)',
        downgrade: 'await op.execute(`DROP TABLE a`)',
      },
      {
        id: 'aaaa00000002',
        down: 'aaaa00000001',
        upgrade: waiting,
        downgrade: 'await op.execute(`DROP TABLE b`)',
      },
      {
        id: 'aaaa00000003',
        down: 'aaaa00000002',
        upgrade: 'await op.execute(`CREATE TABLE c ()`)',
        downgrade: 'await op.execute(`DROP TABLE c`)',
      },
    ]),
    ...revisionFiles('depot', [{ id: 'bbbb00000001' }]),
  })
  just = justOn(database.url, { cwd: project.path })
})
beforeEach(() => empty(database.client))
afterAll(async () => {
  await database.drop()
  await project.remove()
})

function start(args: string) {
  return startRecipe(args.split(' '), { cwd: project.path, env: { MIG_DATABASE_URL: database.url } })
}

/** Waits until the server shows what the condition, over pg_stat_activity, asks for. */
async function until(condition: string): Promise<void> {
  await expect
    .poll(
      async () => {
        // By another connection: inside a transaction pg_stat_activity stands still.
        const { rowCount } = await administer(
          `SELECT FROM pg_stat_activity WHERE datname = '${database.name}' AND (${condition})`,
        )
        return rowCount
      },
      { timeout: 20_000, interval: 20 },
    )
    .toBeGreaterThan(0)
}

const inSecondRevision = `query LIKE '%4711%' AND wait_event = 'advisory'`

async function tables(): Promise<readonly string[]> {
  const { rows } = await database.client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = to_regnamespace('shop') AND relkind = 'r' ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

describe('two upgrades at once', () => {
  test('one waits, shows who holds the lock, and both end well', async () => {
    await database.client.query('SELECT pg_advisory_lock(4711)')
    const first = start('mig-upgrade head shop --json')
    await until(inSecondRevision)
    const second = start('mig-upgrade head shop --json')
    const told = new Promise<string>((resolve) => {
      second.stdout?.on('data', (chunk) => {
        const line = String(chunk)
          .split('\n')
          .find((text) => text.includes('"lock-wait"'))
        if (line !== undefined) resolve(line)
      })
    })
    expect(JSON.parse(await told)).toMatchObject({
      targetSchema: 'shop',
      holder: { application: expect.stringMatching(/^just-mig \d+@/) },
    })
    await database.client.query('SELECT pg_advisory_unlock(4711)')
    expect((await first).exitCode).toBe(0)
    expect((await second).exitCode).toBe(0)
    expect(await tables()).toEqual(['a', 'b', 'c'])
    expect((await logRows(database.client)).map(({ revision }) => revision)).toEqual([
      'aaaa00000001',
      'aaaa00000002',
      'aaaa00000003',
    ])
  })

  test('the one that waits gives up after --lock-wait, with exit 6 and the holder', async () => {
    await database.client.query('SELECT pg_advisory_lock(4711)')
    const first = start('mig-upgrade head shop')
    await until(inSecondRevision)
    const { stderr } = await fail(just('mig-upgrade head shop --lock-wait 300ms'), 'lock-not-obtained', 6)
    expect(stderr).toMatch(/locked by pid \d+ \(just-mig \d+/)
    await database.client.query('SELECT pg_advisory_unlock(4711)')
    expect((await first).exitCode).toBe(0)
  })

  test('another schema is not kept waiting', async () => {
    await database.client.query('SELECT pg_advisory_lock(4711)')
    const first = start('mig-upgrade head shop')
    await until(inSecondRevision)
    await succeed(just('mig-upgrade head depot --lock-wait 0'))
    await database.client.query('SELECT pg_advisory_unlock(4711)')
    expect((await first).exitCode).toBe(0)
  })

  test('two downgrades by one at once do not take away two', async () => {
    await succeed(just('mig-upgrade head shop'))
    // Holds the rows that a downgrade needs, so that both have planned before one goes on.
    await database.client.query('BEGIN; LOCK TABLE shop.c IN ACCESS SHARE MODE')
    const first = start('mig-downgrade -1 shop --lock-timeout 0')
    await until(`query LIKE 'DROP TABLE c%' AND wait_event_type = 'Lock'`)
    const second = start('mig-downgrade -1 shop')
    await until(`query LIKE '%pg_try_advisory_lock%' OR query LIKE '%pg_locks AS l%'`)
    await database.client.query('COMMIT')
    expect((await first).exitCode).toBe(0)
    const { exitCode, stderr } = await second
    expect(exitCode).toBe(3)
    expect(stderr).toContain('error MIG-plan-changed')
    expect(await versions(database.client)).toEqual({ shop: ['aaaa00000002'] })
  })
})

describe('a runner that is stopped', () => {
  test('by SIGKILL leaves the database at a whole revision, and the next one goes on', async () => {
    await database.client.query('SELECT pg_advisory_lock(4711)')
    const run = start('mig-upgrade head shop --json')
    await until(inSecondRevision)
    const runner = await database.client.query<{ pid: string }>(
      `SELECT substring(application_name FROM '\\d+') AS pid FROM pg_stat_activity WHERE ${inSecondRevision}`,
    )
    process.kill(Number(runner.rows[0]?.pid), 'SIGKILL')
    expect((await run).exitCode).not.toBe(0)
    await database.client.query('SELECT pg_advisory_unlock(4711)')
    // The server may not have seen yet that nobody is there; a new runner waits for its lock.
    await succeed(just('mig-upgrade head shop'))
    expect(await tables()).toEqual(['a', 'b', 'c'])
    expect(await versions(database.client)).toEqual({ shop: ['aaaa00000003'] })
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s cancels its statement, rolls back, and exits %d', async (signal, exitCode) => {
    await database.client.query('SELECT pg_advisory_lock(4711)')
    const run = start('mig-upgrade head shop --json')
    await until(inSecondRevision)
    const runner = await database.client.query<{ pid: string }>(
      `SELECT substring(application_name FROM '\\d+') AS pid FROM pg_stat_activity WHERE ${inSecondRevision}`,
    )
    process.kill(Number(runner.rows[0]?.pid), signal)
    const result = await run
    await database.client.query('SELECT pg_advisory_unlock(4711)')
    expect(result.exitCode).toBe(exitCode)
    const lines = jsonLines({ code: exitCode, stdout: String(result.stdout), stderr: '' })
    expect(lines.at(-1)).toMatchObject({ event: 'error', code: 'interrupted', exitCode })
    expect(await tables()).toEqual(['a'])
    expect(await versions(database.client)).toEqual({ shop: ['aaaa00000001'] })
    await succeed(just('mig-upgrade head shop --lock-wait 0'))
  })

  test('by a terminated connection says so, or goes on by itself, and leaves whole revisions', async () => {
    await database.client.query('SELECT pg_advisory_lock(4711)')
    const run = start('mig-upgrade head shop')
    await until(inSecondRevision)
    await database.client.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${inSecondRevision}`,
    )
    await database.client.query('SELECT pg_advisory_unlock(4711)')
    const { exitCode, stderr } = await run
    if (exitCode !== 0) {
      expect(exitCode).toBe(3)
      expect(stderr).toContain('error MIG-connection-lost')
    }
    await succeed(just('mig-upgrade head shop'))
    expect(await tables()).toEqual(['a', 'b', 'c'])
  })
})
