import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findPython } from '../../../migrations/core/adopt/alembic/python.ts'
import { importAlembic } from '../../../migrations/core/adopt/index.ts'
import { applyPlan, planRun } from '../../../migrations/core/runner/index.ts'
import { withoutAlembic } from '../support/alembic.ts'
import { projectTest, type TestProject } from '../support/project.ts'
import { recordedProject } from '../support/recorded-project.ts'

if (withoutAlembic !== undefined)
  test.skip(`recording with Alembic itself is not tested: ${withoutAlembic}`, () => undefined)

/** What Alembic itself does to the test's database. */
function runAlembic(project: TestProject, ...args: readonly string[]): void {
  const { command } = findPython('/', undefined, process.env)
  const url = project.database.url.replace(/^\w+:/, 'postgresql+psycopg2:')
  execFileSync(command, ['-m', 'alembic', ...args], {
    cwd: project.root,
    env: { ...process.env, AL_URL: url },
    stdio: 'pipe',
  })
}

/** The imported file of a revision. */
function fileOf(project: TestProject, revision: string): string {
  const folder = join(project.root, 'migrations', 'versions', 'app')
  const name = readdirSync(folder).find((each) => each.includes(revision)) ?? ''
  return readFileSync(join(folder, name), 'utf8')
}

describe.skipIf(withoutAlembic !== undefined)('an Alembic project, recorded from its own run', () => {
  projectTest('gives what Alembic has made of the live database', async ({ project }) => {
    project.write(recordedProject)
    runAlembic(project, 'upgrade', 'heads')
    const env = await project.environment({ app: 'public' })
    const result = await importAlembic(project.session, env, { path: '.' })
    expect(result).toMatchObject({ proof: 'equal', adopted: [{ revisions: ['r6r6'] }] })
    expect(result.recording).toMatchObject({ revisions: 6, tool: expect.stringMatching(/^Alembic \d/) })
    expect(result.irreversible).toEqual([
      {
        revision: 'r3r3',
        file: 'db/versions/r3.py',
        reason: 'its downgrade fails: NotImplementedError: a value of an enum stays',
      },
    ])
    const { graph } = project.opened(env)
    expect(graph.get('r4r4')).toMatchObject({ downRevision: ['r2r2', 'r3r3'] })
    expect(graph.get('r3r3')).toMatchObject({ dependsOn: ['r2r2'] })
    expect(graph.get('r1r1')).toMatchObject({ branchLabels: ['shop'], message: 'revision r1r1' })
    expect(fileOf(project, 'r1r1')).toMatch(/\('it''s'\), ?\('back\\slash'\)/)
    expect(fileOf(project, 'r2r2')).toMatch(
      /op\.autocommit\(async[\s\S]*CREATE INDEX CONCURRENTLY account_name/,
    )
    expect(fileOf(project, 'r5r5')).toContain('It read rows: ')
    expect(fileOf(project, 'r5r5')).toContain('It has values that its code generated during the recording')
    expect(fileOf(project, 'r6r6')).toContain('One of its statements failed during the recording')
    expect(fileOf(project, 'r6r6')).not.toContain('CREATE TABLE half')
    expect(fileOf(project, 'r6r6')).toContain('ALTER TABLE account ADD COLUMN note TEXT')
    const opened = project.opened(env)
    for (const [direction, target] of [
      ['downgrade', 'r4r4'],
      ['upgrade', 'head'],
    ] as const) {
      const plan = await planRun(project.session, opened, { direction, target })
      expect(plan.steps).toHaveLength(2)
      await applyPlan(project.session, opened, plan, { direction, target })
    }
    await expect(importAlembic(project.session, env, { path: '.' })).rejects.toMatchObject({
      code: 'already-imported',
    })
    expect(existsSync(join(project.root, '.mig'))).toBe(true)
    expect(readdirSync(join(project.root, '.mig')).filter((name) => name.startsWith('import-'))).toEqual([])
  })

  projectTest('is behind in a database where what is left reads rows', async ({ project }) => {
    project.write(recordedProject)
    runAlembic(project, 'upgrade', 'r4r4')
    const env = await project.environment({ app: 'public' })
    await expect(importAlembic(project.session, env, { path: '.' })).rejects.toMatchObject({
      code: 'reads-live-rows',
      message: expect.stringContaining('revision r5r5 (db/versions/r5.py)'),
    })
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
  })
})
