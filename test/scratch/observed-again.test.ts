import { expect, inject, test } from 'vitest'
import { idKey } from '../../migrations/core/difference/ids.ts'
import { withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import { rolledBack } from '../../migrations/core/scratch/rolled-back.ts'
import { observe, type State } from '../../migrations/core/scratch/state.ts'

const scope = { schemas: ['app'], excludes: () => false, privileges: false }
const seen = ({ catalog, fingerprint }: State) => ({
  facts: catalog.facts.facts().map(({ id }) => idKey(id)),
  hash: fingerprint.hash,
})

test('a scratch database is read the same in a transaction, after it, and when its plans are gone', async () => {
  await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
    const make = () =>
      client.query(`CREATE SCHEMA app; CREATE TYPE app.mood AS ENUM ('sad');
        CREATE DOMAIN app.named AS text DEFAULT lower('A'::text);
        CREATE TABLE app.t (id int PRIMARY KEY, mood app.mood, named app.named)`)
    const empty = seen(await observe(client, scope))
    const inside = await rolledBack(client, async () => {
      await make()
      return observe(client, scope)
    })
    // Nothing stays, not what is set for reading either.
    expect(client.getTransactionStatus()).toBe('I')
    expect((await client.query('SHOW search_path')).rows).toEqual([{ search_path: 'pg_catalog,pg_temp' }])
    expect((await client.query('SHOW join_collapse_limit')).rows).toEqual([{ join_collapse_limit: '8' }])
    expect(seen(await observe(client, scope))).toEqual(empty)
    await make()
    const made = seen(await observe(client, scope))
    expect(inside && seen(inside)).toEqual(made)
    expect(made.facts.length).toBeGreaterThan(empty.facts.length)
    await client.query('DISCARD ALL')
    expect(seen(await observe(client, scope))).toEqual(made)
    await client.query('DEALLOCATE ALL; ALTER TABLE app.t ADD COLUMN added text')
    expect(seen(await observe(client, scope)).facts).toHaveLength(made.facts.length + 1)
  })
})

test('what does not go within one transaction gives nothing', async () => {
  await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
    const given = (sql: string) =>
      rolledBack(client, async () => {
        await client.query(sql)
        return 'value'
      })
    expect(await given('CREATE TABLE public.t ()')).toBe('value')
    expect(await given('CREATE INDEX CONCURRENTLY i ON public.t (id)')).toBeUndefined()
    expect(await given('CREATE ROLE somebody_else')).toBeUndefined()
    const ended = rolledBack(client, async () => {
      await client.query('COMMIT')
      await client.query('BEGIN')
      return 'value'
    })
    expect(await ended).toBeUndefined()
    expect(client.getTransactionStatus()).toBe('I')
    expect((await client.query('SELECT FROM pg_class WHERE oid >= 16384')).rowCount).toBe(0)
  })
})
