import { describe, expect } from 'vitest'
import { labTest } from '../runner/support.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

const before = `CREATE TYPE app_user.state AS ENUM ('open', 'held', 'done');
  CREATE TABLE app_user.t (id int PRIMARY KEY, n text, short varchar(40), big bigint, state app_user.state, whole text, due text NOT NULL DEFAULT '');`
const after = `CREATE TYPE app_user.state AS ENUM ('open', 'done');
  CREATE TABLE app_user.t (id int PRIMARY KEY, n int, short varchar(4), big int, state app_user.state, part text NOT NULL, due date NOT NULL);`
const using = { 'app_user.t.part': `split_part(whole, ' ', 2)`, 'app_user.t.due': `NULLIF(due, '')::date` }
const good = `INSERT INTO app_user.t VALUES (1, '7', 'abcd   ', 5, 'done', 'a b', '2026-01-02')`
const bad = `INSERT INTO app_user.t VALUES (2, 'secret', 'too long', 5000000000, 'held', NULL)`

describe('a type change over rows of the live database', () => {
  labTest(
    'is a decision where they do not allow it, and their values are told on a terminal',
    async ({ lab }) => {
      await startAt(lab, { 'user.sql': before })
      await lab.database.client.query(`${good}; ${bad}`)
      await writeModels(lab, { 'user.sql': after })
      const asked = { casts: { using, recreate: [] }, renames: { given: {}, others: 'off' } } as const
      const silent = await generateFiles(lab, asked).catch((error: unknown) => error)
      expect(silent).toMatchObject({
        code: 'decision-needed',
        exitCode: 4,
        facts: {
          casts: expect.arrayContaining([
            { column: 'app_user.t.n', error: 'SQLSTATE 22P02' },
            { column: 'app_user.t.short', error: 'SQLSTATE 22001' },
            { column: 'app_user.t.big', error: 'SQLSTATE 22003' },
            { column: 'app_user.t.state', error: 'SQLSTATE 22P02' },
            { column: 'app_user.t.part', error: 'SQLSTATE 23502' },
            { column: 'app_user.t.due', error: 'SQLSTATE 23502' },
          ]),
        },
      })
      expect(String(silent)).not.toContain('secret')
      await expect(generateFiles(lab, { ...asked, showsValues: true })).rejects.toThrow('"secret"')
      await lab.database.client.query('DELETE FROM app_user.t WHERE id = 2')
      const { files } = await generateFiles(lab, asked)
      expect(files).toHaveLength(1)
      await lab.upgrade()
      const { rows } = await lab.database.client.query('SELECT n, big, state::text, part FROM app_user.t')
      expect(rows).toEqual([{ n: 7, big: 5, state: 'done', part: 'b' }])
    },
  )

  labTest('is none of a column that is to be dropped and added', async ({ lab }) => {
    await startAt(lab, { 'user.sql': before })
    await lab.database.client.query(`${good}; ${bad}`)
    await writeModels(lab, { 'user.sql': after })
    const casts = {
      using: { 'app_user.t.part': `''`, 'app_user.t.due': `DATE '2026-01-01'` },
      recreate: ['n', 'short', 'big', 'state'].map((name) => `app_user.t.${name}`),
    }
    const { files } = await generateFiles(lab, { casts, renames: { given: {}, others: 'off' } })
    expect(files[0]?.text).toMatch(/Upgrade loses: .*column app_user\.t\.n\b/)
    expect((await lab.upgrade()).error).toBeUndefined()
    const { rows } = await lab.database.client.query('SELECT id, n, state FROM app_user.t ORDER BY id')
    expect(rows).toEqual([1, 2].map((id) => ({ id, n: null, state: null })))
  })
})
