import { describe, expect } from 'vitest'
import { MigError } from '../../migrations/core/index.ts'
import { labTest, revision, statementsOf } from './support.ts'

const half = revision(
  'aaaaaaaaaaa1',
  null,
  `
  await op.execute('CREATE TABLE profile (id int PRIMARY KEY, name text)')
  await op.execute("INSERT INTO profile SELECT n, 'same' FROM generate_series(1, 100) AS n")
  await op.autocommit(async () => {
    await op.execute('CREATE INDEX CONCURRENTLY profile_id_idx ON profile (id)')
    await op.execute('CREATE UNIQUE INDEX CONCURRENTLY profile_name_key ON profile (name)')
  })
  await op.execute('ALTER TABLE profile ADD COLUMN age int')
  `,
)

describe('op.autocommit', () => {
  labTest(
    'a failed statement leaves those before it done, and the next run goes on there',
    async ({ lab }) => {
      await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_half.ts': half })
      const first = await lab.upgrade()
      expect(first.error).toBeInstanceOf(MigError)
      expect((first.error as MigError).message).toContain('its first 3 statements are done and recorded')
      const { client } = lab.database
      const { rows } = await client.query('SELECT statement, pending FROM mig.progress')
      expect(rows).toEqual([{ statement: 3, pending: expect.objectContaining({ statement: 4 }) }])
      expect((await client.query('SELECT * FROM mig.version')).rows).toEqual([])

      await client.query("UPDATE app_user.profile SET name = 'name ' || id")
      const second = await lab.upgrade()
      expect(second.error).toBeUndefined()
      expect(statementsOf(second)).toEqual([
        'DROP INDEX CONCURRENTLY IF EXISTS app_user.profile_name_key',
        'CREATE UNIQUE INDEX CONCURRENTLY profile_name_key ON profile (name)',
        'ALTER TABLE profile ADD COLUMN age int',
      ])
      const indexes = await client.query(
        `SELECT indexrelid::regclass::text AS name, indisvalid AS valid FROM pg_index WHERE indrelid = 'app_user.profile'::regclass ORDER BY 1`,
      )
      expect(indexes.rows).toEqual([
        { name: 'app_user.profile_id_idx', valid: true },
        { name: 'app_user.profile_name_key', valid: true },
        { name: 'app_user.profile_pkey', valid: true },
      ])
      expect((await client.query('SELECT * FROM mig.progress')).rows).toEqual([])
      expect((await client.query('SELECT revision FROM mig.version')).rows).toEqual([
        { revision: 'aaaaaaaaaaa1' },
      ])
    },
  )
})
