import { describe, expect, it } from 'vitest'
import { endlessCalls } from '../../migrations/core/postgres/index.ts'
import { proveCase } from './support/case.ts'

const inSql = `
  CREATE FUNCTION f(x int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT rfx_user.g($1)';
  CREATE FUNCTION g(x int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT rfx_user.f($1)';`
const inPlpgsql = `
  CREATE FUNCTION f(x int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN rfx_user.f(x); END';`
const table = 'CREATE TABLE t (id int PRIMARY KEY, n int);'

const endless: readonly (readonly [where: string, functions: string, after: string, code: string])[] = [
  ['the models load', inSql, `${table} CREATE INDEX ON t (n) WHERE f(1) > 0;`, 'model-failed'],
  ['the search runs', inSql, `${table.replace(')', ', m int DEFAULT f(1))')}`, 'no-statement-order'],
  ['the proof runs', inPlpgsql, `${table} CREATE INDEX ON t (f(n));`, 'proof-failed'],
]

describe('functions that call each other without end', () => {
  it.each(endless)('are named where %s', { timeout: 60_000 }, async (_, functions, after, code) => {
    const given = { name: 'x', before: functions + table, after: functions + after, seed: '', decisions: {} }
    const error = await proveCase(given).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(
        functions === inSql
          ? /functions call each other without end: f, g\n/
          : /function rfx_user\.f\(integer\) calls itself without end\n/,
      ),
      help: expect.stringMatching(/^change .* so that the calls end/),
    })
  })

  it('are told from a statement that is nested too deeply', () => {
    const error = (where?: string) => Object.assign(new Error('x'), { code: '54001', where })
    expect(endlessCalls(error())).toBeUndefined()
    expect(endlessCalls(error('SQL function "f" statement 1'))).toBeUndefined()
    expect(endlessCalls(error('SQL function "f" statement 1\nSQL function "f" statement 1'))).toBeDefined()
  })
})
