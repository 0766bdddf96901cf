import { describe, expect, test } from 'vitest'
import { type Case, casesOf, proveCase } from './support/case.ts'
import { withoutBlockingRead, withoutGap } from './support/online.ts'

/** Each has a form of its own, or is one that must stay as it is. */
const names = [
  'column-not-null-set',
  'constraint-exclusion',
  'constraint-foreign-key-not-enforced',
  'constraint-foreign-key-options',
  'constraint-primary-composite-under-foreign-key',
  'constraint-temporal',
  'constraint-unique-deferrable',
  'index-change-columns',
  'index-cluster',
  'index-swapped-names',
]

describe.concurrent('generated in the online form and proved', () => {
  test.for(casesOf(...names))('$name', async (given) => {
    const { revisions } = await proveCase(given, { online: true })
    expect(revisions.length).toBeGreaterThan(0)
  })
})

/** What PostgreSQL has no form for that lets others go on: a type change, and indexes of partitioned tables or exclusion. */
const blocking = [
  'online-type-of-key-column',
  'online-type-of-expression-key',
  'online-partitioned-and-exclusion',
]

describe.concurrent('replaced in the online form', () => {
  test.for(casesOf('online-'))(
    '$name: at every moment with the keys of before or of after',
    async (given) => {
      await proveCase(given, { run: withoutGap })
    },
  )

  test('a key that a type change cannot keep is built with it, and other tables are as they would be', async () => {
    const [given] = casesOf('online-type-of-expression-key')
    const { revisions } = await proveCase(given as Case)
    const alone = (revisions[0]?.upgrade.sections ?? []).flatMap((section) =>
      section.autocommit ? section.statements : [],
    )
    expect(alone.filter((sql) => / INDEX CONCURRENTLY /.test(sql))).toEqual([
      expect.stringContaining('ON rfx_user.u USING btree (n, id)'),
      expect.stringContaining('ON rfx_user.u USING btree (n)'),
    ])
  })

  test.for(casesOf('online-').filter(({ name }) => !blocking.includes(name)))(
    '$name: reads no rows while others wait',
    async (given) => {
      await proveCase(given, { run: withoutBlockingRead })
    },
  )
})
