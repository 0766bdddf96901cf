import { describe, expect, test } from 'vitest'
import { proveCase } from './support/case.ts'

const before = 'CREATE TABLE t (id int PRIMARY KEY, whole text, n int);'
const after = `CREATE TABLE t (id int PRIMARY KEY, part text, n int, number int GENERATED ALWAYS AS IDENTITY,
  twice int GENERATED ALWAYS AS (n * 2) STORED);`

function given(column: string, expression: string) {
  const using = { [`rfx_user.t.${column}`]: expression }
  return proveCase({ name: 'using', before, after, seed: '', decisions: { using } })
}

describe.concurrent('--using that cannot be obeyed', () => {
  test.for([
    ['of a wrong name', 'part', 'lower(whol)', 'column "whol" does not exist', 6],
    ['that is cut off', 'part', 'lower(', 'syntax error', 6],
    ['of another type', 'part', 'whole::int[] + 1', 'operator does not exist', 13],
  ] as const)('shows the place in an expression %s', async ([, column, expression, text, position]) => {
    await expect(given(column, expression)).rejects.toMatchObject({
      code: 'bad-using',
      exitCode: 2,
      message: expect.stringContaining(text),
      help: expect.stringContaining('id, n, whole'),
      place: { statement: expression, position },
    })
  })

  test.for([
    ['prt', 'columns of rfx_user.t: id, n, whole, number, part, twice', 'have this column'],
    ['n', 'leave this one out', 'has no use'],
    ['number', 'out', 'an identity column'],
    ['twice', 'out', 'a generated column'],
  ] as const)('is an error for column %s', async ([column, help, message]) => {
    await expect(given(column, '1')).rejects.toMatchObject({
      code: 'bad-using',
      exitCode: 2,
      message: expect.stringContaining(message),
      help: expect.stringContaining(help),
    })
  })
})
