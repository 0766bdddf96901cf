import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { command } from '../support/commands.ts'
import { administer, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { temporaryFolder } from '../support/recipes.ts'

/**
 * Objects of a live database are rebuilt on scratch databases, and revisions and models run there. Neither reaches what
 * the user of the database may do: a role with little right stays so, and the server has the roles that it had.
 */

let database: TestDatabase
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let empty: Awaited<ReturnType<typeof temporaryFolder>>
const word = randomBytes(4).toString('hex')
const [low, made, maker] = [`low_${word}`, `made_${word}`, `maker_${word}`]

const sql = (id: string, revises: string, loss: string, up: string, down: string) =>
  `-- ${id}\n--\n-- Revision: ${id}\n-- Revises: ${revises}\n-- Created: 2026-01-01T00:00:00Z\n-- Downgrade loses: ${loss}\n\n-- upgrade\n${up}\n\n-- downgrade\n${down}\n`

/** Makes its owner a superuser where a superuser runs it: as a view's query, an index's value, a default's, a check's. */
const planted = `
  CREATE FUNCTION shop.take() RETURNS int LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN ALTER ROLE ${low} SUPERUSER; END IF;
    RETURN 1;
  END $$;
  CREATE FUNCTION shop.yes(i int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM shop.take(); RETURN true; END $$;
  CREATE MATERIALIZED VIEW shop.m AS SELECT shop.take() AS one;
  CREATE TABLE shop.own (id int DEFAULT shop.take(), CHECK (shop.yes(id) AND shop.yes(1)));
  CREATE INDEX i ON shop.own (id) WHERE shop.yes(2);
  CREATE VIEW shop.v AS SELECT id FROM shop.own WHERE shop.yes(3);`

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await temporaryFolder({
    'migrations/env.ts': `export default { schemas: { shop: 'shop' } }`,
    'migrations/models/shop.sql': 'CREATE TABLE shop.t (id int PRIMARY KEY, n int);',
    'migrations/versions/shop/20260101_000000_a00000000001_one.sql': sql(
      'a00000000001',
      'base',
      'table shop.t',
      'CREATE TABLE shop.t (id int PRIMARY KEY);',
      'DROP TABLE shop.t;',
    ),
    'migrations/versions/shop/20260101_000001_a00000000002_two.sql': sql(
      'a00000000002',
      'a00000000001',
      'column shop.t.n',
      `ALTER TABLE shop.t ADD COLUMN n int;\nCREATE ROLE ${made};\nGRANT SELECT ON shop.t TO ${made};\nALTER ROLE ${low} SUPERUSER;\nALTER ROLE ${low} NOSUPERUSER;`,
      `REVOKE ALL ON shop.t FROM ${made};\nDROP ROLE ${made};\nALTER TABLE shop.t DROP COLUMN n;`,
    ),
  })
  empty = await temporaryFolder({})
  await database.client.query(
    `CREATE ROLE ${low}; CREATE ROLE ${maker} LOGIN CREATEDB; CREATE SCHEMA shop; GRANT USAGE, CREATE ON SCHEMA shop TO ${low}`,
  )
}, 60_000)

afterAll(async () => {
  await database.drop()
  await administer(`DROP ROLE IF EXISTS ${low}, ${made}, ${maker}`)
  await folder.remove()
  await empty.remove()
})

const run = async (typed: string, given: { cwd?: string; user?: string } = {}) => {
  const url = new URL(database.url)
  if (given.user !== undefined) url.username = given.user
  const { code, stdout, stderr } = await command(typed.split(' '), {
    cwd: given.cwd ?? folder.path,
    env: { MIG_DATABASE_URL: url.href },
  })
  return { code, all: `${stdout}\n${stderr}` }
}

/** The roles of these tests that the server has, superusers marked. */
async function roles(): Promise<readonly string[]> {
  const { rows } = await administer(
    `SELECT rolname || CASE WHEN rolsuper THEN ' superuser' ELSE '' END AS role FROM pg_roles WHERE rolname ~ '_${word}$' ORDER BY 1`,
  )
  return rows.map(({ role }: { role: string }) => role)
}

describe('what runs on a scratch database stays there', () => {
  test('the trap: run by a superuser, the function gives the role what it wants', async () => {
    await database.client.query(`BEGIN; SET LOCAL ROLE ${low}; ${planted}; RESET ROLE; SELECT shop.take()`)
    const { rows } = await database.client.query(
      `SELECT rolsuper AS yes FROM pg_roles WHERE rolname = '${low}'`,
    )
    expect(rows).toEqual([{ yes: true }])
    await database.client.query('ROLLBACK')
  })

  test.each(['mig-verify', 'mig-lint'])('just %s, whose revision makes a role', async (typed) => {
    const { code, all: said } = await run(typed)
    expect(await roles(), said).toEqual([low, maker])
    expect(said).toContain(`the server's roles are not touched`)
    expect(code, said).toBe(0)
  })

  test('an honest CREATE ROLE goes up and down on the server itself', async () => {
    expect((await run('mig-upgrade head')).code).toBe(0)
    expect(await roles()).toEqual([low, made, maker])
    expect((await run('mig-downgrade -1 --yes')).code).toBe(0)
    expect(await roles()).toEqual([low, maker])
    expect((await run('mig-upgrade head')).code).toBe(0)
  })

  const whilePlanted = async (body: () => Promise<void>) => {
    await database.client.query(`SET ROLE ${low}; ${planted}; RESET ROLE`)
    await body().finally(() =>
      database.client.query(
        `DROP TABLE shop.own CASCADE; DROP MATERIALIZED VIEW shop.m; DROP FUNCTION shop.yes(int), shop.take()`,
      ),
    )
  }

  test.each([
    ['mig-check', 1],
    ['mig-check --drift --sql', 1],
    ['mig-autogen x --plan', 0],
  ])("just %s rebuilds others' objects without running them", (typed, expected) =>
    whilePlanted(async () => {
      const { code, all: said } = await run(typed)
      expect(await roles(), said).toEqual([low, made, maker])
      expect(code, said).toBe(expected)
    }),
  )

  test('a user who may make no role is asked about what others own', () =>
    whilePlanted(async () => {
      await database.client.query(
        `GRANT USAGE ON SCHEMA shop, mig TO ${maker}; GRANT SELECT ON ALL TABLES IN SCHEMA shop, mig TO ${maker}`,
      )
      const asked = await run('mig-autogen x --plan', { user: maker })
      expect(asked.all).toContain('error MIG-live-not-trusted')
      expect(asked.all).toContain(`shop.own (${low})`)
      expect(asked.code).toBe(4)
      const trusted = await run('mig-autogen x --plan --trust-live', { user: maker })
      // It goes on to the revisions, as the user itself.
      expect(trusted.all).toContain('permission denied to create role')
    }))

  test("just mig-init rebuilds others' objects without running them", () =>
    whilePlanted(async () => {
      await database.client.query('DROP SCHEMA mig CASCADE')
      const { code, all: said } = await run('mig-init shop --without-privileges', { cwd: empty.path })
      expect(await roles(), said).toEqual([low, made, maker])
      expect(code, said).toBe(0)
    }))
})
