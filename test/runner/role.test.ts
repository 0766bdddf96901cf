import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { applyPlan, planRun, usingSession } from '../../migrations/core/index.ts'
import { splitStatements } from '../../migrations/core/postgres/index.ts'
import { administer } from '../support/database.ts'
import { labTest, revision } from './support.ts'

const owner = `role_owner_${randomBytes(6).toString('hex')}`
const settings = { role: { user: owner, policy: (schema: string) => `${owner}_${schema}` } }

beforeAll(() => administer(`CREATE ROLE ${owner}; CREATE ROLE ${owner}_app_policy`))
afterAll(() => administer(`DROP ROLE ${owner}, ${owner}_app_policy`))

const inEveryWay = {
  'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision(
    'aaaaaaaaaaa1',
    null,
    `await op.execute('CREATE TABLE t (id int PRIMARY KEY, made name DEFAULT current_user, n int)')
  await op.execute('INSERT INTO t (id) VALUES (1), (2), (3)')
  await op.autocommit(async () => {
    await op.execute('CREATE INDEX CONCURRENTLY t_n_idx ON t (n)')
    await op.execute('INSERT INTO t (id) VALUES (4)')
  })
  await op.backfill({ table: 't', set: 'n = 1', where: 'n IS NULL', batchSize: 2 })
  await op.execute('INSERT INTO t (id) VALUES (5)')`,
  ),
  'policy/20260101_000001_bbbbbbbbbbb1_p.ts': revision(
    'bbbbbbbbbbb1',
    null,
    "await op.execute('CREATE TABLE p (id int)')",
  ),
}

const whoseSql = `SELECT relname AS name, relowner::regrole::text AS owner, relnamespace::regnamespace::text AS schema,
    (SELECT nspowner FROM pg_namespace AS n WHERE n.oid = relnamespace)::regrole::text AS "schemaOwner"
  FROM pg_class WHERE relname IN ('t', 't_n_idx', 'p', 'log') AND relkind IN ('r', 'i') ORDER BY 1`

const expected = (login: string) => [
  { name: 'log', owner: login, schema: 'mig', schemaOwner: login },
  { name: 'p', owner: `${owner}_app_policy`, schema: 'app_policy', schemaOwner: `${owner}_app_policy` },
  { name: 't', owner, schema: 'app_user', schemaOwner: owner },
  { name: 't_n_idx', owner, schema: 'app_user', schemaOwner: owner },
]

describe('a role of env.ts', () => {
  labTest('makes what revisions make, and the login writes the ledger', async ({ lab }) => {
    const { client } = lab.database
    await lab.write(inEveryWay)
    const { error } = await lab.upgrade({ settings: { ...settings, onApply: expectLogin } })
    expect(error).toBeUndefined()
    const login = String((await client.query('SELECT current_user AS me')).rows[0]?.me)
    expect((await client.query(whoseSql)).rows).toEqual(expected(login))
    expect((await client.query('SELECT DISTINCT made FROM app_user.t')).rows).toEqual([{ made: owner }])
    expect((await client.query('SELECT DISTINCT who FROM mig.log')).rows).toEqual([{ who: login }])
  })

  labTest('does so in a script', async ({ lab }) => {
    const { client } = lab.database
    await lab.write(inEveryWay)
    for (const { text } of splitStatements(await lab.script(settings))) await client.query(text)
    const login = String((await client.query('SELECT current_user AS me')).rows[0]?.me)
    expect((await client.query(whoseSql)).rows).toEqual(expected(login))
    expect((await client.query('SELECT DISTINCT made FROM app_user.t')).rows).toEqual([{ made: owner }])
    expect((await client.query('SHOW search_path')).rows).toEqual([{ search_path: '"$user", public' }])
  })

  labTest("comes back to the role of a caller's connection", async ({ lab }) => {
    const { client } = lab.database
    await lab.write(inEveryWay)
    const { env, ...rest } = await lab.project(settings)
    const project = { ...rest, env }
    const request = { direction: 'upgrade', target: 'head' } as const
    await client.query('SET search_path = public')
    const before = (await client.query(`SELECT current_user, current_setting('search_path')`)).rows
    await usingSession(env, { client }, async (session) =>
      applyPlan(session, project, await planRun(session, project, request), request),
    )
    expect((await client.query(`SELECT current_user, current_setting('search_path')`)).rows).toEqual(before)
    expect((await client.query('SELECT DISTINCT made FROM app_user.t')).rows).toEqual([{ made: owner }])
  })

  const ways = [
    "op.execute('RESET ROLE')",
    "op.execute('SELECT 1; /* x */ SET LOCAL ROLE NONE')",
    "op.execute('SET SESSION AUTHORIZATION DEFAULT')",
    `op.execute("SELECT pg_catalog.set_config('role', 'none', true)")`,
    `op.execute("DO $$ BEGIN RESET ROLE; END $$")`,
    "op.client.query('RESET ROLE')",
    `op.execute("DO $$ BEGIN EXECUTE 'RES' || 'ET ROLE'; END $$")`,
    "op.autocommit(() => op.execute('RESET ROLE'))",
    `op.autocommit(() => op.execute("DO $$ BEGIN EXECUTE 'RES' || 'ET ROLE'; END $$"))`,
  ]
  labTest.for(ways)('is not left by a revision: %s', async (way, { lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_t.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('CREATE TABLE t ()')\n  await ${way}`,
      ),
    })
    const { error } = await lab.upgrade({ settings })
    expect(error).toMatchObject({ code: 'role-changed', exitCode: 3 })
    expect((await lab.database.client.query('SELECT FROM mig.version')).rows).toEqual([])
  })

  labTest(
    'is refused where there is none of the name, and where the login is not a member of it',
    async ({ lab }) => {
      await lab.write(inEveryWay)
      const { error } = await lab.upgrade({ settings: { role: 'nobody_of_this_name' } })
      expect(error).toMatchObject({
        code: 'no-permission',
        message: expect.stringContaining('there is no such role'),
        help: expect.stringContaining('GRANT nobody_of_this_name TO'),
      })
      await expect(lab.project({ role: { usr: owner } })).rejects.toMatchObject({
        code: 'unknown-schema',
        help: expect.stringContaining('did you mean "user"'),
      })
    },
  )
})

async function expectLogin({ client }: { readonly client: { query: (sql: string) => Promise<unknown> } }) {
  const sql = `SELECT CAST(CASE WHEN current_user = session_user AND current_setting('search_path') IN ('pg_catalog, pg_temp', 'pg_catalog,pg_temp') THEN '0' ELSE 'no' END AS int)`
  await client.query(sql)
}
