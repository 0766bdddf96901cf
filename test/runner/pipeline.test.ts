import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect } from 'vitest'
import type { MigError, MigEvent } from '../../migrations/core/index.ts'
import { textChecksum } from '../../migrations/core/runner/index.ts'
import { frontendProxy } from '../support/frontend-proxy.ts'
import { type Lab, labTest, revision, statementsOf } from './support.ts'

const [one, two, three, four] = ['aaaaaaaaaaa1', 'aaaaaaaaaaa2', 'aaaaaaaaaaa3', 'aaaaaaaaaaa4']

function sqlRevision(id: string, parent: string, upgrade: string): string {
  return `-- step\n--\n-- Revision: ${id}\n-- Revises: ${parent}\n-- Created: 2026-01-01T00:00:00Z\n\n-- upgrade\n${upgrade}\n-- downgrade\n`
}

async function schemaTables({ database }: Lab): Promise<readonly string[]> {
  const { rows } = await database.client.query(
    "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'app_user' ORDER BY 1",
  )
  return rows.map(({ name }) => name)
}

labTest('a file that is edited during the run is logged as what has run', async ({ lab }) => {
  const [first, second] = [`user/20260101_000000_${one}_a.sql`, `user/20260102_000000_${two}_b.sql`]
  const text = sqlRevision(two, one, 'CREATE TABLE before ();')
  await lab.write({ [first]: sqlRevision(one, 'base', 'SELECT 1;'), [second]: text })
  const path = join(lab.root, 'migrations', 'versions', second)
  const onEvent = (event: MigEvent) => {
    if (event.event === 'step-done') writeFileSync(path, sqlRevision(two, one, 'CREATE TABLE after ();'))
  }
  expect((await lab.upgrade({ onEvent })).error).toBeUndefined()
  const { rows } = await lab.database.client.query('SELECT checksum FROM mig.log WHERE revision = $1', [two])
  expect(await schemaTables(lab)).toEqual(['before'])
  expect(rows).toEqual([{ checksum: textChecksum(text) }])
})

describe('a revision that is nothing but statements', () => {
  labTest(
    'may drop what the session has prepared, and is waited for whatever pg.defaults say',
    async ({ lab }) => {
      const forget = "DO 'BEGIN EXECUTE ''DEALLOCATE ALL''; END';"
      await lab.write({
        [`user/20260101_000000_${one}_a.sql`]: sqlRevision(one, 'base', 'CREATE TABLE a ();'),
        [`user/20260102_000000_${two}_b.sql`]: sqlRevision(two, one, `${forget}\nCREATE TABLE b ();`),
        [`user/20260103_000000_${three}_c.sql`]: sqlRevision(
          three,
          two,
          'SELECT pg_sleep(0.1);\nCREATE TABLE c ();',
        ),
      })
      pg.defaults.query_timeout = 50
      try {
        expect((await lab.upgrade()).error).toBeUndefined()
      } finally {
        delete pg.defaults.query_timeout
      }
      expect(await schemaTables(lab)).toEqual(['a', 'b', 'c'])
      const { rows } = await lab.database.client.query(
        'SELECT revision, heads, outcome FROM mig.log ORDER BY id',
      )
      expect(rows).toEqual([one, two, three].map((id) => ({ revision: id, heads: [id], outcome: 'done' })))
    },
  )

  labTest(
    'waits for one answer at most, whatever it does; another one for each of its own',
    async ({ lab }) => {
      await lab.write({
        [`user/20260101_000000_${one}_first.ts`]: revision(one, null, "await op.execute('SELECT 1')"),
        [`user/20260102_000000_${two}_sql.sql`]: sqlRevision(
          two,
          one,
          'CREATE TABLE a (id int);\nINSERT INTO a VALUES (1), (2);\nUPDATE a SET id = 3 WHERE id = 2;\n',
        ),
        [`user/20260103_000000_${three}_ts.ts`]: revision(
          three,
          two,
          `await op.execute(\`CREATE TABLE \${op.schema}.b (id int)\`)
  await op.execute("INSERT INTO b VALUES (1); INSERT INTO b VALUES (2), (3)")`,
        ),
        [`user/20260104_000000_${four}_reads.ts`]: revision(
          four,
          three,
          "const { rows } = await op.execute('SELECT id FROM a')\n  for (const { id } of rows) await op.execute(`DELETE FROM b WHERE id = ${id}`)",
        ),
      })
      const proxy = await frontendProxy(new URL(lab.database.url), () => 'pass')
      const awaited: Record<string, number> = {}
      const statements: unknown[] = []
      const onEvent = (event: MigEvent) => {
        if (event.event === 'step-start') awaited[event.revision] = -proxy.answers()
        if (event.event === 'step-done')
          awaited[event.revision] = (awaited[event.revision] ?? 0) + proxy.answers()
        if (event.event === 'statement' && [two, three].includes(event.revision))
          statements.push([event.sql, event.rows])
      }
      try {
        expect((await lab.upgrade({ url: proxy.url, onEvent })).error).toBeUndefined()
      } finally {
        await proxy.close()
      }
      // BEGIN, the three statements, and COMMIT.
      expect(awaited).toMatchObject({ [two]: 1, [four]: 5 })
      // Where it was sent with the one before it, that has waited for both.
      expect([0, 1]).toContain(awaited[three])
      expect(statements).toEqual([
        ['CREATE TABLE a (id int)', null],
        ['INSERT INTO a VALUES (1), (2)', 2],
        ['UPDATE a SET id = 3 WHERE id = 2', 1],
        ['CREATE TABLE app_user.b (id int)', null],
        ['INSERT INTO b VALUES (1); INSERT INTO b VALUES (2), (3)', 2],
      ])
      expect((await lab.database.client.query('SELECT id FROM app_user.b')).rows).toEqual([{ id: 2 }])
    },
  )

  labTest('is committed where a handler of its events throws, and the run ends there', async ({ lab }) => {
    await lab.write({
      [`user/20260101_000000_${one}_a.ts`]: revision(
        one,
        null,
        "await op.execute('CREATE TABLE a (id int)')",
      ),
      [`user/20260102_000000_${two}_b.ts`]: revision(two, one, "await op.execute('CREATE TABLE b (id int)')"),
    })
    const thrown = new Error('the handler is broken')
    const onEvent = ({ event }: MigEvent) => {
      if (event === 'statement') throw thrown
    }
    expect((await lab.upgrade({ onEvent })).error).toBe(thrown)
    expect(await schemaTables(lab)).toEqual(['a'])
    expect((await lab.upgrade()).error).toBeUndefined()
    expect(await schemaTables(lab)).toEqual(['a', 'b'])
    const { rows } = await lab.database.client.query('SELECT outcome FROM mig.log ORDER BY 1')
    expect(rows.map(({ outcome }) => outcome)).toEqual(['done', 'done'])
  })

  labTest('fails at its statement, and the file is told from there', async ({ lab }) => {
    const several = 'CREATE TABLE c (id int); SELECT nope FROM c; SELECT 1'
    await lab.write({
      [`user/20260101_000000_${one}_a.ts`]: revision(one, null, `await op.execute('${several}')`),
      [`user/20260102_000000_${two}_b.sql`]: sqlRevision(
        two,
        one,
        'CREATE TABLE d (id int PRIMARY KEY);\n\nSELECT 1,\n  wrong\nFROM d;\n',
      ),
    })
    const failure = async () => (await lab.upgrade()).error as MigError
    expect((await failure()).place).toMatchObject({ statement: several, position: several.indexOf('nope') })
    expect(await schemaTables(lab)).toEqual([])
    await lab.write({
      [`user/20260101_000000_${one}_a.ts`]: revision(one, null, "await op.execute('CREATE TABLE c ()')"),
    })
    expect((await failure()).place).toMatchObject({
      statement: 'SELECT 1,\n  wrong\nFROM d',
      ...{ position: 12, line: 11, column: 3 },
    })
    expect(await schemaTables(lab)).toEqual(['c'])
    await lab.write({
      [`user/20260102_000000_${two}_b.sql`]: sqlRevision(two, one, 'CREATE TABLE d ();\nSELEC 1;'),
    })
    const run = await lab.upgrade()
    expect(run.error).toMatchObject({ place: { statement: 'SELEC 1', position: 0, line: 9 } })
    expect(statementsOf(run)).toEqual(['CREATE TABLE d ()'])
    const { rows } = await lab.database.client.query('SELECT revision, outcome FROM mig.log ORDER BY id')
    expect(rows).toEqual([
      { revision: one, outcome: 'failed' },
      { revision: one, outcome: 'done' },
      { revision: two, outcome: 'failed' },
      { revision: two, outcome: 'failed' },
    ])
  })

  labTest('is rolled back by an interrupt while one of them runs', async ({ lab }) => {
    await lab.write({
      [`user/20260101_000000_${one}_a.sql`]: sqlRevision(
        one,
        'base',
        'CREATE TABLE e ();\nSELECT pg_sleep(600);\nCREATE TABLE f ();',
      ),
    })
    const stop = new AbortController()
    const { error } = await lab.upgrade({
      signal: stop.signal,
      // Told when it is done, and not at the end of all.
      onEvent: (event) => event.event === 'statement' && stop.abort('SIGINT'),
    })
    expect(error).toMatchObject({ code: 'interrupted', exitCode: 130 })
    expect(await schemaTables(lab)).toEqual([])
  })
})
