import { describe, expect, test } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { eventText } from '../../migrations/core/report/index.ts'
import { type Lab, labTest, revision } from './support.ts'

const sqlFile = (sql: string) => `-- one
--
-- Revision: aaaaaaaaaaa1
-- Revises: base
-- Created: 2026-01-01T00:00:00Z

-- upgrade
${sql}
`

async function failed(lab: Lab, sql: string): Promise<MigError> {
  await lab.write({ 'user/20260101_000000_aaaaaaaaaaa1_one.sql': sqlFile(sql) })
  const { error } = await lab.upgrade({ settings: { retry: { for: '0' } } })
  return error as MigError
}

describe('a statement of a .sql file that fails', () => {
  labTest('is told with the line and column of the file, and a caret', async ({ lab }) => {
    const error = await failed(lab, 'CREATE TABLE t (id int);\n\nALTER TABLE t\n  ADD COLUM x int;')
    expect(error.place).toMatchObject({ line: 11, column: 15, position: 28 })
    expect(error.place?.file).toMatch(/_one\.sql$/)
  })

  labTest('outside of a transaction too', async ({ lab }) => {
    const error = await failed(lab, '\n  VACUUM nowhere;')
    expect(error.place).toMatchObject({ line: 9 })
  })

  labTest('with a NUL byte never reaches the server', async ({ lab }) => {
    const error = await failed(lab, "CREATE TABLE t (id text);\n  INSERT INTO t VALUES ('a\0b');")
    expect(error).toMatchObject({ code: 'nul-byte', exitCode: 3, place: { line: 9, column: 27 } })
    expect(error.place?.statement).not.toContain('\0')
  })
})

describe("a failure of the server's own is told with the step that helps", () => {
  for (const [sqlState, help] of [
    ['53100', /disk .* full: free space/],
    ['53200', /out of memory/],
    ['53300', /no connection left/],
    ['25006', /URL of the primary/],
    ['40001', /another transaction changed the same rows/],
  ] as const) {
    labTest(sqlState, async ({ lab }) => {
      const raise = `DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '${sqlState}'; END $$;`
      expect(await failed(lab, raise)).toMatchObject({
        code: 'database-error',
        help: expect.stringMatching(help),
        place: { line: 8, column: 1 },
      })
    })
  }

  labTest('rows whose values a new type does not take', async ({ lab }) => {
    const sql =
      "CREATE TABLE t (c text); INSERT INTO t VALUES ('a'); ALTER TABLE t ALTER COLUMN c TYPE int USING c::int;"
    expect(await failed(lab, sql)).toMatchObject({ help: expect.stringMatching(/^rows break it/) })
    expect(await failed(lab, "SELECT 'a'::int;")).toMatchObject({
      help: expect.stringMatching(/^fix the revision/),
    })
  })

  labTest('a NUL byte in a value', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_one.ts': revision(
        'aaaaaaaaaaa1',
        null,
        "await op.execute(op.sql`SELECT ${'a\\0b'}::text`)",
      ),
    })
    const { error } = await lab.upgrade()
    expect(error).toMatchObject({ code: 'database-error', help: expect.stringContaining('NUL byte') })
  })

  labTest('a transaction that was idle for too long', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_one.ts': revision(
        'aaaaaaaaaaa1',
        null,
        `await op.execute("SET LOCAL idle_in_transaction_session_timeout = '20ms'")
  await new Promise((done) => setTimeout(done, 200))
  await op.execute('SELECT 1')`,
      ),
    })
    const { error } = await lab.upgrade()
    expect(error).toMatchObject({
      code: 'connection-lost',
      help: expect.stringContaining('idle_in_transaction_session_timeout = 0'),
    })
  })
})

test('a serialization failure is not called a lost connection', async () => {
  const event = {
    ...{ event: 'retry' as const, revision: 'a', targetSchema: 's', attempt: 1, delayMs: 1 },
    ...{ sqlState: '40001', blockers: [] },
  }
  expect(eventText(event, 'normal', {})).toContain('met a change of the same rows by another transaction')
})
