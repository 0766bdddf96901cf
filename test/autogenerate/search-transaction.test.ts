import pg from 'pg'
import { describe, expect, inject, test, vi } from 'vitest'
import {
  begin,
  commit,
  commitForGood,
  rollback,
  undoingSearch,
} from '../../migrations/core/autogenerate/search/transaction.ts'
import { asScratchMaker } from '../../migrations/core/scratch/client.ts'
import { withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import { caseAt, proveCase } from './support/case.ts'

/** The texts that sessions of this process send while `body` runs. */
async function sentBy(body: () => Promise<unknown>): Promise<readonly string[]> {
  const query = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await body()
    return query.mock.calls.map(([sent]: readonly unknown[]) =>
      typeof sent === 'object' && sent !== null && 'text' in sent ? String(sent.text) : String(sent),
    )
  } finally {
    query.mockRestore()
  }
}

function isCopy(sql: string): boolean {
  return /^CREATE DATABASE \S+ TEMPLATE mig_scratch/.test(sql)
}

describe('a search in one transaction', () => {
  const positions = `SELECT last_value::int, is_called, to_regclass('public.made') AS made FROM public.own`

  test('leaves nothing behind, and no sequence elsewhere, whoever owns others', async () => {
    await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
      await client.query(`CREATE SEQUENCE public.own; SELECT nextval('public.own')`)
      // As those of an extension that only a superuser may create.
      await asScratchMaker(client, (maker) =>
        maker.query(
          'CREATE SEQUENCE public.others; CREATE SEQUENCE public.seen; GRANT SELECT ON public.seen TO PUBLIC; CREATE SCHEMA others; CREATE SEQUENCE others.hidden',
        ),
      )
      const found = await undoingSearch(client, (onStart) =>
        onStart(async (session) => {
          await begin(session)
          await session.query(`CREATE TABLE public.made (); SELECT nextval('public.own')`)
          await commit(session)
          await begin(session)
          await session.query('DROP TABLE public.made')
          await rollback(session)
          return (await session.query(positions)).rows
        }),
      )
      expect(found).toEqual([{ last_value: 2, is_called: true, made: 'public.made' }])
      expect(client.getTransactionStatus()).toBe('I')
      expect((await client.query(positions)).rows).toEqual([{ last_value: 1, is_called: true, made: null }])
    })
  })

  test('gives up where something has to commit in between', async () => {
    await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
      await client.query('CREATE SEQUENCE public.own')
      const found = await undoingSearch(client, (onStart) =>
        onStart(async (session) => {
          await begin(session)
          await session.query(`CREATE TABLE public.made (); SELECT nextval('public.own')`)
          await commitForGood(session)
          return 'found'
        }),
      )
      expect(found).toBeUndefined()
      expect((await client.query(positions)).rows).toEqual([{ last_value: 1, is_called: false, made: null }])
      // What follows commits as ever.
      await begin(client)
      await client.query('CREATE TABLE public.made ()')
      await commitForGood(client)
      expect((await client.query(positions)).rows).toMatchObject([{ made: 'public.made' }])
    })
  })

  // The statements of a single pass are refused.
  const model = (number: string, text: string) => `
    CREATE TABLE t (id ${number} PRIMARY KEY, n ${text});
    CREATE FUNCTION g() RETURNS SETOF t LANGUAGE sql BEGIN ATOMIC SELECT * FROM t WHERE n = 'x'; END;
    CREATE VIEW v AS SELECT * FROM g();`

  test('takes no copy of the database', async () => {
    const sent = await sentBy(() =>
      proveCase({
        name: 'search',
        before: model('int', 'varchar(10)'),
        after: model('bigint', 'text'),
        seed: `INSERT INTO rfx_user.t VALUES (1, 'x')`,
        decisions: {},
      }),
    )
    expect(sent).toContain('SAVEPOINT mig_search')
    expect(sent.filter(isCopy)).toEqual([])
  })

  test('goes on with copies where a value of an enum is used', async () => {
    const sent = await sentBy(() => proveCase(caseAt('types/enum-add-value-used-in-same-revision')))
    expect(sent).toContain('SAVEPOINT mig_search')
    expect(sent.filter(isCopy)).not.toEqual([])
  })
})
