import { existsSync, mkdirSync, readdirSync, readFileSync, watch } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { withRecordingServer } from '../../../migrations/core/adopt/record/server.ts'
import { bin, importWith, recordOn, runNode, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const settings = (more = '', connection = 'postgres://app:secret@db.prod.invalid/app') =>
  `${more}\nmodule.exports = { client: 'pg', connection: process.env.NOT_THERE ?? '${connection}', migrations: { directory: './db' } }`
const migration = (up: string) => `exports.up = async (knex) => { ${up} }\nexports.down = async () => {}\n`
const ordinary = migration("await knex.raw('CREATE TABLE t (id int)')")

interface Case {
  readonly settings?: string
  readonly first?: string
  readonly second?: string
  readonly code: string
  readonly says: string
  readonly help?: string
}

const refusals: Readonly<Record<string, Case>> = {
  'a package that is missing': {
    ...{ settings: settings("require('no-such-package')"), code: 'tool-fails' },
    says: 'it has no module no-such-package',
  },
  'a tool that ends': {
    ...{ settings: settings("console.error('no vault here'); process.exit(7)"), code: 'tool-fails' },
    says: 'knex does not start (exit code 7):\nno vault here',
  },
  'a question': {
    first: migration("if (require('fs').readFileSync(0, 'utf8') === '') throw new Error('nobody answers')"),
    ...{ code: 'history-fails', says: 'nobody answers' },
  },
  'a script that is not built': {
    first: migration(
      "require('child_process').execFileSync(process.execPath, ['dist/fill.js'], { stdio: 'inherit' })",
    ),
    ...{
      code: 'history-fails',
      says: 'Cannot find module',
      help: 'build the project first: npm run build; ',
    },
  },
  'a history that stops half-way': {
    second: migration("await knex.raw('SELECT nothing_like_it()')"),
    ...{ code: 'history-fails', says: 'knex stopped after a.js' },
  },
  'tables that were made elsewhere': {
    first: migration("await knex.raw('ALTER TABLE account ADD COLUMN a text')"),
    ...{ code: 'history-fails', says: 'the history begins at tables that were made elsewhere' },
  },
  'two databases': {
    first: migration(
      "const { Client } = require('pg'); const other = new Client('postgres://u:secret@one.invalid/first'); await other.connect(); await other.end()",
    ),
    ...{ code: 'several-databases', says: 'db.prod.invalid/app, one.invalid/first' },
  },
  'a driver that cannot be redirected': {
    first: migration(
      `const { PGHOST, PGPORT } = process.env
  const words = Buffer.from('user\\0app\\0database\\0live\\0\\0')
  const head = Buffer.alloc(8)
  head.writeInt32BE(8 + words.length)
  head.writeInt32BE(196608, 4)
  const place = PGHOST.startsWith('/') ? { path: PGHOST + '/.s.PGSQL.' + PGPORT } : { host: PGHOST, port: PGPORT }
  const socket = require('net').connect(place)
  await new Promise((resolve, reject) => socket.on('error', reject).write(Buffer.concat([head, words]), resolve))`,
    ),
    ...{ code: 'not-redirected', says: '/live by a driver that could not be redirected' },
  },
  'two ledgers': {
    first: migration(
      "await knex.raw('CREATE SCHEMA b'); await knex.raw('CREATE TABLE b.knex_migrations AS TABLE knex_migrations')",
    ),
    ...{ code: 'several-ledgers', says: 'b.knex_migrations, public.knex_migrations' },
  },
  'what is not a migration': {
    first: 'exports.up = 1',
    code: 'history-fails',
    says: 'Invalid migration: a.js',
  },
}

/** What pg-copy-streams does. */
const copyRows = `const copied = (connection) => ({
  submit: () => connection.query("COPY t FROM STDIN"),
  handleCopyInResponse() { connection.sendCopyFromChunk(Buffer.from("1\\n")); connection.endCopyFrom() },
})
const connection = await knex.client.acquireConnection()
await new Promise((handleReadyForQuery, handleError) =>
  connection.query({ ...copied(connection.connection), handleCommandComplete() {}, handleReadyForQuery, handleError }))
await knex.client.releaseConnection(connection)`

describe('rows that are sent by COPY', () => {
  projectTest(
    'are refused with the migration, unless a baseline is wanted',
    { timeout: 90_000 },
    async ({ project }) => {
      writeProgram(project, {
        'knexfile.js': settings().replace('NOT_THERE', 'DATABASE_URL'),
        'db/a.js': ordinary,
        'db/b.js': `${migration(copyRows)}\nexports.config = { transaction: false }`,
      })
      runNode(project, bin('knex/bin/cli.js'), 'migrate:latest')
      await expect(importWith(project, 'knex')).rejects.toMatchObject({
        code: 'unrecorded',
        message: 'b.js sends rows by COPY, which are not in the log that recordings are made from',
        help: expect.stringContaining('--baseline'),
      })
      const { result } = await importWith(project, 'knex', { baseline: true })
      expect(result).toMatchObject({ proof: 'equal', adopted: [{ from: 'public.knex_migrations' }] })
    },
  )
})

describe('a run is refused', () => {
  projectTest('with the reason', { timeout: 180_000 }, async ({ project }) => {
    writeProgram(project, { 'package.json': '{ "private": true, "scripts": { "build": "tsc" } }' })
    const reached: unknown[] = []
    const other = createServer((socket) => reached.push(socket.destroy()))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const address = other.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const elsewhere: Case = {
      first: migration(
        `await new Promise((resolve, reject) => require('net').connect(${port}, '127.0.0.1', resolve).on('error', reject))`,
      ),
      code: 'connection-refused',
      says: `knex connects to 127.0.0.1:${port}, which a recording refuses`,
    }
    const folder = join(project.root, 'server')
    mkdirSync(folder)
    await withRecordingServer(folder, project.session, async (server) => {
      for (const [name, each] of Object.entries({ ...refusals, 'another address': elsewhere })) {
        project.write({
          'knexfile.js': each.settings ?? settings(),
          'db/a.js': each.first ?? ordinary,
          'db/b.js': each.second ?? migration(''),
        })
        const run = recordOn(server, project, 'knex')
        await expect(run, name).rejects.toMatchObject({ code: each.code })
        await expect(run, name).rejects.toThrow(each.says)
        await expect(run, name).rejects.toMatchObject({ help: expect.stringContaining(each.help ?? '') })
        await expect(run, name).rejects.not.toThrow('secret')
      }
    })
    expect(reached).toEqual([])
    other.close()
  })

  projectTest('where the tool or its settings are not there', async ({ project }) => {
    project.write({ 'package.json': '{}' })
    await expect(importWith(project, 'knex')).rejects.toMatchObject({ code: 'no-settings' })
    project.write({ 'knexfile.js': settings() })
    await expect(importWith(project, 'knex')).rejects.toMatchObject({ code: 'tool-not-found' })
    await expect(importWith(project, 'kysely')).rejects.toMatchObject({
      code: 'tool-not-found',
      help: expect.stringContaining("--up 'npm run migrate'"),
    })
    await expect(importWith(project, 'knex', { path: 'nowhere' })).rejects.toMatchObject({
      code: 'no-project',
    })
  })
})

describe('a run that is interrupted', () => {
  projectTest('leaves nothing behind', { timeout: 60_000 }, async ({ project }) => {
    const file = join(project.root, 'running')
    writeProgram(project, {
      'knexfile.js': settings(),
      'db/a.js': migration(
        `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid)); await knex.raw('SELECT pg_sleep(600)')`,
      ),
    })
    const stop = new AbortController()
    const watching = watch(project.root, () => {
      if (existsSync(file) && readFileSync(file, 'utf8') !== '') stop.abort(new Error('interrupted here'))
    })
    const session = { ...project.session, signal: stop.signal }
    await expect(importWith({ ...project, session }, 'knex')).rejects.toThrow('interrupted here')
    watching.close()
    expect(() => process.kill(Number(readFileSync(file, 'utf8')), 0)).toThrow('ESRCH')
    expect(readdirSync(join(project.root, '.mig')).filter((name) => name.startsWith('import-'))).toEqual([])
    expect(existsSync(join(project.root, 'migrations'))).toBe(false)
  })
})

describe('the live database', () => {
  projectTest(
    'is behind, differs, or has been at what no file has',
    { timeout: 120_000 },
    async ({ project }) => {
      writeProgram(project, {
        'knexfile.js': settings().replace('NOT_THERE', 'DATABASE_URL'),
        'db/a.js': ordinary,
      })
      runNode(project, bin('knex/bin/cli.js'), 'migrate:latest')
      project.write({ 'db/b.js': migration("await knex.raw('CREATE TABLE u (id int)')") })
      await project.database.client.query('ALTER TABLE t ADD COLUMN more text')
      await expect(importWith(project, 'knex')).rejects.toMatchObject({
        code: 'import-differs',
        message: expect.stringContaining('more'),
      })
      await project.database.client.query("INSERT INTO knex_migrations (name) VALUES ('gone.ts')")
      await expect(importWith(project, 'knex')).rejects.toMatchObject({
        code: 'unknown-version',
        message: 'public.knex_migrations says that gone.ts is applied, and no file of the import has it',
      })
      await project.run("DELETE FROM knex_migrations WHERE name = 'gone.ts'; ALTER TABLE t DROP COLUMN more")
      const { result } = await importWith(project, 'knex')
      expect(result).toMatchObject({ proof: 'equal', files: [expect.anything(), expect.anything()] })
      expect(result.adopted[0]?.revisions).not.toContain(undefined)
    },
  )

  projectTest('has two ledgers of the tool', { timeout: 60_000 }, async ({ project }) => {
    const ledger = (schema: string) => `CREATE TABLE ${schema}.knex_migrations
      (id serial PRIMARY KEY, name varchar(255), batch integer, migration_time timestamptz);
      INSERT INTO ${schema}.knex_migrations (name) VALUES ('a.js');`
    writeProgram(project, { 'knexfile.js': settings(), 'db/a.js': ordinary })
    await project.run(`CREATE SCHEMA other; CREATE TABLE t (id int); ${ledger('public')} ${ledger('other')}`)
    await expect(importWith(project, 'knex')).resolves.toMatchObject({
      result: { proof: 'equal', adopted: [{ from: 'public.knex_migrations' }] },
    })
  })

  projectTest('can be one that commands of the project lead to', { timeout: 60_000 }, async ({ project }) => {
    // Without kysely-ctl, Kysely has no command.
    writeProgram(project, {
      'migrate.mjs': `import pg from 'pg'
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely'
const db = new Kysely({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: process.env.SHOP_URL ?? 'postgres://app@db.prod.invalid/app' }) }) })
const migrations = {
  '2024-01-01T10-00-00_account': {
    up: async (db) => { await db.schema.createTable('account').addColumn('id', 'serial', (c) => c.primaryKey()).addColumn('name', 'text').execute() },
    down: async (db) => { await db.schema.dropTable('account').execute() },
  },
  '2024-01-02T10-00-00_index': {
    up: async (db) => { await db.schema.createIndex('account_name').on('account').column('name').execute() },
    down: async (db) => { await db.schema.dropIndex('account_name').execute() },
  },
}
const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
const { error } = process.argv[2] === 'up' ? await migrator.migrateToLatest() : await migrator.migrateDown()
await db.destroy()
if (error) throw error`,
    })
    const { result } = await importWith(project, 'kysely', {
      ...{ up: 'NODE_OPTIONS= node migrate.mjs up', down: 'node migrate.mjs down' },
    })
    expect(result).toMatchObject({ proof: 'runs', irreversible: [], recording: { revisions: 2 } })
    expect(result.files).toMatchObject([
      expect.stringMatching(/20240101_100000_\w+_account\.sql$/),
      expect.stringMatching(/20240102_100000_\w+_index\.sql$/),
    ])
  })
})
