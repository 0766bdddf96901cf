import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { databaseTest as test } from '../support/database.ts'
import { fail, jsonLines, justOn, succeed } from './support/just.ts'
import { environmentText, revisionFiles, temporaryProject } from './support/project.ts'

let project: Awaited<ReturnType<typeof temporaryProject>>

beforeAll(async () => {
  project = await temporaryProject({
    'migrations/env.ts': environmentText({ one: 'app_one' }),
    ...revisionFiles('one', [
      { id: 'aaaa00000001', upgrade: 'await op.execute(`CREATE TABLE t (name text)`)' },
      {
        id: 'aaaa00000002',
        down: 'aaaa00000001',
        irreversible: 'the old names are gone',
        upgrade: "await op.execute(`UPDATE t SET name = ''`)",
        downgrade: "throw new Error('this never runs')",
      },
      { id: 'aaaa00000003', down: 'aaaa00000002' },
    ]),
  })
})
afterAll(() => project.remove())

describe('an irreversible revision', () => {
  test('is marked where it is planned, applied and shown', async ({ database }) => {
    const just = justOn(database.url, { cwd: project.path })
    const { stdout } = await succeed(just('mig-upgrade head one'))
    expect(stdout).toMatch(/aaaa00000002 {2}revision aaaa00000002 {2}\(irreversible\)$/m)
    expect((await succeed(just('mig-history one'))).stdout).toContain('aaaa00000002 (irreversible) revision')
    expect((await succeed(just('mig-show aaaa00000002'))).stdout).toMatch(
      /irreversible +the old names are gone/,
    )
    expect(jsonLines(await just('mig-history one --json'))).toContainEqual(
      expect.objectContaining({ revision: 'aaaa00000002', irreversible: 'the old names are gone' }),
    )
  })

  test('is not reverted by any command, and nothing above it goes before that is known', async ({
    database,
  }) => {
    const just = justOn(database.url, { cwd: project.path })
    await succeed(just('mig-upgrade head one'))
    for (const command of [
      'mig-downgrade base one',
      'mig-downgrade -2 one --plan',
      'mig-downgrade-all one --yes',
      'mig-sql -2 one',
      'mig-sql head:base one',
    ]) {
      const { stderr, stdout } = await fail(just(command), 'irreversible', 2)
      expect(stderr).toContain('revision aaaa00000002 of line one cannot be reverted: the old names are gone')
      expect(stdout).not.toContain('BEGIN')
    }
    const { rows } = await database.client.query('SELECT revision FROM mig.version')
    expect(rows).toEqual([{ revision: 'aaaa00000003' }])
  })

  test('is written with its reason, and without a downgrade', async ({ database }) => {
    const just = justOn(database.url, { cwd: project.path })
    const reason = 'it\'s "gone"'
    const written = await succeed(just(['mig-revision', 'forget', 'one', '--irreversible', reason]))
    const path = join(project.path, written.stdout.replace('wrote ', '').trim())
    try {
      expect(readFileSync(path, 'utf8')).toContain(`export const irreversible = 'it\\'s "gone"'`)
      expect(readFileSync(path, 'utf8')).not.toContain('downgrade')
      await succeed(just('mig-upgrade head one'))
      expect((await fail(just('mig-downgrade -1 one'), 'irreversible', 2)).stderr).toContain(reason)
    } finally {
      rmSync(path)
    }
    await fail(just(['mig-revision', 'forget', 'one', '--irreversible', '']), 'bad-flag', 2)
  })

  test('lets go of what stands above it, and of itself by a stamp', async ({ database }) => {
    const just = justOn(database.url, { cwd: project.path })
    await succeed(just('mig-upgrade head one'))
    await succeed(just('mig-downgrade aaaa00000002 one'))
    const { stderr } = await fail(just('mig-downgrade -1 one'), 'irreversible', 2)
    const [, stamp = ''] = /just (mig-stamp .*)$/m.exec(stderr) ?? []
    await succeed(just(stamp))
    expect(jsonLines(await just('mig-current one --json'))).toContainEqual(
      expect.objectContaining({ event: 'current', revision: 'aaaa00000001', behind: 2 }),
    )
  })
})
