import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { splitStatements } from '../../migrations/core/postgres/index.ts'
import { assignedColumns } from '../../migrations/core/runner/backfill/spec.ts'
import { type Lab, labTest, revision } from './support.ts'

interface KeyCase {
  readonly title: string
  /** Makes `t` with `v`, which is NULL where the backfill has not been. */
  readonly table: string
  readonly rows: string
  readonly key?: readonly string[]
}

const cases: readonly KeyCase[] = [
  {
    title: 'a uuid',
    table: 'CREATE TABLE t (id uuid PRIMARY KEY, v int)',
    rows: 'INSERT INTO t SELECT md5(n::text)::uuid FROM generate_series(1, 30) AS n',
  },
  {
    title: 'a bigint beyond what a JavaScript number holds',
    table: 'CREATE TABLE t (id bigint PRIMARY KEY, v int)',
    rows: 'INSERT INTO t SELECT 9223372036854775807 - n FROM generate_series(0, 29) AS n',
  },
  {
    title: 'a numeric with NaN',
    table: 'CREATE TABLE t (id numeric PRIMARY KEY, v int)',
    rows: "INSERT INTO t SELECT n / 7.0 FROM generate_series(1, 29) AS n UNION ALL SELECT 'NaN'",
  },
  {
    title: 'floats that differ in their last bit',
    table: 'CREATE TABLE t (id float8 PRIMARY KEY, v int)',
    rows: 'INSERT INTO t SELECT 1 + n * 2.220446049250313e-16 FROM generate_series(1, 30) AS n',
  },
  {
    title: 'timestamps that differ by microseconds',
    table: 'CREATE TABLE t (id timestamptz PRIMARY KEY, v int)',
    rows: "INSERT INTO t SELECT timestamptz '2020-01-01' + n * interval '1 us' FROM generate_series(1, 29) AS n UNION ALL SELECT 'infinity'",
  },
  {
    title: 'a text under a collation for which A is a',
    table: `CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      CREATE TABLE t (id text COLLATE ci PRIMARY KEY, v int)`,
    rows: 'INSERT INTO t SELECT chr(65 + n % 26) || n FROM generate_series(1, 30) AS n',
  },
  {
    title: 'a domain under another collation than its own',
    table: `CREATE DOMAIN code AS text COLLATE "POSIX"; CREATE TABLE t (id code COLLATE "C" PRIMARY KEY, v int)`,
    rows: "INSERT INTO t SELECT 'x' || n FROM generate_series(1, 30) AS n",
  },
  {
    title: 'an enum and a number of a partitioned table',
    table: `CREATE TYPE kind AS ENUM ('b', 'a');
      CREATE TABLE t (id int, kind kind, v int, PRIMARY KEY (kind, id)) PARTITION BY LIST (kind);
      CREATE TABLE t_a PARTITION OF t FOR VALUES IN ('a'); CREATE TABLE t_rest PARTITION OF t DEFAULT`,
    rows: "INSERT INTO t SELECT n, (ARRAY['a', 'b'])[1 + n % 2]::kind FROM generate_series(1, 30) AS n",
  },
  {
    title: 'arrays with NULL elements',
    table: 'CREATE TABLE t (id int[] PRIMARY KEY, v int)',
    rows: 'INSERT INTO t SELECT ARRAY[n, NULL] FROM generate_series(1, 30) AS n',
  },
  {
    title: 'a primary key that includes a column of NULLs',
    table: 'CREATE TABLE t (id int, name text, v int, PRIMARY KEY (id) INCLUDE (name))',
    rows: 'INSERT INTO t SELECT n FROM generate_series(1, 30) AS n',
  },
  {
    title: 'a unique index in descending order',
    table: 'CREATE TABLE t (a int NOT NULL, b text NOT NULL, v int); CREATE UNIQUE INDEX ON t (a DESC, b)',
    rows: "INSERT INTO t SELECT n % 5, 'x' || n FROM generate_series(1, 30) AS n",
    key: ['a', 'b'],
  },
  {
    title: 'columns whose operators are in several schemas, none of them on search_path',
    table: `CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
      CREATE TABLE t (name ext.citext, id int, rest ext.citext, v int, PRIMARY KEY (name, id, rest))`,
    rows: "INSERT INTO t SELECT (ARRAY['a', 'B', 'c'])[1 + n % 3], n / 6, 'X' || n FROM generate_series(1, 30) AS n",
  },
  {
    title: 'columns that may be NULL and are not',
    table: 'CREATE TABLE t (id int UNIQUE, v int)',
    rows: 'INSERT INTO t SELECT n FROM generate_series(1, 30) AS n',
    key: ['id'],
  },
]

const settings = [
  'extra_float_digits = -15',
  '"DateStyle" = \'German\'',
  'array_nulls = off',
  "bytea_output = 'escape'",
]

const first = 'user/20260101_000000_aaaaaaaaaaa1_table.ts'
const second = 'user/20260102_000000_aaaaaaaaaaa2_fill.ts'
const fill = (
  key: readonly string[] | undefined,
  more = "set: 'v = coalesce(v, 0) + 1', where: 'v IS NULL'",
) =>
  `await op.backfill({ table: 't', ${more}, batchSize: 7${key === undefined ? '' : `, key: ${JSON.stringify(key)}`} })`

async function prepare(lab: Lab, { table, rows }: Pick<KeyCase, 'table' | 'rows'>, backfill: string) {
  await lab.write({
    [first]: revision('aaaaaaaaaaa1', null, `await op.execute(${JSON.stringify(`${table}; ${rows}`)})`),
    [second]: revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', backfill),
  })
  expect((await lab.run({ direction: 'upgrade', target: 'user@aaaaaaaaaaa1' })).error).toBeUndefined()
}

async function runScript({ database }: Lab, script: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    for (const { text } of splitStatements(script)) await client.query(text)
  } finally {
    await client.end()
  }
}

const values = async (lab: Lab) =>
  (await lab.database.client.query('SELECT v, count(*)::int AS rows FROM app_user.t GROUP BY v')).rows

describe('a backfill that goes by', () => {
  for (const one of cases) {
    labTest(`${one.title} reaches every row once`, async ({ lab }) => {
      await prepare(lab, one, fill(one.key))
      expect((await lab.upgrade()).error).toBeUndefined()
      expect(await values(lab)).toEqual([{ v: 1, rows: 30 }])
    })

    labTest(
      `${one.title} does so as a script, and where the role has settings of its own`,
      async ({ lab }) => {
        const { client, name } = lab.database
        await prepare(lab, one, fill(one.key))
        for (const setting of settings) await client.query(`ALTER DATABASE ${name} SET ${setting}`)
        await runScript(lab, await lab.script())
        expect(await values(lab)).toEqual([{ v: 1, rows: 30 }])
        await client.query('UPDATE app_user.t SET v = NULL; DELETE FROM mig.version; DELETE FROM mig.log')
        await client.query("INSERT INTO mig.version VALUES ('app_user', 'aaaaaaaaaaa1')")
        expect((await lab.upgrade()).error).toBeUndefined()
        expect(await values(lab)).toEqual([{ v: 1, rows: 30 }])
      },
    )
  }
})

const numbers = {
  table: 'CREATE TABLE t (id int UNIQUE, n int UNIQUE, v int)',
  rows: 'INSERT INTO t SELECT nullif(n, 20), n FROM generate_series(1, 30) AS n',
}

describe('a backfill is refused', () => {
  labTest('where a row that needs it has a NULL in the key', async ({ lab }) => {
    await prepare(lab, numbers, fill(['id']))
    expect((await lab.upgrade()).error).toMatchObject({ code: 'null-key' })
    expect(await values(lab)).toEqual([{ v: null, rows: 30 }])
  })

  labTest('where it would change the key that it goes by', async ({ lab }) => {
    await prepare(lab, numbers, fill(['n'], "set: 'v = 1, n = n + 1000', where: 'true'"))
    expect((await lab.upgrade()).error).toMatchObject({
      code: 'bad-backfill',
      message: expect.stringContaining('set changes n'),
    })
  })

  labTest.for([
    'batchSize: 0',
    'batchSize: -5',
    'batchSize: 1.5',
    'batchSize: NaN',
    'pause: -1',
    'pause: NaN',
    'key: []',
  ])('with %s', async (option, { lab }) => {
    const backfill = `await op.backfill({ table: 't', set: 'v = 1', where: 'v IS NULL', key: ['n'], ${option} })`
    await prepare(lab, numbers, backfill)
    expect((await lab.upgrade()).error).toMatchObject({ code: 'bad-backfill' })
  })
})

labTest('A comment at the end of set does not take the condition with it', async ({ lab }) => {
  await prepare(lab, numbers, fill(['n'], "set: 'v = 1 -- one', where: 'v IS NULL AND n <= 3 -- few'"))
  expect((await lab.upgrade()).error).toBeUndefined()
  expect(await values(lab)).toEqual(
    expect.arrayContaining([
      { v: 1, rows: 3 },
      { v: null, rows: 27 },
    ]),
  )
})

labTest('A backfill that was edited to go by another key begins again', async ({ lab }) => {
  const stopped = (key: string) =>
    `${fill([key])}`.replace(
      ' })',
      ", throttle: async ({ rows }) => { if (rows === 14) throw new Error('stop') } })",
    )
  await prepare(lab, { ...numbers, rows: numbers.rows.replace('nullif(n, 20)', '-n') }, stopped('n'))
  expect((await lab.upgrade()).error).toMatchObject({ message: expect.stringContaining('stop') })
  await lab.write({ [second]: revision('aaaaaaaaaaa2', 'aaaaaaaaaaa1', fill(['id'])) })
  expect((await lab.upgrade({ resumeEdited: true })).error).toBeUndefined()
  expect(await values(lab)).toEqual([{ v: 1, rows: 30 }])
})

labTest('A script ends with an error where the backfill leaves rows as they are', async ({ lab }) => {
  await prepare(lab, numbers, fill(['n'], "set: 'v = NULL', where: 'v IS NULL'"))
  await expect(runScript(lab, await lab.script())).rejects.toThrow('still need the backfill after 10 passes')
})

test.each([
  ['a = 1', ['a']],
  ['a = 1, "B b" = f(c, d), E = \'x, y = 1\'', ['a', 'B b', 'e']],
  ['(a, b) = (SELECT c, d FROM u WHERE e = f), g[1] = 2, "h""h".x = 3', ['a', 'b', 'g', 'h"h', 'x']],
])('The columns that %s assigns are known', (set, columns) => {
  expect(assignedColumns(set)).toEqual(columns)
})
