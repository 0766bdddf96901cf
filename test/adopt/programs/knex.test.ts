import { describe, expect } from 'vitest'
import { bin, downAndUp, importedFiles, importWith, runNode, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const migration = (up: string, down: string, more = '') =>
  `exports.up = async (knex) => { ${up} }\nexports.down = async (knex) => { ${down} }\n${more}`

/** What Knex projects do: the builder, raw SQL, rows, loops over them, and what cannot run in a transaction. */
const project: Readonly<Record<string, string>> = {
  'knexfile.js': `module.exports = {
  client: 'pg',
  connection: process.env.DATABASE_URL ?? 'postgres://app:secret@db.prod.invalid/app?sslmode=require',
  migrations: { directory: './db' },
}`,
  'db/20240101000001_create_account.js': migration(
    `await knex.schema.createTable('account', (t) => {
      t.increments('id'); t.string('name').notNullable(); t.enu('state', ['new', 'old'], { useNative: true, enumName: 'account_state' }).defaultTo('new')
      t.timestamps(true, true)
    })`,
    `await knex.schema.dropTable('account'); await knex.raw('DROP TYPE account_state')`,
  ),
  'db/20240102000001_add_mail.js': migration(
    `await knex.schema.alterTable('account', (t) => { t.string('mail') })`,
    `await knex.schema.alterTable('account', (t) => { t.dropColumn('mail') })`,
  ),
  'db/20240103000001_rows.js': migration(
    `await knex('account').insert([{ name: "it's" }, { name: 'back\\\\slash', mail: null }])`,
    `await knex('account').where('name', "it's").orWhereNull('mail').del()`,
  ),
  'db/20240104000001_state_value.js': migration(
    `await knex.raw("ALTER TYPE account_state ADD VALUE 'gone'")`,
    `throw new Error('a value of an enum stays')`,
    'exports.config = { transaction: false }',
  ),
  'db/20240105000001_index.js': migration(
    `await knex.raw('CREATE INDEX CONCURRENTLY account_name ON account (name)')`,
    `await knex.raw('DROP INDEX CONCURRENTLY account_name')`,
    'exports.config = { transaction: false }',
  ),
  'db/20240106000001_orders.js': migration(
    `await knex.schema.createTable('orders', (t) => { t.uuid('id').primary().defaultTo(knex.fn.uuid()); t.integer('account_id').references('account.id').onDelete('CASCADE').index() })`,
    `await knex.schema.dropTable('orders')`,
  ),
  'db/20240107000001_loop.js': migration(
    `await knex.schema.alterTable('account', (t) => { t.text('slug') })
    for (const row of await knex('account').select('id')) await knex('account').where({ id: row.id }).update({ slug: 'account-' + row.id })`,
    `await knex.schema.alterTable('account', (t) => { t.dropColumn('slug') })`,
  ),
  'db/20240108000001_view.js': migration(
    `await knex.raw('CREATE VIEW account_names AS SELECT id, name FROM account')`,
    `await knex.raw('DROP VIEW account_names')`,
  ),
  'db/20240109000001_function.js': migration(
    `await knex.raw("CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$; COMMENT ON TABLE orders IS 'what $1 was'")`,
    `await knex.raw("DROP FUNCTION one(); COMMENT ON TABLE orders IS NULL")`,
  ),
  'db/20240110000001_caught.js': migration(
    `if (!(await knex.schema.hasColumn('account', 'note'))) await knex.schema.alterTable('account', (t) => { t.text('note') })
    try { await knex.transaction(async (trx) => { await trx.raw('CREATE TABLE half ()'); await trx.raw('SELECT nothing_like_it()') }) } catch {}`,
    `await knex.schema.alterTable('account', (t) => { t.dropColumn('note') })`,
  ),
}

describe('a Knex project, recorded from its own run', () => {
  projectTest(
    'gives what Knex has made of the live database',
    { timeout: 120_000 },
    async ({ project: made }) => {
      writeProgram(made, project)
      runNode(made, bin('knex/bin/cli.js'), 'migrate:latest')
      const { env, result } = await importWith(made, 'knex')
      expect(result).toMatchObject({ proof: 'equal', recording: { revisions: 10 } })
      expect(result.adopted).toMatchObject([{ targetSchema: 'public', from: 'public.knex_migrations' }])
      expect(result.irreversible).toMatchObject([
        {
          file: 'db/20240104000001_state_value.js',
          reason: expect.stringContaining('a value of an enum stays'),
        },
      ])
      const files = importedFiles(made)
      expect(files).toHaveLength(10)
      expect(files[0]).toContain('create account')
      expect(files[0]).toContain('Created: 2024-01-01T00:00:01Z')
      expect(files[2]).toContain(`(DEFAULT, 'it''s'), (NULL, E'back\\\\slash')`)
      expect(files[4]).toMatch(/op\.autocommit\(async[\s\S]*CREATE INDEX CONCURRENTLY account_name/)
      expect(files[6]).toContain('It read rows: ')
      expect(files[9]).toContain('One of its statements failed during the recording')
      expect(files.join('\n')).not.toMatch(/knex_migrations|CREATE TABLE half/)
      await downAndUp(made, env, '-6')
    },
  )
})
