import { expect, test } from 'vitest'
import { lossText } from '../../migrations/core/revisions/index.ts'
import { proveCase } from './support/case.ts'

/** What the head of the one revision says of rows that it was not proved with, and of what each side loses. */
async function headOf(before: string, after: string, using: Readonly<Record<string, string>> = {}) {
  const decisions = { using, recreate: Object.keys(using).length === 0 ? ['*'] : [] }
  const { revisions } = await proveCase({ name: 'rows', before, after, seed: '', decisions })
  return revisions.map(({ upgrade, downgrade }) => ({
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

test('texts that are read as values come back in one form, which the head says', async () => {
  const before = 'CREATE TABLE t (id int PRIMARY KEY, c text, d varchar(20) NOT NULL)'
  const after = 'CREATE TABLE t (id int PRIMARY KEY, c boolean, d int NOT NULL)'
  const loses = ['c', 'd'].map(
    (name) => `values of column rfx_user.t.${name} (texts that are the same value become one)`,
  )
  expect(await headOf(before, after)).toMatchObject([{ loses }])
  const using = { 'rfx_user.t.c': 'c::boolean', 'rfx_user.t.d': 'd::int' }
  expect(await headOf(before, after, using)).toMatchObject([{ loses }])
  // The way back writes what it reads again.
  expect(await headOf(after, before)).toMatchObject([{ loses: [], without: [] }])
})
