import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { versionOf } from '../support/programs.ts'
import { cleanVariables, justBinary, repository } from '../support/recipes.ts'
import { empty } from './support/ledger.ts'
import { environmentText, revisionText, temporaryProject } from './support/project.ts'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>

beforeAll(async () => {
  database = await createTestDatabase()
  project = await temporaryProject({
    'migrations/env.ts': environmentText({ one: 'app_one' }),
    'migrations/versions/one/20260101_000000_aaaa00000001_x.ts': revisionText({
      id: 'aaaa00000001',
      upgrade: 'await op.execute(`CREATE TABLE t (id int)`); await op.execute(`SELECT pg_sleep(600)`)',
    }),
  })
  for (const name of ['Makefile', 'package.json'])
    await symlink(join(repository, name), join(project.path, name))
})
afterAll(async () => {
  await project.remove()
  await database.drop()
})
beforeEach(async () => {
  // A runner that a failed test has left would be taken for the next one's.
  await database.client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  )
  await empty(database.client)
})

/** Starts a command as a supervisor does, and waits until its revision is at work. */
async function started(command: string, args: readonly string[]) {
  const bin = join(project.path, 'node_modules', '.bin')
  const path = [dirname(justBinary()), bin, process.env.PATH].join(delimiter)
  const child = spawn(command, args, {
    cwd: project.path,
    env: cleanVariables({ MIG_DATABASE_URL: database.url, PATH: path }),
    stdio: ['ignore', 'pipe', 'pipe'],
    // As the leader of its session, so that a signal reaches nobody else.
    detached: true,
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += String(chunk)
    })
  }
  const exited = once(child, 'exit')
  const closed = once(child, 'close')
  await expect.poll(() => runners(true), { interval: 20 }).toBe(1)
  return { child, exited, closed, said: () => said }
}

async function runners(asleep: boolean): Promise<number> {
  const { rows } = await database.client.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()
     AND application_name LIKE 'just-mig%' AND ($1 = false OR query LIKE '%pg_sleep%')`,
    [asleep],
  )
  return rows[0]?.n ?? 0
}

const commands = {
  just: ['just', 'mig-upgrade'],
  npx: ['npx', 'just', 'mig-upgrade'],
  npm: ['npm', 'run', '-s', 'mig', '--', 'upgrade'],
  make: ['make', '-s', 'db-upgrade'],
} as const

const outcomes = async () => (await database.client.query('SELECT outcome, error FROM mig.log')).rows

describe('a signal to the program that a supervisor has started', () => {
  const cases = [
    ['SIGTERM', 'just'],
    ['SIGTERM', 'npx'],
    ['SIGTERM', 'npm'],
    ['SIGTERM', 'make'],
    ['SIGHUP', 'just'],
    ['SIGHUP', 'npm'],
    ['SIGHUP', 'make'],
    ['SIGINT', 'just'],
    ['SIGINT', 'npm'],
    ['SIGINT', 'make'],
  ] as const
  for (const [signal, name] of cases) {
    const [program, ...args] = commands[name]
    const isThere = name !== 'make' || versionOf('make')?.startsWith('GNU') === true
    test.skipIf(!isThere)(`${signal} to ${program} ${args.join(' ')} rolls the revision back`, async () => {
      const run = await started(program, args)
      run.child.kill(signal)
      // What the runner holds open of this pipe ends with it.
      await run.closed
      expect(run.said()).toContain('was interrupted; schema app_one and the ledger are as before')
      await expect.poll(() => runners(false)).toBe(0)
      expect(await outcomes()).toMatchObject([
        { outcome: 'interrupted', error: expect.stringMatching(/^interrupted/) },
      ])
    })
  }

  test('that dies without a word ends the runner, as SIGTERM does', async () => {
    const run = await started('sh', ['-c', 'just mig-upgrade; echo done'])
    run.child.kill('SIGKILL')
    await run.closed
    expect(run.said()).toContain('was interrupted; schema app_one and the ledger are as before')
    expect(await outcomes()).toMatchObject([{ outcome: 'interrupted' }])
  })
})

describe('the exit code', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('after %s is %i', async (signal, code) => {
    const run = await started('node', ['scripts/launch.mjs', 'mig-upgrade'])
    run.child.kill(signal)
    expect(await run.exited).toEqual([code, null])
  })

  test('is the same where one signal arrives twice, from the terminal and from a parent', async () => {
    const run = await started('node', ['scripts/launch.mjs', 'mig-upgrade'])
    run.child.kill('SIGINT')
    run.child.kill('SIGINT')
    expect(await run.exited).toEqual([130, null])
    await run.closed
    expect(run.said()).toContain('schema app_one and the ledger are as before')
  })
})
