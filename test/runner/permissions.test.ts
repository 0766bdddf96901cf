import { describe, expect } from 'vitest'
import { administer } from '../support/database.ts'
import { type Lab, labTest, revision } from './support.ts'

const table = {
  'user/20260101_000000_aaaaaaaaaaa1_table.ts': revision(
    'aaaaaaaaaaa1',
    null,
    "await op.execute('CREATE TABLE t (id int)')",
  ),
}

/** A role of the test's own with a name that must be quoted, and a URL for it. */
async function usingRole(
  { database }: Lab,
  body: (role: { readonly sql: string; readonly url: string }) => Promise<void>,
): Promise<void> {
  const name = `Role "of" ${database.name}`
  const sql = `"${name.replaceAll('"', '""')}"`
  const url = new URL(database.url)
  url.username = encodeURIComponent(name)
  await administer(`CREATE ROLE ${sql} LOGIN`)
  try {
    await body({ sql, url: url.href })
  } finally {
    await database.client.query(`DROP OWNED BY ${sql} CASCADE`)
    await administer(`DROP ROLE ${sql}`)
  }
}

const settings = { ledgerSchema: 'the Ledger' }

describe('a role that', () => {
  labTest('may not make the ledger is named in what its owner has to say', async ({ lab }) => {
    await lab.write(table)
    await usingRole(lab, async ({ sql, url }) => {
      const grant = `GRANT CREATE ON DATABASE ${lab.database.name} TO ${sql}`
      const refused = await lab.upgrade({ url, settings })
      expect(refused.error).toMatchObject({ code: 'no-permission', help: expect.stringContaining(grant) })
      await lab.database.client.query(grant)
      expect((await lab.upgrade({ url, settings })).error).toBeUndefined()
    })
  })

  labTest('may not use the schema of the ledger is told the grant for it', async ({ lab }) => {
    await lab.write(table)
    await usingRole(lab, async ({ sql, url }) => {
      const { client } = lab.database
      await client.query(
        `CREATE SCHEMA "the Ledger"; GRANT CREATE ON DATABASE ${lab.database.name} TO ${sql}`,
      )
      const grant = `GRANT USAGE, CREATE ON SCHEMA "the Ledger" TO ${sql}`
      const refused = await lab.upgrade({ url, settings })
      expect(refused.error).toMatchObject({ code: 'no-permission', help: expect.stringContaining(grant) })
      await client.query(grant)
      expect((await lab.upgrade({ url, settings })).error).toBeUndefined()
    })
  })

  labTest('may not read the ledger is told the grants for it', async ({ lab }) => {
    await lab.write(table)
    await usingRole(lab, async ({ sql, url }) => {
      await lab.upgrade({ settings })
      const grants = `GRANT USAGE ON SCHEMA "the Ledger" TO ${sql}; GRANT SELECT ON ALL TABLES IN SCHEMA "the Ledger" TO ${sql}`
      const refused = await lab.upgrade({ url, settings })
      expect(refused.error).toMatchObject({ code: 'no-permission', help: expect.stringContaining(grants) })
      await lab.database.client.query(grants)
      expect((await lab.upgrade({ url, settings })).error).toBeUndefined()
    })
  })

  labTest('may not use the schema of the line is told the grant for it', async ({ lab }) => {
    await lab.write(table)
    await usingRole(lab, async ({ sql, url }) => {
      const { client } = lab.database
      await client.query(`CREATE SCHEMA app_user; GRANT CREATE ON DATABASE ${lab.database.name} TO ${sql}`)
      const grant = `GRANT USAGE, CREATE ON SCHEMA app_user TO ${sql}`
      expect((await lab.upgrade({ url })).error).toMatchObject({
        code: 'no-permission',
        help: expect.stringContaining(grant),
      })
      await client.query(grant)
      expect((await lab.upgrade({ url })).error).toBeUndefined()
    })
  })

  labTest('only reads is told so, and the setting that makes it so', async ({ lab }) => {
    await lab.write(table)
    await usingRole(lab, async ({ sql, url }) => {
      await lab.database.client.query(
        `GRANT CREATE ON DATABASE ${lab.database.name} TO ${sql}; ALTER ROLE ${sql} SET default_transaction_read_only = on`,
      )
      expect((await lab.upgrade({ url })).error).toMatchObject({
        code: 'read-only',
        exitCode: 3,
        help: expect.stringContaining(`ALTER ROLE ${sql} SET default_transaction_read_only = off`),
      })
    })
  })
})

describe('a setting of the role', () => {
  labTest('that ends idle transactions is named, and the revision not run again', async ({ lab }) => {
    const { client, name } = lab.database
    await client.query(`ALTER DATABASE ${name} SET idle_in_transaction_session_timeout = 100`)
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_slow.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('CREATE TABLE t (id int)')
  await new Promise((resolve) => op.client.once('error', resolve))
  await op.execute('CREATE TABLE u (id int)')`,
      ),
    })
    const { error, events } = await lab.upgrade()
    expect(error).toMatchObject({
      code: 'connection-lost',
      message: expect.stringContaining('idle_in_transaction_session_timeout'),
      facts: { sqlState: '25P03' },
    })
    expect(events.filter(({ event }) => event === 'retry')).toEqual([])
  })

  labTest('that ends idle sessions does not end the pause of a backfill', async ({ lab }) => {
    const { client, name } = lab.database
    await client.query(`ALTER DATABASE ${name} SET idle_session_timeout = 50`)
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_fill.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute('CREATE TABLE t AS SELECT n AS id, NULL::int AS v FROM generate_series(1, 3) AS n')
  await op.backfill({ table: 't', set: 'v = 1', where: 'v IS NULL', key: ['id'], batchSize: 1, pause: 200 })`,
      ),
    })
    const { error, events } = await lab.upgrade()
    expect(error).toBeUndefined()
    expect(events.filter(({ event }) => event === 'retry')).toEqual([])
  })

  labTest(
    'that makes snapshots old does not reach a revision: it sees what was committed',
    async ({ lab }) => {
      const { client, name } = lab.database
      await client.query(
        `CREATE TABLE public.counter AS SELECT 1 AS value; ALTER DATABASE ${name} SET default_transaction_isolation = 'repeatable read'`,
      )
      const { retried, value } = await counted(
        lab,
        "await op.execute('SELECT value FROM public.counter'); await globalThis.elsewhere?.()",
      )
      expect(retried).toEqual([])
      expect(value).toBe(11)
    },
  )

  labTest('or another reason for a conflict has a revision run again', async ({ lab }) => {
    await lab.database.client.query('CREATE TABLE public.counter AS SELECT 1 AS value')
    const { retried, value } = await counted(
      lab,
      `if (globalThis.elsewhere !== undefined) {
    await globalThis.elsewhere()
    await op.execute("DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$")
  }`,
    )
    expect(retried).toEqual(['40001'])
    expect(value).toBe(11)
  })
})

/** Counts up in a revision, after a step in which somebody else sets the counter to 10. */
async function counted(lab: Lab, before: string) {
  const { client } = lab.database
  await lab.write({
    'user/20260101_000000_aaaaaaaaaaa1_count.ts': revision(
      'aaaaaaaaaaa1',
      null,
      `${before}\n  await op.execute('UPDATE public.counter SET value = value + 1')`,
    ),
  })
  const elsewhere = async () => {
    Reflect.deleteProperty(globalThis, 'elsewhere')
    await client.query('UPDATE public.counter SET value = 10')
  }
  Object.assign(globalThis, { elsewhere })
  const { error, events } = await lab.upgrade()
  expect(error).toBeUndefined()
  const { rows } = await client.query<{ value: number }>('SELECT value FROM public.counter')
  const retried = events.flatMap((event) => (event.event === 'retry' ? [event.sqlState] : []))
  return { retried, value: rows[0]?.value }
}
