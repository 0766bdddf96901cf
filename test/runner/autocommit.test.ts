import { describe, expect } from 'vitest'
import { applyPlan, MigError, type Project, planRun, usingSession } from '../../migrations/core/index.ts'
import { labTest, revision, statementsOf } from './support.ts'

const half = revision(
  'aaaaaaaaaaa1',
  null,
  `
  await op.execute('CREATE TABLE profile (id int PRIMARY KEY, name text)')
  await op.execute("INSERT INTO profile SELECT n, 'same' FROM generate_series(1, 100) AS n")
  await op.autocommit(async () => {
    await op.execute('CREATE INDEX CONCURRENTLY profile_id_idx ON profile (id)')
    await op.execute('CREATE UNIQUE INDEX CONCURRENTLY profile_name_key ON profile (name)')
  })
  await op.execute('ALTER TABLE profile ADD COLUMN age int')
  `,
)

describe('op.autocommit', () => {
  labTest(
    'a failed statement leaves those before it done, and the next run goes on there',
    async ({ lab }) => {
      await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_half.ts': half })
      const first = await lab.upgrade()
      expect(first.error).toBeInstanceOf(MigError)
      expect((first.error as MigError).message).toContain('its first 3 statements are done and recorded')
      const { client } = lab.database
      const { rows } = await client.query('SELECT statement, pending FROM mig.progress')
      expect(rows).toEqual([{ statement: 3, pending: expect.objectContaining({ statement: 4 }) }])
      expect((await client.query('SELECT * FROM mig.version')).rows).toEqual([])

      await client.query("UPDATE app_user.profile SET name = 'name ' || id")
      const second = await lab.upgrade()
      expect(second.error).toBeUndefined()
      expect(statementsOf(second)).toEqual([
        'DROP INDEX CONCURRENTLY IF EXISTS app_user.profile_name_key',
        'CREATE UNIQUE INDEX CONCURRENTLY profile_name_key ON profile (name)',
        'ALTER TABLE profile ADD COLUMN age int',
      ])
      const indexes = await client.query(
        `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'app_user.profile'::regclass ORDER BY 1`,
      )
      expect(indexes.rows).toEqual([
        { name: 'app_user.profile_id_idx', valid: true },
        { name: 'app_user.profile_name_key', valid: true },
        { name: 'app_user.profile_pkey', valid: true },
      ])
      expect((await client.query('SELECT * FROM mig.progress')).rows).toEqual([])
      expect((await client.query('SELECT revision FROM mig.version')).rows).toEqual([
        { revision: 'aaaaaaaaaaa1' },
      ])
    },
  )

  const file = 'user/20260101_000000_aaaaaaaaaaa1_half.ts'
  const broken = (first: string, last: string) =>
    revision(
      'aaaaaaaaaaa1',
      null,
      `await op.execute('CREATE TABLE ${first} (id int)')
  await op.autocommit(async () => {
    await op.execute('CREATE TABLE second (id int)')
    await op.execute('CREATE TABLE ${last} (id int)')
  })`,
    )

  labTest('an edited file of a half-done revision is gone on with only when told so', async ({ lab }) => {
    await lab.database.client.query('CREATE SCHEMA app_user; CREATE TABLE app_user.taken ()')
    await lab.write({ [file]: broken('first', 'taken') })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'database-error' })
    await lab.write({ [file]: broken('first', 'third') })
    expect((await lab.upgrade()).error).toMatchObject({
      code: 'edited-half-done',
      help: expect.stringContaining('--resume-edited'),
    })
    const run = await lab.upgrade({ resumeEdited: true })
    expect(run.error).toBeUndefined()
    expect(statementsOf(run)).toEqual(['CREATE TABLE third (id int)'])
  })

  labTest('an edit of what is done already is refused', async ({ lab }) => {
    await lab.database.client.query('CREATE SCHEMA app_user; CREATE TABLE app_user.taken ()')
    await lab.write({ [file]: broken('first', 'taken') })
    await lab.upgrade()
    await lab.write({ [file]: broken('other', 'third') })
    expect((await lab.upgrade({ resumeEdited: true })).error).toMatchObject({ code: 'resume-differs' })
  })

  labTest('what only reads is read again, whatever was done before', async ({ lab }) => {
    await lab.database.client.query('CREATE SCHEMA app_user; CREATE TABLE app_user.taken ()')
    await lab.write({
      [file]: revision(
        'aaaaaaaaaaa1',
        null,
        `const { rows } = await op.execute('SELECT 7 AS n')
  await op.autocommit(async () => {
    const again = await op.execute(op.sql\`SELECT \${rows[0].n}::int + 1 AS n\`)
    await op.execute('CREATE TABLE taken_' + again.rows[0].n + ' (id int)')
    await op.execute("DO $$ BEGIN IF to_regclass('app_user.taken') IS NOT NULL THEN RAISE 'taken'; END IF; END $$")
  })`,
      ),
    })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'database-error' })
    await lab.database.client.query('DROP TABLE app_user.taken')
    expect((await lab.upgrade()).error).toBeUndefined()
    const { rows } = await lab.database.client.query(
      "SELECT to_regclass('app_user.taken_8') IS NOT NULL AS there",
    )
    expect(rows).toEqual([{ there: true }])
  })

  labTest('the rows of a write that is left out cannot be mistaken for none', async ({ lab }) => {
    await lab.database.client.query(
      'CREATE SCHEMA app_user; CREATE TABLE app_user.taken (); CREATE SEQUENCE app_user.numbers',
    )
    await lab.write({
      [file]: revision(
        'aaaaaaaaaaa1',
        null,
        `const { rows } = await op.execute("SELECT nextval('numbers')::int AS one")
  if (rows[0].one !== 1) throw new Error('no row')
  await op.autocommit(() => op.execute('CREATE TABLE taken (id int)'))`,
      ),
    })
    await lab.upgrade()
    expect((await lab.upgrade()).error).toMatchObject({ code: 'skipped-result' })
  })

  labTest('nothing else runs on a target schema that has a half-done revision', async ({ lab }) => {
    await lab.database.client.query('CREATE SCHEMA app_user; CREATE TABLE app_user.taken ()')
    const base = revision('aaaaaaaaaaa0', null, "await op.execute('CREATE TABLE base ()')", {
      down: "await op.execute('DROP TABLE base')",
    })
    await lab.write({
      'user/20250101_000000_aaaaaaaaaaa0_base.ts': base,
      [file]: broken('first', 'taken')
        .replace('= null', "= 'aaaaaaaaaaa0'")
        .replace('Revises: ', 'Revises: aaaaaaaaaaa0'),
    })
    await lab.upgrade()
    const down = await lab.run({ direction: 'downgrade', target: '-1' })
    expect(down.error).toMatchObject({
      code: 'half-done',
      help: expect.stringContaining('just mig-upgrade aaaaaaaaaaa1 user'),
    })
  })

  labTest('statements that are started together run one after the other', async ({ lab }) => {
    const body = `await op.autocommit(() => Promise.all([1, 2, 3, 4].map((n) => op.execute('CREATE TABLE t' + n + ' ()'))))`
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, body) })
    const run = await lab.upgrade()
    expect(run.error).toBeUndefined()
    expect(statementsOf(run)).toEqual([1, 2, 3, 4].map((n) => `CREATE TABLE t${n} ()`))
  })

  labTest(
    "leaves the settings of a caller's own connection as they were, done or failed",
    async ({ lab }) => {
      const { client } = lab.database
      await client.query("SET search_path TO public, pg_temp; SET lock_timeout = '11s'")
      const settings = `SELECT current_setting('search_path') AS path, current_setting('lock_timeout') AS lock,
      current_setting('client_connection_check_interval') AS interval`
      const before = (await client.query(settings)).rows
      const project = async (last: string) => {
        await lab.write({ [file]: broken('first', last) })
        return lab.project()
      }
      const upgrade = (opened: Project) =>
        usingSession(opened.env, { client }, async (session) => {
          const request = { direction: 'upgrade', target: 'head', resumeEdited: true } as const
          return applyPlan(session, opened, await planRun(session, opened, request), request)
        })
      await expect(upgrade(await project('second'))).rejects.toMatchObject({ code: 'database-error' })
      expect((await client.query(settings)).rows).toEqual(before)
      await upgrade(await project('third'))
      expect((await client.query(settings)).rows).toEqual(before)
    },
  )

  labTest(
    'a half-done downgrade is not passed over by an upgrade that finds nothing to do',
    async ({ lab }) => {
      const down = `await op.autocommit(async () => {
    await op.execute('DROP TABLE first')
    await op.execute('DROP TABLE missing')
  })`
      await lab.write({
        [file]: revision('aaaaaaaaaaa1', null, "await op.execute('CREATE TABLE first ()')", { down }),
      })
      await lab.upgrade()
      expect((await lab.run({ direction: 'downgrade', target: 'base' })).error).toMatchObject({
        code: 'database-error',
      })
      expect((await lab.upgrade()).error).toMatchObject({
        code: 'half-done',
        help: expect.stringContaining('just mig-downgrade -1 user'),
      })
    },
  )

  labTest('a transaction that the revision ends itself is refused before it is sent', async ({ lab }) => {
    await lab.write({
      [file]: revision('aaaaaaaaaaa1', null, "await op.execute('CREATE TABLE t (); COMMIT')"),
    })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'transaction-control' })
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, "await op.execute('CREATE DATABASE other')") })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'not-in-a-revision' })
  })

  labTest('with one transaction for the run it is refused, and nothing is left', async ({ lab }) => {
    await lab.write({ [file]: broken('first', 'third') })
    const { error } = await lab.upgrade({ settings: { transaction: 'run' } })
    expect(error).toMatchObject({ code: 'autocommit-in-run' })
    const { rows } = await lab.database.client.query("SELECT to_regclass('app_user.first') AS first")
    expect(rows).toEqual([{ first: null }])
  })

  labTest('a statement that needs no transaction says so when it stands in one', async ({ lab }) => {
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, "await op.execute('VACUUM')") })
    expect((await lab.upgrade()).error).toMatchObject({
      facts: { sqlState: '25001' },
      help: expect.stringContaining('op.autocommit'),
    })
  })

  labTest('a DO block that commits by itself runs alone', async ({ lab }) => {
    const block = 'DO $$ BEGIN CREATE TABLE app_user.t (); COMMIT; END $$'
    await lab.write({
      [file]: revision(
        'aaaaaaaaaaa1',
        null,
        `await op.autocommit(() => op.execute(${JSON.stringify(block)}))`,
      ),
    })
    expect((await lab.upgrade()).error).toBeUndefined()
  })

  labTest('a plain SQL revision leaves its transaction for what cannot run in one', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_plain.sql': `-- plain
--
-- Revision: aaaaaaaaaaa1
-- Revises:
-- Created: 2026-11-21T10:00:00Z
-- lockTimeout: 7s

-- upgrade
CREATE TABLE t AS SELECT current_setting('lock_timeout') AS lock_timeout;
CREATE INDEX CONCURRENTLY t_idx ON t (lock_timeout);
ALTER TABLE t ADD COLUMN more int;
-- downgrade
DROP TABLE t;
`,
    })
    const run = await lab.upgrade()
    expect(run.error).toBeUndefined()
    const { rows } = await lab.database.client.query('SELECT * FROM app_user.t')
    expect(rows).toEqual([{ lock_timeout: '7s', more: null }])
  })
})
