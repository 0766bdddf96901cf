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
    ['prt', 'columns of rfx_user.t: id, n, whole, number, part, twice', 'this column is in neither'],
    ['n', 'omit this one', 'has no effect'],
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

describe.concurrent('a type change whose result depends on the session', () => {
  test.for([
    ['timestamp', 'timestamptz', "c AT TIME ZONE 'UTC'"],
    ['timestamptz', 'date', "(c AT TIME ZONE 'UTC')::date"],
    ['text', 'date', "to_date(c, 'YYYY-MM-DD')"],
    ['day', 'timestamptz', "c::timestamp AT TIME ZONE 'UTC'"],
  ] as const)('is a decision: %s to %s', async ([from, to, expression]) => {
    const model = (type: string) =>
      `CREATE DOMAIN day AS date; CREATE TABLE t (id int PRIMARY KEY, c ${type});`
    const given = { name: 'session', before: model(from), after: model(to), seed: '', decisions: {} }
    await expect(proveCase(given)).rejects.toMatchObject({
      code: 'decision-needed',
      exitCode: 4,
      help: expect.stringContaining(`--using rfx_user.t.c="${expression}"`),
    })
  })

  test('drops and adds the column where its data may go', async () => {
    const [before, after] = ['date', 'timestamptz'].map((type) => `CREATE TABLE t (id int, c ${type});`)
    const decisions = { recreate: ['rfx_user.t.c'] }
    const { revisions } = await proveCase({
      name: 'session',
      before: before ?? '',
      after: after ?? '',
      seed: '',
      decisions,
    })
    const statements = revisions.flatMap(({ upgrade }) => upgrade.sections.flatMap((each) => each.statements))
    expect(statements).toEqual([
      'ALTER TABLE rfx_user.t DROP COLUMN c',
      'ALTER TABLE rfx_user.t ADD COLUMN c timestamp with time zone',
    ])
  })
})
