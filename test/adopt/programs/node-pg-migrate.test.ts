import { describe, expect } from 'vitest'
import { bin, downAndUp, importedFiles, importWith, runNode, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const migration = (up: string, down: string) =>
  `exports.up = (pgm) => { ${up} }\nexports.down = ${down === 'false' ? 'false' : `(pgm) => { ${down} }`}\n`

/** What node-pg-migrate's projects do; all of them run in one transaction, which is its default. */
const project: Readonly<Record<string, string>> = {
  'migrations/1700001000001_account.js': migration(
    `pgm.createType('account_state', ['new', 'old'])
    pgm.createTable('account', { id: 'id', name: { type: 'text', notNull: true }, state: { type: 'account_state', default: 'new' } })`,
    `pgm.dropTable('account'); pgm.dropType('account_state')`,
  ),
  'migrations/1700002000002_mail.js': migration(
    `pgm.addColumn('account', { mail: 'text' })`,
    `pgm.dropColumn('account', 'mail')`,
  ),
  'migrations/1700003000003_rows.js': migration(
    `pgm.sql("INSERT INTO account (name) VALUES ('it''s'), ('two')")`,
    `pgm.sql('DELETE FROM account')`,
  ),
  'migrations/1700004000004_index.js': migration(
    `pgm.createIndex('account', 'name')`,
    `pgm.dropIndex('account', 'name')`,
  ),
  'migrations/1700005000005_orders.js': migration(
    `pgm.createTable('orders', { id: 'id', account_id: { type: 'integer', references: 'account', onDelete: 'CASCADE' } }, { comment: "what was sold" })`,
    `pgm.dropTable('orders')`,
  ),
  'migrations/1700006000006_trigger.js': migration(
    `pgm.createFunction('touch', [], { returns: 'trigger', language: 'plpgsql' }, 'BEGIN NEW.name := NEW.name; RETURN NEW; END')
    pgm.createTrigger('account', 'touch_account', { when: 'BEFORE', operation: 'UPDATE', level: 'ROW', function: 'touch' })`,
    `pgm.dropTrigger('account', 'touch_account'); pgm.dropFunction('touch', [])`,
  ),
  'migrations/1700007000007_no_way_back.js': migration(`pgm.sql('UPDATE account SET mail = name')`, 'false'),
  'migrations/1700008000008_plain.sql': `-- Up Migration
CREATE VIEW names AS SELECT name FROM account;
-- Down Migration
DROP VIEW names;
`,
  'migrations/1700009000009_rename.js': migration(
    `pgm.renameColumn('account', 'mail', 'email')`,
    `pgm.renameColumn('account', 'email', 'mail')`,
  ),
  'migrations/1700010000010_check.js': migration(
    `pgm.addConstraint('orders', 'orders_positive', { check: 'id > 0' })`,
    `pgm.dropConstraint('orders', 'orders_positive')`,
  ),
}

describe('a project of node-pg-migrate, recorded from its own run', () => {
  projectTest(
    'gives what it has made of the live database',
    { timeout: 120_000 },
    async ({ project: made }) => {
      writeProgram(made, project)
      runNode(made, bin('node-pg-migrate/bin/node-pg-migrate.js'), 'up')
      const { env, result } = await importWith(made, 'node-pg-migrate')
      expect(result).toMatchObject({ proof: 'equal', recording: { revisions: 10 } })
      expect(result.adopted).toMatchObject([{ targetSchema: 'public', from: 'public.pgmigrations' }])
      expect(result.irreversible).toMatchObject([{ file: 'migrations/1700007000007_no_way_back.js' }])
      const files = importedFiles(made)
      expect(files[7]).toContain('Imported from migrations/1700008000008_plain.sql')
      expect(files[7]).toContain('DROP VIEW names')
      expect(files.join('\n')).not.toContain('pgmigrations')
      await downAndUp(made, env, '-3')
    },
  )
})
