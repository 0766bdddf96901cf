import { describe, expect, it } from 'vitest'
import { MigError } from '../../migrations/core/errors.ts'
import { proveCase } from './support/case.ts'

/** What comes of the first table, and the same partitioned by its key. */
const whole = (name: string) => `CREATE TABLE ${name} (id int NOT NULL, v text);`
const parted = (name: string) =>
  `CREATE TABLE ${name} (id int NOT NULL, v text) PARTITION BY RANGE (id); CREATE TABLE ${name.slice(0, 50)}_all PARTITION OF ${name} DEFAULT;`

const long = 'x'.repeat(55)

/** Why a table's rows cannot wait beside it, and what the error says. */
const refused: readonly (readonly [why: string, before: string, after: string, message: RegExp])[] = [
  [
    'a table has the name of the copy',
    `${whole('t')} CREATE TABLE t__mig_rows (id int);`,
    `${parted('t')} CREATE TABLE t__mig_rows (id int);`,
    /relation "t__mig_rows" already exists: CREATE TABLE rfx_user.t__mig_rows AS/,
  ],
  [
    'copies of two tables would have the same name',
    `${whole(`${long}_1`)} ${whole(`${long}_2`)}`,
    `${parted(`${long}_1`)} ${parted(`${long}_2`).replace('_all', '_rest')}`,
    /already exists: CREATE TABLE/,
  ],
  [
    'a cast needs its row type',
    `${whole('t')} CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.v'; CREATE CAST (t AS text) WITH FUNCTION f(t);`,
    `${parted('t')} CREATE FUNCTION f(t) RETURNS text LANGUAGE sql AS 'SELECT $1.v'; CREATE CAST (t AS text) WITH FUNCTION f(t);`,
    /other objects depend on it: DROP FUNCTION rfx_user.f/,
  ],
]

describe('a table whose rows cannot wait beside it', () => {
  it.each(refused)('is refused where %s', async (_, before, after, message) => {
    const error = await proveCase({ name: 'x', before, after, seed: '', decisions: {} }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(MigError)
    expect(error).toMatchObject({ code: 'no-statement-order', message: expect.stringMatching(message) })
  })
})
