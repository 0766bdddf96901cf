import { expect, test } from 'vitest'
import { headerNotes } from '../../migrations/core/autogenerate/write/header-notes.ts'
import { fingerprintHash } from '../../migrations/core/postgres/fingerprint/index.ts'
import { lossText } from '../../migrations/core/revisions/index.ts'
import { changesOfFingerprints } from '../../migrations/core/scratch/changes.ts'
import { proveCase } from './support/case.ts'

/** What the header of the one revision says of rows that it was not proved with, and of what each side loses. */
async function headOf(before: string, after: string, using: Readonly<Record<string, string>> = {}) {
  const decisions = { using, recreate: Object.keys(using).length === 0 ? ['*'] : [] }
  const { revisions } = await proveCase({ name: 'rows', before, after, seed: '', decisions })
  return revisions.map(({ upgrade, downgrade }) => ({
    statements: upgrade.sections.flatMap(({ statements }) => statements),
    notes: headerNotes(upgrade, downgrade),
    without: upgrade.withoutRows,
    downWithout: downgrade.withoutRows,
    loses: upgrade.costs.dataLoss.map(lossText),
    fails: [...upgrade.costs.demands, ...downgrade.costs.demands].map(({ object }) => object),
  }))
}

test('a change that commits in between is tried with its commits: what no row passes is proved without, and said', async () => {
  const upward = await headOf(
    `CREATE TYPE mood AS ENUM ('low'); CREATE TABLE t (id int PRIMARY KEY, b bigint NOT NULL, mood mood)`,
    `CREATE TYPE mood AS ENUM ('low', 'high');
     CREATE TABLE t (id int PRIMARY KEY, b boolean NOT NULL, mood mood DEFAULT 'low' CHECK (mood <> 'high'))`,
  )
  expect(upward).toMatchObject([{ without: ['rfx_user.t'], downWithout: [] }])
  expect(upward[0]?.fails).toContain('column b')
  const downward = await headOf(
    `CREATE TYPE mood AS ENUM ('low', 'mid'); CREATE TABLE g (id bigint PRIMARY KEY);
     CREATE TABLE d (id bigint PRIMARY KEY, ref bigint REFERENCES g, mood mood CHECK (mood <> 'mid'))`,
    `CREATE TYPE mood AS ENUM ('low');
     CREATE TABLE d (id bigint PRIMARY KEY, ref bigint REFERENCES d, mood mood CHECK (mood <> 'low'))`,
  )
  expect(downward).toMatchObject([{ without: [], downWithout: ['rfx_user.d'] }])
  expect(downward[0]?.fails).toContain('constraint d_ref_fkey')
})

test('a JSON value keeps the text that its cast gives, in whatever type it goes on', async () => {
  const before = 'CREATE TABLE t (id int PRIMARY KEY, j jsonb NOT NULL, n jsonb NOT NULL)'
  const after = 'CREATE TABLE t (id int PRIMARY KEY, j varchar(40) NOT NULL, n numeric(10,2) NOT NULL)'
  expect(await headOf(before, after, { 'rfx_user.t.n': '(n #>> $${}$$)::numeric(10,2)' })).toMatchObject([
    { without: [] },
  ])
})

test('texts that are read as values come back in one form, which the header says', async () => {
  const before = 'CREATE TABLE t (id int PRIMARY KEY, c text, d varchar(20) NOT NULL)'
  const after = 'CREATE TABLE t (id int PRIMARY KEY, c boolean, d int NOT NULL)'
  const loses = ['c', 'd'].map(
    (name) => `values of column rfx_user.t.${name} (texts for the same value become one)`,
  )
  expect(await headOf(before, after)).toMatchObject([{ loses }])
  const using = { 'rfx_user.t.c': 'c::boolean', 'rfx_user.t.d': 'd::int' }
  expect(await headOf(before, after, using)).toMatchObject([{ loses }])
  // The downgrade writes what it reads again.
  expect(await headOf(after, before)).toMatchObject([{ loses: [], without: [] }])
})

test('what --using makes of NULL is asked of no row, and said where it takes the place of one', async () => {
  const before = 'CREATE TABLE t (id int PRIMARY KEY, a text, b text)'
  const after = 'CREATE TABLE t (id int PRIMARY KEY, a int NOT NULL, b text NOT NULL)'
  const using = { 'rfx_user.t.a': 'coalesce(length(a), 0)', 'rfx_user.t.b': "'none'" }
  const [head] = await headOf(before, after, using)
  expect(head).toMatchObject({
    without: [],
    fails: [],
    loses: [
      'values of column rfx_user.t.a (an expression changes them)',
      'values of column rfx_user.t.b (--using replaces NULL)',
    ],
  })
  const [retyped, required] = ['TYPE integer', 'ALTER COLUMN a SET NOT NULL'].map((text) =>
    head?.statements.findIndex((sql) => sql.includes(text)),
  )
  expect(required).toBeGreaterThan(retyped ?? Number.NaN)
})

test('--using is advised only where it does something, and a column that goes is asked nothing', async () => {
  const before = 'CREATE TABLE t (id int PRIMARY KEY, r int[] NOT NULL, a int)'
  const after = 'CREATE TABLE t (id int PRIMARY KEY, r int NOT NULL, a int)'
  const [back] = await headOf(before, after, { 'rfx_user.t.r': 'r[1]' })
  expect(back?.notes).toContain('Downgrade fails where rfx_user.t has rows: they get no value for column r')
  const [recreated] = await headOf(before, before.replace('a int', 'a boolean[] NOT NULL'))
  expect(recreated?.fails).toEqual(['column a'])
})

test('a partitioned table that has no partition is said to have none', async () => {
  const table = (columns: string) => `CREATE TABLE p (id int${columns}) PARTITION BY RANGE (id)`
  expect(await headOf(table(''), table(', b int'))).toMatchObject([
    { without: ['rfx_user.p (it has no partition)'] },
  ])
})

test('what the fingerprint alone tells leaves out the parts of a table that goes', () => {
  const state = (...kinds: readonly (readonly [kind: string, name: string, parent?: string])[]) => {
    const objects = new Map(
      kinds.map(([kind, name, parent]) => {
        const path = parent === undefined ? name : `${parent}.${name}`
        const object = { kind, schema: 'app', name, definition: {} }
        return [`${kind} app.${path}`, parent === undefined ? object : { ...object, parent }] as const
      }),
    )
    return { objects, unknown: [], hash: fingerprintHash(objects) }
  }
  const table = state(['table', 't'], ['column', 'a', 't'], ['column', 'b', 'u'])
  const changes = changesOfFingerprints(table, state())
  expect(changes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`)).toEqual([
    'drop column app.u.b',
    'drop table app.t',
  ])
})
