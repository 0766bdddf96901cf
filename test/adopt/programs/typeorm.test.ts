import { describe, expect } from 'vitest'
import { bin, downAndUp, importedFiles, importWith, runNode, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const migration = (name: string, up: string, down: string, more = '') =>
  `const { Table, TableIndex, TableForeignKey } = require('typeorm')
module.exports = class ${name} { ${more}
  async up(runner) { ${up} }
  async down(runner) { ${down} }
}`

/** What TypeORM projects do: its schema builder, SQL, its repositories, and what cannot run in a transaction. */
const project: Readonly<Record<string, string>> = {
  'src/data-source.js': `const { DataSource } = require('typeorm')
module.exports = new DataSource({
  type: 'postgres', url: process.env.DATABASE_URL ?? 'postgres://app:secret@db.prod.invalid/app', migrationsTransactionMode: 'each',
  migrations: ['src/migrations/*.js'], migrationsTableName: 'applied_migrations', ssl: process.env.DATABASE_URL ? false : true,
})`,
  'src/migrations/1700001000001-CreateAccount.js': migration(
    'CreateAccount1700001000001',
    `await runner.createTable(new Table({ name: 'account', columns: [
      { name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' },
      { name: 'name', type: 'varchar', length: '80' },
      { name: 'state', type: 'enum', enum: ['new', 'old'], enumName: 'account_state', default: "'new'" },
    ] }))`,
    `await runner.dropTable('account')`,
  ),
  'src/migrations/1700002000002-Mail.js': migration(
    'Mail1700002000002',
    `await runner.query('ALTER TABLE account ADD COLUMN mail text')`,
    `await runner.query('ALTER TABLE account DROP COLUMN mail')`,
  ),
  'src/migrations/1700003000003-Rows.js': migration(
    'Rows1700003000003',
    `await runner.query('INSERT INTO account (name, mail) VALUES ($1, $2), ($3, NULL)', ["it's", 'a@b.c', '\\\\$1'])`,
    `await runner.query('DELETE FROM account')`,
  ),
  'src/migrations/1700004000004-Index.js': migration(
    'Index1700004000004',
    `await runner.createIndex('account', new TableIndex({ name: 'account_name', columnNames: ['name'] }))`,
    `await runner.dropIndex('account', 'account_name')`,
  ),
  'src/migrations/1700005000005-Concurrently.js': migration(
    'Concurrently1700005000005',
    `await runner.query('CREATE INDEX CONCURRENTLY account_mail ON account (mail)')`,
    `await runner.query('DROP INDEX CONCURRENTLY account_mail')`,
    'transaction = false',
  ),
  'src/migrations/1700006000006-Orders.js': migration(
    'Orders1700006000006',
    `await runner.createTable(new Table({ name: 'orders', columns: [{ name: 'id', type: 'int', isPrimary: true }, { name: 'account_id', type: 'int' }] }))
    await runner.createForeignKey('orders', new TableForeignKey({ columnNames: ['account_id'], referencedTableName: 'account', referencedColumnNames: ['id'] }))`,
    `await runner.dropTable('orders', true, true)`,
  ),
  'src/migrations/1700007000007-NoWayBack.js': migration(
    'NoWayBack1700007000007',
    `await runner.query("ALTER TYPE account_state ADD VALUE 'gone'")`,
    `throw new Error('a value of an enum stays')`,
  ),
  'src/migrations/1700008000008-Loop.js': migration(
    'Loop1700008000008',
    `for (const { id } of await runner.manager.query('SELECT id FROM account ORDER BY id')) await runner.manager.query('UPDATE account SET name = name || $1 WHERE id = $2', ['!', id])`,
    ``,
  ),
  'src/migrations/1700009000009-View.js': migration(
    'View1700009000009',
    `await runner.query('CREATE VIEW names AS SELECT name FROM account')`,
    `await runner.query('DROP VIEW names')`,
  ),
  'src/migrations/1700010000010-Rename.js': migration(
    'Rename1700010000010',
    `await runner.renameColumn('account', 'mail', 'email')`,
    `await runner.renameColumn('account', 'email', 'mail')`,
  ),
}

describe('a TypeORM project, recorded from its own run', () => {
  projectTest(
    'gives what TypeORM has made of the live database',
    { timeout: 120_000 },
    async ({ project: made }) => {
      writeProgram(made, project)
      runNode(made, bin('typeorm/cli.js'), 'migration:run', '-d', 'src/data-source.js')
      const { env, result } = await importWith(made, 'typeorm', { path: 'src' })
      expect(result).toMatchObject({ proof: 'equal', recording: { revisions: 10 } })
      expect(result.adopted).toMatchObject([{ targetSchema: 'public', from: 'public.applied_migrations' }])
      expect(result.irreversible).toMatchObject([
        { reason: expect.stringContaining('a value of an enum stays') },
      ])
      const files = importedFiles(made)
      expect(files[0]).toContain('create account')
      expect(files[0]).toContain('Imported from src/migrations/1700001000001-CreateAccount.js')
      expect(files[2]).toContain(`VALUES ('it''s', 'a@b.c'), (E'\\\\$1', NULL)`)
      expect(files[4]).toMatch(/op\.autocommit\(async[\s\S]*CREATE INDEX CONCURRENTLY account_mail/)
      expect(files.join('\n')).not.toContain('applied_migrations')
      await downAndUp(made, env, '-2')
    },
  )
})
