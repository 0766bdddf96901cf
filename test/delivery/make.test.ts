import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect } from 'vitest'
import { environmentText, revisionText } from '../e2e/support/project.ts'
import { databaseTest as base } from '../support/database.ts'
import { cleanVariables, repository, temporaryFolder } from '../support/recipes.ts'

interface MakeResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** `make` in a small project of two lines, on a database of its own. */
const test = base.extend<{
  folder: string
  make: (args: readonly string[], variables?: Readonly<Record<string, string>>) => Promise<MakeResult>
}>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
  folder: async ({}, use) => {
    const project = await temporaryFolder({
      'migrations/env.ts': environmentText({ one: 'app_one', two: 'app_two' }),
      'migrations/versions/one/20260101_000000_aaaa00000001_t.ts': revisionText({
        id: 'aaaa00000001',
        upgrade: 'await op.execute(`CREATE TABLE t (id int)`)',
        downgrade: 'await op.execute(`DROP TABLE t`)',
      }),
      'migrations/versions/two/20260101_000000_bbbb00000001_u.ts': revisionText({ id: 'bbbb00000001' }),
    })
    for (const name of ['Makefile', 'scripts', 'node_modules', 'package.json']) {
      await symlink(join(repository, name), join(project.path, name))
    }
    await use(project.path)
    await project.remove()
  },
  make: async ({ folder, database }, use) => {
    await use(async (args, variables = {}) => {
      const { exitCode, stdout, stderr } = await execa('make', args, {
        cwd: folder,
        env: { ...cleanVariables({ MIG_DATABASE_URL: database.url }), ...variables },
        extendEnv: false,
        reject: false,
        stdin: 'ignore',
      })
      return { code: exitCode ?? -1, stdout, stderr }
    })
  },
})

function revisionsOf(folder: string, line: string): readonly string[] {
  const dir = join(folder, 'migrations', 'versions', line)
  return readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'))
}

describe('make', () => {
  test('leaves the schemas to MIG_SCHEMA_FILTER where SCHEMA= is not given', async ({ make, database }) => {
    expect(await make(['db-upgrade'], { MIG_SCHEMA_FILTER: 'one' })).toMatchObject({ code: 0 })
    const { rows } = await database.client.query('SELECT target_schema AS schema FROM mig.version')
    expect(rows).toEqual([{ schema: 'app_one' }])
  })

  test('expands nothing in YES and FLAGS by itself, and its help says what the shell does', async ({
    make,
    folder,
  }) => {
    const attack = `$(shell touch ${join(folder, 'ran')})`
    expect((await make(['db-help'])).stdout).toMatch(/FLAGS= .*read by the shell/)
    await make(['db-downgrade-all', `YES=${attack}`])
    await make(['db-history', `FLAGS=--verbose '${attack}'`])
    await make(['db-history'], { FLAGS: `'${attack}'`, YES: attack })
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })

  test('upgrades, shows and downgrades the schemas of SCHEMA', async ({ make, database }) => {
    expect(await make(['db-upgrade', 'SCHEMA=one'])).toMatchObject({ code: 0 })
    const applied = () => database.client.query('SELECT revision FROM mig.version')
    expect((await applied()).rows).toEqual([{ revision: 'aaaa00000001' }])
    expect((await make(['db-current', 'SCHEMA=one'])).stdout).toContain('aaaa00000001')
    expect((await make(['db-history'])).stdout).toContain('bbbb00000001')
    expect((await make(['db-show', 'REV=aaaa00000001'])).stdout).toContain('CREATE TABLE t (id int);')
    expect(await make(['db-downgrade', 'SCHEMA=one'])).toMatchObject({ code: 0 })
    expect((await applied()).rows).toEqual([])
    await database.client.query('CREATE SCHEMA app_two')
    expect(await make(['db-stamp', 'REV=head'])).toMatchObject({ code: 0 })
    expect((await applied()).rows).toHaveLength(2)
    expect(await make(['db-downgrade-all', 'SCHEMA=two', 'YES=1'])).toMatchObject({ code: 0 })
    expect((await applied()).rows).toEqual([{ revision: 'aaaa00000001' }])
  })

  test('shows for review what is pending up to head or a merge, in every line, without the ledger', async ({
    make,
    folder,
  }) => {
    const shown = await make(['db-show', 'REV=head'])
    expect(shown).toMatchObject({ code: 0 })
    expect(shown.stdout).toMatch(/^-- just-mig [\d.]+: upgrade to head, 2 steps$/m)
    expect(shown.stdout).toMatch(/^-- upgrade app_one aaaa00000001: /m)
    expect(shown.stdout).toMatch(/^-- upgrade app_two bbbb00000001: /m)
    expect(shown.stdout).not.toContain('CREATE TABLE IF NOT EXISTS')
    const file = (id: string, down: string | readonly string[]) =>
      writeFile(
        join(folder, `migrations/versions/one/20260102_000000_${id}_x.ts`),
        revisionText({ id, down }),
      )
    await file('aaaa00000002', 'aaaa00000001')
    await file('aaaa00000003', 'aaaa00000001')
    await file('aaaa00000004', ['aaaa00000002', 'aaaa00000003'])
    const merged = await make(['db-show', 'REV=aaaa00000004'])
    expect(merged).toMatchObject({ code: 0 })
    expect(merged.stdout.match(/^-- upgrade .*:/gm)).toHaveLength(4)
    const alone = await make(['db-show', 'REV=aaaa00000002'])
    expect(alone.stdout.match(/^-- upgrade .*:/gm)).toEqual(['-- upgrade app_one aaaa00000002:'])
  })

  test.for([
    [
      'on the command line',
      (text: string) => [['db-revision-empty', `MSG=${text}`, 'SCHEMA=one'], {}] as const,
    ],
    ['in the environment', (text: string) => [['db-revision-empty', 'SCHEMA=one'], { MSG: text }] as const],
  ] as const)('takes a message as it was typed %s', async ([, argumentsFor], { make, folder }) => {
    const hostile = `it's $(shell touch made-by-make) $(touch made-by-shell) \`touch made-by-shell\` "; touch x; \${HOME} $$ %s --splice`
    const [args, variables] = argumentsFor(hostile)
    expect(await make(args, variables)).toMatchObject({ code: 0 })
    expect(revisionsOf(folder, 'one').some((text) => text.includes(hostile))).toBe(true)
    for (const name of ['made-by-make', 'made-by-shell', 'x'])
      expect(existsSync(join(folder, name))).toBe(false)
  })

  test('takes a message that begins as a flag does', async ({ make, folder }) => {
    expect(await make(['db-revision-empty', 'MSG=--json', 'SCHEMA=two'])).toMatchObject({ code: 0 })
    expect(revisionsOf(folder, 'two').some((text) => text.includes(' * --json\n'))).toBe(true)
  })

  test('says which variable is missing', async ({ make }) => {
    const { code, stderr } = await make(['db-revision-empty'])
    expect(code).toBe(2)
    expect(stderr).toContain('db-revision-empty needs MSG=')
  })

  test('joins two heads of a line', async ({ make, folder }) => {
    const more = ['--head base', '--head base --label again'].map((flags) =>
      make(['db-revision-empty', 'MSG=more', 'SCHEMA=one', `FLAGS=${flags}`]),
    )
    for (const { code } of await Promise.all(more)) expect(code).toBe(0)
    expect(await make(['db-merge', 'SCHEMA=one', 'MSG=together'])).toMatchObject({ code: 0 })
    expect(revisionsOf(folder, 'one').some((text) => text.includes('together'))).toBe(true)
    expect((await make(['db-branches'])).code).toBe(0)
  })

  test('ends with the exit code of the recipe', async ({ make }) => {
    // make itself ends with 2 and tells the code of the recipe.
    const { code, stderr } = await make(['db-upgrade', 'REV=ffff'])
    expect(code).toBe(2)
    expect(stderr).toContain('error MIG-')
  })
})
