import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Directive, directives } from '../../migrations/core/operations/index.ts'
import { compareFingerprints, readFingerprint } from '../../migrations/core/postgres/fingerprint/index.ts'
import { quoteIdent } from '../../migrations/core/postgres/index.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { accessCases } from './cases/access.ts'
import { codeCases } from './cases/code.ts'
import { constraintCases } from './cases/constraint.ts'
import { tableCases } from './cases/table.ts'
import { typeCases } from './cases/type.ts'
import type { DirectiveCase } from './support/cases.ts'
import { type Naming, namesOf, namings, plain } from './support/names.ts'

const cases: readonly DirectiveCase[] = [
  ...tableCases,
  ...constraintCases,
  ...typeCases,
  ...codeCases,
  ...accessCases,
]

/** Of no kind of object of the target schema, or in need of files that a server may not have. */
const testedElsewhere = ['createExtension', 'dropExtension', 'alterExtension']

const byName = directives as unknown as Readonly<Record<string, Directive<readonly unknown[]>>>

function directiveOf({ directive }: DirectiveCase): Directive<readonly unknown[]> {
  const found = byName[directive]
  if (found === undefined) throw new Error(`no directive ${directive}`)
  return found
}

test('Every directive has a case', () => {
  const tested = new Set<string>([...cases.map(({ directive }) => directive), ...testedElsewhere])
  expect(Object.keys(directives).filter((name) => !tested.has(name))).toEqual([])
})

describe('The SQL of', () => {
  test.each(cases)('$directive, $title, is what PostgreSQL documents', (one) => {
    const names = namesOf(plain)
    const statements = directiveOf(one).forward(names, ...one.args(names))
    expect(statements.map(({ sql }) => sql)).toEqual(one.sql)
  })

  test('a concurrent index build is marked for autocommit, and nothing else is', () => {
    const marked = cases.flatMap((one) => {
      const names = namesOf(plain)
      return directiveOf(one)
        .forward(names, ...one.args(names))
        .filter(({ autocommit }) => autocommit)
    })
    expect(marked.map(({ sql }) => sql)).toEqual([
      'CREATE UNIQUE INDEX CONCURRENTLY made ON app.agents (id) NULLS NOT DISTINCT',
      'DROP INDEX CONCURRENTLY IF EXISTS app.made',
    ])
  })
})

describe('On a server', () => {
  let database: TestDatabase
  let version = 0
  beforeAll(async () => {
    database = await createTestDatabase()
    const { rows } = await database.client.query(
      `SELECT current_setting('server_version_num')::int / 10000 AS version`,
    )
    version = rows[0].version
  })
  afterAll(() => database.drop())

  test.for(cases)(
    '$directive, $title, changes the schema and its reverse restores it',
    async (one, { skip }) => {
      skip(version < one.since, `needs PostgreSQL ${one.since}`)
      const { before, between, after } = await thereAndBack([one], plain)
      if (one.invisible) return
      expect(between.hash).not.toBe(before.hash)
      expect(compareFingerprints(before, after)).toEqual([])
    },
  )

  test.each(namings)(
    'with $title as names, the reverse of every directive restores the schema',
    async (naming) => {
      const known = cases.filter(({ since, invisible }) => version >= since && !invisible)
      const { before, after } = await thereAndBack(known, naming)
      expect(compareFingerprints(before, after)).toEqual([])
    },
  )

  /** The fingerprints before, between and after, with each case in a schema of its own. */
  async function thereAndBack(chosen: readonly DirectiveCase[], naming: Naming) {
    const { client } = database
    const prepared = chosen.map((one, index) => {
      const names = namesOf(naming, `app${index}`)
      const args = one.args(names)
      const directive = directiveOf(one)
      const setup = [`CREATE SCHEMA ${quoteIdent(names.schema)}`, ...one.setup(names)]
      const texts = (statements: readonly { readonly sql: string }[]) => statements.map(({ sql }) => sql)
      const forward = texts(directive.forward(names, ...args))
      return { one, schema: names.schema, setup, forward, reverse: texts(directive.reverse(names, ...args)) }
    })
    const schemas = prepared.map(({ schema }) => schema)
    const runAll = async (part: 'setup' | 'forward' | 'reverse') => {
      for (const each of prepared) {
        for (const sql of each[part]) {
          await client.query(sql).catch((cause: unknown) => {
            throw new Error(`${part} of ${each.one.directive}, ${each.one.title}, failed: ${sql}`, { cause })
          })
        }
      }
      return await readFingerprint(client, { schemas, privileges: true })
    }
    try {
      return {
        before: await runAll('setup'),
        between: await runAll('forward'),
        after: await runAll('reverse'),
      }
    } finally {
      await client.query(
        schemas.map((schema) => `DROP SCHEMA IF EXISTS ${quoteIdent(schema)} CASCADE`).join(';'),
      )
    }
  }
})
