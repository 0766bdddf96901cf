import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { test as base, expect, inject } from 'vitest'
import type { MigEvent } from '../../migrations/core/index.ts'
import { type TestDatabaseOptions, testDatabase } from '../../migrations/core/testing/index.ts'
import { structureOf } from '../../migrations/core/testing/state.ts'
import { administer } from '../support/database.ts'

interface Project {
  readonly root: string
  readonly options: TestDatabaseOptions
  readonly write: (files: Readonly<Record<string, string>>) => Promise<void>
}

/** A project of one line and one table, on the run's server. */
const test = base.extend<{ project: Project }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads a fixture's needs from its first parameter
  project: async ({}, use) => {
    const root = await mkdtemp(join(tmpdir(), 'just-mig-testing-'))
    const write = async (files: Readonly<Record<string, string>>) => {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(root, path)), { recursive: true })
        await writeFile(join(root, path), text)
      }
    }
    await write({
      'migrations/versions/app/20260101_000000_aaaaaaaaaaa1_x.sql': revision('aaaaaaaaaaa1', null, tables),
    })
    await use({
      root,
      write,
      options: { root, url: inject('adminUrl'), options: { schemas: { app: 'app' } } },
    })
    await dropTemplates(root)
    await rm(root, { recursive: true, force: true })
  },
})

const tables = `CREATE TABLE kind (code text PRIMARY KEY);
INSERT INTO kind VALUES ('a');
CREATE MATERIALIZED VIEW stale AS SELECT count(*) AS n FROM kind;
INSERT INTO kind VALUES ('b');
CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, kind text NOT NULL REFERENCES kind, doubled int GENERATED ALWAYS AS (length(kind) * 2) STORED);
CREATE MATERIALIZED VIEW kinds AS SELECT count(*) AS n FROM kind;
CREATE MATERIALIZED VIEW unfilled AS SELECT code FROM kind WITH NO DATA`

function revision(id: string, down: string | null, sql: string): string {
  return `-- x\n-- Revision: ${id}\n-- Revises: ${down ?? ''}\n-- upgrade\n${sql};\n-- downgrade\nSELECT 1;\n`
}

/** Databases of this process that begin so, of however many others. */
async function databasesOf(begin: string): Promise<readonly string[]> {
  const { rows } = await administer(
    `SELECT datname FROM pg_database WHERE datname LIKE '${begin}\\_${process.pid}\\_%' ORDER BY 1`,
  )
  return rows.map(({ datname }) => datname)
}

/** The template databases of a project. */
async function templatesOf(root: string): Promise<readonly string[]> {
  const owner = createHash('sha256').update(join(root, 'migrations')).digest('hex').slice(0, 16)
  const { rows } = await administer(
    `SELECT datname FROM pg_database d WHERE shobj_description(d.oid, 'pg_database') LIKE 'just-mig ${owner} %'`,
  )
  return rows.map(({ datname }) => datname)
}

async function dropTemplates(root: string): Promise<void> {
  for (const name of await templatesOf(root)) await administer(`DROP DATABASE ${name}`)
}

function counting(version = '1') {
  const counted = { version, runs: 0, run: async () => void counted.runs++ }
  return counted
}

test('has all revisions, is reset with its connections open, and is dropped', async ({ project }) => {
  const db = await testDatabase(project.options)
  const client = await db.client()
  const contents = `SELECT (SELECT string_agg(code, ' ' ORDER BY code) FROM app.kind) AS kinds, (SELECT count(*)::int FROM app.thing) AS things,
    (SELECT n::int FROM app.kinds) AS n, (SELECT relispopulated FROM pg_class WHERE oid = 'app.unfilled'::regclass) AS filled`
  const made = (await client.query(contents)).rows
  expect(made).toEqual([{ kinds: 'a b', things: 0, n: 2, filled: false }])
  await client.query(
    `BEGIN; INSERT INTO app.thing (kind) VALUES ('a'), ('b'); DELETE FROM app.kind WHERE code NOT IN (SELECT kind FROM app.thing);
     INSERT INTO app.kind VALUES ('c'); REFRESH MATERIALIZED VIEW app.kinds; REFRESH MATERIALIZED VIEW app.unfilled;
     DECLARE held CURSOR WITH HOLD FOR SELECT 1; COMMIT; SELECT pg_advisory_lock(1); SET search_path TO app; BEGIN; INSERT INTO kind VALUES ('d')`,
  )
  await db.reset()
  expect(await db.client()).toBe(client)
  expect((await client.query(contents)).rows).toEqual(made)
  const { rows } = await client.query(
    `INSERT INTO app.thing (kind) VALUES ('a') RETURNING id::int, doubled, current_setting('search_path') AS path,
       (SELECT count(*)::int FROM pg_cursors) AS cursors, (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`,
  )
  expect(rows).toEqual([{ id: 1, doubled: 2, path: '"$user", public', cursors: 0, locks: 0 }])
  await db.drop()
  expect(await databasesOf('mig_test')).toEqual([])
})

test('is made again under its name where a test has changed the structure', async ({ project }) => {
  const db = await testDatabase(project.options)
  const client = await db.client()
  await client.query('CREATE TEMP TABLE own (id int)')
  await db.reset()
  expect(await db.client()).toBe(client)
  await client.query('ALTER TABLE app.thing DROP COLUMN doubled')
  await db.reset()
  const { rows } = await (await db.client()).query(
    'SELECT current_database() AS name, count(doubled) AS n FROM app.thing',
  )
  expect(rows).toEqual([{ name: db.name, n: '0' }])
  const again = await db.client()
  const structure = await structureOf(again)
  for (const change of [
    "COMMENT ON TABLE app.kind IS 'x'",
    "COMMENT ON SCHEMA public IS 'x'",
    `COMMENT ON DATABASE ${db.name} IS 'x'`,
    `ALTER DATABASE ${db.name} SET work_mem TO '1MB'`,
    `ALTER ROLE CURRENT_USER IN DATABASE ${db.name} SET work_mem TO '1MB'`,
    `REVOKE TEMPORARY ON DATABASE ${db.name} FROM PUBLIC`,
    'ALTER SEQUENCE app.thing_id_seq INCREMENT 10',
    'CREATE CAST (app.kind AS text) WITH INOUT',
    'CREATE FOREIGN DATA WRAPPER x',
    'CREATE FOREIGN DATA WRAPPER x; CREATE SERVER x FOREIGN DATA WRAPPER x; CREATE USER MAPPING FOR CURRENT_USER SERVER x',
    'CREATE OPERATOR CLASS app.x FOR TYPE int USING btree AS FUNCTION 1 btint4cmp(int, int)',
    'SELECT lo_create(0)',
  ]) {
    await again.query(`BEGIN; ${change}`)
    expect(await structureOf(again), change).not.toBe(structure)
    await again.query('ROLLBACK')
  }
  await again.query("BEGIN; DELETE FROM app.kind; PREPARE TRANSACTION 'left behind'")
  await db.reset()
  expect((await again.query('SELECT FROM app.kind')).rowCount).toBe(2)
  await again.query('REFRESH MATERIALIZED VIEW app.stale')
  await db.reset()
  const stale = await (await db.client()).query('SELECT n::int FROM app.stale')
  expect(stale.rows).toEqual([{ n: 1 }])
  expect(await structureOf(await db.client())).toBe(structure)
  await (await db.client()).query("BEGIN; LOCK app.kind; PREPARE TRANSACTION 'left again'")
  await db.drop()
})

test('large objects of the template are as they were after a reset', async ({ project }) => {
  const seed = {
    version: '1',
    run: (client: pg.ClientBase) => client.query("SELECT lo_from_bytea(9, 'as it was')"),
  }
  const db = await testDatabase({ ...project.options, seed })
  const client = await db.client()
  await client.query("SELECT lo_put(9, 0, 'changed')")
  await client.query("BEGIN; DELETE FROM app.kind; PREPARE TRANSACTION 'left beside large objects'")
  await db.reset()
  const { rows } = await (await db.client()).query("SELECT convert_from(lo_get(9), 'UTF8') AS body")
  expect(rows).toEqual([{ body: 'as it was' }])
  await db.drop()
})

test('no transaction of another connection outlives a reset: a short one is waited for, others are ended', async ({
  project,
}) => {
  const db = await testDatabase(project.options)
  const open = async () => {
    const other = new pg.Client({ connectionString: db.url })
    other.on('error', () => undefined)
    await other.connect()
    return other
  }
  const client = await db.client()
  const short = await open()
  await client.query('SELECT pg_advisory_lock(1)')
  await short.query("BEGIN; INSERT INTO app.kind VALUES ('c')")
  // Goes on when the reset has released the lock of client().
  const committed = short.query('SELECT pg_advisory_lock(1); COMMIT')
  await db.reset()
  await committed
  expect(await db.client()).toBe(client)
  expect((await client.query('SELECT FROM app.kind')).rowCount).toBe(2)
  const [writing, locking] = [await open(), await open()]
  await writing.query("BEGIN; INSERT INTO app.thing (kind) VALUES ('a')")
  await locking.query('BEGIN; LOCK app.kind IN SHARE MODE')
  await db.reset()
  await expect(writing.query('COMMIT')).rejects.toThrow()
  await expect(locking.query('COMMIT')).rejects.toThrow()
  const { rows } = await (await db.client()).query(
    "INSERT INTO app.kind VALUES ('d') RETURNING (SELECT count(*)::int FROM app.thing) AS things",
  )
  expect(rows).toEqual([{ things: 0 }])
  await db.drop()
})

test('eight workers at once, with nothing there yet, make one template', async ({ project }) => {
  const seed = counting()
  const made = await Promise.all(Array.from({ length: 8 }, () => testDatabase({ ...project.options, seed })))
  expect(seed.runs).toBe(1)
  expect(new Set(made.map(({ name }) => name)).size).toBe(8)
  expect(await databasesOf('mig_building')).toEqual([])
  for (const db of made) await db.drop()
})

test('a template is for the files as they are, and one that somebody has opened is made again', async ({
  project,
}) => {
  const counted = counting()
  const seeds = [counted, 'seed.sql']
  await project.write({ 'seed.sql': "INSERT INTO app.kind VALUES ('seeded')" })
  const kinds = async () => {
    const db = await testDatabase({ ...project.options, seed: seeds })
    const { rows } = await (await db.client()).query(
      `SELECT string_agg(code, ' ' ORDER BY code) AS kinds FROM app.kind`,
    )
    await db.drop()
    return rows[0].kinds
  }
  expect([await kinds(), await kinds(), counted.runs]).toEqual(['a b seeded', 'a b seeded', 1])
  const [template = ''] = await templatesOf(project.root)
  await administer(`ALTER DATABASE ${template} ALLOW_CONNECTIONS true`)
  const url = new URL(inject('adminUrl'))
  url.pathname = template
  const intruder = new pg.Client({ connectionString: url.href })
  intruder.on('error', () => undefined)
  await intruder.connect()
  await intruder.query("INSERT INTO app.kind VALUES ('by hand')")
  expect([await kinds(), counted.runs]).toEqual(['a b seeded', 2])
  await intruder.end()
  await project.write({
    'seed.sql': "INSERT INTO app.kind VALUES ('other')",
    'migrations/versions/app/20260102_000000_aaaaaaaaaaa2_y.sql': revision(
      'aaaaaaaaaaa2',
      'aaaaaaaaaaa1',
      "INSERT INTO kind VALUES ('later')",
    ),
  })
  expect([await kinds(), counted.runs]).toEqual(['a b later other', 3])
})

test('what a killed process left is gone or made again at the next use, and what is in use stays', async ({
  project,
}) => {
  const left = ['mig_test_999999_0badcafe', 'mig_building_999999_0badcafe']
  for (const name of left) await administer(`CREATE DATABASE ${name}`)
  const first = await testDatabase(project.options)
  const cache = join(project.root, '.mig', 'cache')
  for (const file of await readdir(cache))
    if (file.startsWith('test-state-')) await writeFile(join(cache, file), '{"structure": "cut')
  const second = await testDatabase(project.options)
  expect(await databasesOf('mig_test')).toEqual([first.name, second.name].sort())
  const { rowCount } = await administer(`SELECT FROM pg_database WHERE datname IN ('${left.join("', '")}')`)
  expect(rowCount).toBe(0)
  const client = await second.client()
  await client.query('DELETE FROM app.kind')
  await second.reset()
  expect((await client.query('SELECT FROM app.kind')).rowCount).toBe(2)
  await first.drop()
  await second.drop()
})

test('roles are the server’s: missing ones are made, and others are left as they are', async ({
  project,
}) => {
  const [old, fresh] = [`test_old_${process.pid}`, `test_new_${process.pid}`]
  await administer(`CREATE ROLE ${old} NOLOGIN`)
  const database = new URL(inject('adminUrl')).pathname.slice(1)
  await project.write({
    'migrations/versions/app/20260102_000000_aaaaaaaaaaa2_y.sql': revision(
      'aaaaaaaaaaa2',
      'aaaaaaaaaaa1',
      `CREATE ROLE ${old} LOGIN; CREATE ROLE ${fresh} LOGIN; ALTER ROLE ${fresh} BYPASSRLS; ALTER ROLE ${old} BYPASSRLS;
       GRANT SELECT ON kind TO ${old}, ${fresh}; ALTER DATABASE ${database} SET search_path TO app, public`,
    ),
  })
  const told: string[] = []
  try {
    for (const version of ['1', '2']) {
      const seed = counting(version)
      const emit = (event: MigEvent) => void (event.event === 'warning' && told.push(event.message))
      const db = await testDatabase({ ...project.options, seed, emit })
      const { rows } = await (await db.client()).query(
        `SELECT rolcanlogin AS login, rolbypassrls AS bypass, has_table_privilege(rolname, 'kind', 'SELECT') AS reads
         FROM pg_roles WHERE rolname IN ('${old}', '${fresh}') ORDER BY rolname`,
      )
      expect(rows).toEqual([
        { login: true, bypass: true, reads: true },
        { login: false, bypass: false, reads: true },
      ])
      await db.drop()
    }
    expect(told[0]).toContain(old)
    const { rows } = await administer(
      'SELECT count(*)::int AS n FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE datname = current_database()',
    )
    expect(rows).toEqual([{ n: 0 }])
  } finally {
    await dropTemplates(project.root)
    await administer(`DROP ROLE ${old}, ${fresh}`)
  }
})

test('has the tenants that are asked for, whatever lists them, and asks no other database for them', async ({
  project,
}) => {
  const places = [{ schema: 'acme', databaseUrl: 'postgresql://nobody@127.0.0.1:1/live' }]
  await project.write({
    'migrations/versions/tenant/20260101_000000_bbbbbbbbbbb1_x.sql': revision(
      'bbbbbbbbbbb1',
      null,
      'CREATE TABLE note (id int)',
    ),
  })
  const db = await testDatabase({
    ...project.options,
    options: { schemas: { app: 'app', tenant: { tenants: { list: places } } } },
    tenants: { tenant: ['acme', 'globex'] },
  })
  const client = await db.client()
  await client.query('INSERT INTO acme.note VALUES (1)')
  await db.reset()
  const { rows } = await client.query(
    'SELECT (SELECT count(*)::int FROM acme.note) AS acme, (SELECT count(*)::int FROM globex.note) AS globex, array_agg(target_schema ORDER BY target_schema)::text[] AS schemas FROM mig.version',
  )
  expect(rows).toEqual([{ acme: 0, globex: 0, schemas: ['acme', 'app', 'globex'] }])
  await db.drop()
})

test('says what to grant where the user may not create databases', async ({ project }) => {
  const role = `test_plain_${process.pid}`
  await administer(`CREATE ROLE ${role} LOGIN`)
  try {
    const url = inject('adminUrl').replace('postgres@', `${role}@`)
    await expect(testDatabase({ ...project.options, url })).rejects.toMatchObject({
      code: 'no-scratch',
      help: expect.stringContaining(`ALTER ROLE ${role} CREATEDB`),
    })
    await administer(`ALTER ROLE ${role} CREATEDB`)
    const db = await testDatabase({ ...project.options, url })
    const client = await db.client()
    await client.query("INSERT INTO app.kind VALUES ('c')")
    // No superuser may turn foreign keys off, so that the database is made again.
    await db.reset()
    const { rows } = await (await db.client()).query('SELECT count(*)::int AS n FROM app.kind')
    expect(rows).toEqual([{ n: 2 }])
    await db.drop()
  } finally {
    await dropTemplates(project.root)
    await administer(`DROP ROLE ${role}`)
  }
})

test('a file that changes while the template is made from it is told, and no template is kept', async ({
  project,
}) => {
  await project.write({ 'seed.sql': 'SELECT 1' })
  const seed = [{ version: '1', run: () => project.write({ 'seed.sql': 'SELECT 2' }) }, 'seed.sql']
  await expect(testDatabase({ ...project.options, seed })).rejects.toMatchObject({ code: 'files-changed' })
  expect(await templatesOf(project.root)).toEqual([])
})

test('a build that fails leaves nothing, and the next one is not kept from it', async ({ project }) => {
  const seed = 'seed.sql'
  await project.write({ [seed]: 'INSERT INTO app.nothing VALUES (1)' })
  const attempt = () => testDatabase({ ...project.options, seed })
  await expect(attempt()).rejects.toMatchObject({
    code: 'database-error',
    place: { file: join(project.root, seed) },
  })
  expect([...(await databasesOf('mig_building')), ...(await templatesOf(project.root))]).toEqual([])
  await project.write({ [seed]: "INSERT INTO app.kind VALUES ('c')" })
  await (await attempt()).drop()
})
