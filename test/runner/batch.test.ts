import { describe, expect, test } from 'vitest'
import { type EnvironmentOptions, planEvent, planTargets, withBatches } from '../../migrations/core/index.ts'
import { readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { definesOnly } from '../../migrations/core/postgres/statement/index.ts'
import { planText } from '../../migrations/core/report/plan.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Fate, frontendProxy } from '../support/frontend-proxy.ts'
import { type Lab, labTest, revision } from './support.ts'

const batch = { settings: { transaction: 'batch' } } as const

const sql = (id: string, down: string | null, up: string, dependsOn: readonly string[] = []) =>
  revision(id, down, `await op.execute(\`${up}\`)`, { dependsOn })

/** Revisions of one line, each after the one before. */
function lineOf(...statements: readonly string[]): Readonly<Record<string, string>> {
  const id = (at: number) => `aaaaaaaaaa${String(at).padStart(2, '0')}`
  return Object.fromEntries(
    statements.map((text, at) => [
      `user/20260101_0000${String(at).padStart(2, '0')}_${id(at)}_x.ts`,
      sql(id(at), at === 0 ? null : id(at - 1), text),
    ]),
  )
}

/** By revision, with which others it was committed: the place of its transaction among those of the log. */
async function transactionsOf({ client }: Pick<TestDatabase, 'client'>): Promise<readonly number[]> {
  const { rows } = await client.query<{ place: number }>(
    'SELECT dense_rank() OVER (ORDER BY xmin::text::bigint)::int AS place FROM mig.log ORDER BY id',
  )
  return rows.map(({ place }) => place)
}

/** What a run has left: every object, rows, and the ledger. */
async function leftIn({ client }: TestDatabase) {
  const schemas = ['app_user', 'app_message']
  const options = { schemas, privileges: true, owners: true, columnOrder: true }
  const { objects } = await readFingerprint(client, options)
  const { rows: log } = await client.query(
    'SELECT direction, line, revision, target_schema, checksum, outcome, error, heads, applied, covered, objects FROM mig.log ORDER BY id',
  )
  const { rows: version } = await client.query('SELECT * FROM mig.version ORDER BY 1, 2')
  const { rows: accounts } = await client.query('SELECT * FROM app_user.account ORDER BY id')
  return { objects: Object.fromEntries(objects), log, version, accounts }
}

async function upgradedTwice(lab: Lab, body: (batched: TestDatabase) => Promise<void>): Promise<void> {
  const batched = await createTestDatabase()
  try {
    expect((await lab.upgrade()).error).toBeUndefined()
    await body(batched)
  } finally {
    await batched.drop()
  }
}

describe('a first upgrade in batches', () => {
  labTest('leaves what each revision by itself leaves, and the ledger says every one', async ({ lab }) => {
    await lab.write({
      ...lineOf(
        `CREATE TYPE mood AS ENUM ('sad'); CREATE TABLE account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mood mood)`,
        `CREATE TABLE old (a int); COMMENT ON TABLE account IS 'who'; GRANT SELECT ON account TO PUBLIC`,
        `ALTER TYPE mood ADD VALUE 'happy'`,
        `ALTER TABLE account ADD COLUMN note text NOT NULL DEFAULT 'x'; DROP TABLE old`,
        `CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TRIGGER touch BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION touch()`,
        `INSERT INTO account (mood) VALUES ('happy')`,
        `CREATE VIEW named AS SELECT id FROM account; CREATE INDEX ON account (note)`,
        `ALTER TABLE account ALTER note DROP DEFAULT, ADD COLUMN rank int DEFAULT 1`,
      ),
      'message/20260102_000000_bbbbbbbbbbb1_x.ts': sql('bbbbbbbbbbb1', null, 'CREATE TABLE event (id int)'),
      'message/20260102_000001_bbbbbbbbbbb2_x.ts': sql(
        'bbbbbbbbbbb2',
        'bbbbbbbbbbb1',
        'CREATE INDEX ON event (id)',
      ),
    })
    await upgradedTwice(lab, async (batched) => {
      const run = await lab.upgrade({ ...batch, url: batched.url })
      expect(run.error).toBeUndefined()
      expect(await leftIn(batched)).toEqual(await leftIn(lab.database))
      expect(new Set(await transactionsOf(lab.database)).size).toBe(10)
      const transactions = await transactionsOf(batched)
      expect(new Set(transactions).size).toBe(6)
      const done = run.events.flatMap((event) => (event.event === 'step-done' ? [event.index] : []))
      expect(done).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      const { rows } = await batched.client.query(
        `SELECT tool_version LIKE '% (batch)' AS batch, duration_ms IS NULL AS untimed, count(*)::int FROM mig.log GROUP BY 1, 2 ORDER BY 1`,
      )
      expect(rows).toEqual([
        { batch: false, untimed: false, count: 2 },
        { batch: true, untimed: true, count: 8 },
      ])

      // What comes later runs by itself, also beside the first upgrade of another schema.
      await lab.write({
        'message/20260103_000000_bbbbbbbbbbb3_x.ts': sql('bbbbbbbbbbb3', 'bbbbbbbbbbb2', 'CREATE TABLE a ()'),
        'message/20260103_000001_bbbbbbbbbbb4_x.ts': sql('bbbbbbbbbbb4', 'bbbbbbbbbbb3', 'CREATE TABLE b ()'),
        'policy/20260103_000002_ccccccccccc1_x.ts': sql('ccccccccccc1', null, 'CREATE TABLE a ()'),
        'policy/20260103_000003_ccccccccccc2_x.ts': sql('ccccccccccc2', 'ccccccccccc1', 'CREATE TABLE b ()'),
      })
      expect((await lab.upgrade({ ...batch, url: batched.url })).error).toBeUndefined()
      const later = await transactionsOf(batched)
      expect(new Set(later).size).toBe(9)
    })
  })

  labTest('fails where and as each revision by itself does', async ({ lab }) => {
    const [first, second] = ['CREATE TABLE a (n int)', 'ALTER TABLE a ADD CHECK (n > 0)']
    await lab.write(lineOf(first, second, 'CREATE TABLE a (n int)', 'CREATE TABLE b ()'))
    const { error, events } = await lab.upgrade(batch)
    expect(error).toMatchObject({
      code: 'database-error',
      facts: { sqlState: '42P07' },
      place: { statement: 'CREATE TABLE a (n int)' },
    })
    expect(events.filter(({ event }) => event === 'notice')).toEqual([
      expect.objectContaining({
        message: expect.stringMatching(/^4 revisions do not run as one transaction.*"a" already exists/),
      }),
    ])
    const { rows } = await lab.database.client.query('SELECT outcome FROM mig.log ORDER BY id')
    expect(rows).toEqual([{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'failed' }])
  })

  labTest('tells what is wrong with a file when those before it are done', async ({ lab }) => {
    const fields = 'Revision: aaaaaaaaaa02\n-- Revises: aaaaaaaaaa01\n-- Created: 2026-01-01T00:00:00Z'
    await lab.write({
      ...lineOf('CREATE TABLE a ()', 'CREATE TABLE b ()'),
      'user/20260101_000002_aaaaaaaaaa02_x.sql': `-- x\n--\n-- ${fields}\n\n-- upgrade\n\\i c.sql\n-- downgrade\n`,
    })
    expect((await lab.upgrade(batch)).error).toMatchObject({ code: 'psql-command' })
    const { rows } = await lab.database.client.query('SELECT outcome FROM mig.log ORDER BY id')
    expect(rows).toEqual([{ outcome: 'done' }, { outcome: 'done' }, { outcome: 'failed' }])
  })

  labTest('is rolled back by an interrupt, which the log has of its first revision', async ({ lab }) => {
    const { client, url } = lab.database
    await lab.write(lineOf('CREATE TABLE a ()', 'CREATE TABLE b ()', 'CREATE TABLE c ()'))
    // Its CREATE SCHEMA waits for this one, so that it is under way when the signal comes.
    await client.query('BEGIN; CREATE SCHEMA app_user')
    const stop = new AbortController()
    const proxy = await frontendProxy(new URL(url), ({ sql }) =>
      sql === 'CREATE TABLE c ()' ? { act: () => stop.abort('SIGINT') } : 'pass',
    )
    const settings = { ...batch.settings, lockTimeout: '1min' }
    const { error } = await lab.upgrade({ settings, signal: stop.signal, url: proxy.url })
    await client.query('ROLLBACK')
    await proxy.close()
    expect(error).toMatchObject({
      ...{ code: 'interrupted', exitCode: 130 },
      message: expect.stringMatching(/^upgrade aaaaaaaaaa00 .* the ledger are as before this revision$/),
    })
    const { rows } = await client.query('SELECT revision, outcome FROM mig.log')
    expect(rows).toEqual([{ revision: 'aaaaaaaaaa00', outcome: 'interrupted' }])
  })

  labTest('that takes longer than transaction_timeout goes on as its revisions', async ({ lab, skip }) => {
    const { client, url, name } = lab.database
    const { rows } = await client.query("SELECT current_setting('transaction_timeout', true) AS timeout")
    skip(rows[0].timeout === null, 'PostgreSQL 17 has it')
    await client.query(`ALTER DATABASE ${name} SET transaction_timeout = '2s'`)
    await lab.write(lineOf('CREATE TABLE a ()', 'CREATE TABLE b ()', 'CREATE TABLE c ()'))
    // Its CREATE SCHEMA waits for this one.
    await client.query('BEGIN; SET LOCAL transaction_timeout = 0; CREATE SCHEMA app_user')
    let tries = 0
    const proxy = await frontendProxy(new URL(url), async ({ sql }): Promise<Fate> => {
      if (sql === 'CREATE TABLE a ()' && ++tries === 2) await client.query('ROLLBACK')
      return 'pass'
    })
    const settings = { ...batch.settings, lockTimeout: '1min' }
    const { error, events } = await lab.upgrade({ settings, url: proxy.url })
    await proxy.close()
    expect(error).toBeUndefined()
    expect(events.filter(({ event }) => event === 'retry')).toMatchObject([{ sqlState: '25P04' }])
    expect(events).toContainEqual({
      ...{ event: 'notice', severity: 'INFO' },
      message: expect.stringMatching(
        /^3 revisions do not run as one transaction.*: its transaction took longer than transaction_timeout$/,
      ),
    })
    expect(await transactionsOf(lab.database)).toEqual([1, 2, 3])
  })

  labTest('tells how far it is', async ({ lab }) => {
    const { client, url } = lab.database
    await lab.write(lineOf('CREATE TABLE a ()', 'CREATE TABLE b ()', 'CREATE TABLE c ()'))
    await client.query('BEGIN; CREATE SCHEMA app_user')
    let released: Promise<unknown> = Promise.resolve()
    // For longer than it is silent.
    const release = () => {
      released = client.query('SELECT pg_sleep(1.1); ROLLBACK')
    }
    const proxy = await frontendProxy(new URL(url), ({ sql }) =>
      sql === 'CREATE TABLE c ()' ? { act: release } : 'pass',
    )
    const settings = { ...batch.settings, lockTimeout: '1min' }
    const { error, events } = await lab.upgrade({ settings, url: proxy.url })
    await released
    await proxy.close()
    expect(error).toBeUndefined()
    expect(events.filter(({ event }) => event === 'progress')[0]).toMatchObject({
      ...{ what: '3 revisions in one transaction', done: 1, total: 3, unit: 'revisions' },
      ...{ revision: 'aaaaaaaaaa00', targetSchema: 'app_user', perSecond: null },
    })
  })

  labTest('is in the plan, as text and as facts', async ({ lab }) => {
    const insert = 'INSERT INTO a VALUES (1)'
    await lab.write({
      ...lineOf('CREATE TABLE a (n int)', 'CREATE TABLE b ()', insert, 'CREATE TABLE c ()'),
      'message/20260102_000000_bbbbbbbbbbb1_x.ts': sql('bbbbbbbbbbb1', null, 'CREATE TABLE a ()'),
      'message/20260102_000001_bbbbbbbbbbb2_x.ts': sql('bbbbbbbbbbb2', 'bbbbbbbbbbb1', 'CREATE TABLE b ()'),
    })
    const request = { direction: 'upgrade', target: 'head' } as const
    const planOf = async (settings: Partial<EnvironmentOptions>) => {
      const project = await lab.project(settings)
      const group = { lines: project.env.filter, tenantLine: null }
      const plan = await withBatches(project, await planTargets(project, group, [], request, {}), {})
      const shown = planEvent(plan)
      return shown.event === 'plan' ? shown.steps : []
    }
    const steps = await planOf(batch.settings)
    expect(steps.map((step) => step.batch)).toEqual([1, 1, undefined, undefined, 2, 2])
    const text = planText(steps)
    expect(text).toContain('plan: 6 steps, 4 of them in 2 batches\n')
    expect(text.match(/\(batch \d\)$/gm)).toEqual(['(batch 1)', '(batch 1)', '(batch 2)', '(batch 2)'])
    expect(planText(await planOf({}))).toMatch(/^plan: 6 steps\n/)
    const { events } = await lab.upgrade(batch)
    expect(events.filter(({ event }) => event === 'step-done')).toHaveLength(6)
    expect(await transactionsOf(lab.database)).toEqual([1, 1, 2, 3, 4, 4])
  })

  labTest(
    'is not looked for in the database where nothing is upgraded for the first time',
    async ({ lab }) => {
      await lab.write(lineOf('CREATE TABLE a ()'))
      expect((await lab.upgrade(batch)).error).toBeUndefined()
      await lab.write(lineOf('CREATE TABLE a ()', 'CREATE TABLE b ()', 'CREATE TABLE c ()'))
      const proxy = await frontendProxy(new URL(lab.database.url), () => 'pass')
      const project = await lab.project(batch.settings, proxy.url)
      const group = { lines: project.env.filter, tenantLine: null }
      const planned = await planTargets(project, group, [], { direction: 'upgrade', target: 'head' }, {})
      const connections = proxy.connections()
      const plan = await withBatches(project, planned, {})
      expect([connections, proxy.connections()]).toEqual([1, 1])
      await proxy.close()
      expect(plan.alike.flatMap(({ steps }) => steps.map((step) => step.batch))).toEqual([
        undefined,
        undefined,
      ])
    },
  )

  labTest('takes no two together where a domain computes its default', async ({ lab }) => {
    const { client } = lab.database
    const domain = (value: string) => `CREATE DOMAIN public.moment AS text DEFAULT ${value}`
    await lab.write(lineOf('CREATE TABLE a ()', 'ALTER TABLE a ADD COLUMN at public.moment'))
    for (const [text, transactions] of [
      [domain('now()'), [1, 2]],
      [domain(`'none'`), [1, 1]],
    ] as const) {
      await client.query(text)
      expect((await lab.upgrade(batch)).error).toBeUndefined()
      expect(await transactionsOf(lab.database)).toEqual(transactions)
      await client.query('DROP SCHEMA mig, app_user CASCADE; DROP DOMAIN public.moment')
    }
  })

  labTest('takes no two together where an event trigger runs, or onApply is to see each', async ({ lab }) => {
    const { client } = lab.database
    await lab.write(lineOf('CREATE TABLE a ()', 'CREATE TABLE b ()'))
    const seen: string[] = []
    const onApply = ({ revision: id }: { readonly revision: string }) => void seen.push(id)
    const settings = { ...batch.settings, onApply }
    expect((await lab.upgrade({ settings })).error).toBeUndefined()
    expect(seen).toHaveLength(2)
    expect(await transactionsOf(lab.database)).toEqual([1, 2])
    await client.query(
      `DROP SCHEMA mig, app_user CASCADE;
       CREATE FUNCTION public.seen() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';
       CREATE EVENT TRIGGER seen ON ddl_command_end EXECUTE FUNCTION public.seen()`,
    )
    expect((await lab.upgrade(batch)).error).toBeUndefined()
    expect(await transactionsOf(lab.database)).toEqual([1, 2])
  })
})

test.each([
  'CREATE TABLE t (a int DEFAULT 1, at timestamptz DEFAULT now(), b int GENERATED ALWAYS AS (a + 1) STORED)',
  'CREATE TABLE IF NOT EXISTS app.t (a int) PARTITION BY RANGE (a)',
  'CREATE UNIQUE INDEX i ON t (lower(a))',
  'CREATE OR REPLACE VIEW v AS SELECT now()',
  "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
  "ALTER TABLE t ADD COLUMN a text NOT NULL DEFAULT 'x', ADD COLUMN b int DEFAULT -1 CHECK (b < f())",
  "ALTER TABLE t ADD COLUMN a jsonb DEFAULT '{}'::jsonb NOT NULL, ALTER b DROP DEFAULT, DROP COLUMN c",
  'ALTER TABLE t RENAME COLUMN "using" TO "default"',
  "ALTER TYPE m RENAME VALUE 'a' TO 'b'",
  'CREATE DOMAIN d AS int DEFAULT 1 NOT NULL CHECK (VALUE > 0)',
  'DROP DOMAIN d',
  'ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO r',
  'DROP VIEW IF EXISTS v',
  'CREATE SCHEMA IF NOT EXISTS app',
  "COMMENT ON TABLE t IS 'x'",
  'GRANT SELECT ON t TO r',
])('only defines: %s', (text) => {
  expect(definesOnly(text, 'app')).toBe(true)
})

test.each([
  'INSERT INTO t VALUES (1)',
  'UPDATE t SET a = 1',
  'SELECT f()',
  "DO 'BEGIN END'",
  'CALL p()',
  "SET LOCAL TimeZone = 'UTC'",
  'TRUNCATE t',
  'REFRESH MATERIALIZED VIEW v',
  'CREATE TABLE t AS SELECT now() AS at',
  'CREATE TABLE t (a) AS SELECT 1',
  'CREATE TABLE t AS EXECUTE q',
  'CREATE TABLE other.t (a int)',
  'CREATE TEMP TABLE t (a int)',
  'CREATE VIEW pg_temp.v AS SELECT 1',
  'CREATE MATERIALIZED VIEW v AS SELECT now()',
  'CREATE EXTENSION citext',
  'CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()',
  'CREATE CONSTRAINT TRIGGER c AFTER INSERT ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION f()',
  "ALTER TYPE m ADD VALUE 'a'",
  'ALTER TABLE t ALTER a TYPE boolean USING (a < now())',
  'ALTER TABLE t ADD COLUMN a timestamptz DEFAULT now()',
  'ALTER TABLE t ADD COLUMN a int DEFAULT 1 + f()',
  'ALTER TABLE t ADD COLUMN a int DEFAULT (f())',
  'CREATE DOMAIN d AS timestamptz DEFAULT now()',
  'ALTER DOMAIN d SET DEFAULT f()',
  "ALTER DATABASE d SET work_mem = '1MB'",
  'ALTER TABLE t SET SCHEMA other',
  'DROP SCHEMA app CASCADE',
])('may be something else in another transaction: %s', (text) => {
  expect(definesOnly(text, 'app')).toBe(false)
})
