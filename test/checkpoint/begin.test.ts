import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClientBase } from 'pg'
import { describe, expect, test } from 'vitest'
import { beginWithCheckpoint } from '../../migrations/core/checkpoint/begin.ts'
import { wholeFingerprint } from '../../migrations/core/checkpoint/fingerprint.ts'
import { keepCheckpoint } from '../../migrations/core/checkpoint/kept.ts'
import { readSeeds } from '../../migrations/core/checkpoint/rows/seeds.ts'
import { type MigEvent, planTargets, runTargets, singleTargets } from '../../migrations/core/index.ts'
import { type Lab, labTest, revision } from '../runner/support.ts'
import { command } from '../support/commands.ts'
import { administer, createTestDatabase, type TestDatabase } from '../support/database.ts'

const schemas = ['app_message', 'app_policy', 'app_user']

/** Upgrades another database of the lab's project to its heads. */
async function upgrade(
  lab: Lab,
  { url }: Pick<TestDatabase, 'url'>,
  begin = true,
): Promise<readonly string[]> {
  const events: MigEvent[] = []
  const opened = await lab.project()
  const project = { ...opened, env: { ...opened.env, databaseUrl: url } }
  const emit = (event: MigEvent) => void events.push(event)
  const sessions = { emit }
  const group = { lines: ['user', 'policy', 'message'], tenantLine: null }
  const request = { direction: 'upgrade', target: 'heads' } as const
  const plan = await planTargets(project, group, singleTargets(project.env), request, sessions)
  await runTargets(project, plan, begin ? { begin: beginWithCheckpoint } : {}, sessions)
  return events.flatMap((event) =>
    event.event === 'notice' || event.event === 'warning' ? [event.message] : [],
  )
}

/** What a run has left: every object, the rows, where sequences stand, and the ledger. */
async function leftIn(client: ClientBase) {
  const { objects } = await wholeFingerprint(client, schemas)
  const seeds = await readSeeds(client, { schemas })
  const { rows: log } = await client.query(
    `SELECT direction, line, revision, target_schema, checksum, outcome, error, heads, applied, covered, host, who FROM mig.log ORDER BY id`,
  )
  const { rows: version } = await client.query('SELECT * FROM mig.version ORDER BY 1, 2')
  const { rows: further } = await client.query(
    `SELECT c.relname, a.attname, a.attnum, to_jsonb(a)->'attstattarget' AS target, a.attstorage, a.attcompression FROM pg_attribute a
       JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace::regnamespace::text = ANY ($1) AND c.relkind NOT IN ('i', 'I') AND NOT a.attisdropped AND a.attnum > 0
      ORDER BY 1, row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)`,
    [schemas],
  )
  const { rows: labels } = await client.query(
    'SELECT enumtypid::regtype::text, array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum GROUP BY 1 ORDER BY 1',
  )
  const columns = further.map(({ attnum: _, ...column }) => column)
  return { objects: Object.fromEntries(objects), seeds, log, version, columns, labels }
}

const sql = (id: string, down: string | null, up: string, dependsOn: readonly string[] = []) =>
  revision(id, down, `await op.execute(\`${up}\`)`, { dependsOn })

const history = (reader: string) => ({
  'user/20260101_000001_aaaaaaaaaaa1_x.ts': sql(
    'aaaaaaaaaaa1',
    null,
    `CREATE EXTENSION IF NOT EXISTS citext SCHEMA app_user;
     CREATE TYPE mood AS ENUM ('sad', 'happy');
     CREATE DOMAIN positive AS int CHECK (VALUE > 0);
     CREATE TABLE account (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, mail citext UNIQUE, old int, mood mood DEFAULT 'sad');
     CREATE TABLE note (id serial PRIMARY KEY, account bigint REFERENCES account, body text, born timestamptz NOT NULL DEFAULT now());
     CREATE SEQUENCE spare START 7; CREATE SEQUENCE used CACHE 5;
     INSERT INTO account (mail, old) VALUES ('A@x', 1), ('b@x', 2), ('c@x', 3); DELETE FROM account WHERE old = 3;
     INSERT INTO note (account, body) VALUES (1, 'it''s'), (2, E'a\\\\\\\\b'), (1, NULL);
     SELECT setval('used', 41, false)`,
  ),
  'user/20260101_000002_aaaaaaaaaaa2_x.ts': sql(
    'aaaaaaaaaaa2',
    'aaaaaaaaaaa1',
    `ALTER TABLE account DROP COLUMN old, ADD COLUMN age positive DEFAULT 1, ADD COLUMN tags text[] NOT NULL DEFAULT '{}';
     ALTER TABLE account ALTER COLUMN mail SET STATISTICS 500, ALTER COLUMN tags SET STORAGE EXTERNAL;
     ALTER TYPE mood ADD VALUE 'calm' BEFORE 'happy';
     ALTER DEFAULT PRIVILEGES IN SCHEMA app_user GRANT SELECT ON TABLES TO ${reader};
     CREATE TABLE late (a int); GRANT UPDATE (age), DELETE ON account TO ${reader} WITH GRANT OPTION; REVOKE SELECT ON late FROM ${reader};
     GRANT USAGE ON SCHEMA app_user TO ${reader};
     COMMENT ON TABLE account IS 'who it is'; COMMENT ON COLUMN account.age IS 'years'; COMMENT ON SCHEMA app_user IS 'people';
     UPDATE account SET age = 30, tags = '{a,"b c"}' WHERE id = 1`,
  ),
  'user/20260101_000003_aaaaaaaaaaa3_x.ts': sql(
    'aaaaaaaaaaa3',
    'aaaaaaaaaaa2',
    `CREATE FUNCTION touched() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.body := coalesce(NEW.body, ''-''); RETURN NEW; END';
     CREATE TRIGGER touched BEFORE INSERT OR UPDATE ON note FOR EACH ROW EXECUTE FUNCTION touched();
     CREATE TRIGGER quiet BEFORE DELETE ON note FOR EACH ROW EXECUTE FUNCTION touched(); ALTER TABLE note DISABLE TRIGGER quiet;
     CREATE VIEW named AS SELECT a.id, mail, count(n.*) AS notes FROM account a LEFT JOIN note n ON n.account = a.id GROUP BY a.id;
     CREATE MATERIALIZED VIEW counted AS SELECT count(*) AS n FROM note; CREATE UNIQUE INDEX ON counted (n);
     CREATE MATERIALIZED VIEW empty AS SELECT 1 AS one WITH NO DATA;
     ALTER TABLE note ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON note FOR SELECT TO ${reader} USING (account > 0);
     CREATE STATISTICS st (dependencies) ON account, body FROM note`,
  ),
  'message/20260101_000004_bbbbbbbbbbb1_x.ts': sql(
    'bbbbbbbbbbb1',
    null,
    `CREATE TABLE event (id bigint GENERATED BY DEFAULT AS IDENTITY, day date NOT NULL, account bigint REFERENCES app_user.account, PRIMARY KEY (id, day))
       PARTITION BY RANGE (day);
     CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
     CREATE TABLE event_rest PARTITION OF event DEFAULT; CREATE INDEX event_account ON event (account);
     INSERT INTO event (day, account) VALUES ('2026-02-03', 1), ('2020-01-01', 2);
     ALTER TABLE event_rest SET (fillfactor = 70); ALTER TABLE event RENAME COLUMN account TO owner`,
    ['aaaaaaaaaaa3'],
  ),
})

/** Databases that are empty, and a role, for the time of a test. */
async function withDatabases(
  count: number,
  body: (databases: readonly TestDatabase[], reader: string) => Promise<void>,
): Promise<void> {
  const databases = await Promise.all(Array.from({ length: count }, createTestDatabase))
  const reader = `reader_${databases[0]?.name}`
  await administer(`CREATE ROLE ${reader}`)
  try {
    await body(databases, reader)
  } finally {
    for (const database of databases) await database.drop()
    await administer(`DROP ROLE ${reader}`)
  }
}

function keptFile({ env }: Awaited<ReturnType<Lab['project']>>): string {
  const [name = '', ...others] = readdirSync(env.cacheDir).filter((each) => each.startsWith('checkpoint-'))
  expect(others).toEqual([])
  return join(env.cacheDir, name)
}

test('rows that a policy hides from the owner are an error, not left out', () =>
  withDatabases(1, async ([database], reader) => {
    if (database === undefined) return
    const { client } = database
    await client.query(
      `CREATE SCHEMA app AUTHORIZATION ${reader}; SET ROLE ${reader}; CREATE TABLE app.t (a int);
       ALTER TABLE app.t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
    )
    expect((await readSeeds(client, { schema: 'app' })).tables).toEqual([])
    await client.query(`RESET ROLE; INSERT INTO app.t VALUES (1); SET ROLE ${reader}`)
    await expect(readSeeds(client, { schema: 'app' })).rejects.toMatchObject({ code: '42501' })
  }))

describe('mig-upgrade', () => {
  labTest('says why there is no checkpoint, and is not asked for one with --replay', async ({ lab }) => {
    const { root, database } = lab
    await lab.write({ 'user/20260101_000001_aaaaaaaaaaa1_x.ts': sql('aaaaaaaaaaa1', null, 'SELECT 1') })
    await writeFile(
      join(root, 'migrations', 'env.ts'),
      "export default { schemas: { user: 'app_user' }, checkpoints: true }",
    )
    const run = async (...flags: readonly string[]) => {
      const args = ['mig-upgrade', '--database-url', database.url, ...flags]
      const { code, stdout, stderr } = await command(args, { cwd: root })
      expect(code).toBe(0)
      await database.client.query('DROP SCHEMA mig, app_user CASCADE')
      return `${stdout}${stderr}`
    }
    expect(await run()).toContain(
      'each revision runs, without a checkpoint: aaaaaaaaaaa1 queries the database: SELECT',
    )
    expect(await run('--replay')).not.toContain('checkpoint')
  })
})

describe('an empty database that begins with a checkpoint', () => {
  labTest('has what each revision would have left, and the ledger says every one', async ({ lab }) => {
    await withDatabases(4, async (databases, reader) => {
      const [replayed, made, again, tampered] = databases
      if (!replayed || !made || !again || !tampered) return
      await lab.write(history(reader))
      expect(await upgrade(lab, replayed, false)).toEqual([])
      const by = expect.stringMatching(/^checkpoint [0-9a-f]{12} in the place of 4 revisions/)
      expect(await upgrade(lab, made)).toEqual([by])
      expect(await upgrade(lab, again)).toEqual([by])
      const wanted = await leftIn(replayed.client)
      const rowsOf = ({ seeds, ...rest }: typeof wanted) => ({
        ...rest,
        ...seeds,
        tables: seeds.tables.map(({ rows, columns, ...table }) => ({
          ...table,
          columns,
          rows: rows.map((row) => row.filter((_, at) => columns[at] !== 'born')),
        })),
      })
      expect(rowsOf(await leftIn(made.client))).toEqual(rowsOf(wanted))
      expect(rowsOf(await leftIn(again.client))).toEqual(rowsOf(wanted))
      const { rows } = await again.client.query('SELECT DISTINCT tool_version FROM mig.log')
      expect(rows).toEqual([{ tool_version: expect.stringMatching(/ \(checkpoint [0-9a-f]{12}\)$/) }])
      const { rows: born } = await again.client.query(
        'SELECT DISTINCT born = (SELECT min(at) FROM mig.log) AS same, now() - born < $1 AS fresh FROM app_user.note',
        ['1 minute'],
      )
      expect(born).toMatchObject([{ fresh: true }])

      // A further revision runs by itself, after the checkpoint of those before it.
      await lab.write({
        'message/20260102_000001_bbbbbbbbbbb2_x.ts': sql(
          'bbbbbbbbbbb2',
          'bbbbbbbbbbb1',
          'CREATE TABLE further (a int)',
        ),
      })
      const path = keptFile(await lab.project())
      const text = readFileSync(path, 'utf8')
      const checkpoint = JSON.parse(text.slice(text.indexOf('\n') + 1))
      const statements = [...checkpoint.statements, 'CREATE TABLE app_user.planted ()']
      const key = path.replace(/^.*checkpoint-|\.json$/g, '')
      keepCheckpoint((await lab.project()).env.cacheDir, key, { ...checkpoint, statements })
      expect(await upgrade(lab, tampered)).toEqual([
        expect.stringContaining('gives a different result in this database'),
      ])
      writeFileSync(path, text)
      expect(await upgrade(lab, lab.database)).toEqual([by])
      for (const { client } of [tampered, lab.database]) {
        const { rows: tables } = await client.query(
          `SELECT to_regclass('app_user.planted') AS planted, to_regclass('app_message.further')::text AS further,
                  (SELECT count(*)::int FROM mig.log) AS logged`,
        )
        expect(tables).toEqual([{ planted: null, further: 'app_message.further', logged: 5 }])
      }
      await lab.database.client.query(`DROP OWNED BY ${reader}`)
    })
  })

  labTest('has the values that a revision wrote, and new ones of defaults, row by row', async ({ lab }) => {
    await lab.write({
      'user/20260101_000001_aaaaaaaaaaa1_x.ts': sql(
        'aaaaaaaaaaa1',
        null,
        `CREATE TABLE account (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text NOT NULL,
           token text DEFAULT md5(random()::text), expires timestamptz DEFAULT now());
         INSERT INTO account (name) VALUES ('somebody');
         INSERT INTO account (id, name, token, expires) VALUES ('00000000-0000-0000-0000-000000000001', 'system', 'fixed-token', NULL)`,
      ),
    })
    expect(await upgrade(lab, lab.database)).toEqual([expect.stringMatching(/^checkpoint /)])
    const { rows } = await lab.database.client.query(
      `SELECT id::text, name, token, expires FROM app_user.account WHERE name = 'system' OR now() - expires < '1 minute' ORDER BY name DESC`,
    )
    expect(rows).toEqual([
      { id: '00000000-0000-0000-0000-000000000001', name: 'system', token: 'fixed-token', expires: null },
      expect.objectContaining({ name: 'somebody', token: expect.stringMatching(/^[0-9a-f]{32}$/) }),
    ])
  })

  labTest('has no rows that another time or another day has otherwise', async ({ lab }) => {
    for (const [statements, why] of [
      [
        'CREATE TABLE t (a int, id uuid DEFAULT gen_random_uuid()); INSERT INTO t VALUES (1); ALTER TABLE t ALTER id DROP DEFAULT',
        'rows of app_user.t differ in each run: column id',
      ],
      [
        'CREATE TABLE t (a int, d date DEFAULT current_date, at timestamp(3) DEFAULT now()); INSERT INTO t VALUES (1)',
        'rows may differ at another time: aaaaaaaaaaa1 makes something with current_date',
      ],
      [
        "CREATE TABLE t (a int, b boolean DEFAULT gen_random_uuid()::text > ''); INSERT INTO t VALUES (1)",
        'column b has a default that may give another value at another time',
      ],
      [
        'CREATE TABLE t (a int, b text DEFAULT md5(random()::text)); INSERT INTO t VALUES (1); UPDATE t SET b = upper(b)',
        'a value may change after its default is set: app_user.t, column b',
      ],
      [
        "CREATE FUNCTION f() RETURNS timestamptz LANGUAGE sql AS 'SELECT date_trunc(''hour'', now())'; CREATE TABLE t (a timestamptz); INSERT INTO t VALUES (f())",
        'rows may differ at another time: aaaaaaaaaaa1 makes something with now(',
      ],
    ] as const) {
      await lab.write({ 'user/20260101_000001_aaaaaaaaaaa1_x.ts': sql('aaaaaaaaaaa1', null, statements) })
      expect(await upgrade(lab, lab.database)).toEqual([expect.stringContaining(why)])
      await lab.database.client.query('DROP SCHEMA mig, app_user CASCADE')
    }
  })

  labTest('is one that nobody has done anything in', async ({ lab }) => {
    const { client } = lab.database
    await lab.write({
      'user/20260101_000001_aaaaaaaaaaa1_x.ts': sql('aaaaaaaaaaa1', null, 'CREATE TABLE t (a int)'),
    })
    for (const [make, drop, what] of [
      ['CREATE TABLE public.x (a int)', 'DROP TABLE public.x', 'table public.x'],
      ['CREATE SCHEMA other', 'DROP SCHEMA other', 'schema other'],
      ['CREATE SCHEMA app_user CREATE TABLE x (a int)', 'DROP SCHEMA app_user CASCADE', 'table app_user.x'],
      [
        'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC',
        'ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM PUBLIC',
        'default privileges',
      ],
      [
        "CREATE FUNCTION public.f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
        'DROP FUNCTION public.f()',
        'function public.f()',
      ],
    ] as const) {
      await client.query(make)
      expect(await upgrade(lab, lab.database)).toEqual([
        expect.stringContaining(`each revision runs, without a checkpoint: the database has ${what}`),
      ])
      await client.query(
        `DROP SCHEMA IF EXISTS mig CASCADE; DROP TABLE app_user.t; ${drop}; DROP SCHEMA IF EXISTS app_user`,
      )
    }
    await client.query(
      `ALTER DATABASE ${lab.database.name} SET IntervalStyle TO 'iso_8601'; CREATE EXTENSION citext`,
    )
    expect(await upgrade(lab, lab.database)).toEqual([
      expect.stringMatching(
        /a scratch database differs in (extensions, IntervalStyle|IntervalStyle, extensions)/,
      ),
    ])
    // A run that is not the first says nothing of it.
    await lab.write({
      'user/20260101_000002_aaaaaaaaaaa2_x.ts': sql('aaaaaaaaaaa2', 'aaaaaaaaaaa1', 'CREATE TABLE u (a int)'),
    })
    expect(await upgrade(lab, lab.database)).toEqual([])
  })
})
