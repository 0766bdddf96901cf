import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { recipe } from '../support/recipes.ts'
import { type Just, jsonLines, justOn, succeed } from './support/just.ts'
import { exampleRevisions } from './support/ledger.ts'
import { environmentText, temporaryProject } from './support/project.ts'

let database: TestDatabase
let just: Just
const { user, policy, message } = exampleRevisions

beforeAll(async () => {
  database = await createTestDatabase()
  just = justOn(database.url)
  await succeed(just('mig-upgrade head user,policy'))
  await succeed(just('mig-downgrade -1 policy'))
})
afterAll(() => database.drop())

describe('just', () => {
  test('alone lists the recipes in groups', async () => {
    const { stdout } = await succeed(recipe([]))
    for (const text of [
      '[change the database]',
      '[look]',
      '[write revisions]',
      '[embedded database]',
      'mig-upgrade',
    ])
      expect(stdout).toContain(text)
  })
})

describe('mig-current', () => {
  test('is a table of line, schema, revision, state and message', async () => {
    const { stdout } = await succeed(just('mig-current'))
    expect(
      stdout
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/ {2,}/)),
    ).toEqual([
      ['line', 'schema', 'revision', 'state', 'message'],
      ['user', 'rfx_user', user[2], 'head', 'add preferences and active_profile view'],
      ['policy', 'rfx_policy', policy[1], '1 behind', 'assign roles to profiles'],
      ['message', 'rfx_message', 'base', '3 behind', '-'],
    ])
  })

  test('--check-heads exits 1 unless all of the filter is at head', async () => {
    expect((await just('mig-current --check-heads')).code).toBe(1)
    expect((await just('mig-current user --check-heads')).code).toBe(0)
  })

  test('--verbose says when, who and how long', async () => {
    const { stdout } = await succeed(just('mig-current user --verbose'))
    expect(stdout).toMatch(/when +who +took/)
    expect(stdout).toMatch(/\d{4}-\d\d-\d\dT[\d:]+Z \(.+\) +postgres, .+@\S+ +\d+/)
  })

  test('--json is one line per schema', async () => {
    const lines = jsonLines(await succeed(just('mig-current --json')))
    expect(lines.filter(({ event }) => event === 'current')).toMatchObject([
      { line: 'user', targetSchema: 'rfx_user', revision: user[2], state: 'head', behind: 0 },
      { line: 'policy', revision: policy[1], state: 'behind', behind: 1 },
      { line: 'message', revision: null, state: 'base', behind: 3 },
    ])
  })
})

describe('mig-history', () => {
  test('is a graph, newest first, with heads and what is current', async () => {
    const { stdout } = await succeed(just('mig-history policy'))
    const ids = [...stdout.matchAll(/^\* (\w{12}) (.*)$/gm)]
    expect(ids.map(([, id]) => id)).toEqual([...policy].reverse())
    expect(ids[0]?.[2]).toContain('head')
    expect(ids[1]?.[2]).toContain('current')
  })

  test('takes a range', async () => {
    const lines = jsonLines(await succeed(just(`mig-history user ${user[0]}:${user[1]} --json`)))
    const ids = lines.flatMap((line) => (line.event === 'revision' ? [line.revision] : []))
    expect(ids).toEqual([user[1], user[0]])
    const turned = await succeed(just(`mig-history ${user[0]}:${user[1]} user --json`))
    expect(jsonLines(turned)).toEqual(lines)
    const bare = jsonLines(await succeed(just(`mig-history ${user[0]}:${user[1]} --json`)))
    expect(bare.slice(1)).toEqual(lines.slice(1))
  })

  test('--verbose names file, parents and when it was applied', async () => {
    const { stdout } = await succeed(just('mig-history user --verbose'))
    expect(stdout).toContain('20260907_090000_6b1f0c9d24a7_create_profile.ts')
    expect(stdout).toMatch(/applied/i)
  })

  test('draws forks and merges', async () => {
    const { stdout } = await succeed(
      just('mig-history library', { env: { MIG_DIR: 'test/environments/branched' } }),
    )
    expect(stdout).toMatch(/^\|\\/m)
    expect(stdout).toMatch(/^\|\//m)
  })
})

describe('what needs no database', () => {
  const nowhere = {
    env: { MIG_DATABASE_URL: 'postgresql://127.0.0.1:1/none', MIG_DIR: 'test/environments/branched' },
  }

  test('mig-heads lists the heads of each line', async () => {
    const { stdout } = await succeed(just('mig-heads', nowhere))
    for (const id of ['e1f203142536', 'f1b2c3d4e5f6', 'f2c3d4e5f607']) expect(stdout).toContain(id)
    const lines = jsonLines(await succeed(just('mig-heads loan --json', nowhere)))
    expect(lines.map(({ revision }) => revision).sort()).toEqual(['f1b2c3d4e5f6', 'f2c3d4e5f607'])
  })

  test('mig-branches lists the revisions with several children', async () => {
    const lines = jsonLines(await succeed(just('mig-branches --json', nowhere)))
    expect(lines.toSorted((a, b) => String(a.revision).localeCompare(String(b.revision)))).toMatchObject([
      { revision: 'a0010f3c5e71', children: expect.arrayContaining(['b1c2d3e4f506', 'c1d2e3f40516']) },
      { revision: 'f0a1b2c3d4e5', children: expect.arrayContaining(['f1b2c3d4e5f6', 'f2c3d4e5f607']) },
    ])
    const { stdout } = await succeed(just('mig-branches', { env: nowhere.env }))
    expect(stdout).toContain('→ b1c2d3e4f506')
    expect((await succeed(just('mig-branches user'))).stdout).toBe('no branch points')
  })

  test.for(['mig-branches', 'mig-heads', 'mig-history'])(
    '%s prints a line of JSON too where there is none',
    async (name) => {
      const versions = await temporaryProject({ 'migrations/env.ts': environmentText({ shop: 'shop' }) })
      const lines = jsonLines(await succeed(justOn(database.url, { cwd: versions.path })(`${name} --json`)))
      expect(lines.filter(({ event }) => event !== 'environment')).toEqual([
        { event: 'done', steps: 0, ms: 0 },
      ])
      await versions.remove()
    },
  )
})

describe('mig-show', () => {
  test.each(['user@head', '1d9a', user[2]])('finds a revision by %s and prints its file', async (name) => {
    const { stdout } = await succeed(just(['mig-show', name]))
    expect(stdout).toContain(`export const revision = '${user[2]}'`)
    expect(stdout).toContain('children: none')
  })

  test('--json has the source and the children', async () => {
    const lines = jsonLines(await succeed(just(`mig-show ${user[0]} --json`)))
    expect(lines.at(-1)).toMatchObject({ revision: user[0], children: [user[1]], downRevision: [] })
    expect(String(lines.at(-1)?.source)).toContain('CREATE TABLE')
  })
})

/** The rows of a section's own table; a second one is of what its fields hold. */
function firstTable(section: string): readonly string[] {
  const lines = section.split('\n')
  const start = lines.findIndex((line) => line.startsWith('|'))
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('|'))
  return lines.slice(start, end === -1 ? undefined : end).filter((line) => line.startsWith('| `'))
}

test('every line of --json has the fields that the documentation says', async () => {
  const { readFileSync } = await import('node:fs')
  const page = readFileSync(new URL('../../docs/reference/json.md', import.meta.url), 'utf8')
  const fieldsOf = new Map(
    page
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const rows = firstTable(section)
        const cells = rows.map((row) => row.split(' | ')[0] ?? '')
        const names = cells.flatMap((cell) =>
          [...cell.matchAll(/`(\w+)`(\??)/g)].map(([, name = '', optional]) => ({
            name,
            optional: optional === '?',
          })),
        )
        return [section.slice(0, section.indexOf('\n')), names] as const
      }),
  )
  const runs = [
    'mig-upgrade head message',
    'mig-upgrade head user',
    'mig-downgrade -1 message',
    'mig-downgrade base nokey',
    'mig-current',
    'mig-history',
    'mig-heads',
    'mig-branches',
    `mig-show ${message[0]}`,
    'mig-sql +1',
    `mig-stamp ${policy[2]} policy`,
    'mig-stamp head policy --plan',
  ]
  for (const run of runs) {
    for (const { event, ...fields } of jsonLines(await just(`${run} --json`))) {
      const known = fieldsOf.get(event)
      expect(known, `${event} of ${run}`).toBeDefined()
      const required = (known ?? []).filter(({ optional }) => !optional).map(({ name }) => name)
      expect(Object.keys(fields), `${event} of ${run}`).toEqual(expect.arrayContaining(required))
      expect(
        (known ?? []).map(({ name }) => name),
        `${event} of ${run}`,
      ).toEqual(expect.arrayContaining(Object.keys(fields)))
    }
  }
})
