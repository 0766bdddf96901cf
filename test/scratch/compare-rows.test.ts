import type { Client } from 'pg'
import { expect, inject, test } from 'vitest'
import { lossText } from '../../migrations/core/revisions/index.ts'
import { withScratchDatabase } from '../../migrations/core/scratch/database.ts'
import {
  type Casts,
  columnKey,
  compareRows,
  concernedTables,
  expectations,
  makeRows,
  noRenames,
  observeRows,
  staleDefaults,
} from '../../migrations/core/scratch/rows/index.ts'

interface Change {
  readonly before: string
  readonly change: string
  /** What goes, or values that do not come through. */
  readonly lost?: readonly string[]
  readonly gained?: readonly string[]
  readonly stale?: readonly string[]
  readonly casts?: Casts
}

const table = 'CREATE TABLE t (id serial PRIMARY KEY, a int, b text)'
const parted = `CREATE TABLE t (k int, v text) PARTITION BY LIST (k); CREATE TABLE one PARTITION OF t FOR VALUES IN (1, 2);
  CREATE TABLE two PARTITION OF t FOR VALUES IN (3)`

const changes: Readonly<Record<string, Change>> = {
  nothing: { before: table, change: 'SELECT' },
  'renames keep all': {
    before: table,
    change:
      'ALTER TABLE t RENAME TO u; ALTER TABLE u RENAME b TO c; CREATE SCHEMA app2; ALTER TABLE u SET SCHEMA app2',
  },
  'a column dropped': { before: table, change: 'ALTER TABLE t DROP b', lost: ['column app.t.b'] },
  'a column dropped and added': {
    before: table,
    change: 'ALTER TABLE t DROP b, ADD b text',
    lost: ['column app.t.b'],
  },
  'a column dropped and added with its values': {
    before: table,
    change: 'ALTER TABLE t ADD c text; UPDATE t SET c = b; ALTER TABLE t DROP b; ALTER TABLE t RENAME c TO b',
  },
  'a table dropped and created': {
    before: table,
    change: `DROP TABLE t; ${table}`,
    lost: ['table app.t'],
  },
  'a table made again with its rows and another type': {
    before: table,
    change:
      'CREATE TABLE u (id int PRIMARY KEY, a bigint, b varchar); INSERT INTO u SELECT * FROM t; DROP TABLE t; ALTER TABLE u RENAME TO t',
  },
  'a table dropped': { before: table, change: 'DROP TABLE t', lost: ['table app.t'] },
  'one row deleted': {
    before: table,
    change: 'DELETE FROM t WHERE id = 3',
    lost: ['rows of table app.t'],
  },
  'a row that comes': { before: table, change: `INSERT INTO t VALUES (77, 1, 'x')`, gained: ['app.t'] },
  'values trade rows': {
    before: table,
    change: 'UPDATE t SET a = 3 - a WHERE a IS NOT NULL; ',
    lost: ['values of column app.t.a'],
  },
  'a type that reads alike': { before: table, change: 'ALTER TABLE t ALTER a TYPE numeric(10,2)' },
  'a type that has no place for digits': {
    before: 'CREATE TABLE t (id int PRIMARY KEY, v numeric(6,2))',
    change: 'ALTER TABLE t ALTER v TYPE int',
    lost: [],
  },
  'an expression that was asked about': {
    before: table,
    change: `ALTER TABLE t ALTER b TYPE int USING length(b) * 10`,
    casts: new Map([[columnKey('app', 't', 'b'), '(length(b) * 10)::int']]),
  },
  'another expression than was asked about': {
    before: table,
    change: `ALTER TABLE t ALTER b TYPE int USING length(b)`,
    casts: new Map([[columnKey('app', 't', 'b'), '(length(b) * 10)::int']]),
    lost: ['values of column app.t.b'],
  },
  'NULL filled for NOT NULL': {
    before: table,
    change: `UPDATE t SET a = 9 WHERE a IS NULL; ALTER TABLE t ALTER a SET NOT NULL`,
  },
  'NULL filled with a value of others that change': {
    before: table,
    change: `UPDATE t SET a = 9; ALTER TABLE t ALTER a SET NOT NULL`,
    lost: ['values of column app.t.a'],
  },
  'a partition detached': { before: parted, change: 'ALTER TABLE t DETACH PARTITION one' },
  'a partition dropped': { before: parted, change: 'DROP TABLE two', lost: ['table app.two'] },
  'a partition attached': {
    before: `${parted}; CREATE TABLE three (k int NOT NULL CHECK (k = 9), v text)`,
    change: 'ALTER TABLE t ATTACH PARTITION three FOR VALUES IN (9)',
  },
  'rows that move to another partition': {
    before: parted,
    change: `CREATE TABLE keep AS TABLE t; DELETE FROM t; ALTER TABLE t DETACH PARTITION one; DROP TABLE one;
      CREATE TABLE other PARTITION OF t DEFAULT; INSERT INTO t SELECT * FROM keep; DROP TABLE keep`,
  },
  'a generated column made plain': {
    before: 'CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 2) STORED)',
    change: 'ALTER TABLE t ALTER g DROP EXPRESSION',
  },
  'a sequence made again': {
    before: table,
    change: `ALTER TABLE t ALTER id DROP DEFAULT; DROP SEQUENCE t_id_seq; CREATE SEQUENCE t_id_seq OWNED BY t.id; ALTER TABLE t ALTER id SET DEFAULT nextval('t_id_seq')`,
    stale: ['t.id'],
  },
  'a sequence for a column without a key': {
    before: 'CREATE TABLE t (n int)',
    change: `CREATE SEQUENCE s; ALTER TABLE t ALTER n SET DEFAULT nextval('app.s')`,
    stale: ['t.n'],
  },
  'an identity that begins again': {
    before: 'CREATE TABLE t (id int PRIMARY KEY, b text)',
    change: 'ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY',
    stale: ['t.id'],
  },
  'an identity behind the rows': {
    before: 'CREATE TABLE t (id int PRIMARY KEY, b text)',
    change: `ALTER TABLE t ALTER id ADD GENERATED ALWAYS AS IDENTITY; SELECT setval('app.t_id_seq', (SELECT max(id) FROM t))`,
  },
}

async function seen(client: Client, { before, change, casts }: Change) {
  await client.query(`CREATE SCHEMA app; SET search_path = app; ${before}`)
  await client.query('RESET search_path')
  const tables = await concernedTables(client, { names: [], schemas: ['app'] })
  expect(await makeRows(client, tables)).toEqual([])
  const old = await observeRows(
    client,
    tables.map(({ oid }) => oid),
    casts === undefined ? undefined : { casts },
  )
  await client.query(`SET search_path = app; ${change}`)
  await client.query('RESET search_path')
  const later = await concernedTables(client, {
    names: [],
    oids: tables.map(({ oid }) => oid),
    schemas: ['app'],
  })
  const now = await observeRows(
    client,
    later.map(({ oid }) => oid),
  )
  const { losses, gained } = compareRows(old, now, await expectations(client, old, now, noRenames), noRenames)
  const stale = await staleDefaults(client, later)
  await client.query('DROP SCHEMA IF EXISTS app, app2 CASCADE')
  return {
    lost: losses.map(lossText),
    gained: gained.map(({ name }) => name.join('.')),
    stale: stale.map(({ table: name, column }) => `${name}.${column}`),
  }
}

test('what becomes of rows in a change is seen', async () => {
  await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
    const found: Record<string, unknown> = {}
    const right: Record<string, unknown> = {}
    for (const [name, change] of Object.entries(changes)) {
      found[name] = await seen(client, change)
      right[name] = { lost: change.lost ?? [], gained: change.gained ?? [], stale: change.stale ?? [] }
    }
    expect(found).toEqual(right)
  })
})

test('a row is shown by its first values', async () => {
  await withScratchDatabase({ adminUrl: inject('adminUrl') }, async ({ client }) => {
    const columns = Array.from({ length: 40 }, (_, at) => `c${at} text`).join(', ')
    await client.query(
      `CREATE SCHEMA app; SET search_path = app; CREATE TABLE wide (${columns}); INSERT INTO wide (c0, c2) VALUES ('one', repeat('x', 90))`,
    )
    const { rows } = await client.query<{ oid: string }>(`SELECT 'wide'::regclass::oid::text AS oid`)
    const before = await observeRows(client, [rows[0]?.oid ?? ''])
    await client.query('DELETE FROM wide')
    const after = await observeRows(client, [rows[0]?.oid ?? ''])
    const { losses } = compareRows(before, after, await expectations(client, before, after, noRenames))
    expect(losses.map(({ examples }) => examples)).toEqual([
      [`('one', NULL, '${'x'.repeat(40)}…', NULL, and 36 more)`],
    ])
  })
})
