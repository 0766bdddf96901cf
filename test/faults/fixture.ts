import { type Lab, revision } from '../runner/support.ts'

const profileTable = `
  await op.execute('CREATE TABLE profile (id int PRIMARY KEY, name text)')
  await op.execute("COMMENT ON TABLE profile IS 'who'")`

const counterTable = `
  await op.execute('CREATE TABLE counter (n int NOT NULL)')
  await op.execute('ALTER TABLE profile ADD COLUMN lang text')`

const rows = `
  await op.execute("INSERT INTO profile (id, name) SELECT n, 'name ' || n FROM generate_series(1, 40) AS n")
  await op.execute('INSERT INTO counter VALUES (0)')`

const mixed = `
  await op.execute('ALTER TABLE profile ADD COLUMN age int')
  await op.autocommit(async () => {
    await op.execute('CREATE UNIQUE INDEX CONCURRENTLY profile_name_key ON profile (name)')
    await op.execute('UPDATE counter SET n = n + 1')
    await op.execute('CREATE INDEX CONCURRENTLY ON profile (age)')
  })
  await op.backfill({ table: 'profile', set: "lang = 'en', age = coalesce(age, 0) + 1", where: 'lang IS NULL', batchSize: 20 })
  await op.execute('ALTER TABLE profile ALTER COLUMN lang SET NOT NULL')
  await op.execute('UPDATE counter SET n = n + 10')`

const safe = `
  await op.safe.setNotNull('profile', 'name')
  await op.safe.createIndex('profile_lang_idx', 'profile', ['lang'])`

const policy = `
  await op.execute("CREATE TYPE state AS ENUM ('draft')")
  await op.execute('CREATE TABLE policy (holder int REFERENCES app_user.profile, part int, state state, note text, PRIMARY KEY (holder, part))')
  await op.execute("INSERT INTO policy SELECT h, p, 'draft' FROM generate_series(1, 10) AS h, generate_series(1, 3) AS p")
  await op.execute('CREATE INDEX policy_state_idx ON policy (state)')`

const policySql = `-- rebuild indexes
--
-- Revision: bbbbbbbbbbb2
-- Revises: bbbbbbbbbbb1
-- Created: 2026-11-21T10:00:00Z

-- upgrade
ALTER TABLE policy ADD COLUMN title text;
CREATE INDEX CONCURRENTLY policy_title_idx ON policy (title);
REINDEX INDEX CONCURRENTLY policy_title_idx;
UPDATE policy SET title = 'title';
-- downgrade
ALTER TABLE policy DROP COLUMN title;
`

const enumValue = `
  await op.autocommit(async () => {
    await op.execute("ALTER TYPE state ADD VALUE 'final'")
    await op.execute('DROP INDEX CONCURRENTLY policy_state_idx')
    await op.execute('VACUUM policy')
  })
  await op.execute("UPDATE policy SET state = 'final' WHERE part = 3")
  await op.backfill({ table: 'policy', set: "note = holder || '/' || part", where: 'note IS NULL', batchSize: 10 })`

const messageTable = `
  await op.execute('CREATE TABLE message (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)')`

const messageBody = `
  await op.execute('ALTER TABLE message ADD COLUMN body text')
  await op.execute('CREATE INDEX message_body_idx ON message (body)')`

const message = `
  await op.execute("INSERT INTO message (body) SELECT 'm' FROM generate_series(1, 5)")`

/** Three lines with batches and with transactional, autocommit and backfill revisions, one of them plain SQL. */
export async function writeFaultProject(lab: Pick<Lab, 'write'>): Promise<void> {
  await lab.write({
    'user/20260101_000000_aaaaaaaaaa01_profile.ts': revision('aaaaaaaaaa01', null, profileTable),
    'user/20260101_000000_aaaaaaaaaa02_counter.ts': revision('aaaaaaaaaa02', 'aaaaaaaaaa01', counterTable),
    'user/20260101_000000_aaaaaaaaaaa1_rows.ts': revision('aaaaaaaaaaa1', 'aaaaaaaaaa02', rows),
    'user/20260102_000000_aaaaaaaaaaa2_mixed.ts': revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', mixed),
    'user/20260103_000000_aaaaaaaaaaa3_safe.ts': revision('aaaaaaaaaaa3', 'aaaaaaaaaaa2', safe),
    'policy/20260101_000001_bbbbbbbbbbb1_policy.ts': revision('bbbbbbbbbbb1', null, policy, {
      dependsOn: ['aaaaaaaaaaa1'],
    }),
    'policy/20260102_000001_bbbbbbbbbbb2_sql.sql': policySql,
    'policy/20260103_000001_bbbbbbbbbbb3_enum.ts': revision('bbbbbbbbbbb3', 'bbbbbbbbbbb2', enumValue),
    'message/20260101_000002_cccccccccc01_message.ts': revision('cccccccccc01', null, messageTable, {
      dependsOn: ['bbbbbbbbbbb3'],
    }),
    'message/20260101_000002_cccccccccc02_body.ts': revision('cccccccccc02', 'cccccccccc01', messageBody),
    'message/20260101_000002_ccccccccccc1_rows.ts': revision('ccccccccccc1', 'cccccccccc02', message),
  })
}

/** How many revisions the lines have. */
export const revisions = 11

/** The physical schemas, as env.ts and the lab map them. */
export const targetSchemas = ['app_user', 'app_policy', 'app_message']

/** The rows of every table, in an order of their own. */
export const rowsSql = `SELECT jsonb_build_object(
  'profile', (SELECT jsonb_agg(p ORDER BY id) FROM app_user.profile AS p),
  'counter', (SELECT jsonb_agg(c) FROM app_user.counter AS c),
  'policy', (SELECT jsonb_agg(p ORDER BY holder, part) FROM app_policy.policy AS p),
  'message', (SELECT jsonb_agg(m.body) FROM app_message.message AS m)
) AS rows`

/** The environment file of the same project, for the real recipe. */
export const environmentFile = `export default {
  schemas: { user: 'app_user', policy: 'app_policy', message: 'app_message' },
  transaction: 'batch',
  lockTimeout: '2s',
  retry: { for: '20s', firstDelay: '20ms' },
}
`
