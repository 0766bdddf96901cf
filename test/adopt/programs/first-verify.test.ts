import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { fail, justOn, succeed } from '../../e2e/support/just.ts'
import { databaseTest } from '../../support/database.ts'
import { repository, temporaryFolder } from '../../support/recipes.ts'
import { bin } from '../support/programs.ts'

const migration = (up: string, down: string) =>
  `exports.up = async (knex) => { ${up} }\nexports.down = async (knex) => { ${down} }\n`

const files = {
  'package.json': '{ "private": true }',
  'knexfile.js': `module.exports = { client: 'pg', connection: process.env.DATABASE_URL, migrations: { directory: './db' } }`,
  // Its type stays, so that it cannot be upgraded again.
  'db/20240101000001_account.js': migration(
    `await knex.schema.createTable('account', (t) => { t.increments('id'); t.string('mail'); t.enu('state', ['new'], { useNative: true, enumName: 'account_state' }) })`,
    `await knex.schema.dropTable('account')`,
  ),
  'db/20240102000001_fill.js': migration(`await knex('account').update({ mail: 'none' })`, ''),
  'db/20240103000001_index.js': migration(
    `await knex.schema.alterTable('account', (t) => { t.index('mail') })`,
    '',
  ),
}

databaseTest(
  'the first mig-verify after an import passes, an empty downgrade can be accepted, and a second import is refused at once',
  { timeout: 180_000 },
  async ({ database }) => {
    const project = await temporaryFolder(files)
    symlinkSync(join(repository, 'node_modules'), join(project.path, 'node_modules'))
    try {
      execFileSync(process.execPath, [bin('knex/bin/cli.js'), 'migrate:latest'], {
        cwd: project.path,
        env: { ...process.env, DATABASE_URL: database.url },
        stdio: 'pipe',
      })
      const just = justOn(database.url, { cwd: project.path })
      const { stdout } = await succeed(just('mig-import knex'))
      expect(stdout).toContain(
        '1 revision irreversible: its downgrade does nothing (db/20240103000001_index.js)',
      )
      expect(stdout).toContain('these revisions do not say what they lose: mig-verify accepts that')
      const verified = await succeed(just('mig-verify'))
      expect(verified.stdout).toMatch(/^stairway .* skipped .* up only; imported, and after its downgrade/m)
      expect(verified.stdout).toMatch(
        /^stairway .* skipped .* up only; irreversible: its downgrade does nothing$/m,
      )

      await fail(just('mig-downgrade -2'), 'irreversible', 2)
      const folder = join(project.path, 'migrations', 'versions', 'public')
      const name = readdirSync(folder).find((each) => each.endsWith('_index.sql')) ?? ''
      const text = readFileSync(join(folder, name), 'utf8')
      const accepted = `${text.replace(/^-- Irreversible: .*\n/m, '')}\n-- downgrade\n`
      await project.write({ [`migrations/versions/public/${name}`]: accepted })
      await succeed(just('mig-verify'))

      const again = await fail(just('mig-import knex'), 'already-imported', 2)
      expect(again.stderr).toContain(
        '3 migrations, first 20240101000001_account (migrations/versions/public/',
      )
      expect(again.stderr).toContain('delete these files and run just mig-stamp --purge base public first')

      await succeed(just('mig-downgrade -2 --yes'))
      expect((await succeed(just('mig-current'))).stdout).toContain('account')
      rmSync(folder, { recursive: true })
      await succeed(just('mig-stamp --purge base public'))
      await succeed(just('mig-import knex'))
    } finally {
      await project.remove()
    }
  },
)
