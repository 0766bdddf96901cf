import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { environmentText, temporaryProject } from '../e2e/support/project.ts'
import { databaseTest } from '../support/database.ts'

/** What an import has written. */
const revisions: readonly (readonly [upgrade: string, downgrade: string])[] = [
  ["CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (id int, mood mood)", 'DROP TABLE t'],
  ['ALTER TABLE t ADD COLUMN note text', 'ALTER TABLE t DROP COLUMN note'],
  ['CREATE INDEX CONCURRENTLY t_id ON t (id)', 'DROP INDEX CONCURRENTLY t_id'],
  ['CREATE INDEX CONCURRENTLY t_note ON t (note)', 'SELECT 1'],
  ["ALTER TYPE mood ADD VALUE 'bad'", 'SELECT nothing_like_it()'],
  ["UPDATE t SET note = 'none'", 'SELECT 1'],
]
const models = `CREATE TYPE app_one.mood AS ENUM ('ok', 'bad');
CREATE TABLE app_one.t (id int, mood app_one.mood, note text);
CREATE INDEX t_id ON app_one.t (id);
CREATE INDEX t_note ON app_one.t (note);`

const idOf = (at: number) => `aaaa0000000${at + 1}`
const fileOf = (at: number) => `migrations/versions/one/2026010${at + 1}_080000_${idOf(at)}_x.sql`
const textOf = (at: number, below = `--\n-- Imported from db/${at}.js.\n`) => {
  const [upgrade, downgrade] = revisions[at] ?? []
  const parent = at === 0 ? 'base' : idOf(at - 1)
  return `-- m\n--\n-- Revision: ${idOf(at)}\n-- Revises: ${parent}\n${below}\n-- upgrade\n${upgrade};\n\n-- downgrade\n${downgrade};\n`
}

const test = databaseTest.extend<{ project: Awaited<ReturnType<typeof temporaryProject>> }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
  project: async ({}, use) => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText({ one: 'app_one' }),
      'migrations/models/one.sql': models,
      ...Object.fromEntries(revisions.map((_, at) => [fileOf(at), textOf(at)])),
    })
    await use(project)
    await project.remove()
  },
})

const checksOf = (lines: ReturnType<typeof jsonLines>) => (at: number) =>
  lines.find(({ check, revision }) => check === 'stairway' && revision === idOf(at))

describe('mig-verify of imported revisions', () => {
  test('tells what their headers and downgrades lack and fails on none of it, and writes losses where it is asked to', {
    timeout: 120_000,
  }, async ({ project, database }) => {
    const just = justOn(database.url, { cwd: project.path })
    const { stdout } = await succeed(just('mig-verify one'))
    const upOnly = (id: string, reason: string) =>
      expect(stdout).toMatch(
        new RegExp(`^stairway +one ${id} +skipped .* up only; imported, and ${reason}`, 'm'),
      )
    upOnly(idOf(0), 'after its downgrade the schema differs from before: \\+ type app_one\\.mood$')
    upOnly(idOf(3), 'after its downgrade the schema differs from before: \\+ index app_one\\.t_note$')
    upOnly(idOf(4), 'its downgrade fails: ')
    for (const id of [idOf(1), idOf(2), idOf(5)])
      expect(stdout).toMatch(new RegExp(`^stairway +one ${id} +ok .* up, down and up again, with rows$`, 'm'))
    expect(stdout).toMatch(
      /^2 imported revisions whose losses are not in the header, first one aaaa00000002: Downgrade loses: column app_one\.t\.note\nhelp: just mig-verify --announce /m,
    )
    const of = checksOf(jsonLines(await succeed(just('mig-verify one --announce --json'))))
    expect(of(1)).toMatchObject({ announced: ['Downgrade loses: column app_one.t.note'] })
    expect(of(1)).not.toHaveProperty('unannounced')
    expect(readFileSync(join(project.path, fileOf(1)), 'utf8')).toContain(
      '\n-- Downgrade loses: column app_one.t.note\n--\n-- Imported from db/1.js.\n',
    )
  })

  test('fails on what a header says and is not so, and on what the team has written itself', {
    timeout: 60_000,
  }, async ({ project, database }) => {
    await project.write({
      [fileOf(1)]: textOf(1, '-- Upgrade loses: table app_one.t\n--\n-- Imported from db/1.js.\n'),
      [fileOf(2)]: textOf(2, '--\n-- It was not imported from anywhere.\n'),
      [fileOf(3)]: textOf(3, ''),
    })
    const result = await justOn(database.url, { cwd: project.path })('mig-verify one --json')
    const of = checksOf(jsonLines(result))
    expect(of(1)).toMatchObject({ status: 'failed', message: expect.stringContaining('and it does not') })
    expect(of(2)).toMatchObject({ status: 'ok' })
    expect(of(3)).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('+ index app_one.t_note'),
    })
    expect(result.code).toBe(1)
  })
})
