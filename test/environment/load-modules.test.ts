import { appendFile, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  areUnchanged,
  compileTogether,
  type Described,
  loadDescriptions,
  loadModule,
} from '../../migrations/core/environment/index.ts'
import { builtProgram } from '../support/child.ts'
import type { DescribedProject } from '../support/describe-program.ts'
import { nodeOf } from '../support/node-versions.ts'
import { repository, temporaryFolder } from '../support/recipes.ts'
import { type Layout, layouts } from './layouts.ts'

/** A project on disk, with its cache in place as every command has it. */
async function projectOf({ files, links = {} }: Pick<Layout, 'files' | 'links'>) {
  const folder = await temporaryFolder(files)
  await mkdir(join(folder.path, '.mig', 'cache'), { recursive: true })
  for (const [link, target] of Object.entries(links)) {
    await mkdir(dirname(join(folder.path, link)), { recursive: true })
    await symlink(join(folder.path, target), join(folder.path, link))
  }
  return { ...folder, cache: join(folder.path, '.mig', 'cache') }
}

describe('a project, whatever its layout,', () => {
  let program: Awaited<ReturnType<typeof builtProgram>>
  beforeAll(async () => {
    program = await builtProgram('describe-program.ts')
  })
  afterAll(() => program.remove())

  for (const version of [20, 22, 24]) {
    test(`is loaded by Node ${version}, without a warning`, async ({ skip }) => {
      const isOwn = process.versions.node.startsWith(`${version}.`)
      const node = isOwn ? process.execPath : await nodeOf(version)
      if (node === undefined) return skip(`the registry has no Node ${version}`)
      const expected: Record<string, unknown> = {}
      const projects: (DescribedProject & { readonly remove: () => Promise<void> })[] = []
      for (const [name, layout] of Object.entries(layouts)) {
        const { path, cache, remove } = await projectOf(layout)
        const models = layout.models ?? []
        if (models.length > 0) await linkPackages(path, ['drizzle-orm', 'drizzle-kit'])
        projects.push({
          ...{ name, cacheDir: cache, remove },
          load: layout.load.map((file) => join(path, file)),
          models: models.map(([base, source]) => ({ base: join(path, base), source })),
        })
        expected[name] = { exports: layout.exports, statements: models.map(([, , each]) => each) }
      }
      const args = [program.outfile, JSON.stringify(projects)]
      const { stdout, stderr } = await execa(node, args, { reject: false })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toEqual(expected)
      for (const { remove } of projects) await remove()
    }, 180_000)
  }
})

async function linkPackages(folder: string, names: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'node_modules'), { recursive: true })
  for (const name of names)
    await symlink(join(repository, 'node_modules', name), join(folder, 'node_modules', name))
}

describe('what is kept of models is not used', () => {
  const project: Layout = {
    files: {
      'package.json': '{ "type": "module", "workspaces": ["packages/*"] }',
      'tsconfig.json': '{ "extends": "./base.json" }',
      'base.json': '{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }',
      'src/schema.ts': `
        import { readdirSync, readFileSync } from 'node:fs'
        import { car } from '@/car'
        import { kinds } from '@shop/kinds'
        import { deep } from 'esm'
        import old from 'cjs'
        import data from './data.json'
        export const all = [car, kinds, deep, old, data, process.env.JUST_MIG_TEST, readFileSync('FOLDER/src/text.txt', 'utf8'), readdirSync('FOLDER/src/sql').length]`,
      'src/car/index.ts': "export const car = 'car'",
      'src/data.json': '1',
      'src/text.txt': 'text',
      'src/sql/a.txt': '',
      'packages/kinds/package.json': '{ "name": "@shop/kinds", "exports": "./index.ts" }',
      'packages/kinds/index.ts': 'export const kinds = 1',
      'packages/kinds/other.ts': 'export const kinds = 2',
      'node_modules/esm/package.json': '{ "type": "module", "version": "1.0.0", "exports": "./index.js" }',
      'node_modules/esm/index.js': "export { deep } from './deep.js'",
      'node_modules/esm/deep.js': 'export const deep = 1',
      'node_modules/cjs/package.json': '{ "version": "1.0.0" }',
      'node_modules/cjs/index.js': "module.exports = require('./deep.js')",
      'node_modules/cjs/deep.js': 'module.exports = 1',
      'node_modules/.package-lock.json': '{}',
    },
    links: { 'node_modules/@shop/kinds': 'packages/kinds' },
    load: ['src/schema.ts'],
    exports: {},
  }
  let folder: Awaited<ReturnType<typeof projectOf>>
  const load = (): Promise<Described> => loadDescriptions([join(folder.path, 'src/schema.ts')], folder.cache)

  beforeAll(async () => {
    folder = await projectOf(project)
    const schema = join(folder.path, 'src/schema.ts')
    await writeFile(schema, (project.files['src/schema.ts'] ?? '').replaceAll('FOLDER', folder.path))
    process.env.JUST_MIG_TEST = 'one'
  })
  afterAll(async () => {
    delete process.env.JUST_MIG_TEST
    await folder.remove()
  })

  const write = (name: string, text: string) => async () => {
    await mkdir(dirname(join(folder.path, name)), { recursive: true })
    await writeFile(join(folder.path, name), text)
  }
  const append = (name: string) => () => appendFile(join(folder.path, name), '\n')
  const edits: Readonly<Record<string, () => Promise<unknown>>> = {
    'the model itself': append('src/schema.ts'),
    'a file that it imports by an alias': append('src/car/index.ts'),
    'a workspace package': append('packages/kinds/index.ts'),
    'which file a workspace package exports': write(
      'packages/kinds/package.json',
      '{ "name": "@shop/kinds", "exports": "./other.ts" }',
    ),
    'a JSON file': write('src/data.json', '2'),
    'a file that is read': append('src/text.txt'),
    'a folder that is listed': write('src/sql/b.txt', ''),
    'a file that goes before another': write('src/car.ts', "export const car = 'other'"),
    'the tsconfig': append('tsconfig.json'),
    'a tsconfig that is extended': append('base.json'),
    'a package of ES modules, below its entry': append('node_modules/esm/deep.js'),
    'a CommonJS package, below its entry': append('node_modules/cjs/deep.js'),
    'the version of a package': write('node_modules/cjs/package.json', '{ "version": "1.0.1" }'),
    'what is installed': append('node_modules/.package-lock.json'),
    'a package nearer by': write('src/node_modules/cjs/index.js', 'module.exports = 2'),
    'a variable': async () => {
      process.env.JUST_MIG_TEST = 'two'
    },
  }

  test('after an edit of any of what it follows from, and is used without one', async () => {
    await load()
    for (const [name, edit] of Object.entries(edits)) {
      const { inputs } = await keptInputs(load)
      expect(areUnchanged(inputs), `before ${name}`).toBe(true)
      await edit()
      expect(areUnchanged(inputs), name).toBe(false)
    }
    const { exports } = await load()
    expect([...exports.values()][0]?.all).toEqual(['other', 2, 1, 2, 2, 'two', 'text\n', 2])
  })

  test('where modules ran a program, or were edited while they were loaded', async () => {
    await write(
      'src/runs.ts',
      "import { execFileSync } from 'node:child_process'\nexport const out = String(execFileSync('true'))",
    )()
    const runs = await loadDescriptions([join(folder.path, 'src/runs.ts')], folder.cache)
    expect(runs.inputs).toBeUndefined()
    await write(
      'src/edits.ts',
      `import { appendFileSync } from 'node:fs'\nappendFileSync(${JSON.stringify(join(folder.path, 'src/edits.ts'))}, '\\n')\nexport {}`,
    )()
    const edits = await loadDescriptions([join(folder.path, 'src/edits.ts')], folder.cache)
    expect(edits.inputs).toBeUndefined()
  })
})

/** The inputs, once nothing was edited in the moment of the load. */
async function keptInputs(load: () => Promise<Described>) {
  for (;;) {
    const { inputs } = await load()
    if (inputs !== undefined) return { inputs }
  }
}

describe('a module', () => {
  test('that several import is evaluated once, so that they share its objects', async () => {
    const { path, cache, remove } = await projectOf({
      files: {
        'a.ts': "export const car = { name: 'car' }",
        'b.ts': "import { car } from './a'\nexport const cars = [car]",
        'index.ts': "export * from './a'\nexport * from './b'",
      },
    })
    const files = ['index.ts', 'b.ts', 'a.ts'].map((name) => join(path, name))
    const { exports, files: order } = await loadDescriptions(files, cache)
    const [index, b, a] = files.map((file) => exports.get(file))
    expect(index?.car).toBe(a?.car)
    expect(b?.cars).toEqual([a?.car])
    expect(order).toEqual(['a.ts', 'b.ts', 'index.ts'].map((name) => join(path, name)))
    await remove()
  })

  test('that connects or starts a server is told of, and comes to nothing', async () => {
    const { path, cache, remove } = await projectOf({
      files: {
        'goes-on.ts':
          "import net from 'node:net'\nnet.connect(5432, 'db.example.org').on('error', () => undefined)\nnet.createServer().listen(80)\nexport const car = 1",
        'waits.ts':
          "import net from 'node:net'\nawait new Promise((resolve) => net.connect(5432, 'db.example.org', resolve))",
      },
    })
    const { stopped, exports } = await loadDescriptions([join(path, 'goes-on.ts')], cache)
    expect(stopped.map(({ what }) => what)).toEqual([
      'connects to db.example.org:5432',
      'starts a server at port 80',
    ])
    expect([...exports.values()]).toEqual([{ car: 1 }])
    await expect(loadDescriptions([join(path, 'waits.ts')], cache)).rejects.toMatchObject({
      code: 'model-connects',
      message: 'a model connects to db.example.org:5432 when it is imported',
    })
    await remove()
  })

  test('that does not load is named with the place in the file that fails, not in the one that imports it', async () => {
    const { path, cache, remove } = await projectOf({
      files: {
        'package.json': '{ "type": "module" }',
        'throws.ts': "import './inner'",
        'inner.ts': "type A = 1\n\nexport const a: A = (() => { throw new Error('no variable') })()",
        'broken.ts': "import './bad'",
        'bad.ts': 'export const a = ;',
        'missing.ts': "import 'nowhere'",
        'exits.ts': 'process.exit(3)',
      },
    })
    const failure = (name: string) =>
      loadDescriptions([join(path, name)], cache).catch((error: unknown) => error)
    expect(await failure('throws.ts')).toMatchObject({
      code: 'bad-module',
      place: { file: join(path, 'inner.ts'), line: 3 },
    })
    expect(await failure('broken.ts')).toMatchObject({
      code: 'bad-module',
      place: { file: join(path, 'bad.ts'), line: 1, column: 18 },
    })
    expect(await failure('missing.ts')).toMatchObject({
      code: 'bad-module',
      message: expect.stringContaining('Could not resolve "nowhere"'),
    })
    expect(await failure('exits.ts')).toMatchObject({ code: 'model-exits' })
    await remove()
  })

  test('is the same when it is compiled together with others, also where one of them has a mistake', async () => {
    const folder = await projectOf({
      files: {
        'alone.ts': "export const alone: string = 'alone'",
        'other.ts': "import { alone } from './alone.ts'\nexport const other = `${alone}, other`",
        'place.ts': 'export const place = import.meta.url',
        'types.ts': "import type { Alone } from './alone.ts'\nexport const types = 1 as unknown as Alone",
      },
    })
    const paths = ['alone', 'other', 'place', 'types'].map((name) => join(folder.path, `${name}.ts`))
    await compileTogether(paths, folder.cache)
    // Of the one that imports something it is kept that it does.
    expect(await readdir(folder.cache)).toHaveLength(3)
    const all = await Promise.all(paths.map((path) => loadModule(path, folder.cache)))
    expect(Object.assign({}, ...all)).toEqual({
      ...{ alone: 'alone', other: 'alone, other', types: 1 },
      place: pathToFileURL(join(folder.path, 'place.ts')).href,
    })
    const [broken, fine] = [join(folder.path, 'broken.ts'), join(folder.path, 'fine.ts')]
    await writeFile(broken, 'export const broken =\n  1 +')
    await writeFile(fine, 'export const fine = 1')
    await compileTogether([broken, fine], folder.cache)
    await expect(loadModule(broken, folder.cache)).rejects.toMatchObject({ place: { file: broken, line: 2 } })
    expect(await loadModule(fine, folder.cache)).toEqual({ fine: 1 })
    await folder.remove()
  })

  test('is loaded where the cache cannot be written to', async () => {
    const { path, cache, remove } = await projectOf({
      files: {
        'a.ts': "import { sep } from 'node:path'\nexport { b } from './b'\nexport const s = sep",
        'b.ts': 'export const b = 1',
      },
    })
    await rm(cache, { recursive: true })
    await writeFile(cache, 'a file in its place')
    expect(await loadModule(join(path, 'a.ts'), join(cache, 'below'))).toMatchObject({ b: 1, s: '/' })
    await remove()
  })
})
