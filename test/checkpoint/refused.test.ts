import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DatabaseFacts } from '../../migrations/core/checkpoint/facts.ts'
import { rewrittenBy } from '../../migrations/core/checkpoint/judge.ts'
import { checkpointKeys, keepCheckpoint, keptCheckpoint } from '../../migrations/core/checkpoint/kept.ts'
import { listen } from '../../migrations/core/checkpoint/listen.ts'
import { whyNoCheckpoint } from '../../migrations/core/checkpoint/why-not.ts'
import {
  type EnvironmentOptions,
  loadEnvironment,
  openProject,
  planRange,
} from '../../migrations/core/index.ts'
import { fileChecksum } from '../../migrations/core/runner/index.ts'
import { revision } from '../runner/support.ts'

interface Changed {
  readonly file?: string
  readonly facts?: DatabaseFacts
  readonly options?: Partial<EnvironmentOptions>
}

/** A project of one line, without a database. */
async function projectOf(root: string, files: Readonly<Record<string, string>>, options = {}) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(root, 'migrations', 'versions', 'shop', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  const settings: EnvironmentOptions = { schemas: { shop: 'shop' }, ...options }
  return openProject(await loadEnvironment({ root, variables: {}, options: settings }))
}

const stepsOf = (project: Awaited<ReturnType<typeof projectOf>>, range = 'base:heads') =>
  planRange(project, range).steps

const keysOf = (project: Awaited<ReturnType<typeof projectOf>>, facts = {}, range = 'base:heads') =>
  checkpointKeys(project, facts, stepsOf(project, range), ({ path }) => fileChecksum(path))

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'just-mig-checkpoint-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('a history is not kept', () => {
  const ts = (body: string, head = '') => ({
    '20260101_000001_aaaaaaaaaaa1_x.ts': revision('aaaaaaaaaaa1', null, body, { head }),
  })
  const sql = (statement: string) => ts(`await op.execute(\`${statement}\`)`)

  test.each([
    ['reads an answer', ts("const { rows } = await op.execute('INSERT INTO t VALUES (1)')"), 'an answer'],
    ['uses the connection', ts("await op.client.query('SELECT 1')"), 'op.client'],
    ['asks how it runs', ts("if (!op.isOffline) await op.execute('CREATE TABLE t ()')"), 'op.isOffline'],
    [
      'fills a table in batches',
      ts("await op.backfill({ table: 't', set: 'a = 1', where: 'a IS NULL' })"),
      'op.backfill',
    ],
    ['catches what it is told', ts('try { op.client } catch {}'), 'op.client'],
    ['throws', ts("throw new Error('not today')"), 'not today'],
    ['reads a variable', ts('await op.execute(process.env.SQL ?? "")'), 'process.'],
    ['reads the clock', ts('await op.execute(`COMMENT ON TABLE t IS ${Date.now()}`)'), 'Date.'],
    ['imports a value', ts('', "import { readFileSync } from 'node:fs'"), 'import { readFileSync }'],
    ['imports types and a value', ts('', "import { type A, b } from './b.ts'"), 'import { type A, b }'],
    ['imports a value on several lines', ts('', "import {\n  b,\n} from './b.ts'"), 'import {'],
    ['takes the process apart', ts('const { env } = process\n  await op.execute(env.SQL)'), '= process'],
    ['writes a salt', sql("INSERT INTO t VALUES (crypt('x', gen_salt('bf')))"), 'gen_salt'],
    ['is of another file', ts('', "export * from './b.ts'"), 'export *'],
    ['imports later', ts("await import('node:fs')"), 'import('],
    ['runs a block', sql("DO 'BEGIN END'"), 'DO'],
    ['calls a function', sql('SELECT pg_notify(1, 2)'), 'SELECT'],
    ['calls a procedure', sql('CALL p()'), 'CALL'],
    ['writes the time', sql('INSERT INTO t VALUES (now())'), 'now'],
    ['writes today', sql("INSERT INTO t VALUES ('today'::date)"), "'today'"],
    ['writes tomorrow at noon', sql("INSERT INTO t VALUES ('tomorrow 12:00'::timestamp)"), 'tomorrow'],
    ['has a default of the moment that it is made', sql("CREATE TABLE t (d date DEFAULT 'today')"), 'today'],
    ['writes the day by its name', ts('await op.execute(new Intl.DateTimeFormat().format())'), 'Intl.'],
    ['writes who it is', sql('INSERT INTO t VALUES (current_user)'), 'current_user'],
    ['writes what the server has', sql('INSERT INTO t SELECT count(*) FROM pg_roles'), 'pg_roles'],
    ['fills a new table with chance', sql('CREATE TABLE t AS SELECT random()'), 'random'],
    ['makes a role', sql('CREATE ROLE r'), 'CREATE ROLE'],
    ['makes somebody a member', sql('GRANT r TO s'), 'GRANT'],
    ['becomes another role', sql('SET ROLE r'), 'role'],
    ['publishes', sql('CREATE PUBLICATION p FOR ALL TABLES'), 'CREATE PUBLICATION'],
    ['watches events', sql('CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()'), 'CREATE EVENT'],
    ['sets up the database', sql("ALTER DATABASE d SET work_mem = '1MB'"), 'ALTER DATABASE'],
    ['alters an extension', sql('ALTER EXTENSION citext UPDATE'), 'ALTER EXTENSION'],
    ['makes another schema', sql('CREATE SCHEMA other'), 'CREATE SCHEMA'],
    ['opens another schema', sql('GRANT USAGE ON SCHEMA public TO r'), 'GRANT'],
    ['speaks of the database', sql("COMMENT ON DATABASE d IS 'x'"), 'COMMENT'],
    ['cleans up', ts("await op.autocommit(() => op.execute('VACUUM'))"), 'VACUUM'],
  ])('whose revision %s', async (_, files, word) => {
    const project = await projectOf(root, files)
    const heard = await listen(project, stepsOf(project))
    expect(heard).toMatchObject({ step: { revision: 'aaaaaaaaaaa1' }, why: expect.stringContaining(word) })
  })

  test('but where all follows from its files it is', async () => {
    const project = await projectOf(
      root,
      ts(
        `await op.execute(\`CREATE SCHEMA IF NOT EXISTS shop; CREATE EXTENSION IF NOT EXISTS citext;
        CREATE TABLE t (a int, at timestamptz DEFAULT now()); INSERT INTO t (a) SELECT * FROM generate_series(1, 3);
        CREATE VIEW v AS SELECT now() AS at; SET LOCAL lock_timeout = '1s'; SELECT setval('s', 4);
        GRANT SELECT ON ALL TABLES IN SCHEMA shop TO PUBLIC; ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT SELECT ON TABLES TO PUBLIC;
        COMMENT ON COLUMN t.a IS 'x'\`)
      await op.autocommit(() => op.execute('CREATE INDEX CONCURRENTLY i ON t (a)'))
      await op.createTable('u', { columns: [{ name: 'id', type: 'bigint' }] })`,
        "import type { Operations } from '../../core/index.ts'",
      ),
    )
    const heard = await listen(project, stepsOf(project))
    expect(heard).toMatchObject({ extensions: [{ sql: 'CREATE EXTENSION IF NOT EXISTS citext' }] })
  })
})

test.each([
  ['UPDATE t SET b = upper(b)', ['b']],
  ['INSERT INTO t (a, b) SELECT a, b FROM s', ['b']],
  ['INSERT INTO t SELECT * FROM s', ['*']],
  ['INSERT INTO t VALUES (f())', ['*']],
  ['INSERT INTO t (b) VALUES (f())', ['b']],
  ['CREATE TABLE t AS SELECT b FROM s', ['*']],
  ['ALTER TABLE t ALTER b SET DEFAULT gen_random_uuid()', ['b']],
  [
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.b := upper(NEW.b); RETURN NEW; END'",
    ['b'],
  ],
])('a column may have another value than its default gives by %s', (statement, columns) => {
  expect(rewrittenBy(statement)).toEqual(expect.arrayContaining(columns))
})

test.each([
  "INSERT INTO t (a, b) VALUES (1, 'x'), (2, NULL)",
  'INSERT INTO t (a) VALUES (1)',
  'ALTER TABLE t ADD COLUMN b uuid DEFAULT gen_random_uuid()',
  'CREATE TABLE t (b uuid DEFAULT gen_random_uuid())',
  "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.b := now(); RETURN NEW; END'",
])('a column has what is written, or its default, by %s', (statement) => {
  expect(rewrittenBy(statement)).not.toEqual(expect.arrayContaining(['b']))
  expect(rewrittenBy(statement)).not.toEqual(expect.arrayContaining(['*']))
})

describe('a run does not begin with a checkpoint', () => {
  const files = {
    '20260101_000001_aaaaaaaaaaa1_x.ts': revision('aaaaaaaaaaa1', null, ''),
    '20260101_000002_aaaaaaaaaaa2_x.ts': revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', ''),
  }
  test.each<[string, Partial<EnvironmentOptions>, string | undefined, string]>([
    ['where onApply is to see each revision', { onApply: () => undefined }, undefined, 'onApply'],
    ['where env.ts gives a role', { role: 'app' }, undefined, 'another role'],
    ['where all is one transaction', { transaction: 'run' }, undefined, 'one transaction'],
    ['where the ledger is among the tables', { ledgerSchema: 'shop' }, undefined, 'the ledger'],
    ['for a part of the history', {}, 'base:aaaaaaaaaaa1', 'whole history'],
    ['on the way down', {}, 'heads:base', 'way up'],
  ])('%s', async (_, options, range, why) => {
    const project = await projectOf(root, files, options)
    expect(whyNoCheckpoint(project, stepsOf(project, range))).toContain(why)
    const plain = await projectOf(root, files)
    expect(whyNoCheckpoint(plain, stepsOf(plain))).toBeUndefined()
  })
})

describe('a kept checkpoint', () => {
  const checkpoint = { steps: 2, statements: ['SELECT 1'], fingerprint: 'f' }
  const keys = ['a'.repeat(64), 'b'.repeat(64), 'c'.repeat(64)]

  test.each<[string, (text: string) => string]>([
    ['cut short', (text) => text.slice(0, -10)],
    ['empty', () => ''],
    ['edited', (text) => text.replace('SELECT 1', 'SELECT 2')],
    ['of other revisions', (text) => text],
  ])('that is %s is passed over with a word', (what, change) => {
    const dir = mkdtempSync(join(root, 'kept-'))
    keepCheckpoint(dir, keys[1] ?? '', checkpoint)
    expect(keptCheckpoint(dir, keys, () => undefined)).toMatchObject(checkpoint)
    const [name = ''] = readdirSync(dir)
    const path = join(dir, name)
    writeFileSync(path, change(readFileSync(path, 'utf8')))
    const damaged: string[] = []
    const asked = what === 'of other revisions' ? keys.slice(1) : keys
    expect(keptCheckpoint(dir, asked, (file) => damaged.push(file))).toBeUndefined()
    expect(damaged).toEqual([path])
  })

  test('whose place a folder has taken is none', () => {
    const dir = mkdtempSync(join(root, 'kept-'))
    mkdirSync(join(dir, `checkpoint-${'b'.repeat(32)}.json`))
    keepCheckpoint(dir, keys[1] ?? '', checkpoint)
    expect(keptCheckpoint(dir, keys, () => undefined)).toBeUndefined()
    expect(readdirSync(dir)).toHaveLength(1)
  })

  test('has four others beside it, the newest', () => {
    const dir = mkdtempSync(join(root, 'kept-'))
    const made = [...'0123456'].map((each) => each.repeat(64))
    for (const [at, key] of made.entries()) {
      keepCheckpoint(dir, key, checkpoint)
      utimesSync(join(dir, `checkpoint-${key.slice(0, 32)}.json`), at, at)
    }
    expect(
      readdirSync(dir)
        .map((name) => name.charAt('checkpoint-'.length))
        .toSorted(),
    ).toEqual([...'23456'])
  })

  const edited = revision('aaaaaaaaaaa1', null, 'await op.execute("CREATE TABLE edited ()")')
  test.each<[string, Changed]>([
    ['a file of it', { file: edited }],
    ['the server', { facts: { server_version_num: '170000' } }],
    ['an extension', { facts: { extensions: [['citext', '1.8', 'public']] } }],
    ['the day', { facts: { days: ['2026-01-02'] } }],
    ['the name of a schema', { options: { schemas: { shop: 'store' } } }],
    ['the search_path of env.ts', { options: { searchPath: ['extensions'] } }],
  ])('is another one where %s is another one', async (_, { file, facts = {}, options = {} }: Changed) => {
    const files = (text: string) => ({
      '20260101_000001_aaaaaaaaaaa1_x.ts': text,
      '20260101_000002_aaaaaaaaaaa2_x.ts': revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', ''),
    })
    const plain = revision('aaaaaaaaaaa1', null, '')
    const before = await projectOf(root, files(plain))
    const keysBefore = keysOf(before)
    expect(keysOf(before, {}, 'base:aaaaaaaaaaa1')).toEqual(keysBefore.slice(0, 1))
    const after = await projectOf(root, files(file ?? plain), options)
    const keysAfter = keysOf(after, facts)
    expect(keysAfter.filter((key) => keysBefore.includes(key))).toEqual([])
  })

  test('is not taken from what a killed process has begun to write', () => {
    const dir = mkdtempSync(join(root, 'kept-'))
    keepCheckpoint(dir, keys[1] ?? '', checkpoint)
    const [name = ''] = readdirSync(dir)
    writeFileSync(join(dir, `${name}.4711`), 'half')
    rmSync(join(dir, name))
    expect(keptCheckpoint(dir, keys, () => expect.unreachable())).toBeUndefined()
  })
})
