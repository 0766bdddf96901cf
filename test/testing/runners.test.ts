import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, expect, inject, test } from 'vitest'
import { errorCode } from '../../migrations/core/errors.ts'
import {
  type DatabaseFixtures,
  databaseFixtures,
  type TestHooks,
} from '../../migrations/core/testing/index.ts'
import { administer } from '../support/database.ts'
import { cleanVariables, repository, temporaryFolder } from '../support/recipes.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>

/** A project with one table, and the package's entry for tests beside it. */
beforeAll(async () => {
  folder = await temporaryFolder()
  await folder.write({
    'package.json': '{ "type": "module" }',
    'migrations/env.ts': "export default { schemas: { app: 'app' } }",
    'migrations/versions/app/20260101_000000_aaaaaaaaaaa1_x.sql':
      '-- x\n-- Revision: aaaaaaaaaaa1\n-- Revises:\n-- upgrade\nCREATE TABLE thing (id int PRIMARY KEY);\n-- downgrade\nDROP TABLE thing;\n',
  })
  await symlink(join(repository, 'node_modules'), join(folder.path, 'node_modules'))
  await build({
    entryPoints: [join(repository, 'migrations', 'core', 'testing', 'index.ts')],
    outfile: join(folder.path, 'testing.mjs'),
    ...{ bundle: true, platform: 'node', format: 'esm', packages: 'external', logLevel: 'silent' },
  })
})
afterAll(() => folder.remove())

/** Runs a test runner of the project. @returns what it prints */
async function run(program: string, args: readonly string[]): Promise<string> {
  const { all, exitCode } = await execa(program, args, {
    cwd: folder.path,
    env: cleanVariables({ MIG_SCRATCH_URL: inject('adminUrl') }),
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
  })
  expect(exitCode, all).toBe(0)
  return all
}

async function expectNothingLeft(output: string): Promise<void> {
  const names = [...output.matchAll(/mig_test_\w+/g)].map(([name]) => name)
  expect(new Set(names).size).toBe(2)
  const { rowCount } = await administer(`SELECT FROM pg_database WHERE datname IN ('${names.join("', '")}')`)
  expect(rowCount).toBe(0)
}

/** Two tests that would see each other's row. */
const tests = (database: string, given: string) => `
  for (const name of ['one', 'other'])
    test(name, async (${given}) => {
      const client = await ${database}.client()
      const { rows } = await client.query('INSERT INTO app.thing VALUES (1) RETURNING current_database() AS name')
      console.log(rows[0].name)
    })`

test('vitest: a global set-up makes the template, and a fixture gives each test the database as it was, also where they run at once', async () => {
  const file = `
    import { test as base } from 'vitest'
    import { databaseFixtures } from './testing.mjs'
    const test = base.extend(databaseFixtures())
    ${tests('db', '{ db }')}`
  await folder.write({
    'vitest.config.js':
      "export default { test: { globalSetup: ['set-up.js'], include: ['*.vitest.js'], maxWorkers: 2 } }",
    'set-up.js':
      "import { prepareTestDatabases } from './testing.mjs'\nexport default () => prepareTestDatabases()",
    'a.vitest.js': file,
    'b.vitest.js': file.replace('databaseFixtures())', 'databaseFixtures()).concurrent'),
  })
  const vitest = join(repository, 'node_modules', 'vitest', 'vitest.mjs')
  await expectNothingLeft(await run(process.execPath, [vitest, 'run', '--no-color']))
})

test('node:test: hooks give the tests of a file the database as it was', async () => {
  const file = `
    import { after, before, beforeEach, test } from 'node:test'
    import { useTestDatabase } from './testing.mjs'
    const database = useTestDatabase({ beforeAll: before, beforeEach, afterAll: after })
    ${tests('database()', '')}`
  await folder.write({ 'a.node-test.js': file, 'b.node-test.js': file })
  await expectNothingLeft(await run(process.execPath, ['--test', 'a.node-test.js', 'b.node-test.js']))
})

test('Jest: an error of Node, which is of another context than its modules, keeps its code', () => {
  const foreign: unknown = runInNewContext("Object.assign(new Error('not there'), { code: 'ENOENT' })")
  expect(foreign).not.toBeInstanceOf(Error)
  expect(errorCode(foreign)).toBe('ENOENT')
})

test('the types of both fit those of vitest', () => {
  const typed = test.extend<DatabaseFixtures>(databaseFixtures())
  const declare = () => typed('is never declared', ({ db }) => db.reset())
  const hooks: TestHooks = { beforeAll, beforeEach, afterAll }
  expect([typeof declare, Object.keys(hooks)]).toEqual(['function', ['beforeAll', 'beforeEach', 'afterAll']])
})
