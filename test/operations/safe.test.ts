import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Operations, operations, safeForms } from '../../migrations/core/operations/index.ts'
import { compareFingerprints, readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { quoteIdent } from '../../migrations/core/postgres/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Names, type Naming, namesOf, namings, plain } from './support/names.ts'
import { contextOf, databaseSink, recordingSink } from './support/sinks.ts'

/** A safe form, what it must come to, and how it is reverted. */
interface SafeCase {
  readonly form: keyof typeof safeForms
  readonly run: (op: Operations, n: Names) => Promise<void>
  /** The plain, blocking statements with the same outcome. */
  readonly same: (n: Names) => readonly string[]
  readonly undo: (op: Operations, n: Names) => Promise<void>
}

const cases: readonly SafeCase[] = [
  {
    form: 'addForeignKey',
    run: (op, n) =>
      op.safe.addForeignKey(n('made'), n('agents'), n('teams'), [n('team_id')], [n('id')], { comment: 'c' }),
    same: (n) => [
      `ALTER TABLE ${n.t('agents')} ADD CONSTRAINT ${n.q('made')} FOREIGN KEY (${n.q('team_id')}) REFERENCES ${n.t('teams')} (${n.q('id')})`,
      `COMMENT ON CONSTRAINT ${n.q('made')} ON ${n.t('agents')} IS 'c'`,
    ],
    undo: (op, n) =>
      op.reverse.createForeignKey(n('made'), n('agents'), n('teams'), [n('team_id')], [n('id')]),
  },
  {
    form: 'addCheck',
    run: (op, n) => op.safe.addCheck(n('made'), n('agents'), `${n.q('status')} <> '$body$'`),
    same: (n) => [
      `ALTER TABLE ${n.t('agents')} ADD CONSTRAINT ${n.q('made')} CHECK (${n.q('status')} <> '$body$')`,
    ],
    undo: (op, n) => op.reverse.createCheckConstraint(n('made'), n('agents'), ''),
  },
  {
    form: 'setNotNull',
    run: (op, n) => op.safe.setNotNull(n('agents'), n('team_id')),
    same: (n) => [`ALTER TABLE ${n.t('agents')} ALTER COLUMN ${n.q('team_id')} SET NOT NULL`],
    undo: (op, n) => op.reverse.alterColumn(n('agents'), n('team_id'), { nullable: false }),
  },
  {
    form: 'createIndex',
    run: (op, n) => op.safe.createIndex(n('made'), n('agents'), [n('team_id')], { unique: true }),
    same: (n) => [`CREATE UNIQUE INDEX ${n.q('made')} ON ${n.t('agents')} (${n.q('team_id')})`],
    undo: (op, n) => op.reverse.createIndex(n('made'), n('agents'), [n('team_id')], { concurrently: true }),
  },
  {
    form: 'changeType',
    run: (op, n) =>
      op.safe.changeType(n('agents'), n('status'), {
        type: 'integer',
        using: `length(${n.q('agents')}.${n.q('status')})`,
        default: '7',
        indexes: [{ name: n('name'), columns: [{ column: n('status'), order: 'desc' }] }],
      }),
    same: (n) => [
      `ALTER TABLE ${n.t('agents')} ALTER COLUMN ${n.q('status')} DROP DEFAULT`,
      `ALTER TABLE ${n.t('agents')} ALTER COLUMN ${n.q('status')} TYPE integer USING length(${n.q('status')})`,
      `ALTER TABLE ${n.t('agents')} ALTER COLUMN ${n.q('status')} SET DEFAULT 7`,
    ],
    undo: (op, n) =>
      op.safe.changeType(n('agents'), n('status'), {
        type: 'text',
        default: `'new'`,
        indexes: [{ name: n('name'), columns: [{ column: n('status'), order: 'desc' }] }],
      }),
  },
]

const setup = (n: Names) => [
  `CREATE SCHEMA ${quoteIdent(n.schema)}`,
  `CREATE TABLE ${n.t('teams')} (${n.q('id')} bigint PRIMARY KEY)`,
  `CREATE TABLE ${n.t('agents')} (${n.q('id')} bigint PRIMARY KEY, ${n.q('team_id')} bigint, ${n.q('status')} text NOT NULL DEFAULT 'new')`,
  `CREATE INDEX ${n.q('name')} ON ${n.t('agents')} (${n.q('status')} DESC)`,
  `COMMENT ON COLUMN ${n.t('agents')}.${n.q('status')} IS 'how it''s doing'`,
  `INSERT INTO ${n.t('teams')} VALUES (1), (2)`,
  `INSERT INTO ${n.t('agents')} VALUES (1, 1, 'on'), (2, 2, 'off')`,
]

test('Every safe form has a case', () => {
  expect(cases.map(({ form }) => form).sort()).toEqual(Object.keys(safeForms).sort())
})

test.each(cases)('No statement of $form runs in the transaction of the revision', async ({ form, run }) => {
  const sink = recordingSink()
  await run(operations(sink, contextOf('app')), namesOf(plain))
  const kinds = sink.recorded.map((one) => Object.keys(one))
  expect(kinds).toEqual(
    form === 'changeType' ? [['autocommit'], ['backfill'], ['autocommit']] : [['autocommit']],
  )
})

describe('On a server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  describe.each(namings)('with $title as names', (naming) => {
    test.each(cases)(
      '$form comes to what the plain statements come to, and its reverse restores it',
      async (one) => {
        await usingSchema(naming, async (n, op, fingerprint) => {
          const before = await fingerprint()
          await one.run(op, n)
          const safe = await fingerprint()
          await one.undo(op, n)
          expect(compareFingerprints(before, await fingerprint())).toEqual([])
          for (const sql of one.same(n)) await database.client.query(sql)
          expect(compareFingerprints(await fingerprint(), safe)).toEqual([])
        })
      },
    )
  })

  test.each(cases)('$form goes on after a stop at any step, recorded or not', async (one) => {
    const sink = recordingSink()
    await one.run(operations(sink, contextOf('app')), namesOf(plain))
    const count = sink.recorded.reduce(
      (sum, one) => sum + ('autocommit' in one ? one.autocommit.length : 1),
      0,
    )
    for (let stop = 0; stop < count; stop += 1) {
      for (const recorded of [true, false]) {
        await usingSchema(plain, async (n, _op, fingerprint) => {
          const done = await runSteps(one, n, { from: 0, to: stop + 1 })
          await runSteps(one, n, { from: recorded ? done : done - 1, to: Number.POSITIVE_INFINITY })
          const resumed = await fingerprint()
          await one.undo(operations(databaseSink(database.client, n.schema), contextOf(n.schema)), n)
          for (const sql of one.same(n)) await database.client.query(sql)
          expect(compareFingerprints(await fingerprint(), resumed)).toEqual([])
        })
      }
    }
  })

  test('changeType keeps the rows that are written while it runs', async () => {
    const one = cases.find(({ form }) => form === 'changeType') ?? never()
    await usingSchema(plain, async (n) => {
      const { client } = database
      await runSteps(one, n, { from: 0, to: 3 })
      await client.query(`INSERT INTO app.agents VALUES (3, 1, 'busy')`)
      await client.query(`UPDATE app.agents SET status = 'offline' WHERE id = 2`)
      await runSteps(one, n, { from: 3, to: Number.POSITIVE_INFINITY })
      const { rows } = await client.query('SELECT id::int, status FROM app.agents ORDER BY id')
      expect(rows).toEqual([
        { id: 1, status: 2 },
        { id: 2, status: 7 },
        { id: 3, status: 4 },
      ])
    })
  })

  test.each([
    ['a view', 'CREATE VIEW app.v AS SELECT status FROM app.agents', 'v'],
    ['a unique constraint', 'ALTER TABLE app.agents ADD CONSTRAINT u UNIQUE (status)', 'constraint u'],
    ['an index that is not named', 'CREATE INDEX other ON app.agents (lower(status))', 'index app.other'],
    [
      'a generated column',
      'ALTER TABLE app.agents ADD g text GENERATED ALWAYS AS (status) STORED',
      'column g',
    ],
    ['a grant', 'GRANT SELECT (status) ON app.agents TO PUBLIC', 'privileges of the column'],
    [
      'the rows of a table that inherits',
      'CREATE TABLE app.more () INHERITS (app.agents)',
      'rows of app.more',
    ],
  ])('changeType refuses to lose %s, and changes nothing', async (_what, sql, named) => {
    const one = cases.find(({ form }) => form === 'changeType') ?? never()
    await usingSchema(plain, async (n, op, fingerprint) => {
      await database.client.query(sql)
      const before = await fingerprint()
      await expect(one.run(op, n)).rejects.toThrow(named)
      expect(compareFingerprints(before, await fingerprint())).toEqual([])
    })
  })

  const partitioned = [
    'CREATE TABLE app.runs (id int NOT NULL, at date, status text NOT NULL) PARTITION BY RANGE (id)',
    'CREATE TABLE app.runs_1 PARTITION OF app.runs FOR VALUES FROM (1) TO (10)',
    'CREATE TABLE app.runs_2 PARTITION OF app.runs DEFAULT PARTITION BY LIST (at)',
    'CREATE TABLE app.runs_3 PARTITION OF app.runs_2 DEFAULT',
    "INSERT INTO app.runs SELECT n, '2026-01-01', repeat('x', n) FROM generate_series(1, 20) AS n",
  ]
  const toLength = { type: 'integer', using: 'length(status)' } as const

  test('changeType changes a partitioned table, partitions of partitions included', async () => {
    await usingSchema(plain, async (_n, op) => {
      const { client } = database
      for (const sql of partitioned) await client.query(sql)
      await op.safe.changeType('runs', 'status', { ...toLength, key: ['id'] })
      const { rows } = await client.query(
        'SELECT count(*)::int AS rows, sum(status)::int AS sum FROM app.runs WHERE status = id',
      )
      expect(rows).toEqual([{ rows: 20, sum: 210 }])
      await expect(client.query('INSERT INTO app.runs_3 VALUES (30)')).rejects.toThrow('null value')
    })
  })

  test.each([
    ['an index of the whole', 'CREATE INDEX i ON app.runs (status)', 'status', 'index app.i'],
    ['an index of one partition', 'CREATE INDEX i ON app.runs_3 (status)', 'status', 'index app.i'],
    ['a key of a partition', 'SELECT', 'at', 'partition key of app.runs_2'],
  ])('changeType refuses to lose %s of a partitioned table', async (_what, sql, column, named) => {
    await usingSchema(plain, async (_n, op) => {
      for (const each of [...partitioned, sql]) await database.client.query(each)
      const options = { ...toLength, indexes: [{ name: 'i', columns: [column] }] }
      await expect(op.safe.changeType('runs', column, options)).rejects.toThrow(named)
    })
  })

  test.each(['setNotNull', 'changeType'])(
    '%s spares PostgreSQL the scan for NULLs under its exclusive lock',
    async (form) => {
      const one = cases.find((each) => each.form === form) ?? never()
      await usingSchema(plain, async (n, op) => {
        const { client } = database
        const messages: string[] = []
        const listen = ({ message }: { message?: string | undefined }) => messages.push(message ?? '')
        client.on('notice', listen)
        await client.query('SET client_min_messages = debug1')
        try {
          await one.run(op, n)
        } finally {
          await client.query('RESET client_min_messages')
          client.off('notice', listen)
        }
        expect(messages).toContainEqual(
          expect.stringContaining('are sufficient to prove that it does not contain nulls'),
        )
      })
    },
  )

  test.each(cases.filter(({ form }) => form !== 'createIndex'))(
    '$form reads the whole table only under a lock that lets writers go on',
    async (one) => {
      await usingSchema(plain, async (n) => {
        const { client } = database
        const sink = databaseSink(client, n.schema)
        const execute: typeof sink.execute = async (statement) => {
          if (!statement.sql.includes('VALIDATE CONSTRAINT')) return await sink.execute(statement)
          await client.query('BEGIN')
          const result = await sink.execute(statement)
          const { rows } = await client.query(
            `SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'app.agents'::regclass`,
          )
          await client.query('COMMIT')
          const letsWrite = [
            'AccessShareLock',
            'RowShareLock',
            'RowExclusiveLock',
            'ShareUpdateExclusiveLock',
          ]
          expect(letsWrite).toEqual(expect.arrayContaining(rows.map(({ mode }) => mode)))
          return result
        }
        await one.run(operations({ ...sink, execute }, contextOf(n.schema)), n)
      })
    },
  )

  test('A constraint of the same name that is in force already stays an error', async () => {
    await usingSchema(plain, async (_n, op) => {
      await database.client.query('ALTER TABLE app.agents ADD CONSTRAINT made CHECK (id > 0)')
      await expect(op.safe.addCheck('made', 'agents', 'id < 100')).rejects.toMatchObject({ code: '42710' })
    })
  })

  /** Runs the steps `from` to before `to`, as a runner does that skips what is recorded; gives how many there were. */
  async function runSteps(
    one: SafeCase,
    n: Names,
    { from, to }: { from: number; to: number },
  ): Promise<number> {
    const sink = databaseSink(database.client, n.schema)
    let step = 0
    const within = () => step >= from && step < to
    const counted = {
      ...sink,
      client: database.client as pg.ClientBase,
      async execute(statement: Parameters<typeof sink.execute>[0]) {
        const result = within() ? sink.execute(statement) : database.client.query('')
        step += 1
        return await result
      },
      async backfill(spec: Parameters<typeof sink.backfill>[0]) {
        const result = within() ? sink.backfill(spec) : Promise.resolve({ rows: 0, batches: 0 })
        step += 1
        return await result
      },
    }
    await one.run(operations(counted, contextOf(n.schema)), n)
    return Math.min(step, to)
  }

  async function usingSchema(
    naming: Naming,
    body: (n: Names, op: Operations, fingerprint: () => ReturnType<typeof readFingerprint>) => Promise<void>,
  ): Promise<void> {
    const n = namesOf(naming)
    const { client } = database
    for (const sql of setup(n)) await client.query(sql)
    try {
      const op = operations(databaseSink(client, n.schema), contextOf(n.schema))
      await body(n, op, () => readFingerprint(client, { schemas: [n.schema], privileges: true }))
    } finally {
      await client.query(`DROP SCHEMA ${quoteIdent(n.schema)} CASCADE`)
    }
  }
})

function never(): never {
  throw new Error('a case of these tests is missing')
}
