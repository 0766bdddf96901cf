import fc from 'fast-check'
import { describe, expect } from 'vitest'
import type { MigError } from '../../migrations/core/index.ts'
import { edgeSql, updateSql } from '../../migrations/core/runner/backfill/sql.ts'
import { databaseTest } from '../support/database.ts'
import { labTest, revision, statementsOf } from './support.ts'

const file = 'user/20260101_000000_aaaaaaaaaaa1_fill.ts'
const table = (rows: number) => `
  await op.execute('CREATE TABLE profile (id int PRIMARY KEY, name text)')
  await op.execute('INSERT INTO profile SELECT n FROM generate_series(1, ${rows}) AS n')`
const fill = (more = '') =>
  `await op.backfill({ table: 'profile', set: "name = 'n' || id", where: 'name IS NULL', batchSize: 100${more} })`

describe('op.backfill', () => {
  labTest('updates every row, in batches of at most the given size', async ({ lab }) => {
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, `${table(950)}\n${fill()}`) })
    const run = await lab.upgrade()
    expect(run.error).toBeUndefined()
    const updates = run.events.flatMap((event) =>
      event.event === 'statement' && event.sql.startsWith('UPDATE') ? [event.rows] : [],
    )
    expect(updates).toEqual([...Array(9).fill(100), 50])
    const left = await lab.database.client.query(
      'SELECT count(*)::int AS n FROM app_user.profile WHERE name IS NULL',
    )
    expect(left.rows).toEqual([{ n: 0 }])
    expect(run.events.filter((event) => event.event === 'progress').at(-1)).toMatchObject({ unit: 'rows' })
  })

  labTest('resumes after the last committed batch after a failure', async ({ lab }) => {
    await lab.write({
      'user/20260101_000000_aaaaaaaaaaa1_table.ts': revision('aaaaaaaaaaa1', null, table(500)),
      'user/20260102_000000_aaaaaaaaaaa2_fill.ts': revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', fill()),
    })
    const { client } = lab.database
    await lab.run({ direction: 'upgrade', target: 'user@aaaaaaaaaaa1' })
    await client.query(`CREATE FUNCTION app_user.refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN IF NEW.id = 250 THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER refuse BEFORE UPDATE ON app_user.profile FOR EACH ROW EXECUTE FUNCTION app_user.refuse()`)
    const first = await lab.upgrade()
    expect((first.error as MigError).message).toContain('raised exception (SQLSTATE P0001)')
    const { rows } = await client.query(
      'SELECT count(*)::int AS n FROM app_user.profile WHERE name IS NOT NULL',
    )
    expect(rows).toEqual([{ n: 200 }])
    await client.query('DROP TRIGGER refuse ON app_user.profile')
    const second = await lab.upgrade()
    expect(second.error).toBeUndefined()
    expect(statementsOf(second).filter((sql) => sql.startsWith('UPDATE'))).toHaveLength(4)
  })

  labTest('takes rows that came behind its cursor in another pass', async ({ lab }) => {
    const late = `, throttle: async ({ rows }) => { if (rows === 300) await op.client.query('INSERT INTO profile VALUES (-5), (-4)') }`
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, `${table(500)}\n${fill(late)}`) })
    const run = await lab.upgrade()
    expect(run.error).toBeUndefined()
    const left = await lab.database.client.query('SELECT name FROM app_user.profile WHERE id < 0 ORDER BY id')
    expect(left.rows).toEqual([{ name: 'n-5' }, { name: 'n-4' }])
  })

  labTest('stops when the rows it has updated still match', async ({ lab }) => {
    const forever = `await op.backfill({ table: 'profile', set: "name = 'x'", where: 'id > 0' })`
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, `${table(10)}\n${forever}`) })
    const { error } = await lab.upgrade()
    expect((error as MigError).code).toBe('backfill-stuck')
  })

  labTest('says so when rows that need it keep coming', async ({ lab }) => {
    const everMore = `, throttle: async () => { await op.client.query('INSERT INTO profile SELECT min(id) - 1 FROM profile') }`
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, `${table(5)}\n${fill(everMore)}`) })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'backfill-never-done' })
  })

  labTest('an interrupt ends it between two batches, and the next run goes on', async ({ lab }) => {
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, `${table(1000)}\n${fill()}`) })
    const stop = new AbortController()
    let batches = 0
    const first = await lab.upgrade({
      signal: stop.signal,
      onEvent: (event) => {
        if (event.event !== 'statement' || !event.sql.startsWith('UPDATE')) return
        batches += 1
        if (batches === 3) stop.abort('SIGTERM')
      },
    })
    expect(first.error).toMatchObject({ code: 'interrupted', exitCode: 143 })
    const second = await lab.upgrade()
    expect(second.error).toBeUndefined()
    const total = [...statementsOf(first), ...statementsOf(second)].filter((sql) => sql.startsWith('UPDATE'))
    // The batch under way may have been rolled back.
    expect(total.length).toBeGreaterThanOrEqual(10)
    expect(total.length).toBeLessThanOrEqual(12)
  })

  labTest('a table without a primary key needs a key, which the error asks for', async ({ lab }) => {
    const keyless = "await op.execute('CREATE TABLE profile (name text)')"
    await lab.write({ [file]: revision('aaaaaaaaaaa1', null, `${keyless}\n${fill()}`) })
    expect((await lab.upgrade()).error).toMatchObject({ code: 'no-key' })
  })

  databaseTest('any primary key is gone through once and in order', async ({ database }) => {
    const { client } = database
    await client.query(
      'CREATE TABLE t (a text, b bigint, "C c" timestamptz, done int DEFAULT 0, PRIMARY KEY (a, b, "C c"))',
    )
    const key = [
      { name: 'a', type: 'text' },
      { name: 'b', type: 'bigint' },
      { name: 'C c', type: 'timestamp with time zone' },
    ].map((column) => ({ ...column, collation: null, nullable: false, operators: 'pg_catalog' }))
    const shape = { tableSql: 't', set: 'done = done + 1', where: 'true', key }
    const rows = fc.uniqueArray(
      fc.tuple(
        fc.constantFrom('', 'a', 'ä', "o'x", 'zz'),
        fc.bigInt(-3n, 3n),
        fc.integer({ min: 0, max: 2 }),
      ),
      { selector: ([a, b, c]) => `${a}|${b}|${c}`, maxLength: 60 },
    )
    await fc.assert(
      fc.asyncProperty(rows, fc.integer({ min: 1, max: 9 }), async (values, size) => {
        await client.query('TRUNCATE t')
        for (const [a, b, c] of values) {
          await client.query(
            `INSERT INTO t VALUES ($1, $2, timestamptz 'epoch' + $3 * interval '0.000001 s')`,
            [a, String(b), c],
          )
        }
        let after: readonly string[] = []
        for (;;) {
          const more = after.length > 0
          const { rows: edges } = await client.query<{ edge: string[] }>(edgeSql(shape, more, size), [
            ...after,
          ])
          const edge = edges[0]?.edge
          const updated = await client.query(updateSql(shape, more, edge !== undefined), [
            ...after,
            ...(edge ?? []),
          ])
          expect(updated.rowCount).toBeLessThanOrEqual(size)
          if (edge === undefined) break
          after = edge
        }
        const { rows: wrong } = await client.query('SELECT * FROM t WHERE done <> 1')
        expect(wrong).toEqual([])
      }),
      { numRuns: 25 },
    )
  })
})
