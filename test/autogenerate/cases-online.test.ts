import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { caseAt, casesIn, proveCase } from './support/case.ts'
import { statementsOf } from './support/generated.ts'
import { withoutGap, withoutGapOrBlockingRead } from './support/online.ts'

/** Each has a form of its own, or is one that must stay as it is. */
const paths = [
  'columns/column-not-null-set',
  'constraints/constraint-exclusion',
  'constraints/constraint-foreign-key-not-enforced',
  'constraints/constraint-foreign-key-options',
  'constraints/constraint-primary-composite-under-foreign-key',
  'constraints/constraint-temporal',
  'constraints/constraint-unique-deferrable',
  'constraints/index-change-columns',
  'constraints/index-cluster',
  'constraints/index-swapped-names',
]

describe.concurrent('generated in the online form and proved', () => {
  test.for(paths)('%s', async (path, { expect }) => {
    const given = caseAt(path)
    const result = await proveCase(given, { online: true })
    await expect(statementsOf(result)).toMatchFileSnapshot(join(given.folder, 'expected-online.sql'))
  })
})

/** What PostgreSQL has no form for that lets others go on: a type change, and indexes of partitioned tables or exclusion. */
const blocking = [
  'online-type-of-key-column',
  'online-type-of-expression-key',
  'online-partitioned-and-exclusion',
]

describe.concurrent('replaced in the online form', () => {
  test.for(casesIn('online'))(
    '$name: at every moment with the keys of before or of after, and where it can be without reading rows while others wait',
    async (given, { expect }) => {
      const run = blocking.includes(given.name) ? withoutGap : withoutGapOrBlockingRead
      const result = await proveCase(given, { run })
      await expect(statementsOf(result)).toMatchFileSnapshot(join(given.folder, 'expected.sql'))
    },
  )
})

test('a key that a type change cannot keep is built with it, and other tables are as they would be', async () => {
  const { revisions } = await proveCase(caseAt('online/online-type-of-expression-key'))
  const alone = (revisions[0]?.upgrade.sections ?? []).flatMap((section) =>
    section.autocommit ? section.statements : [],
  )
  expect(alone.filter((sql) => / INDEX CONCURRENTLY /.test(sql))).toEqual([
    expect.stringContaining('ON rfx_user.u USING btree (n, id)'),
    expect.stringContaining('ON rfx_user.u USING btree (n)'),
  ])
})
