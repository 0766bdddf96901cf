import { expect } from 'vitest'
import { isStoredAlike } from '../../migrations/core/difference/index.ts'
import { databaseTest } from '../support/database.ts'

databaseTest(
  'a type change that is said to rewrite nothing keeps the file of the table',
  async ({ database }) => {
    const { client } = database
    const types = [
      'text',
      'character varying',
      'character varying(10)',
      'character varying(20)',
      'character(10)',
      'bit varying(8)',
      'bit varying(16)',
      'bit varying',
      'numeric',
      'numeric(8,2)',
      'numeric(10,2)',
      'numeric(10,3)',
      'numeric(10)',
      'integer',
      'bigint',
      'text[]',
      'timestamp(3) without time zone',
    ]
    const pairs = types.flatMap((from) => types.map((to) => ({ from, to })))
    const said = pairs.filter(({ from, to }) => from !== to && isStoredAlike(from, to))
    for (const { from, to } of said) {
      await client.query(`CREATE TABLE t (c ${from}); INSERT INTO t VALUES (NULL)`)
      const file = async () =>
        (await client.query(`SELECT relfilenode FROM pg_class WHERE relname = 't'`)).rows
      const before = await file()
      await client.query(`ALTER TABLE t ALTER COLUMN c TYPE ${to}`)
      expect({ from, to, file: await file() }).toEqual({ from, to, file: before })
      await client.query('DROP TABLE t')
    }
    expect(said).toContainEqual({ from: 'character varying(10)', to: 'text' })
    expect(said).toContainEqual({ from: 'numeric(8,2)', to: 'numeric(10,2)' })
    expect(said).not.toContainEqual({ from: 'numeric(10,2)', to: 'numeric(10,3)' })
  },
)
