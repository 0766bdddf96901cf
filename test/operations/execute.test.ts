import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { operations } from '../../migrations/core/operations/index.ts'
import { databaseTest } from '../support/database.ts'
import { contextOf, databaseSink, recordingSink } from './support/sinks.ts'

describe('op.execute', () => {
  test('hands raw text on as it is', async () => {
    const sink = recordingSink()
    const text = "SELECT ':name', 'a?b', $1::text -- ${x}"
    await operations(sink, contextOf('app')).execute(text)
    expect(sink.recorded).toEqual([{ sql: text }])
  })

  test('binds the values of op.sql, and puts names and literals into the text', async () => {
    const sink = recordingSink()
    const op = operations(sink, contextOf('app'))
    const where = op.sql`id = ${7}`
    await op.execute(
      op.sql`UPDATE ${op.ident('app', 'user')} SET name = ${"o'neil"}, n = ${op.literal(-1)} WHERE ${where}`,
    )
    expect(sink.recorded).toEqual([
      { sql: 'UPDATE app."user" SET name = $1, n = -1 WHERE id = $2', values: ["o'neil", '7'] },
    ])
  })

  test('writes the values as literals into a script', async () => {
    const sink = recordingSink(true)
    const op = operations(sink, contextOf('app'))
    await op.execute(op.sql`SELECT ${"a'b"}, ${null}, name LIKE${'\\%'} FROM t WHERE x=${true}`)
    expect(sink.recorded).toEqual([{ sql: `SELECT 'a''b', NULL, name LIKE E'\\\\%' FROM t WHERE x= 'true'` }])
  })

  test('refuses undefined, and a value where a name stands', () => {
    const op = operations(recordingSink(), contextOf('my app'))
    expect(() => op.sql`SELECT ${undefined}`).toThrow(expect.objectContaining({ code: 'undefined-value' }))
    expect(() => op.sql`SELECT 1 FROM ${op.schema}.t`).toThrow(
      expect.objectContaining({ code: 'value-as-name' }),
    )
  })

  databaseTest(
    'stores the same value from a run, from a script and from a bulk insert',
    async ({ database }) => {
      const { client } = database
      await client.query(
        'CREATE TABLE public.t (how text, s text, n numeric, b boolean, d timestamp, j jsonb, a text[], x bytea)',
      )
      const online = operations(databaseSink(client, 'public'), contextOf('public'))
      const script = recordingSink(true)
      const offline = operations(script, contextOf('public'))
      const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0'))
      const row = fc.record({
        s: fc.option(text),
        n: fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n })),
        b: fc.boolean(),
        d: fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }),
        j: fc.dictionary(text, fc.option(text)),
        a: fc.array(fc.option(text)),
        x: fc.uint8Array(),
      })
      await fc.assert(
        fc.asyncProperty(row, async (given) => {
          await client.query('TRUNCATE public.t')
          const insert = (op: typeof online, how: string) =>
            op.execute(
              op.sql`INSERT INTO t VALUES (${how}, ${given.s}, ${given.n}, ${given.b}, ${given.d}, ${given.j}, ${given.a}, ${given.x})`,
            )
          await insert(online, 'online')
          await insert(offline, 'offline')
          const last = script.recorded.at(-1)
          if (last === undefined || !('sql' in last)) throw new Error('nothing was written')
          expect(last).not.toHaveProperty('values')
          await client.query(last.sql)
          await online.bulkInsert('t', [{ how: 'bulk', ...given }])
          const { rows } = await client.query('SELECT DISTINCT s, n, b, d, j, a, x FROM public.t')
          expect(rows).toHaveLength(1)
          expect(rows[0]).toMatchObject({ s: given.s, n: String(given.n), b: given.b, a: given.a })
        }),
        { numRuns: 50 },
      )
    },
  )

  databaseTest('gives the rows back', async ({ database }) => {
    const op = operations(databaseSink(database.client, 'public'), contextOf('public'))
    const { rows } = await op.execute(op.sql`SELECT ${41}::int + 1 AS answer`)
    expect(rows).toEqual([{ answer: 42 }])
  })
})
