import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { importedFiles, importWith, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

/** Kysely's migrator on the driver postgres.js, as projects run it that have no `pg`. */
const program = (given: string) => `import { createRequire } from 'node:module'
import { Kysely, Migrator, NO_MIGRATIONS, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler, sql } from 'kysely'
const postgres = process.argv[3] === 'require' ? createRequire(import.meta.url)('postgres') : (await import('postgres')).default
const client = postgres(${given})
const connect = async () => {
  const connection = await client.reserve()
  return {
    connection,
    async executeQuery({ sql, parameters }) {
      const rows = await connection.unsafe(sql, [...parameters])
      return { rows: [...rows], numAffectedRows: BigInt(rows.count ?? 0) }
    },
  }
}
const db = new Kysely({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createDriver: () => ({
      init: async () => {},
      acquireConnection: connect,
      beginTransaction: ({ connection }) => connection.unsafe('begin'),
      commitTransaction: ({ connection }) => connection.unsafe('commit'),
      rollbackTransaction: ({ connection }) => connection.unsafe('rollback'),
      releaseConnection: async ({ connection }) => connection.release(),
      destroy: () => client.end(),
    }),
  },
})
const migrations = {
  '2024-01-01T10-00-00_account': {
    async up(db) {
      await db.schema.createType('account_state').asEnum(['new', 'old']).execute()
      await db.schema.createTable('account').addColumn('id', 'serial', (c) => c.primaryKey())
        .addColumn('name', 'text').addColumn('state', sql\`account_state\`).execute()
    },
    async down(db) {
      await db.schema.dropTable('account').execute()
      await db.schema.dropType('account_state').execute()
    },
  },
  '2024-01-02T10-00-00_rows': {
    up: (db) => db.insertInto('account').values([{ name: "it's", state: 'old' }, { name: null, state: 'new' }]).execute(),
    down: (db) => db.deleteFrom('account').where('name', '=', "it's").execute(),
  },
  '2024-01-03T10-00-00_index': {
    up: (db) => db.schema.createIndex('account_name').on('account').column('name').execute(),
    down: (db) => db.schema.dropIndex('account_name').execute(),
  },
}
const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
const { error } = process.argv[2] === 'up' ? await migrator.migrateToLatest() : await migrator.migrateTo(NO_MIGRATIONS)
await db.destroy()
if (error) throw error`

describe('a project on postgres.js, recorded from its own run', () => {
  projectTest(
    'is led away from the live database, whatever its settings say',
    { timeout: 120_000 },
    async ({ project }) => {
      const live = new URL(project.database.url)
      writeProgram(project, {})
      const settings = {
        'options of the driver': [
          JSON.stringify({
            ...{ hostname: live.hostname, port: Number(live.port), database: live.pathname.slice(1) },
            ...{
              user: live.username,
              password: live.password,
              ssl: 'require',
              target_session_attrs: 'standby',
            },
          }),
          '',
        ],
        'DATABASE_URL, as it is set for the run': ['process.env.DATABASE_URL', ''],
        'a URL of several hosts, with require()': [
          `'postgres://app:secret@one.invalid:1,two.invalid:2/app?sslmode=require'`,
          'require',
        ],
      }
      for (const [which, [given = '', how = '']] of Object.entries(settings)) {
        project.write({ 'migrate.mjs': program(given) })
        const { result } = await importWith(project, 'kysely', {
          ...{ up: `node migrate.mjs up ${how}`, down: `node migrate.mjs down ${how}` },
        })
        expect(result, which).toMatchObject({ proof: 'runs', irreversible: [], recording: { revisions: 3 } })
        const files = importedFiles(project)
        expect(files[0], which).toMatch(/create type "account_state"[\s\S]*create table "account"/)
        expect(files[1], which).toContain(`('it''s', 'old'), (NULL, 'new')`)
        expect(files[2], which).toContain('drop index "account_name"')
        rmSync(join(project.root, 'migrations'), { recursive: true })
      }
      const { rows } = await project.database.client.query(
        "SELECT relname FROM pg_class WHERE relname ~ '^(account|kysely)'",
      )
      expect(rows).toEqual([])
    },
  )
})
