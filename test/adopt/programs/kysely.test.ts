import { describe, expect } from 'vitest'
import { bin, downAndUp, importedFiles, importWith, runNode, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const migration = (up: string, down: string) =>
  `import { type Kysely, sql } from 'kysely'
export async function up(db: Kysely<any>): Promise<void> { ${up} }
export async function down(db: Kysely<any>): Promise<void> { ${down} }
`

/** What Kysely projects do: the schema builder, SQL, rows, and the loop over them. */
const project: Readonly<Record<string, string>> = {
  'kysely.config.ts': `import { defineConfig } from 'kysely-ctl'
import { Pool } from 'pg'
const connectionString: string = process.env.DATABASE_URL ?? 'postgres://app:secret@db.prod.invalid/app'
export default defineConfig({ dialect: 'pg', dialectConfig: { pool: new Pool({ connectionString }) }, migrations: { migrationFolder: 'db' } })`,
  'db/1700001000001_account.ts': migration(
    `await db.schema.createType('account_state').asEnum(['new', 'old']).execute()
    await db.schema.createTable('account').addColumn('id', 'serial', (c) => c.primaryKey()).addColumn('name', 'text')
      .addColumn('state', sql\`account_state\`, (c) => c.defaultTo('new')).execute()`,
    `await db.schema.dropTable('account').execute(); await db.schema.dropType('account_state').execute()`,
  ),
  'db/1700002000002_mail.ts': migration(
    `await db.schema.alterTable('account').addColumn('mail', 'text').execute()`,
    `await db.schema.alterTable('account').dropColumn('mail').execute()`,
  ),
  'db/1700003000003_rows.ts': migration(
    `await db.insertInto('account').values([{ name: "it's", mail: 'a@b.c' }, { name: 'back\\\\slash', mail: null }]).execute()`,
    `await db.deleteFrom('account').execute()`,
  ),
  'db/1700004000004_index.ts': migration(
    `await db.schema.createIndex('account_name').on('account').column('name').execute()`,
    `throw new Error('the index stays')`,
  ),
  'db/1700005000005_orders.ts': migration(
    `await db.schema.createTable('orders').addColumn('id', 'uuid', (c) => c.primaryKey().defaultTo(sql\`gen_random_uuid()\`))
      .addColumn('account_id', 'integer', (c) => c.references('account.id').onDelete('cascade')).execute()`,
    `await db.schema.dropTable('orders').execute()`,
  ),
  'db/1700006000006_loop.ts': migration(
    `for (const { id } of await db.selectFrom('account').select('id').execute())
      await db.updateTable('account').set({ mail: 'account-' + id }).where('id', '=', id).execute()`,
    '',
  ),
  'db/1700007000007_view.ts': migration(
    `await db.schema.createView('names').as(db.selectFrom('account').select('name')).execute()`,
    `await db.schema.dropView('names').execute()`,
  ),
  'db/1700008000008_function.ts': migration(
    `await sql\`CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$\`.execute(db)`,
    `await sql\`DROP FUNCTION one()\`.execute(db)`,
  ),
  'db/1700009000009_check.ts': migration(
    `await db.schema.alterTable('orders').addCheckConstraint('orders_account', sql\`account_id > 0\`).execute()`,
    `await db.schema.alterTable('orders').dropConstraint('orders_account').execute()`,
  ),
  'db/1700010000010_rename.ts': migration(
    `await db.schema.alterTable('account').renameColumn('mail', 'email').execute()`,
    `await db.schema.alterTable('account').renameColumn('email', 'mail').execute()`,
  ),
}

describe('a Kysely project, recorded from the run of kysely-ctl', () => {
  projectTest(
    'gives what it has made of the live database',
    { timeout: 120_000 },
    async ({ project: made }) => {
      writeProgram(made, project)
      runNode(made, bin('kysely-ctl/dist/bin.mjs'), 'migrate:latest', '--no-outdated-check')
      const { env, result } = await importWith(made, 'kysely')
      expect(result).toMatchObject({ proof: 'equal', recording: { revisions: 10 } })
      expect(result.adopted).toMatchObject([{ targetSchema: 'public', from: 'public.kysely_migration' }])
      expect(result.irreversible).toMatchObject([
        { file: 'db/1700004000004_index.ts', reason: expect.stringContaining('the index stays') },
      ])
      const files = importedFiles(made)
      expect(files[0]).toContain('Imported from db/1700001000001_account.ts')
      expect(files[0]).toMatch(/create type "account_state"[\s\S]*create table "account"/)
      expect(files[2]).toContain(`('it''s', 'a@b.c'), (E'back\\\\slash', NULL)`)
      // All are reverted in one transaction, so that what one refuses is undone for those before it too.
      expect(files[1]).toContain('drop column "mail"')
      expect(files[9]).toContain('rename column "email" to "mail"')
      expect(files[5]).toContain('It read rows: ')
      expect(files.join('\n')).not.toContain('kysely_migration')
      await downAndUp(made, env, '-4')
    },
  )
})
