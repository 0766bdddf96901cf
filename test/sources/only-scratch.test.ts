import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, test } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { usingSession } from '../../migrations/core/index.ts'
import { redirecting } from '../../migrations/core/sources/programs/redirecting.ts'
import { labTest } from '../runner/support.ts'
import { repository, temporaryFolder } from '../support/recipes.ts'
import { refusalOf } from './support.ts'

const inRepository = (file: string) => JSON.stringify(join(repository, 'node_modules', file))

/** What makes the models of the test on a database that the code names, by a driver. */
const makes = (url: string, imports: string, connecting: string) => `${imports}
const client = ${connecting}(${JSON.stringify(url)})
const sql = 'CREATE SCHEMA IF NOT EXISTS app_user; DROP TABLE IF EXISTS app_user.car; CREATE TABLE app_user.car (id int)'
const run = async () => { await client.connect?.(); await (client.query?.(sql) ?? client.unsafe(sql)); await client.end() }
run().catch((error) => { console.error(error); process.exit(1) })`

const starts = (what: string) => `import { execFileSync, fork, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
const { PATH } = process.env
const ended = (code) => process.exit(code ?? 1)
${what}`

/** Programs that once reached the database of their code, by what they do. */
const led: Readonly<Record<string, readonly [command: string, code?: string]>> = {
  'a child with variables of its own': [
    'node other.mjs',
    "fork('pg.mjs', { env: { PATH } }).on('exit', ended)",
  ],
  'a child that is waited for': [
    'node other.mjs',
    "ended(spawnSync(process.execPath, ['pg.mjs'], { env: { PATH }, stdio: 'inherit' }).status)",
  ],
  'a child of a shell': ['node other.mjs', "execFileSync('node pg.mjs', { env: { PATH }, shell: true })"],
  'a worker with variables of its own': [
    'node other.mjs',
    "new Worker('./pg.mjs', { env: {}, execArgv: [] }).on('exit', ended)",
  ],
  'a node of its own that is first on PATH, as yarn has one': [
    'node other.mjs',
    `mkdirSync('bin')
    writeFileSync('bin/node', \`#!/bin/sh\\nexec '\${process.execPath}' "$@"\\n\`, { mode: 0o755 })
    const env = { PATH: \`\${resolve('bin')}:\${PATH}\` }
    ended(spawnSync('NODE_OPTIONS= node pg.mjs', { env, shell: true, stdio: 'inherit' }).status)`,
  ],
  'a command that replaces NODE_OPTIONS': ["NODE_OPTIONS='--no-warnings' node pg.mjs"],
  'a script of the package that does': ['npm run --silent build'],
}
const refused: Readonly<Record<string, string>> = {
  'a driver in a bundle': 'node bundle.cjs',
  'postgres by the path of its other file': 'node path.mjs',
  'an error that nobody looks at': 'node ignored.cjs',
}

describe('a program reaches no database that its code names', () => {
  labTest('but its scratch database', { timeout: 120_000 }, async ({ lab }) => {
    const { client, url } = lab.database
    const write = (file: string, text: string) => writeFile(join(lab.root, file), text)
    const bundle = async (file: string, contents: string) =>
      build({
        stdin: { contents, resolveDir: repository },
        ...{
          bundle: true,
          platform: 'node',
          format: 'cjs',
          logLevel: 'error',
          outfile: join(lab.root, file),
        },
      })
    const pg = "import pg from 'pg'"
    await write('package.json', '{ "scripts": { "build": "NODE_OPTIONS=--no-warnings node pg.mjs" } }')
    await write('pg.mjs', makes(url, `import pg from ${inRepository('pg/lib/index.js')}`, 'new pg.Client'))
    await write(
      'path.mjs',
      makes(url, `import postgres from ${inRepository('postgres/cjs/src/index.js')}`, 'postgres'),
    )
    await bundle('bundle.cjs', makes(url, pg, 'new pg.Client'))
    await bundle(
      'ignored.cjs',
      `${pg}\nnew pg.Client(${JSON.stringify(url)}).connect().catch(() => undefined)`,
    )
    await client.query("CREATE SCHEMA app_user; CREATE TABLE app_user.car AS SELECT 'kept' AS name")

    const check = async (command: string) => {
      const project = await lab.project({ models: { build: command } })
      const { drift } = await usingSession(project.env, {}, (session) =>
        checkProject(session, project, { privileges: false }),
      )
      return drift.flatMap((each) => each.statements.flatMap(({ statements }) => statements)).join()
    }
    const isKept = async (what: string) =>
      expect((await client.query('SELECT name FROM app_user.car')).rows, what).toEqual([{ name: 'kept' }])
    for (const [what, [command, code]] of Object.entries(led)) {
      if (code !== undefined) await write('other.mjs', starts(code))
      expect(await check(command), what).toMatch(/DROP COLUMN "?name"?/)
      await isKept(what)
    }
    const { rows } = await client.query('SELECT current_database() AS database')
    for (const [what, command] of Object.entries(refused)) {
      expect(await refusalOf(check(command)), what).toMatchObject({
        code: 'program-failed',
        message: expect.stringMatching(
          `connects to .*/${rows[0].database}, which is not its scratch database`,
        ),
        help: 'let it connect to DATABASE_URL',
      })
      await isKept(what)
    }
  })
})

describe('the node that a program is led to', () => {
  const to = { host: 'localhost', port: 1, database: 'd', user: 'u', password: 'p', network: true }
  const nodeOf = (env: NodeJS.ProcessEnv) => redirecting(to, env).JUST_MIG_NODE

  test('is the first on PATH that is a file, by its whole path', async () => {
    const folder = await temporaryFolder({ 'bin/node': '' })
    await mkdir(join(folder.path, 'node'))
    const bin = join(folder.path, 'bin')
    expect(nodeOf({ PATH: `:.:${folder.path}:${bin}` })).toBe(join(bin, 'node'))
    await folder.remove()
    expect(nodeOf({ PATH: bin })).toBe(process.execPath)
    expect(nodeOf({})).toBe(process.execPath)
  })

  test('is not that which leads, where it is led itself', () => {
    const env = redirecting(to, { PATH: '/nowhere', JUST_MIG_NODE: '/usr/bin/node' })
    expect(redirecting(to, env).JUST_MIG_NODE).toBe('/usr/bin/node')
  })
})
