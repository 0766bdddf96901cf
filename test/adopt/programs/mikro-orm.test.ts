import { describe, expect } from 'vitest'
import { bin, downAndUp, importedFiles, importWith, runNode, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const migration = (name: string, up: string, down: string, more = '') =>
  `const { Migration } = require('@mikro-orm/migrations')
exports.${name} = class ${name} extends Migration {
  async up() { ${up} }
  async down() { ${down} }
  ${more}
}`
const sql = (text: string) => `this.addSql(${JSON.stringify(text)});`

/** What MikroORM projects do: the statements that it writes, rows with values, its entity manager. */
const project: Readonly<Record<string, string>> = {
  'package.json': '{ "private": true, "devDependencies": { "@mikro-orm/cli": "6.4.16" } }',
  'src/mikro-orm.config.js': `const { defineConfig } = require('@mikro-orm/postgresql')
const { Migrator } = require('@mikro-orm/migrations')
module.exports = defineConfig({
  clientUrl: process.env.DATABASE_URL ?? 'postgres://app:secret@db.prod.invalid/app', entities: [], extensions: [Migrator],
  discovery: { warnWhenNoEntities: false }, migrations: { path: __dirname + '/migrations', allOrNothing: false },
})`,
  'src/migrations/Migration20240101000001.js': migration(
    'Migration20240101000001',
    sql(`create type "account_state" as enum ('new', 'old');`) +
      sql(
        `create table "account" ("id" serial primary key, "name" varchar(80) not null, "state" "account_state" not null default 'new');`,
      ),
    sql('drop table if exists "account" cascade;') + sql('drop type "account_state";'),
  ),
  'src/migrations/Migration20240102000001_mail.js': migration(
    'Migration20240102000001_mail',
    sql('alter table "account" add column "mail" text null;'),
    sql('alter table "account" drop column "mail";'),
  ),
  'src/migrations/Migration20240103000001_rows.js': migration(
    'Migration20240103000001_rows',
    `await this.execute('insert into account (name, mail) values (?, ?), (?, null)', ["it's", 'a@b.c', 'back\\\\slash'])`,
    sql('delete from account'),
  ),
  'src/migrations/Migration20240104000001_index.js': migration(
    'Migration20240104000001_index',
    sql('create index "account_name_index" on "account" ("name");'),
    sql('drop index "account_name_index";'),
  ),
  'src/migrations/Migration20240105000001_concurrently.js': migration(
    'Migration20240105000001_concurrently',
    sql('create index concurrently "account_mail_index" on "account" ("mail");'),
    sql('drop index concurrently "account_mail_index";'),
    'isTransactional() { return false }',
  ),
  'src/migrations/Migration20240106000001_orders.js': migration(
    'Migration20240106000001_orders',
    sql('create table "orders" ("id" uuid primary key, "account_id" int not null);') +
      sql(
        'alter table "orders" add foreign key ("account_id") references "account" ("id") on update cascade;',
      ),
    sql('drop table "orders";'),
  ),
  'src/migrations/Migration20240107000001_loop.js': migration(
    'Migration20240107000001_loop',
    `const rows = await this.getEntityManager().getConnection().execute('select id from account order by id', [], 'all', this.ctx)
    for (const { id } of rows) this.addSql('update account set name = name || id where id = ' + id)`,
    '',
  ),
  'src/migrations/Migration20240108000001_state.js': migration(
    'Migration20240108000001_state',
    sql(`alter type "account_state" add value 'gone'`),
    `throw new Error('a value of an enum stays')`,
  ),
  'src/migrations/Migration20240109000001_view.js': migration(
    'Migration20240109000001_view',
    sql('create view names as select name from account'),
    sql('drop view names'),
  ),
  'src/migrations/Migration20240110000001_rename.js': migration(
    'Migration20240110000001_rename',
    sql('alter table "account" rename column "mail" to "email";'),
    sql('alter table "account" rename column "email" to "mail";'),
  ),
}

describe('a MikroORM project, recorded from its own run', () => {
  projectTest(
    'gives what MikroORM has made of the live database',
    { timeout: 120_000 },
    async ({ project: made }) => {
      writeProgram(made, project)
      runNode(made, bin('@mikro-orm/cli/cli'), 'migration:up')
      const { env, result } = await importWith(made, 'mikro-orm')
      expect(result).toMatchObject({ proof: 'equal', recording: { revisions: 10 } })
      expect(result.adopted).toMatchObject([{ targetSchema: 'public', from: 'public.mikro_orm_migrations' }])
      expect(result.irreversible).toMatchObject([{ reason: 'its downgrade fails: a value of an enum stays' }])
      const files = importedFiles(made)
      expect(files[0]).toContain('Imported from src/migrations/Migration20240101000001.js')
      expect(files[0]).toContain('Created: 2024-01-01T00:00:01Z')
      expect(files[2]).toContain(`('it''s', 'a@b.c'), ( E'back\\\\slash', null)`)
      expect(files[2]).toMatch(/^-- rows\n/)
      expect(files[4]).toMatch(/op\.autocommit\(async[\s\S]*create index concurrently "account_mail_index"/)
      expect(files.join('\n')).not.toContain('mikro_orm_migrations')
      await downAndUp(made, env, '-2')
    },
  )
})
