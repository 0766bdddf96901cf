import { existsSync } from 'node:fs'
import { readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { openEditor } from '../../scripts/cli/external.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { recipe, repository, temporaryFolder } from '../support/recipes.ts'
import { fail, type Just, jsonLines, justOn, succeed } from './support/just.ts'
import { empty, versions } from './support/ledger.ts'
import { environmentText, revisionFiles, temporaryProject } from './support/project.ts'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>
let just: Just

beforeAll(async () => {
  database = await createTestDatabase()
})
beforeEach(async () => {
  await empty(database.client)
  project = await temporaryProject({ 'migrations/env.ts': environmentText({ shop: 'shop', depot: 'depot' }) })
  just = justOn(database.url, { cwd: project.path })
})
afterEach(() => project.remove())
afterAll(() => database.drop())

/** Writes a revision and gives its id and path. */
async function write(args: readonly string[]): Promise<{ readonly revision: string; readonly path: string }> {
  const lines = jsonLines(await succeed(just([...args, '--json'])))
  const found = lines.find(({ event }) => event === 'written')
  return { revision: String(found?.revision), path: String(found?.path) }
}

async function headsOf(line: string): Promise<readonly string[]> {
  const lines = jsonLines(await succeed(just(['mig-heads', line, '--json'])))
  return lines.map(({ revision }) => String(revision)).sort()
}

describe('mig-revision', () => {
  test('writes one file for each line of the filter, on its head', async () => {
    const { stdout } = await succeed(just(['mig-revision', 'first things']))
    expect(stdout.split('\n')).toHaveLength(2)
    expect(stdout).toMatch(/^wrote migrations\/versions\/shop\/\d{8}_\d{6}_[0-9a-f]{12}_first_things\.ts$/m)
    const second = await write(['mig-revision', 'second', 'shop'])
    expect(await headsOf('shop')).toEqual([second.revision])
    const text = await readFile(join(project.path, second.path), 'utf8')
    expect(text).toMatch(/^\/\*\*\n \* second\n \*\n \* Revision: [0-9a-f]{12}\n \* Revises: [0-9a-f]{12}\n/)
    const toFill = '(op: Operations): Promise<void> {\n  await op.execute(`SELECT 1`) // replace this line\n}'
    expect(text).toContain(`upgrade${toFill}`)
    expect(text).toContain(`downgrade${toFill}`)
    await succeed(just('mig-upgrade'))
    expect(Object.keys(await versions(database.client))).toEqual(['depot', 'shop'])
    await succeed(just('mig-downgrade-all --yes'))
  })

  const messages = [
    `it's "quoted" \`and\` \${ticked}`,
    'end */ of /* comment // --',
    '${process.exit(7)} `${1}`',
    'two\nlines\r\nand\ttabs',
    'x'.repeat(300),
    'naïve café 日本語 🦊 ‮rtl',
    '   ',
    '-- upgrade',
    "'; DROP TABLE mig.version; --",
    '../../../etc/passwd',
    '\\u0041 \\n $1 $$',
    ' * Revision: 000000000000',
  ]
  test.each(['ts', 'sql'])('takes any message, in .%s files that read back and run', async (format) => {
    const kind = format === 'sql' ? ['--sql-file'] : []
    const written: string[] = []
    for (const message of messages) {
      const { revision, path } = await write(['mig-revision', message, 'shop', ...kind])
      expect(path).toMatch(new RegExp(`^migrations/versions/shop/[^/]{1,120}\\.${format}$`))
      written.push(revision)
    }
    const shown = jsonLines(await succeed(just('mig-history shop --json'))).filter(
      ({ event }) => event === 'revision',
    )
    expect(shown.map(({ revision }) => revision)).toEqual(written.toReversed())
    // Line breaks become spaces, and what would turn the text around on a terminal goes.
    const oneLine = (text: string) =>
      text.replace('\u202e', '').replace(/\s+/g, ' ').trim() || 'empty message'
    expect(shown.map(({ message }) => message)).toEqual(messages.map(oneLine).toReversed())
    await succeed(just('mig-upgrade head shop'))
    const { stdout } = await succeed(just('mig-sql base:head shop'))
    await succeed(just('mig-downgrade base shop'))
    await database.client.query(stdout)
    expect(await versions(database.client)).toEqual({ shop: written.slice(-1) })
  })

  test('without a message is an error', async () => {
    expect((await recipe(['mig-revision'], { cwd: project.path })).code).not.toBe(0)
    await fail(just(['mig-revision', '']), 'missing-argument', 2)
  })

  test('--rev-id, --depends-on, --label, --head and --splice place it in the graph', async () => {
    await succeed(just('mig-revision one shop --rev-id shop1'))
    await succeed(just('mig-revision one depot --rev-id depot1 --depends-on shop1 --label cellar'))
    await succeed(just('mig-revision two shop --rev-id shop2'))
    await fail(just('mig-revision other shop --head shop1'), 'not-a-head', 2)
    await succeed(just('mig-revision other shop --head shop1 --splice --rev-id shop2b'))
    expect(await headsOf('shop')).toEqual(['shop2', 'shop2b'])
    const shown = jsonLines(await succeed(just('mig-show cellar --json')))
    expect(shown.at(-1)).toMatchObject({ revision: 'depot1', dependsOn: ['shop1'], branchLabels: ['cellar'] })
    await fail(just('mig-revision again shop --rev-id shop1 --head shop2'), 'duplicate-revision', 2)
    await fail(just('mig-revision two-heads shop'), 'multiple-heads', 2)
  })

  test('--sql-file writes plain SQL', async () => {
    const { path, revision } = await write(['mig-revision', 'plain', 'shop', '--sql-file'])
    const text = await readFile(join(project.path, path), 'utf8')
    const [head = '', up, down] = text.split('SELECT 1; -- replace this line')
    expect([head.split('\n').at(-3), up, down]).toEqual(['-- upgrade', '\n\n-- downgrade\n\n', '\n'])
    await project.write({ [path]: `${head}CREATE TABLE plain ();${up}DROP TABLE plain;${down}` })
    await succeed(just('mig-upgrade'))
    expect(await versions(database.client)).toEqual({ shop: [revision] })
    await succeed(just('mig-downgrade -1'))
  })

  test('file names and postWrite commands are settings, and a command that fails is an error', async () => {
    await project.write({
      'migrations/env.ts': environmentText(
        { shop: 'shop' },
        `fileTemplate: '{rev}-{slug}', slugLength: 5, postWrite: ['grep -q Revision: {file}', 'echo formatted >>']`,
      ),
    })
    const done = await just(['mig-revision', 'a long message', '--rev-id', 'r1'])
    expect(done.stdout).toMatch(/^wrote migrations\/versions\/shop\/r1-.{1,5}\.ts$/m)
    expect(await readFile(join(project.path, 'migrations/versions/shop', 'r1-a.ts'), 'utf8')).toMatch(
      /formatted\n$/,
    )
    await project.write({ 'migrations/env.ts': environmentText({ shop: 'shop' }, `postWrite: 'false'`) })
    const { stderr } = await fail(just(['mig-revision', 'next']), 'post-write-failed', 3)
    expect(stderr).toContain('"false" ended with 1')
  })
})

test('postWrite gets the path as an argument, whatever it holds', async () => {
  const outer = await temporaryFolder()
  const marker = join(outer.path, 'ran')
  const names = ['plain', `p $(touch $MARKER) q 'r' "s"; \`x\` $& $1`]
  const commands = [
    'cp {file} copy1',
    "cp '{file}' copy2",
    'cp "{file}" copy3',
    `cp`,
    `sh -c 'cp "$1" copy5' sh {file}`,
  ]
  const given = commands.map((command) => (command === 'cp' ? `sh -c 'cp "$1" copy4' sh` : command))
  for (const name of names) {
    const root = join(outer.path, name)
    await outer.write({
      [`${name}/migrations/env.ts`]: environmentText({ shop: 'shop' }, `postWrite: ${JSON.stringify(given)}`),
    })
    const env = { MIG_DIR: 'migrations', MARKER: marker }
    for (const each of ['justfile', 'scripts', 'node_modules'])
      await symlink(join(repository, each), join(root, each))
    const { stdout } = await succeed(recipe(['mig-revision', 'x', 'shop'], { cwd: root, env }))
    const path = stdout.replace(/^[\s\S]*wrote /, '').trim()
    const text = await readFile(join(root, path), 'utf8')
    for (const at of [1, 2, 3, 4, 5]) expect(await readFile(join(root, `copy${at}`), 'utf8')).toBe(text)
    expect(existsSync(marker)).toBe(false)
  }
  for (const command of [`sh -c 'cat {file}'`, `sh -c "cat {file}"`, `node -e "f('{file}')"`]) {
    await outer.write({
      'plain/migrations/env.ts': environmentText({ shop: 'shop' }, `postWrite: ${JSON.stringify(command)}`),
    })
    const refused = recipe(['mig-revision', 'refused', 'shop'], { cwd: join(outer.path, 'plain') })
    await fail(refused, 'bad-post-write', 2)
  }
  const written = await readdir(join(outer.path, 'plain/migrations/versions/shop'))
  expect(written.filter((name) => name.includes('refused'))).toEqual([])
  await outer.remove()
})

describe('mig-merge', () => {
  beforeEach(() =>
    project.write({
      ...revisionFiles('shop', [
        { id: 'aaaa00000001' },
        { id: 'aaaa00000002', down: 'aaaa00000001' },
        { id: 'aaaa00000003', down: 'aaaa00000001' },
      ]),
      ...revisionFiles('depot', [{ id: 'dddd00000001' }]),
    }),
  )

  test('joins heads, and the line can be upgraded again', async () => {
    const { stderr } = await fail(just('mig-upgrade head shop'), 'multiple-heads', 2)
    await project.write({ 'migrations/models/shop.sql': 'CREATE TABLE shop.t ();' })
    expect((await just('mig-check shop')).stdout).toContain(' pending (just mig-upgrade heads):')
    const [, revisions = '', message = ''] = /just mig-merge "([^"]*)" "([^"]*)"/.exec(stderr) ?? []
    await succeed(just(['mig-merge', revisions, message]))
    const heads = await headsOf('shop')
    expect(heads).toHaveLength(1)
    const shown = jsonLines(await succeed(just(['mig-show', heads[0] ?? '', '--json']))).at(-1)
    expect(shown).toMatchObject({ downRevision: ['aaaa00000002', 'aaaa00000003'] })
    await succeed(just('mig-upgrade head shop'))
    expect(await versions(database.client)).toEqual({ shop: heads })
  })

  test('takes key@heads, and a message', async () => {
    await succeed(just(['mig-merge', 'shop@heads', 'together again']))
    expect((await succeed(just('mig-history shop'))).stdout).toContain('together again')
  })

  test('of one revision, or over lines, is an error', async () => {
    await fail(just('mig-merge aaaa00000002'), 'nothing-to-merge', 2)
    const across = await just(['mig-merge', 'aaaa00000002 dddd00000001'])
    expect(across.code).toBe(2)
    expect(across.stderr).toMatch(/^error MIG-/)
    expect(await headsOf('shop')).toEqual(['aaaa00000002', 'aaaa00000003'])
  })
})

describe('mig-edit', () => {
  test('opens the file in $EDITOR, which may hold arguments; without a terminal it prints the path', async () => {
    const { path, revision } = await write(['mig-revision', 'to edit', 'shop'])
    const file = join(project.path, path)
    const { stdout } = await succeed(just(['mig-edit', revision.slice(0, 6)], { env: { EDITOR: 'false' } }))
    expect(stdout.trim()).toBe(file)
    const json = await succeed(just(['mig-edit', revision.slice(0, 6), '--json']))
    expect(JSON.parse(json.stdout.split('\n')[0] ?? '')).toEqual({ event: 'file', path: file })
    vi.stubEnv('VISUAL', '')
    const edit = (editor: string) => {
      vi.stubEnv('EDITOR', editor)
      return openEditor(file)
    }
    await edit('sed -i s/edit/amend/')
    expect(await readFile(file, 'utf8')).toContain('to amend')
    await expect(edit('')).rejects.toMatchObject({ code: 'no-editor', exitCode: 2 })
    await expect(edit('false')).rejects.toMatchObject({ code: 'editor-failed', exitCode: 2 })
    vi.unstubAllEnvs()
  })
})

describe('mig-stamp', () => {
  test('writes the ledger and runs nothing', async () => {
    await project.write(revisionFiles('shop', [{ id: 'aaaa00000001', upgrade: 'throw new Error("ran")' }]))
    await project.write(revisionFiles('depot', [{ id: 'dddd00000001' }]))
    expect((await succeed(just('mig-stamp head shop --plan'))).stdout).toContain('shop: base → aaaa00000001')
    expect(await versions(database.client)).toEqual({})
    await succeed(just('mig-stamp --purge head shop'))
    expect(await versions(database.client)).toEqual({ shop: ['aaaa00000001'] })
    expect((await succeed(just('mig-stamp head shop'))).stdout).toContain('nothing to do')
    await succeed(just('mig-stamp head'))
    expect(Object.keys(await versions(database.client))).toEqual(['depot', 'shop'])
    await succeed(just('mig-stamp base shop'))
    expect(Object.keys(await versions(database.client))).toEqual(['depot'])
    await fail(just('mig-stamp zzzz shop'), 'cant-locate', 2)
  })
})
