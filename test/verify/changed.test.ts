import { execFileSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { jsonLines, justOn } from '../e2e/support/just.ts'
import { environmentText, revisionFiles, revisionText, temporaryProject } from '../e2e/support/project.ts'
import { databaseTest } from '../support/database.ts'

const first = 'migrations/versions/one/20260101_080000_aaaa00000001_x.ts'

/** A git repository whose main branch has one revision; `feature` is checked out. */
const test = databaseTest.extend<{
  project: Awaited<ReturnType<typeof temporaryProject>>
  git: (...args: string[]) => void
  changed: (base?: string) => Promise<ReturnType<typeof jsonLines>>
}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
  project: async ({}, use) => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText({ one: 'app_one' }),
      '.gitignore': 'node_modules\n.mig\n',
      ...revisionFiles('one', [{ id: 'aaaa00000001', upgrade: 'await op.execute(`SELECT 1`)' }]),
    })
    await use(project)
    await project.remove()
  },
  git: async ({ project }, use) => {
    const git = (...args: string[]) =>
      void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
        cwd: project.path,
        stdio: 'pipe',
      })
    git('init', '--quiet', '--initial-branch=main')
    git('add', '.')
    git('commit', '--quiet', '--message=one')
    git('checkout', '--quiet', '-b', 'feature')
    await use(git)
  },
  changed: async ({ project, database, git: _ }, use) => {
    const just = justOn(database.url, { cwd: project.path })
    await use(async (base = '') => jsonLines(await just(`mig-verify one --json --changed ${base}`.trim())))
  },
})

const revision = (id: string) => ({
  [`migrations/versions/one/20260102_080000_${id}_x.ts`]: revisionText({ id, down: 'aaaa00000001' }),
})

describe('mig-verify --changed', () => {
  test('checks the revisions that are new, committed or not', async ({ project, git, changed }) => {
    await project.write(revision('aaaa00000002'))
    const untracked = await changed()
    git('add', '.')
    git('commit', '--quiet', '--message=two')
    for (const lines of [untracked, await changed('main')]) {
      const stairs = lines.filter(({ check }) => check === 'stairway')
      expect(stairs).toEqual([expect.objectContaining({ revision: 'aaaa00000002', status: 'ok' })])
      expect(lines.filter(({ status }) => status === 'failed')).toEqual([])
    }
  })

  test('does nothing more when none is new', async ({ changed }) => {
    expect((await changed()).map(({ check }) => check)).toEqual(['files', 'changed', 'forks'])
  })

  test('refuses an edit', async ({ project, changed }) => {
    writeFileSync(join(project.path, first), revisionText({ id: 'aaaa00000001', message: 'other' }))
    expect(await changed()).toContainEqual(
      expect.objectContaining({ check: 'changed', status: 'failed', revision: 'aaaa00000001' }),
    )
  })

  test('refuses a removal', async ({ project, changed }) => {
    rmSync(join(project.path, first))
    const lines = await changed()
    expect(lines).toContainEqual(expect.objectContaining({ check: 'changed', status: 'failed' }))
    expect(JSON.stringify(lines)).toContain('was removed')
  })

  test('refuses an edit under another name, and says how the old file comes back', async ({
    project,
    changed,
  }) => {
    const moved = first.replace('_x.ts', '_better_name.ts')
    rmSync(join(project.path, first))
    await project.write({ [moved]: revisionText({ id: 'aaaa00000001', message: 'other' }) })
    expect(await changed()).toContainEqual(
      expect.objectContaining({
        ...{ check: 'changed', status: 'failed', revision: 'aaaa00000001' },
        message: expect.stringContaining('better_name.ts and was edited'),
        help: expect.stringContaining(`git checkout main -- ${first}`),
      }),
    )
  })

  test('lets a file move', async ({ project, changed }) => {
    renameSync(join(project.path, first), join(project.path, first.replace('_x.ts', '_better_name.ts')))
    expect((await changed()).filter(({ status }) => status === 'failed')).toEqual([])
  })

  test('does not take for a removal what only the base has by now', async ({ project, git, changed }) => {
    git('checkout', '--quiet', 'main')
    await project.write(revision('aaaa00000003'))
    git('add', '.')
    git('commit', '--quiet', '--message=three')
    git('checkout', '--quiet', 'feature')
    expect((await changed()).filter(({ status }) => status === 'failed')).toEqual([])
  })

  test('says that a base is not there', async ({ changed }) => {
    expect(await changed('origin/none')).toContainEqual(
      expect.objectContaining({ event: 'error', code: 'no-git-base', exitCode: 2 }),
    )
  })

  test('compares a pull request with no other branch than its own goal, and knows a shallow clone', async ({
    project,
    database,
    git,
  }) => {
    git('remote', 'add', 'origin', '.')
    git('fetch', '--quiet', 'origin')
    const asked = async (variables: Readonly<Record<string, string>>) => {
      const just = justOn(database.url, { cwd: project.path, env: variables })
      return jsonLines(await just('mig-verify one --json --changed')).at(-1)
    }
    expect(await asked({ GITHUB_BASE_REF: 'main' })).toMatchObject({ check: 'forks', status: 'ok' })
    expect(await asked({ CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'develop' })).toMatchObject({
      code: 'no-git-base',
      help: expect.stringContaining('git fetch origin develop'),
    })
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: project.path, encoding: 'utf8' })
    await project.write({ '.git/shallow': commit })
    expect(await asked({ GITHUB_BASE_REF: 'develop' })).toMatchObject({
      code: 'no-git-base',
      help: expect.stringContaining('fetch-depth: 0'),
    })
  })

  test('gives git no option in the place of a base', async ({ project, database, git: _ }) => {
    const just = justOn(database.url, { cwd: project.path })
    const lines = jsonLines(await just('mig-verify one --json --changed=--output=made'))
    expect(lines).toContainEqual(expect.objectContaining({ event: 'error', code: 'no-git-base' }))
    expect(existsSync(join(project.path, 'made'))).toBe(false)
  })
})

describe('mig-lint --changed', () => {
  test('looks at the revisions that the base does not have', async ({ project, database, git: _ }) => {
    const upgrade = 'await op.execute(`CREATE TABLE t (id int4)`)'
    await project.write({
      'migrations/versions/one/20260102_080000_aaaa00000002_x.ts': revisionText({
        ...{ id: 'aaaa00000002', down: 'aaaa00000001', upgrade },
      }),
    })
    const just = justOn(database.url, { cwd: project.path })
    const lines = jsonLines(await just(['mig-lint', '', 'one', '--changed', 'main', '--json']))
    expect(lines).toEqual([expect.objectContaining({ event: 'finding', revision: 'aaaa00000002' })])
    const both = jsonLines(await just('mig-lint base:head one --changed main --json'))
    expect(both.at(-1)).toMatchObject({ code: 'bad-range', exitCode: 2 })
  })
})
