import { describe, expect } from 'vitest'
import { labTest, revision } from './support.ts'

const file = (number: number, extension = 'ts') =>
  `user/2026010${number}_000000_aaaaaaaaaaa${number}_step.${extension}`
const first = (up: string) => ({ [file(1)]: revision('aaaaaaaaaaa1', null, up) })
const tables = "SELECT relname AS name FROM pg_class WHERE relname IN ('t', 'u') ORDER BY relname"

describe('a revision that does not await', () => {
  labTest('its statements is rolled back, however they end', async ({ lab }) => {
    await lab.write(
      first(`await op.execute('CREATE TABLE t (id int)')
  op.execute('CREATE TABLE t (id int)')
  op.createTable('u', { columns: [] })`),
    )
    expect((await lab.upgrade()).error).toMatchObject({ code: 'not-awaited' })
    expect((await lab.database.client.query(tables)).rows).toEqual([])
  })

  labTest('its op.autocommit stops there, and can be fixed', async ({ lab }) => {
    const section = `op.autocommit(async () => {
    await op.execute('CREATE TABLE t (id int)')
    await op.execute('CREATE TABLE u (id int)')
  })`
    await lab.write(first(section))
    expect((await lab.upgrade()).error).toMatchObject({ code: 'not-awaited' })
    expect((await lab.database.client.query('SELECT FROM mig.version')).rows).toEqual([])
    await lab.write(first(`await ${section}`))
    expect((await lab.upgrade({ resumeEdited: true })).error).toBeUndefined()
    expect((await lab.database.client.query(tables)).rows).toEqual([{ name: 't' }, { name: 'u' }])
  })

  labTest('what stands in op.autocommit ends there', async ({ lab }) => {
    await lab.write(first("await op.autocommit(async () => { op.execute('CREATE TABLE t (id int)') })"))
    expect((await lab.upgrade()).error).toMatchObject({ code: 'not-awaited' })
  })

  labTest('its op.autocommit gives no script either', async ({ lab }) => {
    await lab.write(first("op.autocommit(async () => { await op.execute('CREATE TABLE t (id int)') })"))
    await expect(lab.script()).rejects.toMatchObject({ code: 'not-awaited' })
  })
})

describe('a revision that does two things at once', () => {
  const rows = `await op.execute('CREATE TABLE t AS SELECT n AS id, NULL::int AS v FROM generate_series(1, 50) AS n')
  await op.execute('CREATE TABLE u AS TABLE t')`
  const fill = (table: string, more = '') =>
    `op.backfill({ table: '${table}', set: 'v = 1', where: 'v IS NULL', key: ['id'], batchSize: 5${more} })`

  labTest.for([
    `await Promise.all([${fill('t')}, ${fill('u')}])`,
    `await op.autocommit(() => Promise.all([${fill('t')}, op.execute('VACUUM u')]))`,
    `await ${fill('t', ", throttle: () => op.execute('CREATE TABLE other ()')")}`,
    `${fill('t')}; await op.execute('VACUUM u')`,
  ])('is refused beside a backfill, which ends with its batch: %s', async (body, { lab }) => {
    await lab.write(first(`${rows}\n  ${body}`))
    expect((await lab.upgrade()).error).toMatchObject({
      code: expect.stringMatching(/^(at-once|not-awaited)$/),
    })
    const { rows: open } = await lab.database.client.query(
      "SELECT FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()",
    )
    expect(open).toEqual([])
    await lab.write(first(`${rows}\n  await ${fill('t')}\n  await ${fill('u')}`))
    expect((await lab.upgrade({ resumeEdited: true })).error).toBeUndefined()
  })
})

describe('a revision that takes the transaction into its own hands', () => {
  labTest('with op.client is refused', async ({ lab }) => {
    await lab.write(first("await op.client.query('COMMIT')\n  await op.execute('CREATE TABLE t ()')"))
    expect((await lab.upgrade()).error).toMatchObject({ code: 'transaction-control' })
    expect((await lab.database.client.query('SELECT FROM mig.version')).rows).toEqual([])
  })

  labTest('by resuming after a section that failed is in a transaction again', async ({ lab }) => {
    await lab.write(
      first(`await op.autocommit(() => op.execute('SELECT 1/0')).catch(() => undefined)
  await op.execute('CREATE TABLE t AS SELECT pg_current_xact_id_if_assigned()::text AS xact')
  await op.execute('CREATE TABLE u AS SELECT pg_current_xact_id_if_assigned()::text AS xact')`),
    )
    const { error, events } = await lab.upgrade()
    expect(error).toBeUndefined()
    expect(events.filter(({ event }) => event === 'notice')).toEqual([])
    const { rows } = await lab.database.client.query(
      'SELECT t.xact = u.xact AS same FROM app_user.t, app_user.u',
    )
    expect(rows).toEqual([{ same: true }])
  })
})

describe('what a revision sets for the session', () => {
  const sets = (set: string) =>
    `await op.execute("${set}")
  await op.execute('CREATE TABLE public.t (id int)')`
  const looks = `await op.execute("CREATE TABLE u AS SELECT current_user::text AS role, current_setting('check_function_bodies') AS bodies")`
  const owner = 'habits_owner'

  labTest.for([
    `SET ROLE ${owner}`,
    `SET LOCAL ROLE ${owner}`,
    `SET SESSION AUTHORIZATION ${owner}`,
    `SET check_function_bodies = off; SET ROLE ${owner}`,
    `SELECT set_config('role', '${owner}', false)`,
  ])('ends with it, as a run and as a script: %s', async (set, { lab }) => {
    const { client } = lab.database
    await client.query(
      `DO $$ BEGIN CREATE ROLE ${owner}; EXCEPTION WHEN duplicate_object THEN NULL; END $$; GRANT CREATE ON SCHEMA public TO ${owner}`,
    )
    await lab.write({
      ...first(sets(set)),
      [file(2)]: revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', looks),
    })
    const script = await lab.script()
    expect((await lab.upgrade()).error).toBeUndefined()
    const seen = async () => [
      (await client.query("SELECT tableowner FROM pg_tables WHERE tablename = 't'")).rows,
      (await client.query('SELECT * FROM app_user.u')).rows,
    ]
    const expected = [[{ tableowner: owner }], [{ role: 'postgres', bodies: 'on' }]]
    expect(await seen()).toEqual(expected)
    await client.query('DROP SCHEMA app_user, mig CASCADE; DROP TABLE t')
    await client.query(script)
    expect(await seen()).toEqual(expected)
    await client.query(`REVOKE CREATE ON SCHEMA public FROM ${owner}; DROP OWNED BY ${owner}`)
  })

  labTest('is set again when a later run resumes after it', async ({ lab }) => {
    const { client } = lab.database
    await lab.write(
      first(`await op.autocommit(async () => {
    await op.execute("SET check_function_bodies = off")
    await op.execute('CREATE TABLE t (id int)')
    await op.execute('ALTER TABLE public.missing ADD COLUMN name text')
    await op.execute("CREATE TABLE u AS SELECT current_setting('check_function_bodies') AS bodies")
  })`),
    )
    expect((await lab.upgrade()).error).toMatchObject({ facts: { sqlState: '42P01' } })
    await client.query('CREATE TABLE public.missing ()')
    expect((await lab.upgrade()).error).toBeUndefined()
    expect((await client.query('SELECT bodies FROM app_user.u')).rows).toEqual([{ bodies: 'off' }])
  })
})

describe('a statement that PostgreSQL refuses for its form', () => {
  labTest.for([
    ['op.execute(op.sql`CREATE TABLE t (id int DEFAULT ${5})`)', 'values-not-taken', 'op.literal'],
    ["op.execute('CREATE TABLE t (id int); COPY t FROM stdin')", 'copy-from-stdin', 'INSERT'],
    ["op.execute('CREATE TABLE t (id int);\\n\\\\d t')", 'psql-command', 'remove \\d'],
    [
      "op.autocommit(() => op.execute('CREATE TABLE t (id int) PARTITION BY LIST (id); CREATE INDEX CONCURRENTLY ON t (id)'))",
      'database-error',
      'ATTACH PARTITION',
    ],
    [
      "op.execute('CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$; CALL p()')",
      'database-error',
      'op.autocommit',
    ],
    ["op.execute('SELECT 1/0').catch(() => undefined)", 'database-error', 'SAVEPOINT'],
  ] as const)('names the way to write it: %s', async ([statement, code, help], { lab }) => {
    await lab.write(first(`await ${statement}`))
    const { error, events } = await lab.upgrade()
    expect(error).toMatchObject({ code, help: expect.stringContaining(help) })
    expect(events.filter(({ event }) => event === 'retry')).toEqual([])
  })
})

describe('a failure outside the transaction says', () => {
  labTest('that the statement may have left something', async ({ lab }) => {
    await lab.write(
      first(`await op.execute('CREATE TABLE t AS SELECT 1 AS id FROM generate_series(1, 2)')
  await op.createIndex('t_id', 't', ['id'], { unique: true, concurrently: true })`),
    )
    expect((await lab.upgrade()).error).toMatchObject({
      message: expect.stringMatching(/its first statement is done and recorded, .* may have left something/),
      help: expect.stringContaining('run the same command again'),
    })
    await lab.database.client.query('DELETE FROM app_user.t')
    expect((await lab.upgrade()).error).toBeUndefined()
  })

  labTest('what to do about a NULL that op.safe.setNotNull has met', async ({ lab }) => {
    await lab.write(
      first(`await op.execute('CREATE TABLE t AS SELECT NULL::int AS id')
  await op.safe.setNotNull('t', 'id')`),
    )
    expect((await lab.upgrade()).error).toMatchObject({ help: expect.stringContaining('op.backfill') })
    await lab.database.client.query('DELETE FROM app_user.t')
    expect((await lab.upgrade()).error).toBeUndefined()
  })
})

labTest('The head of an SQL revision sets its timeouts, a comment in its body does not', async ({ lab }) => {
  await lab.write({
    [file(1, 'sql')]: `-- one
--
-- Revision: aaaaaaaaaaa1
-- Revises:
-- Created: 2026-11-21T10:00:00Z
-- lockTimeout: 7s

-- upgrade
-- statementTimeout: as long as it takes
CREATE TABLE t AS SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement;
-- downgrade
DROP TABLE t;
`,
  })
  expect((await lab.upgrade()).error).toBeUndefined()
  const { rows } = await lab.database.client.query('SELECT * FROM app_user.t')
  expect(rows).toEqual([{ lock: '7s', statement: '0' }])
})
