import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  applyPlan,
  loadEnvironment,
  openProject,
  planRun,
  singleTargets,
  targetStatus,
  usingSession,
} from '../../migrations/core/index.ts'
import { splitStatements } from '../../migrations/core/postgres/index.ts'
import { command } from '../support/commands.ts'
import { administer, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { copiesSql, plantedSql, trapSql } from '../support/planted.ts'
import { temporaryFolder } from '../support/recipes.ts'

/**
 * A role that may create objects in public, owns a line's schema and a tenant's, and one of the superuser's own name,
 * plants better matches of what SQL of ours could call. Every recipe runs as the superuser, and calls none.
 */

let database: TestDatabase
let folder: Awaited<ReturnType<typeof temporaryFolder>>
const low = `planter_${randomBytes(6).toString('hex')}`

const sql = (id: string, revises: string, loss: string, up: string, down: string) =>
  `-- ${id}\n--\n-- Revision: ${id}\n-- Revises: ${revises}\n-- Created: 2026-01-01T00:00:00Z\n-- Downgrade loses: ${loss}\n\n-- upgrade\n${up}\n\n-- downgrade\n${down}\n`

const backfill = `// Upgrade loses: values of column shop.t.n
export const revision = 'a00000000003'
export const downRevision = 'a00000000002'
export const dependsOn: string[] = []
export const branchLabels: string[] = []
export async function upgrade(op) {
  await op.backfill({ table: 't', set: 'n = 1', where: 'n IS NULL', batchSize: 2 })
}
export async function downgrade() {}
`

const environment = (schemas: string) => `export default {
  schemas: ${schemas},
  excludeKinds: ['function', 'operator', 'view', 'type'],
  onApply: async ({ client }) => { await client.query("SELECT format('%s', 'a') || 'b', hashtextextended('c', 0)") },
}`

beforeAll(async () => {
  database = await createTestDatabase()
  const { client, name } = database
  const { rows } = await client.query<{ me: string }>('SELECT current_user AS me')
  const me = rows[0]?.me ?? ''
  const [first, second] = [
    'CREATE TABLE t (id int PRIMARY KEY, name varchar(20) UNIQUE, n int); INSERT INTO t VALUES (1), (2), (3);',
    'CREATE INDEX CONCURRENTLY t_n_idx ON t (n);\nALTER TABLE t ADD COLUMN m int;',
  ]
  const files = (ids: string, table: string) => ({
    [`20260101_000000_${ids}1_one.sql`]: sql(`${ids}1`, 'base', `table ${table}`, first, 'DROP TABLE t;'),
    [`20260101_000001_${ids}2_two.sql`]: sql(
      `${ids}2`,
      `${ids}1`,
      `column ${table}.m`,
      second,
      'ALTER TABLE t DROP COLUMN m;\nDROP INDEX CONCURRENTLY t_n_idx;',
    ),
  })
  const under = (path: string, given: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(given).map(([file, text]) => [`${path}/${file}`, text]))
  const table =
    'CREATE TABLE t (id int PRIMARY KEY, name varchar(20) UNIQUE, n int, m int); CREATE INDEX t_n_idx ON t (n);'
  folder = await temporaryFolder({
    'migrations/env.ts': environment(
      `{ shop: 'shop', other: 'other', tenant: { tenants: { like: 'sct\\\\_%' } } }`,
    ),
    'migrations/models/shop.sql': table
      .replaceAll(' t ', ' shop.t ')
      .replace('t_n_idx ON t', 't_n_idx ON shop.t'),
    'migrations/models/tenant.sql': table,
    ...under('migrations/versions/shop', files('a0000000000', 'shop.t')),
    'migrations/versions/shop/20260101_000002_a00000000003_three.ts': backfill,
    ...under('migrations/versions/tenant', files('b0000000000', 't')),
    'migrations/models/other.sql': 'CREATE TABLE other.u (id integer);',
    'drizzle/0000_a.sql': 'CREATE TABLE "other"."u" ("id" integer);',
  })
  await client.query(`${trapSql};
    CREATE ROLE ${low} LOGIN; GRANT CREATE ON SCHEMA public TO ${low};
    CREATE SCHEMA all_copied; CREATE SCHEMA shop AUTHORIZATION ${low}; CREATE SCHEMA sct_1 AUTHORIZATION ${low}; CREATE SCHEMA sct_2; CREATE SCHEMA other; CREATE TABLE other.u (id integer);
    CREATE SCHEMA IF NOT EXISTS "${me.replaceAll('"', '""')}" AUTHORIZATION ${low}`)
  // What is planted first must not catch what plants the rest.
  await client.query('SET search_path = pg_catalog')
  for (const schema of ['public', 'shop', 'sct_1', me])
    await client.query(`SET ROLE ${low}; ${plantedSql(schema)}; RESET ROLE`)
  await client.query(copiesSql('all_copied'))
  // Nothing else counts some thousand new functions for the planner: this server has no autovacuum.
  await client.query('ANALYZE')
  await client.query(`ALTER DATABASE ${name} SET search_path = all_copied, "$user", public, pg_catalog`)
}, 120_000)

afterAll(async () => {
  await database.drop()
  await administer(`DROP ROLE ${low}`)
  await folder.remove()
})

/** How many planted objects were called so far, and what the last of them was. */
async function calls(): Promise<number> {
  const { rows } = await database.client.query<{ calls: string }>(
    `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS calls FROM trap.calls`,
  )
  return Number(rows[0]?.calls)
}

/** Recipes in an order that gives each something to do, with the exit code that says so. */
const recipes: readonly (readonly [typed: string, code: number])[] = [
  ['mig-current', 0],
  ['mig-upgrade +1 shop --plan', 0],
  ['mig-upgrade +1 shop', 0],
  ['mig-upgrade head shop', 0],
  ['mig-upgrade +1 tenant --tenants all', 0],
  ['mig-upgrade head tenant --tenants all', 0],
  ['mig-current shop', 0],
  ['mig-current tenant --tenants all', 0],
  ['mig-status', 0],
  ['mig-history', 0],
  ['mig-heads', 0],
  ['mig-branches', 0],
  ['mig-show a00000000002', 0],
  ['mig-tenants', 0],
  ['mig-unlock', 0],
  ['mig-check shop', 0],
  ['mig-check shop --drift --sql', 0],
  ['mig-check tenant --tenants all', 0],
  ['mig-check tenant --tenants all --drift', 0],
  ['mig-autogen nothing shop --plan', 0],
  ['mig-autogen nothing tenant --plan', 0],
  ['mig-lint', 0],
  ['mig-verify shop', 0],
  ['mig-downgrade -1 shop --plan', 0],
  ['mig-downgrade -1 shop --yes', 0],
  ['mig-downgrade -1 shop --yes', 0],
  ['mig-upgrade head shop', 0],
  ['mig-stamp a00000000003 shop', 0],
  ['mig-downgrade -1 tenant --tenants sct_1 --yes', 0],
  ['mig-stamp head tenant --tenants sct_1', 0],
  ['mig-sql a00000000001:head shop', 0],
  ['mig-tenant-create sct_3 tenant', 0],
  ['mig-tenant-create sct_4 tenant --from-template --template sct_2', 0],
  ['mig-tenant-drop sct_3 --yes', 0],
  ['mig-revision more shop', 0],
  ['mig-import sql drizzle/0000_a.sql other', 0],
  ['mig-downgrade-all shop --yes', 0],
  ['db-url', 0],
]

describe('nothing that another role has planted is called by', () => {
  test('what the trap is made of: it notes a call', async () => {
    const before = await calls()
    const other = new pg.Client({ connectionString: database.url })
    await other.connect()
    await other.query(`SELECT unnest(ARRAY['a'])`)
    await other.end()
    expect(await calls()).toBeGreaterThan(before)
  })

  const run = async (typed: string) => {
    const { code, stdout, stderr } = await command(typed.split(' '), {
      cwd: folder.path,
      env: { MIG_DATABASE_URL: database.url },
    })
    return { code, stdout, all: `${stdout}\n${stderr}` }
  }

  test.each(recipes)('just %s', async (typed, expected) => {
    const before = await calls()
    const { code, all: said } = await run(typed)
    expect(await calls(), said).toBe(before)
    expect(said).not.toMatch(/trap/)
    expect(code, said).toBe(expected)
  })

  const asClient = async (body: (client: pg.Client) => Promise<unknown>) => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await body(client).finally(() => client.end())
  }

  test.each(['shop', 'tenant --tenants sct_1'])('the script of just mig-sql head %s', async (lines) => {
    await run(`mig-downgrade base ${lines} --yes`)
    const { stdout } = await run(`mig-sql head ${lines}`)
    const before = await calls()
    await asClient(async (client) => {
      for (const { text } of splitStatements(stdout)) await client.query(text)
    })
    expect(await calls()).toBe(before)
    expect((await run(`mig-current ${lines}`)).all).toMatch(/ head /)
  })

  test("a run on a caller's connection, whose own search_path comes back", async () => {
    await run('mig-downgrade base shop --yes')
    const env = await loadEnvironment({ root: folder.path, variables: {}, filter: 'shop' })
    const project = await openProject(env)
    const request = { direction: 'upgrade', target: 'head' } as const
    await asClient(async (client) => {
      const path = `SELECT pg_catalog.current_setting('search_path') AS path`
      const before = { calls: await calls(), path: (await client.query(path)).rows }
      await usingSession(env, { client }, async (session) => {
        const { steps } = await applyPlan(session, project, await planRun(session, project, request), request)
        expect(steps.length).toBe(4)
      })
      await targetStatus(project, singleTargets(env, env.filter), { client })
      expect({ calls: await calls(), path: (await client.query(path)).rows }).toEqual(before)
    })
  })
})
