import { chmodSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect } from 'vitest'
import { loadEnvironment, openProject } from '../../migrations/core/index.ts'
import { announceLosses } from '../../migrations/core/verify/announce.ts'
import { checkChecksums } from '../../migrations/core/verify/checksums.ts'
import { jsonLines, justOn, succeed } from '../e2e/support/just.ts'
import { environmentText, revisionFiles, temporaryProject } from '../e2e/support/project.ts'
import { administer, databaseTest } from '../support/database.ts'
import { repository } from '../support/recipes.ts'

const table = {
  losses: ['Downgrade loses: table app_one.t'],
  upgrade: 'await op.execute(`CREATE TABLE t (id int)`)',
  downgrade: 'await op.execute(`DROP TABLE t`)',
}
const column = {
  losses: ['Downgrade loses: column app_one.t.note'],
  upgrade: 'await op.execute(`ALTER TABLE t ADD COLUMN note text`)',
  downgrade: 'await op.execute(`ALTER TABLE t DROP COLUMN note`)',
}
const models = 'CREATE TABLE app_one.t (id int, note text);'

/** A project with one line, in order. */
function projectFiles(changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    'migrations/env.ts': environmentText({ one: 'app_one' }),
    'migrations/models/one.sql': models,
    ...revisionFiles('one', [
      { id: 'aaaa00000001', ...table },
      { id: 'aaaa00000002', down: 'aaaa00000001', ...column },
    ]),
    ...changes,
  }
}

const test = databaseTest.extend<{
  project: Awaited<ReturnType<typeof temporaryProject>>
  verify: (args?: string, env?: Readonly<Record<string, string>>, schemas?: string) => Promise<VerifyRun>
}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
  project: async ({}, use) => {
    const project = await temporaryProject(projectFiles())
    await use(project)
    await project.remove()
  },
  verify: async ({ project, database }, use) => {
    const just = justOn(database.url, { cwd: project.path })
    await use(async (args = '', env = {}, schemas = 'one') => {
      const result = await just(`mig-verify ${schemas} --json ${args}`.trim(), { env })
      const failed = jsonLines(result).filter(({ event, status }) => event === 'check' && status === 'failed')
      return { ...result, failed: failed as unknown as readonly FailedCheck[], lines: jsonLines(result) }
    })
  },
})

interface FailedCheck {
  readonly check: string
  readonly revision?: string
  readonly message: string
}

interface VerifyRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly failed: readonly FailedCheck[]
  readonly lines: ReturnType<typeof jsonLines>
}

describe('mig-verify', () => {
  databaseTest(
    'finds nothing wrong with the example, and leaves no database behind',
    { timeout: 120_000 },
    async ({ database }) => {
      const { stdout } = await succeed(justOn(database.url)('mig-verify'))
      for (const check of ['files', 'forks', 'checksums', 'fresh', 'offline']) {
        expect(stdout).toMatch(new RegExp(`^${check} +- +ok `, 'm'))
      }
      expect(stdout.match(/^stairway /gm)).toHaveLength(9)
      expect(stdout.match(/^stairway .* up, down and up again, with rows$/gm)).toHaveLength(6)
      const { rows } = await database.client.query(`SELECT to_regnamespace('rfx_user') AS schema`)
      expect(rows).toEqual([{ schema: null }])
    },
  )

  test('announces what is lost, where it is asked to, and nothing that is wrong', async ({
    project,
    verify,
  }) => {
    const files = {
      ...revisionFiles('one', [
        { id: 'aaaa00000001', ...table, losses: [] },
        { id: 'aaaa00000002', down: 'aaaa00000001', ...column, losses: [] },
        { id: 'aaaa00000003', down: 'aaaa00000002', losses: ['Upgrade loses: table app_one.t'] },
        { id: 'aaaa00000004', down: 'aaaa00000003', upgrade: 'await op.execute(`DELETE FROM t`)' },
      ]),
      'migrations/versions/tenant/20260105_080000_bbbb00000001_x.sql':
        '-- m\n--\n-- Revision: bbbb00000001\n-- Revises: base\n\n-- upgrade\nCREATE TABLE u ();\n\n-- downgrade\nDROP TABLE u;\n',
    }
    await project.write({
      'migrations/env.ts': `export default { schemas: { one: 'app_one', tenant: { tenants: { list: [] } } } }\n`,
      ...files,
    })
    const [first = '', second = '', third = '', fourth = '', tenant = ''] = Object.keys(files).map((name) =>
      join(project.path, name),
    )
    chmodSync(second, 0o444)
    renameSync(fourth, `${fourth}.kept`)
    symlinkSync(`${basename(fourth)}.kept`, fourth)
    const before = new Map(
      [first, second, third, fourth, tenant].map((path) => [path, readFileSync(path, 'utf8')]),
    )
    const { failed, lines } = await verify('--announce', {}, 'all')
    expect(
      lines.flatMap(({ revision, announced }) => (announced === undefined ? [] : [[revision, announced]])),
    ).toEqual([
      ['aaaa00000001', ['Downgrade loses: table app_one.t']],
      ['bbbb00000001', ['Downgrade loses: table u']],
    ])
    const of = (id: string) => failed.find(({ check, revision }) => check === 'stairway' && revision === id)
    expect(of('aaaa00000001') ?? of('bbbb00000001')).toBeUndefined()
    expect(of('aaaa00000002')).toMatchObject({
      message: expect.stringMatching(/^the downgrade loses column app_one\.t\.note.*does not say so$/),
      help: expect.stringMatching(/has not written them: the file is read-only$/),
    })
    expect(of('aaaa00000003')).toMatchObject({ message: expect.stringContaining('and it does not') })
    expect(of('aaaa00000004')).toMatchObject({ help: expect.stringMatching(/the file is a symbolic link$/) })
    // Another run had begun before this one has written them.
    const loss = { side: 'downgrade', loss: { kind: 'table', name: ['app_one', 't'] } } as const
    expect(announceLosses({ path: first, format: 'ts' }, [loss])).toBeUndefined()
    const added = (path: string, line: string) => {
      const text = readFileSync(path, 'utf8')
      expect(text).toContain(line)
      return [path, text.replace(line, '')] as const
    }
    expect([
      added(first, ' * Downgrade loses: table app_one.t\n'),
      ...[second, third, fourth].map((path) => [path, readFileSync(path, 'utf8')] as const),
      added(tenant, '-- Downgrade loses: table u\n'),
    ]).toEqual([...before])
    expect(readdirSync(dirname(first))).toHaveLength(5)
  })

  test('finds a downgrade that leaves something behind, and says what, where a second upgrade fails on it', async ({
    project,
    verify,
  }) => {
    await project.write(
      revisionFiles('one', [
        { id: 'aaaa00000001', ...table },
        { id: 'aaaa00000002', down: 'aaaa00000001', upgrade: 'await op.execute(`CREATE INDEX i ON t (id)`)' },
        { id: 'aaaa00000003', down: 'aaaa00000002', ...column },
      ]),
    )
    const github = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: dirname(project.path) }
    const { code, lines, failed, stderr } = await verify('', github)
    expect(code).toBe(1)
    expect(failed.map(({ check }) => check)).toEqual(expect.arrayContaining(['fresh', 'stairway']))
    expect(failed.find(({ check }) => check === 'stairway')).toMatchObject({
      revision: 'aaaa00000002',
      message: expect.stringMatching(
        /^after its downgrade the schema differs from before:\n\+ index app_one\.i$/,
      ),
    })
    expect(stderr).toContain(`::error file=${basename(project.path)}/migrations/versions/one/20260102_`)
    expect(lines).toContainEqual(
      expect.objectContaining({ status: 'skipped', message: 'what comes after aaaa00000002 was not run' }),
    )
  })

  test('goes up over what is irreversible, and down only above it', async ({ project, verify }) => {
    const down = "throw new Error('this never runs')"
    await project.write({
      'migrations/env.ts': environmentText({ one: 'app_one', two: 'app_two' }),
      'migrations/models/one.sql': `${models} CREATE TABLE app_two.u (id int);`,
      ...revisionFiles('one', [
        { id: 'aaaa00000001', ...table },
        {
          id: 'aaaa00000002',
          down: 'aaaa00000001',
          ...column,
          downgrade: down,
          irreversible: 'notes are gone',
          dependsOn: ['bbbb00000001'],
        },
        { id: 'aaaa00000003', down: 'aaaa00000002', upgrade: 'await op.execute(`CREATE INDEX i ON t (id)`)' },
      ]),
      ...revisionFiles('two', [
        { id: 'bbbb00000001', upgrade: 'await op.execute(`CREATE TABLE u (id int)`)', downgrade: down },
        { id: 'bbbb00000002', down: 'bbbb00000001' },
      ]),
    })
    const { lines, failed } = await verify()
    expect(lines).toContainEqual(
      expect.objectContaining({
        ...{ check: 'stairway', revision: 'aaaa00000002', status: 'skipped' },
        message: 'up only; irreversible: notes are gone',
      }),
    )
    // What stands above it is checked: this one forgets its index.
    expect(failed.map(({ check, revision }) => [check, revision])).toEqual([
      ['fresh', undefined],
      ['stairway', 'aaaa00000003'],
    ])
    expect(lines).toContainEqual(expect.objectContaining({ check: 'offline', status: 'ok' }))
  })

  test('finds a downgrade that makes another schema', async ({ project, verify }) => {
    await project.write(
      revisionFiles('one', [
        { id: 'aaaa00000001', ...table },
        {
          id: 'aaaa00000002',
          down: 'aaaa00000001',
          upgrade:
            'await op.execute(`ALTER TABLE t ADD COLUMN note text; ALTER TABLE t ALTER id TYPE bigint`)',
          downgrade: 'await op.execute(`ALTER TABLE t DROP COLUMN note`)',
        },
      ]),
    )
    const { failed } = await verify()
    expect(failed.map(({ check, revision }) => [check, revision])).toEqual([
      ['fresh', undefined],
      ['stairway', 'aaaa00000002'],
    ])
    expect(failed[1]?.message).toContain('column app_one.t.id')
  })

  test('looks at a project that has no revision yet', async ({ project, verify }) => {
    for (const name of Object.keys(projectFiles())) {
      if (name.includes('/versions/')) rmSync(join(project.path, name))
    }
    const { code, failed, lines } = await verify()
    expect(code).toBe(1)
    expect(failed).toEqual([expect.objectContaining({ check: 'fresh', line: 'one' })])
    expect(lines).toContainEqual(expect.objectContaining({ check: 'offline', status: 'skipped' }))
  })

  test('finds models that the revisions do not lead to', async ({ project, verify }) => {
    await project.write({
      'migrations/models/one.sql': 'CREATE TABLE app_one.t (id int, note text NOT NULL);',
    })
    const { code, failed, stderr } = await verify('', { GITHUB_ACTIONS: 'true' })
    expect(code).toBe(1)
    expect(failed).toEqual([expect.objectContaining({ check: 'fresh', line: 'one' })])
    expect(stderr).toMatch(/^::error title=mig-verify fresh one::the models differ/m)
  })

  test('reports a fork, and a file whose name hides its revision', async ({ project, verify }) => {
    await project.write({
      ...revisionFiles('one', [
        { id: 'aaaa00000001', ...table },
        { id: 'aaaa00000002', down: 'aaaa00000001', ...column },
        { id: 'aaaa00000003', down: 'aaaa00000001' },
      ]),
      'migrations/versions/one/notes.sql':
        '-- notes\n--\n-- Revision: aaaa00000004\n-- Revises: aaaa00000003\n\n-- upgrade\n\n-- downgrade\n',
    })
    const { failed } = await verify()
    expect(failed.map(({ check }) => check)).toEqual(['files', 'forks'])
    expect(failed[1]?.message).toContain('aaaa00000002, aaaa00000004')
  })

  test('reports a file that does not read, and looks no further', async ({ project, verify }) => {
    await project.write({
      'migrations/versions/one/20260105_000000_bad.ts': 'export const revision = 1 + 1\n',
    })
    const { code, lines } = await verify()
    expect(code).toBe(1)
    expect(lines).toEqual([expect.objectContaining({ check: 'files', status: 'failed' })])
  })

  test('reports an applied file that was edited', async ({ project, verify, database }) => {
    const just = justOn(database.url, { cwd: project.path })
    await succeed(just('mig-upgrade head one'))
    const [name = ''] = Object.keys(revisionFiles('one', [{ id: 'aaaa00000001' }]))
    await project.write({ [name]: `${readFileSync(join(project.path, name), 'utf8')}// more\n` })
    const { failed } = await verify()
    expect(failed).toEqual([expect.objectContaining({ check: 'checksums', revision: 'aaaa00000001' })])
    const { stderr } = await succeed(just('mig-downgrade base one --plan'))
    expect(stderr).toContain('the file of aaaa00000001 of line one was edited since it was applied: ')
    expect(stderr).not.toContain('aaaa00000002 of line one was edited')
    expect((await succeed(just('mig-downgrade -1 one --plan'))).stderr).not.toContain('edited')
    await database.client.query('DELETE FROM mig.log')
    const env = await loadEnvironment({ root: project.path, variables: {}, databaseUrl: database.url })
    expect(await checkChecksums(openProject(env))).toMatchObject([
      { status: 'ok', message: expect.stringMatching(/^2 applied in .*, 2 of them without a checksum$/) },
    ])
  })

  test('says of a revision that asks the database that it has no script', async ({ project, verify }) => {
    await project.write(
      revisionFiles('one', [
        { id: 'aaaa00000001', ...table, upgrade: `await op.client.query('SELECT 1'); ${table.upgrade}` },
        { id: 'aaaa00000002', down: 'aaaa00000001', ...column },
      ]),
    )
    const { code, lines } = await verify()
    expect(code).toBe(0)
    expect(lines).toContainEqual(expect.objectContaining({ check: 'offline', status: 'skipped' }))
  })

  test('writes JUnit XML', async ({ project, verify }) => {
    await verify('--junit reports/verify.xml')
    const xml = readFileSync(join(project.path, 'reports', 'verify.xml'), 'utf8')
    expect(xml).toContain('<testsuite name="stairway" tests="2" failures="0"')
    expect(xml).toContain('name="one aaaa00000002" file="migrations/versions/one/')
    await project.write({ taken: 'a file' })
    const { code, stderr } = await verify('--junit taken/verify.xml')
    expect(stderr).toContain('error MIG-cannot-write: cannot write the report taken/verify.xml')
    expect(code).toBe(2)
  })

  test('goes on where it may not read the ledger, and says what to grant', async ({
    database,
    project,
    verify,
  }) => {
    await succeed(justOn(database.url, { cwd: project.path })('mig-upgrade head one'))
    const role = `${database.name}_reader`
    await administer(`CREATE ROLE ${role} LOGIN CREATEDB`)
    try {
      const url = new URL(database.url)
      url.username = role
      const { code, lines } = await verify('', { MIG_DATABASE_URL: url.href })
      expect(lines).toContainEqual(
        expect.objectContaining({
          ...{ check: 'checksums', status: 'skipped' },
          message: expect.stringContaining('may not read the ledger'),
          help: expect.stringContaining('GRANT SELECT'),
        }),
      )
      expect(code).toBe(0)
    } finally {
      await administer(`DROP ROLE ${role}`)
    }
  })

  test('needs no database of its own beside the server', async ({ database, verify }) => {
    const role = `${database.name}_reader`
    await administer(`CREATE ROLE ${role} LOGIN`)
    try {
      const url = new URL(database.url)
      url.username = role
      const { code, stderr } = await verify('', { MIG_DATABASE_URL: url.href, MIG_SCRATCH_URL: url.href })
      expect(code).toBe(2)
      expect(stderr).toContain('error MIG-no-scratch')
      expect(stderr).toContain('CREATEDB')
    } finally {
      await administer(`DROP ROLE ${role}`)
    }
  })
})

databaseTest('the repository runs mig-verify in its pipeline', () => {
  expect(readFileSync(join(repository, '.github', 'workflows', 'migrations-ci.yml'), 'utf8')).toContain(
    'mig-verify',
  )
})
