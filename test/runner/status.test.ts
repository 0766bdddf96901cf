import { spawnSync } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import {
  type MigError,
  type StatusItem,
  singleTargets,
  targetStatus,
  unlockTargets,
  usingSession,
} from '../../migrations/core/index.ts'
import { createLedger, takeLocks } from '../../migrations/core/ledger/index.ts'
import { holderLife, nameOfRunner } from '../../migrations/core/runner/session/holder.ts'
import { environmentFile } from '../faults/fixture.ts'
import { runRecipe } from '../faults/harness.ts'
import { type Lab, labTest, revision } from './support.ts'

async function statusOf(lab: Lab): Promise<readonly StatusItem[]> {
  const project = await lab.project()
  return targetStatus(project, singleTargets(project.env, project.env.filter), {})
}

async function unlockFor(lab: Lab, request: { readonly force?: number } = {}) {
  const project = await lab.project()
  return unlockTargets(project, singleTargets(project.env, project.env.filter), request, {})
}

async function lockedBy(lab: Lab, application_name: string, role?: string): Promise<pg.Client> {
  const url = new URL(lab.database.url)
  if (role !== undefined) Object.assign(url, { username: role, password: 'secret' })
  const client = new pg.Client({ connectionString: url.href, application_name })
  client.on('error', () => undefined)
  await client.connect()
  await takeLocks(client, {
    ledgerSchema: 'mig',
    targetSchemas: ['app_user'],
    wait: 0,
    emit: () => undefined,
  })
  return client
}

/** The pid of a process that has been there and is gone. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

describe('what is in progress, stuck or in doubt', () => {
  labTest('is nothing in a database that is well, and in one without a ledger', async ({ lab }) => {
    expect(await statusOf(lab)).toEqual([])
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision(
        'aaaaaaaaaaa1',
        null,
        "await op.execute('CREATE TABLE t ()')",
      ),
    })
    await lab.upgrade()
    expect(await statusOf(lab)).toEqual([])
  })

  labTest(
    'shows a half-done revision and its INVALID index with the command that goes on',
    async ({ lab }) => {
      await lab.write({
        'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision(
          'aaaaaaaaaaa1',
          null,
          `await op.execute('CREATE TABLE t AS SELECT 1 AS n FROM generate_series(1, 2)')
  await op.autocommit(() => op.execute('CREATE UNIQUE INDEX CONCURRENTLY t_n_key ON t (n)'))`,
        ),
      })
      await lab.upgrade()
      const items = await statusOf(lab)
      expect(items.map(({ kind, fix }) => [kind, fix])).toEqual([
        ['half-done', 'just mig-upgrade aaaaaaaaaaa1 user'],
        ['invalid-index', 'the next run builds it again: just mig-upgrade aaaaaaaaaaa1 user'],
      ])
      expect(items[0]?.what).toContain('1 statement done, statement 2 begun')
    },
  )

  labTest('names the downgrade as what builds its INVALID index again', async ({ lab }) => {
    const down = "await op.autocommit(() => op.execute('CREATE UNIQUE INDEX CONCURRENTLY t_n_key ON t (n)'))"
    const up = "await op.execute('CREATE TABLE t AS SELECT 1 AS n FROM generate_series(1, 2)')"
    const name = 'user/20260101_000000_aaaaaaaaaaa1_t.ts'
    await lab.write({ [name]: revision('aaaaaaaaaaa1', null, up, { down }) })
    await lab.upgrade()
    expect((await lab.run({ direction: 'downgrade', target: 'base' })).error).toBeDefined()
    expect((await statusOf(lab)).map(({ kind, fix }) => [kind, fix])).toEqual([
      ['half-done', 'just mig-downgrade -1 user'],
      ['invalid-index', 'the next run builds it again: just mig-downgrade -1 user'],
    ])
  })

  labTest('says which code a half-done revision needs whose file is not there', async ({ lab }) => {
    const name = 'user/20260101_000000_aaaaaaaaaaa1_t.ts'
    const body = "await op.autocommit(() => op.execute('CREATE TABLE t (id int); SELECT 1/0'))"
    await lab.write({ [name]: revision('aaaaaaaaaaa1', null, body) })
    expect((await lab.upgrade()).error).toBeDefined()
    await rm(join(lab.root, 'migrations/versions', name))
    const wanted = 'deploy the code with the file of aaaaaaaaaaa1, then just mig-upgrade aaaaaaaaaaa1 user'
    expect((await statusOf(lab)).map(({ kind, fix }) => [kind, fix])).toEqual([['half-done', wanted]])
    await lab.write({ 'user/20260102_000000_aaaaaaaaaaa2_u.ts': revision('aaaaaaaaaaa2', null, body) })
    expect((await lab.upgrade()).error).toMatchObject({
      code: 'half-done',
      help: expect.stringContaining(wanted),
    })
  })

  labTest(
    'shows sessions that are idle in a transaction with locks, and prepared transactions',
    async ({ lab }) => {
      const { client } = lab.database
      await client.query('CREATE SCHEMA app_user; CREATE TABLE app_user.t (); CREATE TABLE public.t ()')
      const idle = new pg.Client({ connectionString: lab.database.url, application_name: 'report job' })
      await idle.connect()
      await idle.query('BEGIN; LOCK TABLE app_user.t; LOCK TABLE public.t')
      const other = await statusOf(lab)
      expect(other).toMatchObject([
        { kind: 'idle-in-transaction', facts: { holder: { application: 'report job' }, relations: ['t'] } },
      ])
      await idle.query("PREPARE TRANSACTION 'forgotten'")
      await idle.end()
      expect(await statusOf(lab)).toMatchObject([
        { kind: 'prepared-transaction', facts: { gid: 'forgotten' } },
      ])
      await client.query("ROLLBACK PREPARED 'forgotten'")
    },
  )
})

async function command(lab: Lab, ...args: readonly string[]) {
  await writeFile(join(lab.root, 'migrations', 'env.ts'), environmentFile)
  return runRecipe(lab, lab.database.url, undefined, args)
}

labTest('Where a half-done revision stands is told whatever the DateStyle of the role', async ({ lab }) => {
  const { client, name } = lab.database
  await client.query(`ALTER DATABASE ${name} SET "DateStyle" = 'German'`)
  await lab.write({
    'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision(
      'aaaaaaaaaaa1',
      null,
      "await op.autocommit(() => op.execute('CREATE TABLE t (id int); SELECT 1/0'))",
    ),
  })
  expect((await lab.upgrade()).error).toBeDefined()
  const [item] = await statusOf(lab)
  expect(item?.what).toMatch(/last at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
})

describe('the recipes', () => {
  labTest(
    'mig-status shows each thing with what fixes it, and mig-unlock ends what is dead only',
    async ({ lab }) => {
      await lab.write({})
      await mkdir(join(lab.root, 'migrations'), { recursive: true })
      expect((await command(lab, 'mig-status')).output).toContain('nothing is in progress, stuck or in doubt')
      const holder = await lockedBy(lab, 'psql')
      const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const pid = rows[0]?.pid
      const status = await command(lab, 'mig-status', 'user')
      expect(status.output).toMatch(
        /app_user: lock\n {2}locked by pid \d+ \(psql, .*\n {2}→ .*just mig-unlock user --force \d+/,
      )
      expect(status.output).toContain('not a runner of just-mig')
      const refused = await command(lab, 'mig-unlock', 'user')
      expect(refused.code).toBe(6)
      expect(refused.output).toContain(
        `help: wait for it; or end it, whatever it is doing: just mig-unlock --force ${pid}`,
      )
      const forced = await command(lab, 'mig-unlock', 'user', '--force', String(pid), '--json')
      expect(forced.output).toContain('"event":"unlocked","targetSchemas":["app_user"]')
      expect(await statusOf(lab)).toEqual([])
      await holder.end()
    },
  )
})

describe('mig-current', () => {
  labTest('says which schema is in the middle of a revision, and what goes on with it', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('CREATE TABLE t AS SELECT 1 AS n FROM generate_series(1, 2)')
  await op.autocommit(() => op.execute('CREATE UNIQUE INDEX CONCURRENTLY t_n_key ON t (n)'))`,
      ),
    })
    const { error } = await lab.upgrade()
    expect((error as MigError).message).toMatch(
      /\(SQLSTATE 23505\); its first statement is done and recorded, the one that failed ran outside a transaction and may have left something$/i,
    )
    const goOn = 'just mig-upgrade aaaaaaaaaaa1 user'
    const shown = await command(lab, 'mig-current', 'user')
    expect(shown.output).toMatch(/user +app_user +base +1 behind, 1 half done/)
    expect(shown.output).toContain(
      `app_user is in the middle of the upgrade of aaaaaaaaaaa1, 1 statement done; go on: ${goOn}`,
    )
    const { output } = await command(lab, 'mig-current', 'user', '--json')
    const lines = output.split('\n').filter((line) => line.startsWith('{"event":"current"'))
    expect(lines.map((line) => JSON.parse(line).halfDone)).toEqual([
      { revision: 'aaaaaaaaaaa1', direction: 'upgrade', statement: 1, goOn },
    ])
    await lab.database.client.query('DELETE FROM app_user.t WHERE ctid = (SELECT min(ctid) FROM app_user.t)')
    expect((await command(lab, ...goOn.split(' ').slice(1))).code).toBe(0)
    const after = await command(lab, 'mig-current', 'user', '--check-heads')
    expect(after.code).toBe(0)
    expect(after.output).not.toContain('half done')
  })
})

describe('a half-done revision whose lock is held', () => {
  const goOn = 'just mig-upgrade aaaaaaaaaaa1 user'

  labTest('is running only where its holder is alive, as the lock says', async ({ lab }) => {
    const body = "await op.autocommit(() => op.execute('CREATE TABLE t (id int); SELECT 1/0'))"
    await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision('aaaaaaaaaaa1', null, body) })
    expect((await lab.upgrade()).error).toBeDefined()
    for (const [name, running, fix] of [
      [`just-mig ${process.pid}@${hostname()}`, true, 'it is running (pid N); nothing to do'],
      [`just-mig ${deadPid()}@${hostname()}`, false, 'just mig-unlock user'],
      ['psql', false, 'when you know that pid N is gone: just mig-unlock user --force N'],
    ] as const) {
      const holder = await lockedBy(lab, name)
      const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const shown = fix.replaceAll('N', String(rows[0]?.pid))
      const [halfDone, lock] = await statusOf(lab)
      expect(lock).toMatchObject({ kind: 'lock', fix: shown })
      expect(halfDone).toMatchObject({
        ...{ kind: 'half-done', facts: { running } },
        fix: running ? shown : `${shown}, then ${goOn}`,
      })
      const passedOver = await lab.run({ direction: 'downgrade', target: 'base' })
      if (name.includes(`${process.pid}`) || name === 'psql') expect(passedOver.error).toBeUndefined()
      else expect(passedOver.error).toMatchObject({ code: 'half-done' })
      await unlockFor(lab, { force: rows[0]?.pid ?? 0 })
      await holder.end()
    }
  })
})

describe('unlock', () => {
  labTest('ends a holder whose process on this machine is gone', async ({ lab }) => {
    const holder = await lockedBy(lab, `just-mig ${deadPid()}@${hostname()}`)
    expect((await statusOf(lab)).map(({ fix }) => fix)).toEqual(['just mig-unlock user'])
    expect(await unlockFor(lab)).toMatchObject([{ targetSchemas: ['app_user'] }])
    expect(await statusOf(lab)).toEqual([])
    await holder.end()
  })

  labTest('refuses for one that is alive, or on another machine, and names it', async ({ lab }) => {
    for (const name of [`just-mig ${process.pid}@${hostname()}`, `just-mig ${deadPid()}@elsewhere`, 'psql']) {
      const holder = await lockedBy(lab, name)
      const error = (await unlockFor(lab).catch((thrown: unknown) => thrown)) as MigError
      expect(error).toMatchObject({ code: 'holder-alive', exitCode: 6 })
      expect(error.help).toMatch(/just mig-unlock --force \d+/)
      await holder.end()
    }
  })

  labTest('ends one whose role may not write the ledger, whatever its name says', async ({ lab }) => {
    const role = `hostage_${process.pid}`
    const { client } = lab.database
    await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision('aaaaaaaaaaa1', null, '') })
    await usingSession((await lab.project()).env, {}, ({ client: own }) => createLedger(own, 'mig'))
    await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'secret'`)
    const holder = await lockedBy(lab, `just-mig ${process.pid}@${hostname()}`, role)
    try {
      const { error } = await lab.upgrade({ settings: { lockWait: '0' } })
      expect(error).toMatchObject({
        code: 'lock-not-obtained',
        message: expect.stringContaining('is not a runner: its role may not write the ledger'),
        help: expect.stringContaining('just mig-unlock'),
      })
      expect(await statusOf(lab)).toMatchObject([
        {
          fix: 'just mig-unlock user',
          what: expect.stringContaining('not a runner'),
          facts: { life: 'outsider' },
        },
      ])
      expect(await unlockFor(lab)).toMatchObject([{ holder: { user: role, mayRun: false } }])
    } finally {
      await holder.end().catch(() => undefined)
      await client.query(`DROP ROLE ${role}`)
    }
  })

  labTest('with force, ends the holder that is named and no other', async ({ lab }) => {
    const holder = await lockedBy(lab, 'psql')
    const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const pid = rows[0]?.pid ?? 0
    await expect(unlockFor(lab, { force: pid + 1 })).rejects.toMatchObject({ code: 'no-such-holder' })
    expect(await unlockFor(lab, { force: pid })).toMatchObject([{ holder: { pid } }])
    await holder.end()
  })
})

describe('a holder in another PID namespace with one host name', () => {
  const name = `just-mig ${deadPid()}@${hostname()} 0123abcd`

  labTest('that runs a statement, or had a heartbeat of late, is at work', async ({ lab }) => {
    const holder = await lockedBy(lab, name)
    expect((await statusOf(lab)).map(({ fix }) => fix)).toEqual([
      expect.stringMatching(/^it is running \(pid \d+\); nothing to do$/),
    ])
    await expect(unlockFor(lab)).rejects.toMatchObject({ code: 'holder-alive', exitCode: 6 })
    const asleep = holder.query('SELECT pg_sleep(600)').catch(() => undefined)
    await expect
      .poll(async () => (await statusOf(lab))[0]?.facts)
      .toMatchObject({ life: 'alive', holder: { state: 'active', silentFor: 0 } })
    await expect(unlockFor(lab)).rejects.toMatchObject({ code: 'holder-alive' })
    await lab.database.client.query(
      'SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = $1',
      [name],
    )
    await asleep
    await holder.end()
  })

  test.each([
    [{ silentFor: 0 }, 'alive'],
    [{ silentFor: 59 }, 'alive'],
    [{ silentFor: 60 }, 'dead'],
    [{ silentFor: null }, 'unknown'],
  ] as const)('known by the server as %j is %s', (seen, life) => {
    expect(holderLife({ application: name, ...seen })).toBe(life)
  })

  test('is named within the 63 bytes that PostgreSQL keeps, and known by its own name', () => {
    expect(Buffer.byteLength(nameOfRunner())).toBeLessThanOrEqual(63)
    expect(holderLife({ application: nameOfRunner(), silentFor: 600 })).toBe('alive')
  })
})

labTest('a runner that does nothing on its session sends heartbeats', async ({ lab }) => {
  await lab.write({
    'user/20260101_000000_aaaaaaaaaaa1_pause.ts': revision(
      'aaaaaaaaaaa1',
      null,
      `await op.execute('CREATE TABLE t (id int)')
  const seen = new Set()
  const { pid } = (await op.execute('SELECT pg_backend_pid() AS pid')).rows[0]
  while (globalThis.heartbeatsOf !== undefined && (await globalThis.heartbeatsOf(pid, seen)) < 2);`,
    ),
  })
  const { client } = lab.database
  Object.assign(globalThis, {
    async heartbeatsOf(pid: number, seen: Set<string>) {
      await new Promise((done) => setTimeout(done, 200))
      const { rows } = await client.query(
        'SELECT state_change::text AS at FROM pg_stat_activity WHERE pid = $1',
        [pid],
      )
      return seen.add(rows[0].at).size
    },
  })
  const { error } = await lab.upgrade()
  Object.assign(globalThis, { heartbeatsOf: undefined })
  expect(error).toBeUndefined()
})
