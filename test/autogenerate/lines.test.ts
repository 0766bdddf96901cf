import { describe, expect, test } from 'vitest'
import { partIntoRuns } from '../../migrations/core/autogenerate/search/lines.ts'
import type { Action } from '../../migrations/core/difference/index.ts'

const table = (schema: string, name: string) => ({ kind: 'table', schema, name }) as const

function action(sql: string, more: Partial<Action>): Action {
  return {
    sql,
    produces: [],
    consumes: [],
    destroys: [],
    needs: [],
    lock: 'none',
    rewrites: false,
    losesData: false,
    castRisk: 'none',
    transaction: 'plain',
    needsCommitBefore: false,
    verb: 'create',
    ...more,
  }
}

const a = table('user', 'a')
const b = table('policy', 'b')
const lineOf = (schema: string) => schema
const shape = (actions: readonly Action[]) =>
  partIntoRuns(actions, lineOf, 'user').map(({ line, actions: own, needs }) => [
    line,
    own.map(({ sql }) => sql),
    needs,
  ])

describe('parting into runs', () => {
  test('what alternates without need becomes one run per line', () => {
    const actions = [
      action('a1', { produces: [a] }),
      action('b1', { produces: [b] }),
      action('a2', { produces: [table('user', 'c')] }),
    ]
    expect(shape(actions)).toEqual([
      ['user', ['a1', 'a2'], []],
      ['policy', ['b1'], []],
    ])
  })

  test('a run depends on the run of another line that makes what it needs', () => {
    const actions = [action('b', { produces: [b] }), action('a', { produces: [a], needs: [b] })]
    expect(shape(actions)).toEqual([
      ['policy', ['b'], []],
      ['user', ['a'], [0]],
    ])
  })

  test('two tables that refer to each other need three runs, and no more', () => {
    const key = (id: typeof a | typeof b) =>
      ({ kind: 'constraint', schema: id.schema, table: id.name, name: 'fk' }) as const
    const actions = [
      action('a', { produces: [a] }),
      action('b', { produces: [b] }),
      action('fk of a', { produces: [key(a)], needs: [b] }),
      action('fk of b', { produces: [key(b)], needs: [a] }),
    ]
    const runs = shape(actions)
    expect(runs).toHaveLength(3)
    expect(runs.at(-1)?.[2]).not.toEqual([])
  })

  test('what a body names stays before what calls it, by way of other routines too', () => {
    const routine = (schema: string, name: string) => ({ kind: 'function' as const, schema, name, args: [] })
    const [inner, outer] = [routine('policy', 'inner'), routine('user', 'outer')]
    const body = (name: string, text: string) => `CREATE FUNCTION ${name}() RETURNS int AS $$ ${text} $$`
    const made = [
      action('a', { produces: [a] }),
      action(body('policy.inner', 'SELECT 1'), { produces: [inner] }),
      action(body('user.outer', 'SELECT "policy".INNER()'), { produces: [outer] }),
      action('index', { produces: [{ kind: 'index', schema: 'user', name: 'i' }], consumes: [a, outer] }),
    ]
    expect(shape(made).map(([line]) => line)).toEqual(['policy', 'user'])
    expect(shape(made)[1]?.[2]).toEqual([0])
  })

  test('what belongs to no schema goes to the fallback line', () => {
    expect(shape([action('x', { produces: [{ kind: 'extension', name: 'citext' }] })])).toEqual([
      ['user', ['x'], []],
    ])
  })
})
