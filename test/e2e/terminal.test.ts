import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { versionOf } from '../support/programs.ts'
import { cleanVariables, justBinary, repository } from '../support/recipes.ts'
import { justOn, succeed } from './support/just.ts'
import { environmentText, revisionFiles, temporaryProject } from './support/project.ts'

let database: TestDatabase

/** The `script` of util-linux gives a program a terminal; those of other systems take other arguments. */
const hasTerminals = versionOf('script')?.includes('util-linux') === true
const hasPsql = versionOf('psql') !== undefined

beforeAll(async () => {
  database = await createTestDatabase()
  await succeed(justOn(database.url)('mig-upgrade head user'))
})
afterAll(() => database.drop())

/** What is typed when a text is new on the screen, and whatever else must be has come true. */
type Turn = readonly [question: string | RegExp, keys: string, ready?: () => Promise<void>]

/** Runs a recipe on a terminal and types what the turns say, one after the other. */
async function conversation(args: readonly string[], turns: readonly Turn[], cwd = repository) {
  const words = [justBinary(), ...args].map((word) => `'${word}'`).join(' ')
  const running = execa('script', ['-qec', words, '/dev/null'], {
    cwd,
    env: cleanVariables({ MIG_DATABASE_URL: database.url, TERM: 'xterm', PAGER: 'cat' }),
    extendEnv: false,
    reject: false,
    timeout: 60_000,
  })
  let screen = ''
  let seen = 0
  const left = [...turns]
  running.stdout.on('data', (part: Buffer) => {
    screen += part.toString('utf8')
    const [question = '', keys = '', ready = async () => undefined] = left[0] ?? []
    if (left.length === 0 || screen.slice(seen).search(question) === -1) return
    left.shift()
    seen = screen.length
    void ready().then(() => running.stdin.write(keys))
  })
  const { exitCode, timedOut } = await running
  return { code: timedOut ? 'it hangs' : exitCode, screen }
}

const typed = (args: readonly string[], question: string, keys: string, cwd?: string) =>
  conversation(args, [[question, keys]], cwd)

const [ctrlC, ctrlD] = ['\u0003', '\u0004']

describe.skipIf(!hasTerminals)('a question on a terminal', () => {
  const downgradeAll = ['mig-downgrade-all', 'user']

  test('is taken for no at Ctrl-D, and interrupted by Ctrl-C', async () => {
    const ended = await typed(downgradeAll, 'y/N', ctrlD)
    expect(ended.screen).toContain('MIG-not-confirmed')
    expect(ended.code).toBe(2)
    const stopped = await typed(downgradeAll, 'y/N', ctrlC)
    expect(stopped.screen).toContain('MIG-interrupted')
    expect(stopped.code).toBe(130)
    await succeed(justOn(database.url)('mig-current user --check-heads'))
  })

  test('goes on at y', async () => {
    const { code, screen } = await typed(downgradeAll, 'y/N', 'y\r')
    expect(screen).toContain('reverted 3 revisions')
    expect(code).toBe(0)
  })

  test('comes before a downgrade that loses rows', async () => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText({ store: 'store' }),
      ...revisionFiles('store', [
        {
          id: 'cccc00000001',
          losses: ['Downgrade loses: table store.t'],
          upgrade: 'await op.execute(`CREATE TABLE t (id int)`)',
          downgrade: 'await op.execute(`DROP TABLE t`)',
        },
      ]),
    })
    await succeed(justOn(database.url, { cwd: project.path })('mig-upgrade'))
    await database.client.query('INSERT INTO store.t VALUES (1)')
    const refused = await typed(['mig-downgrade'], 'y/N', 'n\r', project.path)
    expect(refused.screen).toContain('loses data: table store.t, 1 row')
    expect(refused.screen).toContain('MIG-not-confirmed')
    expect(refused.code).toBe(2)
    const answered = await typed(['mig-downgrade'], 'y/N', 'y\r', project.path)
    expect(answered.screen).toContain('reverted 1 revision')
    expect(answered.code).toBe(0)
    await project.remove()
  })

  test('about a rename decides nothing where the input ends', async () => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText({ shop: 'shop' }),
      'migrations/models/shop.sql': 'CREATE TABLE shop.t (id int, new_name text);',
      ...revisionFiles('shop', [
        { id: 'aaaa00000001', upgrade: 'await op.execute(`CREATE TABLE t (id int, old_name text)`)' },
      ]),
    })
    await succeed(justOn(database.url, { cwd: project.path })('mig-upgrade'))
    const question = 'old_name renamed to new_name'
    const ended = await typed(['mig-autogen', 'rename'], question, ctrlD, project.path)
    expect(ended.screen).toContain('MIG-decision-needed')
    expect(ended.code).toBe(4)
    const answered = await typed(['mig-autogen', 'rename'], question, 'y\r', project.path)
    expect(answered.screen).toContain('rename')
    expect(answered.code).toBe(0)
    await project.remove()
  })
})

describe.skipIf(!hasTerminals)('questions about renames', () => {
  test('begin with the likeliest, and give a new name once', async () => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText({ store: 'store' }),
      'migrations/models/store.sql': 'CREATE TABLE store.t (id int, refusal_reason text);',
      ...revisionFiles('store', [
        {
          id: 'aaaa00000003',
          upgrade:
            'await op.execute(`CREATE TABLE t (id int, expired timestamp, note text, rejection_reason text)`)',
        },
      ]),
    })
    const { code, screen } = await conversation(
      ['mig-autogen', 'rename', 'all', '--plan', '--from-history'],
      [['t.rejection_reason renamed to refusal_reason', 'y\r']],
      project.path,
    )
    expect(code).toBe(0)
    expect(screen.match(/renamed to/g)).toHaveLength(1)
    expect(screen).toContain('RENAME COLUMN rejection_reason TO refusal_reason')
    await project.remove()
  })

  test('ask about the columns of a table once it is known by its new name, and take no for an answer', async () => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText({ store: 'store' }),
      'migrations/models/store.sql': 'CREATE TABLE store.topic (id int, title varchar(9), more text);',
      ...revisionFiles('store', [
        { id: 'aaaa00000002', upgrade: 'await op.execute(`CREATE TABLE category (id int, name text)`)' },
      ]),
    })
    const { code, screen } = await conversation(
      ['mig-autogen', 'rename', 'all', '--plan', '--from-history'],
      [
        ['table store.category renamed to topic', 'y\r'],
        [/column store.topic.name renamed to (more|title)/, 'n\r'],
        [/column store.topic.name renamed to (more|title)/, 'y\r'],
      ],
      project.path,
    )
    expect(code).toBe(0)
    expect(screen).toContain('ALTER TABLE store.category RENAME TO topic')
    expect(screen).toMatch(/RENAME COLUMN name TO (more|title)/)
    await project.remove()
  })
})

/** Returns once psql's query sleeps. */
async function asleep(): Promise<void> {
  const sql = `SELECT FROM pg_stat_activity WHERE state = 'active' AND wait_event = 'PgSleep' AND datname = current_database()`
  while ((await database.client.query(sql)).rows.length === 0);
}

describe.skipIf(!hasTerminals || !hasPsql)('psql on a terminal', () => {
  test('has Ctrl-C for itself, as often as it is typed', async () => {
    const prompt = /=# $/
    // Where Ctrl-C was typed just itself ends with 130, whatever its recipe says.
    const { screen } = await conversation(
      ['db-psql'],
      [
        [prompt, "SELECT 'first' || pg_sleep(50);\r"],
        [/pg_sleep/, ctrlC, asleep],
        [prompt, "SELECT 'second' || pg_sleep(50);\r"],
        [/pg_sleep/, ctrlC, asleep],
        [prompt, 'SELECT 41 + 1;\r'],
        [/42[\s\S]*=# $/, '\\q\r'],
      ],
    )
    expect(screen.match(/canceling statement due to user request/g)).toHaveLength(2)
    expect(screen).toMatch(/ 42\r\n/)
  })
})
