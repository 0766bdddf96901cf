import { describe, expect, test } from 'vitest'
import { directives } from '../../migrations/core/operations/index.ts'
import { compareFingerprints, readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'

const scope = { schema: 'app' }

describe('A reverse refuses to guess', () => {
  const { alterColumn, alterSequence } = directives

  test('the options of an identity that it was not told', () => {
    const change = {
      identity: { generated: 'always', increment: 7 },
      existing: { identity: 'always' },
    } as const
    expect(() => alterColumn.reverse(scope, 'agents', 'id', change)).toThrow(
      expect.objectContaining({
        code: 'no-reverse',
        help: expect.stringContaining('existing.identity.increment'),
      }),
    )
  })

  test('the options of a sequence that it was not told', () => {
    const change = { increment: 5, maxValue: 100, existing: { increment: 2 } }
    expect(() => alterSequence.reverse(scope, 'ids', change)).toThrow(
      expect.objectContaining({ code: 'no-reverse', help: expect.stringContaining('existing.maxValue') }),
    )
  })
})

test('Rows are not inserted in batches of no size', () => {
  const insert = () => directives.bulkInsert.forward(scope, 'agents', [{ id: 1 }], { batchSize: 0 })
  expect(insert).toThrow(expect.objectContaining({ code: 'bad-batch-size' }))
})

describe('On a server', () => {
  async function thereAndBack(
    { client }: TestDatabase,
    setup: string,
    forward: readonly { readonly sql: string }[],
    reverse: readonly { readonly sql: string }[],
  ): Promise<void> {
    await client.query(`CREATE SCHEMA app; ${setup}`)
    const before = await readFingerprint(client, { schemas: ['app'], privileges: true })
    for (const { sql } of forward) await client.query(sql)
    const between = await readFingerprint(client, { schemas: ['app'], privileges: true })
    for (const { sql } of reverse) await client.query(sql)
    const after = await readFingerprint(client, { schemas: ['app'], privileges: true })
    expect(between.hash).not.toBe(before.hash)
    expect(compareFingerprints(before, after)).toEqual([])
  }

  databaseTest('the reverse gives an identity the options that it had', async ({ database }) => {
    const args = [
      scope,
      'agents',
      'id',
      {
        identity: { generated: 'by default', increment: 7, cycle: true },
        existing: { identity: { generated: 'always', increment: 1, cycle: false } },
      },
    ] as const
    await thereAndBack(
      database,
      'CREATE TABLE app.agents (id int GENERATED ALWAYS AS IDENTITY (START 5 CACHE 3))',
      directives.alterColumn.forward(...args),
      directives.alterColumn.reverse(...args),
    )
  })

  databaseTest('the reverse takes the comment from a sequence that had none', async ({ database }) => {
    const args = [scope, 'ids', { comment: 'made by hand', existing: {} }] as const
    await thereAndBack(
      database,
      'CREATE SEQUENCE app.ids',
      directives.alterSequence.forward(...args),
      directives.alterSequence.reverse(...args),
    )
  })

  databaseTest('the reverse of REVOKE gives the grant option back', async ({ database }) => {
    const args = [scope, 'select', { table: 'agents' }, 'pg_monitor', { withGrantOption: true }] as const
    await thereAndBack(
      database,
      'CREATE TABLE app.agents (); GRANT SELECT ON app.agents TO pg_monitor WITH GRANT OPTION',
      directives.revoke.forward(...args),
      directives.revoke.reverse(...args),
    )
  })

  databaseTest('the reverse of bulkInsert finds a row with a NULL in its key', async ({ database }) => {
    const { client } = database
    await client.query('CREATE SCHEMA app; CREATE TABLE app.agents (team int, name text)')
    const args = [
      scope,
      'agents',
      [
        { team: null, name: 'a' },
        { team: 1, name: 'a' },
      ],
      { key: ['team', 'name'] },
    ] as const
    for (const { sql } of directives.bulkInsert.forward(...args)) await client.query(sql)
    await client.query("INSERT INTO app.agents VALUES (NULL, 'b')")
    for (const { sql } of directives.bulkInsert.reverse(...args)) await client.query(sql)
    expect((await client.query('SELECT * FROM app.agents')).rows).toEqual([{ team: null, name: 'b' }])
  })
})
