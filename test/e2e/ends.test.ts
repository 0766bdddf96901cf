import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { cleanVariables, type RecipeResult } from '../support/recipes.ts'
import { fail, succeed } from './support/just.ts'
import { empty, versions } from './support/ledger.ts'
import { environmentText, revisionText, temporaryProject } from './support/project.ts'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>

beforeAll(async () => {
  database = await createTestDatabase()
  project = await temporaryProject({ 'migrations/env.ts': environmentText({ one: 'app_one' }) })
})
afterAll(async () => {
  await project.remove()
  await database.drop()
})
beforeEach(async () => {
  await empty(database.client)
  await rm(join(project.path, 'migrations/versions'), { recursive: true, force: true })
})

interface Streams {
  /** A file that stdout goes to. */
  readonly stdout?: string
  /** After the command, as in a shell. */
  readonly pipe?: string
}

async function mig(args: string, { stdout, pipe = '' }: Streams = {}): Promise<RecipeResult> {
  const command = `node scripts/launch.mjs ${args} ${stdout === undefined ? pipe : `> ${stdout}`}`
  const result = await execa('bash', ['-c', `set -o pipefail; ${command}`], {
    cwd: project.path,
    env: cleanVariables({ MIG_DATABASE_URL: database.url }),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  })
  return { code: result.exitCode ?? -1, stdout: result.stdout, stderr: result.stderr }
}

const first = "await op.execute('CREATE TABLE t (id int)')"

const write = (upgrade: string) =>
  project.write({
    'migrations/versions/one/20260101_000000_aaaa00000001_x.ts': revisionText({
      id: 'aaaa00000001',
      upgrade,
    }),
  })

async function expectNothingDone(): Promise<void> {
  expect(await versions(database.client)).toEqual({})
  const { rows } = await database.client.query("SELECT to_regclass('app_one.t') AS t")
  expect(rows).toEqual([{ t: null }])
}

describe('a revision that', () => {
  test.each([
    ['ends the process', 'process.exit(0)', 'process-exit'],
    ['swallows that it may not end it', 'try { process.exit(0) } catch {}', 'process-exit'],
    ['leaves a rejection behind', "Promise.reject(new Error('floating'))", 'not-caught'],
    [
      'has a timer that throws',
      "setTimeout(() => { throw new Error('late') }, 5); await op.execute('SELECT pg_sleep(600)')",
      'not-caught',
    ],
  ])('%s fails, is named, and is rolled back', async (_what, code, error) => {
    await write(`${first}; ${code}`)
    const { stderr } = await fail(mig('mig-upgrade'), error, 3)
    expect(stderr).toContain('upgrade aaaa00000001 on app_one failed: ')
    expect(stderr).toContain('schema app_one and the ledger are as before this revision')
    await expectNothingDone()
    const { rows } = await database.client.query('SELECT outcome FROM mig.log')
    expect(rows).toEqual([{ outcome: 'failed' }])
  })

  test('leaves a timer that throws when all is done ends with 3, and says that it is done', async () => {
    await write(`${first}; setTimeout(() => { throw new Error('late') }, 1500)`)
    const { stderr } = await fail(mig('mig-upgrade'), 'not-caught', 3)
    expect(stderr).toMatch(/after the command was done .*: late/)
    expect(await versions(database.client)).toEqual({ app_one: ['aaaa00000001'] })
  })

  test('leaves something open does not keep the process', async () => {
    await write(`${first}; setInterval(() => process.exit(5), 5000)`)
    await succeed(mig('mig-upgrade'))
  })

  test.each([
    ['itself', 'await new Promise(() => {})'],
    [
      'in a section, after a statement that was slow enough to be watched',
      "await op.execute('SELECT pg_sleep(1.2)'); await op.autocommit(() => new Promise(() => {}))",
    ],
    [
      'after a query on the connection that it was given',
      "await op.client.query('SELECT 1'); await new Promise((done) => setTimeout(() => {}, 50))",
    ],
  ])('awaits what nothing settles fails by itself: %s', async (_where, code) => {
    await write(`${code}; ${first}`)
    const { stderr } = await fail(mig('mig-upgrade'), 'never-settles', 3)
    expect(stderr).toContain('upgrade aaaa00000001 on app_one failed: ')
    await expectNothingDone()
    const { rows } = await database.client.query('SELECT outcome FROM mig.log')
    expect(rows).toEqual([{ outcome: 'failed' }])
  })

  test.each([
    ['a timer, with its queries between', 'await new Promise((done) => setTimeout(done, 300))'],
    ['a program', "await promisify(execFile)('sleep', ['0.3'])"],
    [
      'a server that is slow to answer, and queries of its own beside it',
      `const server = createServer((_request, answer) => setTimeout(() => answer.end(), 300)).listen(0)
       const asked = fetch('http://127.0.0.1:' + server.address().port)
       await op.client.query('SELECT 1')
       await asked
       server.close()`,
    ],
  ])('awaits %s is waited for', async (_what, code) => {
    const imports = `const { execFile } = await import('node:child_process'); const { promisify } = await import('node:util')
      const { createServer } = await import('node:http')`
    await write(`${imports}; await op.execute('SELECT 1'); ${code}; ${first}`)
    await succeed(mig('mig-upgrade'))
    expect(await versions(database.client)).toEqual({ app_one: ['aaaa00000001'] })
  })

  test('awaits what never comes is ended within 5 s of SIGTERM', async () => {
    const code = "setInterval(() => {}, 1000); process.kill(process.pid, 'SIGTERM')"
    await write(`${first}; ${code}; await new Promise(() => {})`)
    const { stderr } = await fail(mig('mig-upgrade'), 'interrupted', 143)
    expect(stderr).toContain('upgrade aaaa00000001 on app_one was under way')
    await expectNothingDone()
  })
})

test('an onApply that awaits what nothing settles fails its step, which is rolled back', async () => {
  const environment = environmentText({ one: 'app_one' })
  await project.write({
    'migrations/env.ts': environment.replace('schemas:', 'onApply: () => new Promise(() => {}), schemas:'),
  })
  await write(first)
  const { stderr } = await fail(mig('mig-upgrade'), 'never-settles', 3)
  expect(stderr).toContain('onApply awaits a promise that never settles')
  await expectNothingDone()
  await project.write({ 'migrations/env.ts': environment })
})

describe('an environment that', () => {
  afterAll(() => project.write({ 'migrations/env.ts': environmentText({ one: 'app_one' }) }))

  const environment = (code: string) =>
    project.write({
      'migrations/env.ts': `export default { schemas: { one: { tenants: { function: ${code} } } } }\n`,
    })

  test.each([
    ['gives a promise that nothing settles', '() => new Promise(() => {})', 'never-settles'],
    ['ends the process', '() => process.exit(0)', 'process-exit'],
    ['leaves a rejection behind', "() => { Promise.reject(new Error('x')); return [] }", 'not-caught'],
  ])('%s fails with 2: nothing was done', async (_what, code, error) => {
    await environment(code)
    await write(first)
    await fail(mig('mig-upgrade head one --tenants all'), error, 2)
    expect(await versions(database.client)).toEqual({})
  })
})

describe('stdout', () => {
  test('that somebody closes leaves the run to its end', async () => {
    await write(`${first}; await op.execute('SELECT pg_sleep(0.2)')`)
    await succeed(mig('mig-upgrade --json --verbose', { pipe: '2>&1 | head -1' }))
    expect(await versions(database.client)).toEqual({ app_one: ['aaaa00000001'] })
  })

  test.skipIf(process.platform !== 'linux')('that is full is told of, with another exit than 0', async () => {
    await write(first)
    await fail(mig('mig-sql', { stdout: '/dev/full' }), 'cannot-write', 2)
    const { stderr } = await fail(mig('mig-upgrade', { stdout: '/dev/full' }), 'cannot-write', 2)
    expect(stderr).toContain('only its output is lost')
    expect((await mig('mig-nope', { pipe: '2> /dev/full' })).code).toBe(2)
    expect(await versions(database.client)).toEqual({ app_one: ['aaaa00000001'] })
  })
})
