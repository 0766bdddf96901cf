import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { fail, type Just, jsonLines, justOn, succeed } from './support/just.ts'
import { environmentText, temporaryProject } from './support/project.ts'

let database: TestDatabase
let project: Awaited<ReturnType<typeof temporaryProject>>
let just: Just

const file = (at: number, upgrade: string, downgrade = '') => ({
  [`migrations/versions/shop/2026010${at}_000000_a0000000000${at}_x.sql`]: `-- step ${at}
--
-- Revision: a0000000000${at}
-- Revises: ${at === 1 ? 'base' : `a0000000000${at - 1}`}
-- Created: 2026-01-0${at}T00:00:00Z

-- upgrade
${upgrade}

-- downgrade
${downgrade}
`,
})

/** What a tenant or a table's owner can put into what a command prints. */
const trigger = `CREATE FUNCTION shop.n() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE WARNING E'hello\\n::error file=README.md::planted\\n::stop-commands::x\\n\\x1b[2J\\x1b]0;title\\x07\\u009b31m';
  IF NEW.id = 9 THEN RAISE EXCEPTION E'bad\\n::error::planted\\n\\x1b[2J ##[error]planted' USING DETAIL = E'd\\n::set-output name=x::y'; END IF;
  RETURN NEW; END $$;
CREATE TRIGGER n BEFORE INSERT ON shop.t FOR EACH ROW EXECUTE FUNCTION shop.n()`

beforeAll(async () => {
  database = await createTestDatabase()
  project = await temporaryProject({
    'migrations/env.ts': environmentText({ shop: 'shop' }),
    'migrations/models/shop.sql':
      'CREATE SCHEMA IF NOT EXISTS shop; CREATE TABLE shop.t (id int PRIMARY KEY, email text UNIQUE);',
    ...file(1, 'CREATE TABLE shop.t (id int PRIMARY KEY, email text UNIQUE);', 'DROP TABLE shop.t;'),
  })
  just = justOn(database.url, { cwd: project.path, env: { GITHUB_ACTIONS: 'true' } })
  await succeed(just('mig-upgrade'))
  await database.client.query(`INSERT INTO shop.t VALUES (1, 'ada@example.org'), (2, 'grace@example.org')`)
})
afterAll(async () => {
  await project.remove()
  await database.drop()
})

const lastError = async () =>
  (await database.client.query(`SELECT error FROM mig.log WHERE outcome = 'failed' ORDER BY id DESC LIMIT 1`))
    .rows[0].error as string

describe('values of rows', () => {
  const statements: readonly (readonly [sql: string, kept: RegExp])[] = [
    [
      `UPDATE shop.t SET email = 'ada@example.org' WHERE id = 2;`,
      /unique constraint "t_email_key" \(SQLSTATE 23505\)[\s\S]*table t/,
    ],
    [
      'ALTER TABLE shop.t ALTER COLUMN email TYPE int USING email::int;',
      /invalid input syntax for type integer \(SQLSTATE 22P02\)/,
    ],
    [
      `ALTER TABLE shop.t ADD CONSTRAINT c CHECK (email LIKE '%.com') NOT VALID; INSERT INTO shop.t VALUES (3, 'ada@example.net');`,
      /check constraint "c"[\s\S]*SQLSTATE 23514/,
    ],
  ]
  test.each(statements)('are neither printed nor kept: %s', async (sql, kept) => {
    await project.write(file(2, sql))
    const run = await fail(just('mig-upgrade --quiet'), 'database-error', 3)
    expect(run.stderr).toContain('--show-data')
    expect(run.stdout + run.stderr).not.toMatch(/ada@|grace@/)
    const log = await lastError()
    expect(log).toMatch(kept)
    expect(log).not.toMatch(/ada@|grace@|UPDATE/)
  })

  test('are not in --json, and are shown to who asks', async () => {
    await project.write(file(2, statements[0]?.[0] ?? ''))
    const run = await just('mig-upgrade --json')
    expect(jsonLines(run).at(-1)).toMatchObject({ facts: { sqlState: '23505', constraint: 't_email_key' } })
    expect(run.stdout + run.stderr).not.toContain('ada@')
    const shown = await just('mig-upgrade --show-data')
    expect(shown.stderr).toContain('detail: Key (email)=(ada@example.org) already exists.')
  })
})

describe('text of a database', () => {
  test('cannot speak to a terminal or to a CI server', async () => {
    await database.client.query(trigger)
    await project.write(file(2, `INSERT INTO shop.t VALUES (8, 'x'); INSERT INTO shop.t VALUES (9, 'y');`))
    const run = await just('mig-upgrade --verbose --show-data')
    const all = run.stdout + run.stderr
    expect(all).toContain('planted')
    expect(all).toContain('\\x1b[2J')
    expect(all).not.toMatch(/^\s*::|##\[|[^\P{Cc}\n]/mu)
    const json = await just('mig-upgrade --json --show-data')
    expect(json.stdout).not.toMatch(/^\s*::|##\[|[^\P{Cc}\n]/mu)
    expect(json.stdout).toContain('planted')
    await database.client.query('DROP TRIGGER n ON shop.t')
  })

  test('cannot as the name of an object', async () => {
    await project.write(file(2, 'SELECT 1;'))
    await succeed(just('mig-upgrade'))
    await database.client.query(`CREATE TABLE shop."e\n::error::planted\n\u001b[2J" ()`)
    for (const words of ['mig-check', 'mig-check --sql', 'mig-check --json']) {
      const run = await just(words)
      expect(run.code, run.stderr).toBe(1)
      expect(run.stdout).toContain('planted')
      expect(run.stdout + run.stderr, words).not.toMatch(/^\s*::|[^\P{Cc}\n]/mu)
    }
  })
})
