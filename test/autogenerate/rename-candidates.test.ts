import { describe, expect } from 'vitest'
import { expectDecided, renameText } from '../../migrations/core/autogenerate/renames/settle.ts'
import {
  type Catalog,
  type ComparedObjects,
  readCatalog,
  renameCandidates,
} from '../../migrations/core/difference/index.ts'
import type { MigError } from '../../migrations/core/index.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'

const scope: ComparedObjects = {
  schemas: ['sa', 'sb'],
  excludes: () => false,
  globals: new Set(),
  privileges: false,
}

async function catalogOf({ client }: TestDatabase, sql: string): Promise<Catalog> {
  await client.query(
    `DROP SCHEMA IF EXISTS sa, sb CASCADE; CREATE SCHEMA sa; CREATE SCHEMA sb; SET search_path = sa; ${sql}; RESET ALL`,
  )
  return readCatalog(client)
}

async function candidates(database: TestDatabase, before: string, after: string) {
  return renameCandidates(await catalogOf(database, before), await catalogOf(database, after), scope)
}

const columns = (names: readonly string[]) => names.map((name) => `${name} int`).join(', ')

/** What goes and what comes, and what is asked about. */
const asked: readonly (readonly [
  name: string,
  before: string,
  after: string,
  expected: readonly string[],
])[] = [
  [
    'a column whose type changes with its name',
    'CREATE TABLE t (id int, a int)',
    'CREATE TABLE t (id int, amount bigint)',
    ['sa.t.a=amount'],
  ],
  [
    'a column of a type that does not cast, since its rows are lost otherwise',
    'CREATE TABLE t (id int, a bytea)',
    'CREATE TABLE t (id int, b inet)',
    ['sa.t.a=b'],
  ],
  [
    'the likelier of two columns that come',
    'CREATE TABLE t (id int, street text)',
    'CREATE TABLE t (id int, size int, street_name text)',
    ['sa.t.street=street_name'],
  ],
  [
    'the likeliest first, by type and name, whatever the order of what goes',
    'CREATE TABLE t (id int, expired timestamp, rejection_reason text, note text)',
    'CREATE TABLE t (id int, note text, refusal_reason text)',
    ['sa.t.rejection_reason=refusal_reason', 'sa.t.expired=refusal_reason'],
  ],
  [
    'a generated column not at all',
    'CREATE TABLE t (id int, a int)',
    'CREATE TABLE t (id int, b int GENERATED ALWAYS AS (id) STORED)',
    [],
  ],
  [
    'a table that is like the other one',
    'CREATE TABLE category (id int, name text); CREATE TABLE other (x int)',
    'CREATE TABLE topic (id int, name text); CREATE TABLE other (x int)',
    ['sa.category=topic'],
  ],
  [
    'a table that has next to nothing in common with the one that comes',
    'CREATE TABLE t (id int, a text)',
    'CREATE TABLE u (b date)',
    ['sa.t=u'],
  ],
  [
    'a table that goes to another schema',
    'CREATE TABLE p (id int, n text)',
    'CREATE TABLE keep (x date); CREATE TABLE sb.p (id int, n text)',
    ['sa.p=sb.p'],
  ],
  [
    'a value of an enum by its place',
    "CREATE TYPE st AS ENUM ('new', 'open', 'closed')",
    "CREATE TYPE st AS ENUM ('fresh', 'open', 'closed', 'more')",
    ['sa.st.new=fresh'],
  ],
  [
    'a value of an enum that comes elsewhere, where it is the only one',
    "CREATE TYPE st AS ENUM ('new', 'open')",
    "CREATE TYPE st AS ENUM ('open', 'is.new')",
    ['sa.st.new="is.new"'],
  ],
  ['a sequence of its own', 'CREATE SEQUENCE counter', 'CREATE SEQUENCE numbers', ['sa.counter=numbers']],
  [
    'an attribute of a composite type',
    'CREATE TYPE pair AS (x int, y int)',
    'CREATE TYPE pair AS (x int, z int)',
    ['sa.pair.y=z'],
  ],
  [
    'the partition of the same bounds, and no other',
    `CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
       CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2)`,
    `CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p_1 PARTITION OF p FOR VALUES IN (1);
       CREATE TABLE p3 PARTITION OF p FOR VALUES IN (3)`,
    ['sa.p1=p_1'],
  ],
  [
    'nothing where something only goes, or only comes',
    'CREATE TABLE t (id int, a int); CREATE TABLE u (id int)',
    'CREATE TABLE t (id int); CREATE VIEW v AS SELECT 1 AS one',
    [],
  ],
]

describe.concurrent('what could be a rename', () => {
  for (const [name, before, after, expected] of asked) {
    databaseTest(name, async ({ database }) => {
      expect((await candidates(database, before, after)).map(renameText)).toEqual(expected)
    })
  }

  databaseTest('is a short list where much goes and comes, and has all that goes', async ({ database }) => {
    const old = Array.from({ length: 9 }, (_, at) => `old_${at}`)
    const fresh = Array.from({ length: 9 }, (_, at) => `fresh_${at}`)
    const found = await candidates(
      database,
      `CREATE TABLE t (${columns(old)})`,
      `CREATE TABLE t (${columns(fresh)})`,
    )
    expect([...new Set(found.map(({ from }) => from.name))]).toEqual(old)
    expect(found.length).toBeLessThanOrEqual(3 * old.length)
    expect(found.map(renameText)).toContain('sa.t.old_4=fresh_4')
  })

  databaseTest('is the next one where a person has denied the likeliest', async ({ database }) => {
    const before = await catalogOf(database, 'CREATE TABLE t (name text)')
    const after = await catalogOf(database, 'CREATE TABLE t (names text, size int)')
    const without = (...denied: readonly string[]) =>
      renameCandidates(before, after, scope, (each) => denied.includes(renameText(each))).map(renameText)
    expect(without()).toEqual(['sa.t.name=names'])
    expect(without('sa.t.name=names')).toEqual(['sa.t.name=size'])
    expect(without('sa.t.name=names', 'sa.t.name=size')).toEqual([])
  })

  databaseTest('is refused with the list and the way that loses', async ({ database }) => {
    const found = await candidates(database, 'CREATE TABLE t (a int)', 'CREATE TABLE t (b int)')
    const refusal = (decisions: Parameters<typeof expectDecided>[1]) => {
      try {
        expectDecided(found, decisions)
      } catch (error) {
        return error as MigError
      }
      return undefined
    }
    const error = refusal({ others: 'ask' })
    expect([error?.code, error?.exitCode]).toEqual(['decision-needed', 4])
    expect(error?.facts).toMatchObject({
      renames: [{ kind: 'column', from: 'sa.t.a', to: 'b', likeliest: true }],
      flags: ['--rename sa.t.a=b'],
    })
    expect(error?.help).toContain('--renames=off')
    expect(refusal({ others: 'off' })).toBeUndefined()
  })
})
