import { describe, expect } from 'vitest'
import { bin, downAndUp, importedFiles, importWith, runNode, writeProgram } from '../support/programs.ts'
import { projectTest } from '../support/project.ts'

const migration = (up: string, down: string) =>
  `module.exports = {
  async up(queryInterface, Sequelize) { ${up} },
  async down(queryInterface, Sequelize) { ${down} },
}`

/** What Sequelize projects do: its query interface, SQL with values, rows, several sessions at once. */
const project: Readonly<Record<string, string>> = {
  'config/config.js': `module.exports = process.env.DATABASE_URL
  ? { use_env_variable: 'DATABASE_URL', dialect: 'postgres' }
  : { url: 'postgres://app:secret@db.prod.invalid/app', dialect: 'postgres', dialectOptions: { ssl: true } }`,
  'migrations/20240101000001-create-account.js': migration(
    `await queryInterface.createTable('account', {
      id: { type: Sequelize.INTEGER, primaryKey: true, autoIncrement: true },
      name: { type: Sequelize.STRING, allowNull: false },
      state: { type: Sequelize.ENUM('new', 'old'), defaultValue: 'new' },
    })`,
    `await queryInterface.dropTable('account'); await queryInterface.sequelize.query('DROP TYPE "enum_account_state"')`,
  ),
  'migrations/20240102000001-mail.js': migration(
    `await queryInterface.addColumn('account', 'mail', { type: Sequelize.TEXT })`,
    `await queryInterface.removeColumn('account', 'mail')`,
  ),
  'migrations/20240103000001-rows.js': migration(
    `await queryInterface.bulkInsert('account', [{ name: "it's" }, { name: 'back\\\\slash', mail: null }])
    await queryInterface.sequelize.query('UPDATE account SET mail = $1 WHERE name = $2', { bind: ['a@b.c', "it's"] })`,
    `await queryInterface.bulkDelete('account', {})`,
  ),
  'migrations/20240104000001-index.js': migration(
    `await queryInterface.addIndex('account', ['name'], { name: 'account_name' })`,
    `await queryInterface.removeIndex('account', 'account_name')`,
  ),
  'migrations/20240105000001-concurrently.js': migration(
    `await queryInterface.addIndex('account', ['mail'], { name: 'account_mail', concurrently: true })`,
    `await queryInterface.removeIndex('account', 'account_mail', { concurrently: true })`,
  ),
  'migrations/20240106000001-orders.js': migration(
    `await queryInterface.sequelize.transaction(async (transaction) => {
      await queryInterface.createTable('orders', { id: { type: Sequelize.UUID, primaryKey: true, defaultValue: Sequelize.literal('gen_random_uuid()') } }, { transaction })
      await queryInterface.addColumn('orders', 'account_id', { type: Sequelize.INTEGER, references: { model: 'account', key: 'id' } }, { transaction })
    })`,
    `await queryInterface.dropTable('orders')`,
  ),
  'migrations/20240107000001-several.js': migration(
    `await Promise.all(['a', 'b', 'c'].map((name) => queryInterface.addColumn('orders', name, Sequelize.TEXT)))`,
    `await Promise.all(['a', 'b', 'c'].map((name) => queryInterface.removeColumn('orders', name)))`,
  ),
  'migrations/20240108000001-state-value.js': migration(
    `await queryInterface.sequelize.query(\`ALTER TYPE "enum_account_state" ADD VALUE 'gone'\`)`,
    `throw new Error('a value of an enum stays')`,
  ),
  'migrations/20240109000001-view.js': migration(
    `await queryInterface.sequelize.query('CREATE VIEW names AS SELECT name FROM account')`,
    `await queryInterface.sequelize.query('DROP VIEW names')`,
  ),
  'migrations/20240110000001-rename.js': migration(
    `await queryInterface.renameColumn('account', 'mail', 'email')`,
    `await queryInterface.renameColumn('account', 'email', 'mail')`,
  ),
}

/** The same migrations, run by Umzug as a service does when it starts. */
const service = `const { Sequelize } = require('sequelize')
const { Umzug, SequelizeStorage } = require('umzug')
const sequelize = new Sequelize('postgres://app:secret@db.prod.invalid/app', { dialect: 'postgres', logging: false })
const context = sequelize.getQueryInterface()
const umzug = new Umzug({
  migrations: { glob: 'migrations/*.js', resolve: ({ name, path }) => ({ name,
    up: () => require(path).up(context, Sequelize), down: () => require(path).down(context, Sequelize) }) },
  context, storage: new SequelizeStorage({ sequelize }), logger: undefined,
})
umzug[process.argv[2]](process.argv[2] === 'down' ? { to: 0 } : {}).then(() => sequelize.close())`

describe('a Sequelize project, recorded from its own run', () => {
  projectTest(
    'gives what Sequelize has made of the live database',
    { timeout: 120_000 },
    async ({ project: made }) => {
      writeProgram(made, project)
      runNode(made, bin('sequelize-cli/lib/sequelize'), 'db:migrate')
      const { env, result } = await importWith(made, 'sequelize')
      expect(result).toMatchObject({ proof: 'equal', recording: { revisions: 10 } })
      expect(result.adopted).toMatchObject([{ targetSchema: 'public', from: 'public.SequelizeMeta' }])
      expect(result.irreversible).toMatchObject([
        {
          file: 'migrations/20240108000001-state-value.js',
          reason: expect.stringContaining('a value of an enum stays'),
        },
      ])
      const files = importedFiles(made)
      expect(files[0]).toContain('create account')
      expect(files[0]).toContain('Created: 2024-01-01T00:00:01Z')
      expect(files[2]).toContain(`'it''s'`)
      expect(files[4]).toMatch(/op\.autocommit\(async[\s\S]*CREATE INDEX CONCURRENTLY "account_mail"/)
      expect(files.join('\n')).not.toContain('SequelizeMeta')
      await downAndUp(made, env, '-2')
    },
  )

  projectTest('may have Umzug in a program of its own', { timeout: 120_000 }, async ({ project: made }) => {
    writeProgram(made, { ...project, 'migrate.js': service })
    const { result } = await importWith(made, 'sequelize', {
      ...{ up: 'node migrate.js up', down: 'node migrate.js down' },
    })
    expect(result).toMatchObject({ proof: 'runs', adopted: [], recording: { revisions: 10 } })
    expect(result.irreversible).toHaveLength(1)
  })
})
