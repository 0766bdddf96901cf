import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { fail, type Just, jsonLines, justOn, stepsOf, succeed } from './support/just.ts'
import { empty, exampleRevisions, exampleSchemas, fingerprint, versions } from './support/ledger.ts'

let database: TestDatabase
let just: Just

beforeAll(async () => {
  database = await createTestDatabase()
  just = justOn(database.url)
})
afterAll(() => database.drop())

const { user, policy, message } = exampleRevisions
const atHead = { rfx_user: [user[2]], rfx_policy: [policy[2]], rfx_message: [message[2]] }

describe('mig-upgrade', () => {
  beforeEach(() => empty(database.client))

  test('without arguments brings every line to its head, and says what it does', async () => {
    const { stdout } = await succeed(just('mig-upgrade'))
    const [where, plan] = stdout.split('\n')
    expect(where).toContain(`127.0.0.1`)
    expect(where).toContain(
      `/${database.name} (MIG_DATABASE_URL) · schemas rfx_user, rfx_policy, rfx_message`,
    )
    expect(plan).toBe('plan: 9 steps')
    expect(stdout).toMatch(/^\[9\/9\] ↑ \S+ \w{12} .+ \(.+\)$/m)
    expect(stdout).toMatch(/^applied 9 revisions in .+$/m)
    expect(await versions(database.client)).toEqual(atHead)
  })

  test('at the target says where the lines stand, and exits 0', async () => {
    await succeed(just('mig-upgrade head user'))
    const { stdout } = await succeed(just('mig-upgrade head user'))
    expect(stdout).toMatch(new RegExp(`^nothing to do: rfx_user at ${user[2]}$`, 'm'))
  })

  test('past the target moves nothing and exits 0', async () => {
    await succeed(just('mig-upgrade head user'))
    const { stdout } = await succeed(just(`mig-upgrade ${user[0]} user`))
    expect(stdout).toContain(`nothing to do: rfx_user at ${user[2]}`)
  })

  test('touches only the filtered line', async () => {
    await succeed(just('mig-upgrade head user'))
    expect(await versions(database.client)).toEqual({ rfx_user: [user[2]] })
    expect((await fingerprint(database.client)).objects.size).toBeGreaterThan(10)
    const others = await fingerprint(database.client, ['rfx_policy', 'rfx_message'])
    expect(others.objects.size).toBe(0)
  })

  test('applies what another line depends on too, and names it in the plan', async () => {
    const { stdout } = await succeed(just('mig-upgrade head message'))
    expect(stdout).toMatch(new RegExp(`${user[0]}  create profile  \\(needed by \\w{12}\\)`))
    expect((await versions(database.client)).rfx_message).toEqual([message[2]])
    expect((await versions(database.client)).rfx_policy).toBeUndefined()
  })

  test.each([
    ['+1', [user[0]]],
    ['+2', [user[0], user[1]]],
    [user[1], [user[0], user[1]]],
    [user[1].slice(0, 4), [user[0], user[1]]],
    [`${user[0]}+1`, [user[0], user[1]]],
    ['user@head', [...user]],
    ['user@+1', [user[0]]],
    ['heads', [...user]],
  ])('takes the target %s', async (target, steps) => {
    const planned = await succeed(just(['mig-upgrade', target, 'user', '--plan', '--json']))
    expect(stepsOf(planned)).toEqual(steps)
    expect(await versions(database.client)).toEqual({})
  })

  test('takes several keys with commas between them', async () => {
    await succeed(just('mig-upgrade head user,policy'))
    expect(Object.keys(await versions(database.client))).toEqual(['rfx_policy', 'rfx_user'])
  })

  test('--plan before or after the other arguments prints the plan and changes nothing', async () => {
    for (const args of ['mig-upgrade --plan', 'mig-upgrade head all --plan', 'mig-upgrade head --plan']) {
      const { stdout } = await succeed(just(args))
      expect(stdout).toContain('plan: 9 steps')
    }
    const schemas = await database.client.query(`SELECT FROM pg_namespace WHERE nspname ~ '^(rfx_|mig$)'`)
    expect(schemas.rowCount).toBe(0)
  })

  test('--quiet prints results only, --verbose each statement', async () => {
    const quiet = await succeed(just('mig-upgrade +1 user --quiet'))
    expect(quiet.stdout + quiet.stderr).not.toMatch(/database |plan:/)
    const verbose = await succeed(just('mig-upgrade +1 user --verbose'))
    expect(verbose.stdout + verbose.stderr).toContain('CREATE TRIGGER')
  })

  test('--json prints the plan, each step and what was done', async () => {
    const lines = jsonLines(await succeed(just('mig-upgrade +2 user --json')))
    const events = lines.map(({ event }) => event).filter((event) => !/^(statement|notice)$/.test(event))
    expect(events).toEqual([
      'environment',
      'plan',
      'step-start',
      'step-done',
      'step-start',
      'step-done',
      'done',
    ])
    expect(lines[0]).toMatchObject({ source: 'MIG_DATABASE_URL', lines: ['user'], schemas: ['rfx_user'] })
    expect(lines.at(-1)).toMatchObject({ direction: 'upgrade', steps: 2 })
  })

  test('one transaction over all leaves nothing of a run that fails', async () => {
    await database.client.query('CREATE SCHEMA rfx_message; CREATE TABLE rfx_message.notification ()')
    await fail(just('mig-upgrade --transaction=run'), 'database-error', 3)
    expect(await versions(database.client)).toEqual({})
    const users = await fingerprint(database.client, ['rfx_user'])
    expect(users.objects.size).toBe(0)
  })

  test('a failing revision is rolled back alone, and a rerun goes on', async () => {
    await database.client.query('CREATE SCHEMA rfx_user; CREATE TABLE rfx_user.active_profile ()')
    const { stderr } = await fail(just('mig-upgrade head user'), 'database-error', 3)
    expect(stderr).toContain('schema rfx_user and the ledger are as before this revision')
    expect(stderr).toContain('SQLSTATE 42P07')
    expect(stderr).toMatch(/at \S*1d9a3be8f056_add_preferences\S+\.ts/)
    expect(await versions(database.client)).toEqual({ rfx_user: [user[1]] })
    const log = await database.client.query(`SELECT revision, outcome FROM mig.log ORDER BY id`)
    expect(log.rows.at(-1)).toEqual({ revision: user[2], outcome: 'failed' })
    await database.client.query('DROP TABLE rfx_user.active_profile')
    await succeed(just('mig-upgrade head user'))
    expect(await versions(database.client)).toEqual({ rfx_user: [user[2]] })
  })
})

describe('mig-downgrade', () => {
  beforeEach(async () => {
    await empty(database.client)
    await succeed(just('mig-upgrade'))
  })

  test('reverts the most recently applied revision of the filtered lines', async () => {
    const { stdout } = await succeed(just('mig-downgrade -1 user'))
    expect(stdout).toMatch(new RegExp(`↓ rfx_user ${user[2]}`))
    expect(stdout).toMatch(/^reverted 1 revision in /m)
    expect(await versions(database.client)).toEqual({ ...atHead, rfx_user: [user[1]] })
  })

  test('goes by the order of the log, not of the graph', async () => {
    await succeed(just('mig-downgrade -1 user'))
    await succeed(just('mig-upgrade head user'))
    const planned = await succeed(just('mig-downgrade -2 --plan --json'))
    expect(stepsOf(planned)).toEqual([user[2], message[2]])
  })

  test('refuses what a revision of another line depends on, and names the command', async () => {
    const { stderr } = await fail(just('mig-downgrade base user'), 'needed-by-other-line', 2)
    expect(await versions(database.client)).toEqual(atHead)
    const commands = [...stderr.matchAll(/just (mig-downgrade [^;\n]+)/g)].map(([, command]) => command ?? '')
    expect(commands).toHaveLength(2)
    for (const command of commands) await succeed(just(command))
    await succeed(just('mig-downgrade base user'))
  })

  test('an upgrade after a downgrade gives equal catalogs', async () => {
    const before = await fingerprint(database.client)
    await succeed(just('mig-downgrade base message'))
    await succeed(just('mig-upgrade head message'))
    expect((await fingerprint(database.client)).hash).toBe(before.hash)
  })

  test('to where it stands says so, as an upgrade does', async () => {
    const { stdout } = await succeed(just(`mig-downgrade ${user[2]} user`))
    expect(stdout).toMatch(new RegExp(`^nothing to do: rfx_user at ${user[2]}$`, 'm'))
    expect(stdout).not.toContain('reverted')
  })

  test('what is not applied is an error', async () => {
    await succeed(just('mig-downgrade -1 user'))
    const result = await just(`mig-downgrade ${user[2]} user`)
    expect(result.code).toBe(2)
    expect(result.stderr).toMatch(/^error MIG-/)
  })

  test('mig-downgrade-all wants a yes, and then leaves the schemas empty', async () => {
    await fail(just('mig-downgrade-all'), 'not-confirmed', 2)
    expect(await versions(database.client)).toEqual(atHead)
    const { stdout } = await succeed(just('mig-downgrade-all --yes'))
    expect(stdout).toMatch(/^reverted 9 revisions in /m)
    expect(await versions(database.client)).toEqual({})
    const left = await fingerprint(database.client)
    expect([...left.objects.keys()].sort()).toEqual(exampleSchemas.map((name) => `schema ${name}`).sort())
  })
})
