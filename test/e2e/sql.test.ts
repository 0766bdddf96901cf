import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  compareFingerprints,
  fingerprintChangesText,
} from '../../migrations/core/postgres/fingerprint/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { versionOf } from '../support/programs.ts'
import { fail, type Just, jsonLines, justOn, stepsOf, succeed } from './support/just.ts'
import { empty, exampleRevisions, fingerprint, logRows, versions } from './support/ledger.ts'

let [online, offline]: TestDatabase[] = []
let [justOnline, justOffline]: Just[] = []
const { user } = exampleRevisions
const psqlIsHere = versionOf('psql') !== undefined

/** Two databases: on one the recipes run, on the other the scripts that they write. */
function pair() {
  if (online === undefined || offline === undefined || justOnline === undefined || justOffline === undefined)
    throw new Error('beforeAll makes them')
  return { online, offline, justOnline, justOffline }
}

const ways: readonly (readonly [string, boolean, (url: string, script: string) => Promise<void>])[] = [
  [
    'psql',
    psqlIsHere,
    async (url, script) => {
      execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', '-d', url], {
        input: script,
        stdio: ['pipe', 'ignore', 'pipe'],
      })
    },
  ],
  [
    'the driver',
    true,
    async (_, script) => {
      await pair().offline.client.query(script)
    },
  ],
]

async function expectEqual(): Promise<void> {
  const { online, offline } = pair()
  const changes = compareFingerprints(await fingerprint(online.client), await fingerprint(offline.client))
  expect(fingerprintChangesText(changes)).toBe('')
  expect(await versions(offline.client)).toEqual(await versions(online.client))
  expect(await logRows(offline.client)).toEqual(await logRows(online.client))
}

beforeAll(async () => {
  online = await createTestDatabase()
  offline = await createTestDatabase()
  justOnline = justOn(online.url)
  justOffline = justOn(offline.url)
})
afterAll(async () => {
  await online?.drop()
  await offline?.drop()
})

describe.each(ways)('a script of mig-sql, applied with %s', (name, isHere, apply) => {
  if (!isHere) console.warn(`skipped: ${name} is not installed, so its scripts are not applied with it`)
  const runs = isHere ? test : test.skip

  beforeEach(async () => {
    await empty(pair().online.client)
    await empty(pair().offline.client)
  })

  runs('gives the database and the ledger that running online gives, up and down', async () => {
    const { online, offline, justOnline, justOffline } = pair()
    const steps: readonly (readonly [string, string])[] = [
      ['mig-sql +2 user', 'mig-upgrade +2 user'],
      ['mig-sql head', 'mig-upgrade head'],
      ['mig-sql -1 policy', 'mig-downgrade -1 policy'],
      [
        `mig-sql ${exampleRevisions.message[0]} message --downgrade`,
        `mig-downgrade ${exampleRevisions.message[0]} message`,
      ],
      ['mig-sql base', 'mig-downgrade base'],
    ]
    for (const [written, run] of steps) {
      const { stdout } = await succeed(justOffline(written))
      await succeed(justOnline(run))
      await apply(offline.url, stdout)
      await expectEqual()
    }
    expect(await versions(online.client)).toEqual({})
  })

  runs('of a range needs no database', async () => {
    const { offline, justOnline } = pair()
    const nowhere = { env: { MIG_DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/none' } }
    for (const [range, run] of [
      [`base:${user[1]} user`, `mig-upgrade ${user[1]} user`],
      [`${user[1]}:head user`, 'mig-upgrade head user'],
      [`${user[2]}:${user[0]} user`, `mig-downgrade ${user[0]} user`],
      [`${user[0]}:base user`, 'mig-downgrade base user'],
    ] as const) {
      const { stdout } = await succeed(justOnline(`mig-sql ${range}`, nowhere))
      await succeed(justOnline(run))
      await apply(offline.url, stdout)
      await expectEqual()
    }
  })

  runs('stops where the ledger is not at its start, and changes nothing', async () => {
    const { offline, justOffline } = pair()
    const { stdout } = await succeed(justOffline(`mig-sql ${user[0]}:head user`))
    await expect(apply(offline.url, stdout)).rejects.toThrow(/rfx_user is not at 6b1f0c9d24a7/)
    await offline.client.query('ROLLBACK')
    expect(await versions(offline.client)).toEqual({})
    expect((await fingerprint(offline.client)).objects.size).toBe(0)
  })
})

describe('mig-sql', () => {
  test('writes the script alone to stdout, and where it starts to stderr', async () => {
    const { stdout, stderr } = await succeed(pair().justOnline('mig-sql +1 user'))
    expect(stdout).toMatch(/^-- just-mig /)
    expect(stderr).toContain('· schemas rfx_user')
  })

  test('--json gives the script in parts, after its plan', async () => {
    const text = await succeed(pair().justOnline('mig-sql base:head user'))
    const lines = jsonLines(await succeed(pair().justOnline('mig-sql base:head user --json')))
    const parts = lines.flatMap((line) => (line.event === 'sql' ? [String(line.sql)] : []))
    expect(parts.join('')).toBe(`${text.stdout}\n`)
  })

  test('a range with an unknown side is an error', async () => {
    await fail(pair().justOnline('mig-sql base:zzzz user'), 'cant-locate', 2)
    await fail(pair().justOnline('mig-sql a:b:c user'), 'bad-range', 2)
    const current = await fail(pair().justOnline('mig-sql user@current:+1 user'), 'bad-range', 2)
    expect(current.stderr).toContain(
      'help: a single target starts from what is applied in the database: just mig-sql +1',
    )
  })

  test('with nothing to do writes no statement', async () => {
    await empty(pair().online.client)
    await succeed(pair().justOnline('mig-upgrade head user'))
    const { stdout } = await succeed(pair().justOnline('mig-sql head user'))
    expect(stdout).not.toMatch(/^(BEGIN|CREATE)/m)
    expect(stepsOf(await succeed(pair().justOnline('mig-upgrade head user --plan --json')))).toEqual([])
  })
})
