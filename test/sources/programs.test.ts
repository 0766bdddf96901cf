import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkProject } from '../../migrations/core/check/index.ts'
import { modelSources } from '../../migrations/core/environment/models-setting.ts'
import { type EnvironmentOptions, usingSession } from '../../migrations/core/index.ts'
import { generateFiles, writeModels } from '../autogenerate/support/project.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { repository } from '../support/recipes.ts'
import { readFiles, refusalOf } from './support.ts'

const print = (text: string) => `process.stdout.write(${JSON.stringify(text)})`
const printed = (files: Readonly<Record<string, string>>, program: object) =>
  readFiles(files, [{ key: 'user', source: { print: 'node print.mjs', ...program } }])

describe('a program that prints its models', () => {
  test('is read by key and line, without its colours and the heading of npm', async () => {
    const heading = '\n> app@1.0.0 ddl\n> node print.mjs\n\n'
    const ddl = '\u001b[32mCREATE TABLE\u001b[0m one (id int);\n\nCREATE TABLE two (id int);\n'
    const { files } = await printed({ 'print.mjs': print(`${heading}${ddl}`) }, {})
    const [file] = files
    expect(file).toMatchObject({ key: 'user', keyed: true, path: 'output of node print.mjs' })
    expect(file?.statements.map(({ sql, line }) => [sql, line])).toEqual([
      ['CREATE TABLE one (id int)', 5],
      ['CREATE TABLE two (id int)', 7],
    ])
  })

  test('is run once for all keys that name it', async () => {
    const program = { print: 'node print.mjs' }
    const count = `import { appendFileSync, readFileSync } from 'node:fs'
      appendFileSync('runs', '.'); console.log(\`CREATE TABLE run_\${readFileSync('runs', 'utf8').length} (id int)\`)`
    const sources = ['user', 'shop'].map((key) => ({ key, source: { ...program } }))
    const { files } = await readFiles({ 'print.mjs': count }, sources)
    expect(files.map(({ key, statements }) => [key, statements[0]?.sql])).toEqual([
      ['user', 'CREATE TABLE run_1 (id int)'],
      ['shop', 'CREATE TABLE run_1 (id int)'],
    ])
  })

  test('runs where it is told to, with its own variables, and learns of no database', async () => {
    const names = ['DATABASE_URL', 'APP_DB', 'DB_HOST', 'PGPASSWORD', 'KIND', 'MIG_DATABASE_URL']
    const { sql } = await printed(
      {
        '.env': 'APP_DB=postgres://app:secret@live.example/app\nDB_HOST=live.example\nUNUSED=1\n',
        'tools/print.mjs': `const seen = ${JSON.stringify(names)}.map((name) => process.env[name])
          process.stdout.write(\`COMMENT ON TABLE t IS '\${JSON.stringify(seen)}'\`)`,
      },
      { cwd: '../tools', env: { KIND: 'print' } },
    )
    const [url, app, host, password, kind, own] = JSON.parse(/'(.*)'/.exec(sql[0] ?? '')?.[1] ?? '')
    expect([url, app, kind, own]).toEqual([app, url, 'print', null])
    expect(`${url} ${host} ${password}`).not.toMatch(/live|secret/)
  })

  test('learns of no database, however a variable or a file has it', async () => {
    const live = 'postgres://app:secret@live.example/app'
    const forms = {
      QUOTED: `"${live}"`,
      LIST: `${live},${live}`,
      SETTINGS: JSON.stringify({ pool: 5, url: live }),
      DSN: 'host=live.example dbname=app user=app password=secret',
      ConnectionStrings__App: 'Host=live.example;Database=app;Username=app;Password=secret',
      DJANGO: 'psql://app:secret@live.example/app',
      GEO: ' postgis://app:secret@live.example/app',
      JAVA: 'jdbc:postgresql://live.example/app?user=app&password=secret',
      RDS_HOSTNAME: 'live.example',
      DB_READER_HOST: 'live.example',
      DB_SERVER: 'live.example',
      MIG_DATABASE_URL: live,
    }
    const set = Object.entries(forms).map(([name, value]) => `${name}='${value}'\n`)
    const names = [...Object.keys(forms), 'STAGING']
    const { sql } = await printed(
      {
        '.env': set.join(''),
        '.env.staging.local': `STAGING=${live}\n`,
        'print.mjs': `const seen = ${JSON.stringify(names)}.map((name) => [name, process.env[name]])
          process.stdout.write(\`COMMENT ON TABLE t IS $$\${JSON.stringify(seen)}$$\`)`,
      },
      {},
    )
    const seen = JSON.parse(/\$\$(.*)\$\$/.exec(sql[0] ?? '')?.[1] ?? '') as [string, string | null][]
    for (const [name, value] of seen) {
      expect(value, name).toMatch(/127\.0\.0\.1/)
      expect(value, name).not.toMatch(/live|secret/)
    }
    expect(JSON.parse(String(seen.find(([name]) => name === 'SETTINGS')?.[1]))).toMatchObject({ pool: 5 })
  })

  const refused: readonly [what: string, code: string, program: string, more: object, text: RegExp][] = [
    ['prints nothing', 'program-silent', print('\n-- nothing\n'), {}, /node print\.mjs.* printed no SQL/],
    [
      'fails',
      'program-failed',
      `${print('half')}; throw new Error('no config')`,
      {},
      /ended with exit code 1/,
    ],
    [
      'does not end',
      'program-timeout',
      'setInterval(() => 0, 1000)',
      { timeout: '1s' },
      /still running after 1s/,
    ],
    ['is not there', 'program-failed', '', { print: 'no-such-program' }, /ended with exit code 127/],
    ['has no folder', 'program-failed', '', { cwd: '../nowhere' }, /cannot run in .*nowhere/],
    [
      'names inputs that are not there',
      'no-models',
      print('SELECT 1'),
      { inputs: ['../*.nothing'] },
      /matches no file/,
    ],
  ]
  for (const [what, code, program, more, text] of refused) {
    test(`that ${what} is refused`, async () => {
      const error = await refusalOf(printed({ 'print.mjs': program }, more))
      expect(error).toMatchObject({ code, message: expect.stringMatching(text) })
      if (what === 'fails') expect(error.help).toContain('Error: no config')
    })
  }

  test('that says why between its usage and a trace is quoted with that', async () => {
    const program = `const lines = (word) => console.error(Array.from({ length: 30 }, (_, at) => word + at).join('\\n'))
      lines('usage'); console.error('TableExists: relation "a" already exists'); lines('trace'); process.exitCode = 1`
    const { help = '' } = await refusalOf(printed({ 'print.mjs': program }, {}))
    expect(help).toContain('usage0')
    expect(help).toContain('relation "a" already exists')
    expect(help).toContain('trace29')
    expect(help).not.toContain('usage20')
  })
})

test('what is not a program is refused by its part', async () => {
  const refused: readonly [setting: object, code: string, text: RegExp][] = [
    [{ print: 'a', timeot: '1s' }, 'unknown-setting', /unknown part "timeot"/],
    [{ print: 'a', build: 'b' }, 'bad-setting', /needs either print or build/],
    [{ print: '' }, 'bad-setting', /"print" that is not a command/],
    [{ build: 'a', env: { PORT: 1 } }, 'bad-setting', /"env" that is not variables with texts/],
    [{ build: 'a', timeout: 'soon' }, 'bad-duration', /models.timeout/],
    [{ print: 'a', ledgers: ['x'] }, 'bad-setting', /which is only for build/],
  ]
  for (const [setting, code, text] of refused) {
    const refusal = await refusalOf(Promise.resolve().then(() => modelSources(setting, ['user'])))
    expect(refusal, JSON.stringify(setting)).toMatchObject({ code, message: expect.stringMatching(text) })
  }
  expect(modelSources({ build: 'a.sql' }, ['build'])).toEqual([{ key: 'build', source: 'a.sql' }])
})

/** A program as an ORM has it: it connects where it is told to, makes tables, and notes in its ledger what it has done. */
const builder = `import pg from ${JSON.stringify(join(repository, 'node_modules/pg/lib/index.js'))}
  import { appendFileSync, readFileSync } from 'node:fs'
  const client = new pg.Client(process.argv[2] ?? process.env.DATABASE_URL)
  await client.connect()
  await client.query(readFileSync(new URL('./wanted.txt', import.meta.url), 'utf8'))
  appendFileSync(new URL('./runs.txt', import.meta.url), client.database + '\\n')
  await client.end()`

const wanted = `
  CREATE TABLE public."SequelizeMeta" (name text);
  CREATE TABLE app_user.migrations (id int, person text);
  CREATE TYPE app_user.state AS ENUM ('new', 'old');
  CREATE TABLE app_user.car (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, state app_user.state DEFAULT 'new' NOT NULL);
  CREATE INDEX car_state ON app_user.car (state) WHERE state = 'new';
  CREATE VIEW app_user.new_car AS SELECT id FROM app_user.car WHERE state = 'new';`

async function writeBuilder(lab: Lab, text: string): Promise<void> {
  await writeFile(join(lab.root, 'package.json'), '{ "type": "module" }')
  await writeFile(join(lab.root, 'build.mjs'), builder)
  await writeFile(join(lab.root, 'wanted.txt'), text)
}

async function runs(lab: Lab): Promise<readonly string[]> {
  return (await readFile(join(lab.root, 'runs.txt'), 'utf8')).trim().split('\n')
}

async function check(lab: Lab, settings: Partial<EnvironmentOptions>) {
  const project = await lab.project(settings)
  const { drift } = await usingSession(project.env, {}, (session) =>
    checkProject(session, project, { privileges: false }),
  )
  return drift.flatMap((each) => each.statements.flatMap(({ statements }) => statements))
}

describe('a program that builds its models', () => {
  labTest('has them compared with the database, beside plain SQL', async ({ lab }) => {
    await writeBuilder(lab, wanted)
    await writeModels(lab, { 'user.sql': 'COMMENT ON TABLE app_user.car IS $$kept$$' })
    const settings = { models: ['models', { build: 'node build.mjs {url}' }] }
    const { files } = await generateFiles(lab, { filter: ['user'] }, settings)
    const text = files.map((file) => file.text).join('\n')
    for (const part of [
      'CREATE TYPE app_user.state',
      'CREATE INDEX car_state',
      'CREATE VIEW app_user.new_car',
      'kept',
    ])
      expect(text).toContain(part)
    expect(text).not.toContain('SequelizeMeta')
    // A name that a tool's ledger has is not a ledger yet.
    expect(text).toContain('CREATE TABLE app_user.migrations')
    expect((await lab.upgrade({ settings })).error).toBeUndefined()
    expect(await check(lab, settings)).toEqual([])
    expect((await runs(lab)).every((name) => name.startsWith('mig_scratch_'))).toBe(true)
    const { rows } = await lab.database.client.query('SELECT to_regclass($1) AS found', [
      'public."SequelizeMeta"',
    ])
    expect(rows).toEqual([{ found: null }])
  })

  for (const [driver, module, connecting] of [
    ['pg', 'pg/lib/index.js', 'new pg.Client'],
    ['postgres', 'postgres/src/index.js', 'postgres'],
  ] as const)
    labTest(`is led away by ${driver} from a database that its code names`, async ({ lab }) => {
      await writeBuilder(lab, '')
      const program = `import ${driver} from ${JSON.stringify(join(repository, 'node_modules', module))}
        const client = ${connecting}(${JSON.stringify(lab.database.url)})
        await client.connect?.()
        const sql = 'CREATE SCHEMA IF NOT EXISTS app_user; DROP TABLE IF EXISTS app_user.car; CREATE TABLE app_user.car (id int)'
        await (client.query?.(sql) ?? client.unsafe(sql))
        await client.end()`
      await writeFile(join(lab.root, 'build.mjs'), program)
      const { client } = lab.database
      await client.query("CREATE SCHEMA app_user; CREATE TABLE app_user.car AS SELECT 'kept' AS name")
      const drift = await check(lab, { models: { build: 'node build.mjs' } })
      expect(drift.join()).toMatch(/DROP COLUMN "?name"?/)
      expect((await client.query('SELECT name FROM app_user.car')).rows).toEqual([{ name: 'kept' }])
      const printing = { models: { print: 'node build.mjs' } }
      expect(await refusalOf(check(lab, printing))).toMatchObject({
        code: 'program-failed',
        help: expect.stringContaining('ECONNREFUSED 127.0.0.1:1'),
      })
    })

  labTest('runs again when one of its inputs has changed, and only then', async ({ lab }) => {
    await writeBuilder(lab, wanted)
    // A line that has no schema yet, and wants nothing, is not a reason to run it.
    const schemas = { user: 'app_user', shop: 'app_shop' }
    const settings = {
      schemas,
      models: { build: 'node build.mjs', inputs: ['../wanted.txt', '../build.mjs'] },
    }
    await generateFiles(lab, { filter: ['user'] }, settings)
    await lab.upgrade({ settings })
    await check(lab, settings)
    const before = (await runs(lab)).length
    expect(await check(lab, settings)).toEqual([])
    expect((await runs(lab)).length).toBe(before)
    await writeFile(join(lab.root, 'wanted.txt'), `${wanted} ALTER TABLE app_user.car ADD built date;`)
    expect((await check(lab, settings)).join('\n')).toMatch(/ADD COLUMN "?built"? date/)
    const undeclared = { schemas, models: { build: 'node build.mjs' } }
    const once = (await runs(lab)).length
    await check(lab, undeclared)
    await check(lab, undeclared)
    expect((await runs(lab)).length).toBe(once + 2)
  })

  labTest('that makes nothing, or what is outside the schema map, is refused', async ({ lab }) => {
    await writeBuilder(lab, 'SELECT 1')
    const settings = { models: { build: 'node build.mjs' } }
    const refusal = () => refusalOf(generateFiles(lab, { filter: ['user'] }, settings))
    expect(await refusal()).toMatchObject({
      code: 'program-silent',
      help: expect.stringContaining('DATABASE_URL'),
    })
    await writeFile(join(lab.root, 'wanted.txt'), 'CREATE TABLE public.car (id int)')
    expect(await refusal()).toMatchObject({
      code: 'outside-map',
      message: expect.stringContaining('database of node build.mjs defines'),
    })
  })
})
