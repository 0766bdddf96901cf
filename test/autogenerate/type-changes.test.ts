import { describe, expect } from 'vitest'
import { castRisk, isAssignable } from '../../migrations/core/difference/type-changes.ts'
import { type Lab, labTest } from '../runner/support.ts'
import { type TestDatabase, databaseTest as test } from '../support/database.ts'
import { generateFiles, startAt, writeModels } from './support/project.ts'

/** Types as format_type writes them, each with values at its edges. */
const samples: Readonly<Record<string, readonly string[]>> = {
  smallint: ['-32768', '32767'],
  integer: ['-2147483648', '2147483647', '16777217'],
  bigint: ['-9223372036854775808', '9223372036854775807'],
  numeric: ['1.23456789012345678901', '99999999999999999999'],
  'numeric(5,0)': ['99999'],
  'numeric(10,2)': ['99999999.99', '1.25'],
  real: ['1.5', '123456.7'],
  'double precision': ['0.1', '0.12345678901234566', '1e300'],
  text: ['x', 'a text that is long', '12'],
  'character varying': ['x', 'a text that is long'],
  'character varying(4)': ['long'],
  'character varying(40)': ['x', 'a text that is long'],
  'character(3)': ['abc'],
  'character(12)': ['abcdefghijkl'],
  name: ['a_name'],
  date: ['2026-11-21'],
  'timestamp without time zone': ['2026-11-21 10:11:12.123456'],
  'timestamp(3) without time zone': ['2026-11-21 10:11:12.123'],
  'timestamp with time zone': ['2026-11-21 10:11:12.123456+00'],
  'time without time zone': ['10:11:12.123456'],
  'time(0) without time zone': ['10:11:12'],
  interval: ['1 day 02:03:04.5'],
  boolean: ['true', 'false'],
  json: ['{"a": 1}'],
  jsonb: ['{"a": 1}'],
  cidr: ['10.0.0.0/8'],
  inet: ['10.0.0.1'],
  'bit(3)': ['101'],
  'bit varying': ['10101'],
  'bit varying(3)': ['1'],
  uuid: ['6b1f0c9d-24a7-4b3d-8f05-61d9a3be8f05'],
  'integer[]': ['{1,2}'],
  'bigint[]': ['{1,9223372036854775807}'],
  'text[]': ['{a,long text}'],
  'character varying(4)[]': ['{a,long}'],
}
const types = Object.keys(samples)

/** How a column with a value takes another type: its text there and back again, or PostgreSQL's refusal. */
async function retype({ client }: TestDatabase, from: string, to: string, using: string, value: string) {
  await client.query(`BEGIN; SET LOCAL timezone = 'UTC'; CREATE TABLE t (c ${from})`)
  try {
    await client.query('INSERT INTO t VALUES ($1)', [value])
    const text = async () => (await client.query<{ c: string }>('SELECT c::text FROM t')).rows[0]?.c
    const before = await text()
    await client.query(`ALTER TABLE t ALTER c TYPE ${to}${using}`)
    await client.query(`ALTER TABLE t ALTER c TYPE ${from} USING c::${from}`)
    return { kept: (await text()) === before }
  } catch (error) {
    return { code: error instanceof Error && 'code' in error ? String(error.code) : String(error) }
  } finally {
    await client.query('ROLLBACK')
  }
}

describe('a change of a column type', () => {
  test('needs no USING where isAssignable says so, of every pair of types', async ({ database }) => {
    const pairs = types
      .flatMap((from) => types.map((to) => [from, to] as const))
      .filter(([a, b]) => isAssignable(a, b))
    expect(pairs.length).toBeGreaterThan(150)
    for (const [from, to] of pairs) {
      await database.client.query(
        `BEGIN; CREATE TABLE t (c ${from}); ALTER TABLE t ALTER c TYPE ${to}; ROLLBACK`,
      )
    }
  })

  test('that is said to do nothing to rows neither fails nor changes one, of every pair of types', async ({
    database,
  }) => {
    const pairs = types.flatMap((from) => types.map((to) => [from, to] as const))
    const wrong: unknown[] = []
    for (const [from, to] of pairs.filter(([a, b]) => castRisk(a, b) === 'none')) {
      const using = isAssignable(from, to) ? '' : ` USING c::${to}`
      for (const value of samples[from] ?? []) {
        const outcome = await retype(database, from, to, using, value)
        if (outcome.kept !== true) wrong.push({ from, to, value, outcome })
      }
    }
    expect(wrong).toEqual([])
  })

  test.for([
    ['character varying(40)', 'character varying(4)', 'fails', 'a text that is long'],
    ['text', 'character(3)', 'fails', 'a text that is long'],
    ['text', 'uuid', 'fails', 'x'],
    ['bigint', 'integer', 'fails', '9223372036854775807'],
    ['numeric(10,2)', 'numeric(5,2)', 'fails', '99999999.99'],
    ['bit varying', 'bit varying(3)', 'fails', '10101'],
    ['text[]', 'character varying(4)[]', 'fails', '{a,long text}'],
    ['numeric(10,2)', 'numeric(12,1)', 'loses', '1.25'],
    ['numeric', 'integer', 'loses', '1.5'],
    ['double precision', 'real', 'loses', '0.1234567890123'],
    ['timestamp with time zone', 'date', 'loses', '2026-11-21 10:11:12+00'],
    ['timestamp without time zone', 'timestamp(3) without time zone', 'loses', '2026-11-21 10:11:12.123456'],
  ] as const)('from %s to %s %s', async ([from, to, risk, value], { database }) => {
    expect(castRisk(from, to)).toBe(risk)
    const outcome = await retype(database, from, to, isAssignable(from, to) ? '' : ` USING c::${to}`, value)
    expect(outcome).toEqual(risk === 'loses' ? { kept: false } : { code: expect.stringMatching(/^22/) })
  })
})

describe('the file of a type change', () => {
  const model = (type: string) => `CREATE TABLE app_user.item (id int PRIMARY KEY, c ${type});`

  async function bodyFrom(lab: Lab, from: string, to: string): Promise<string> {
    await startAt(lab, { 'user.sql': model(from) })
    await writeModels(lab, { 'user.sql': model(to) })
    const { files } = await generateFiles(lab)
    return files[0]?.text ?? ''
  }

  labTest(
    'cuts no text off in silence: a row that is too long stops it, as its header says',
    async ({ lab }) => {
      const body = await bodyFrom(lab, 'varchar(40)', 'varchar(4)')
      expect(body).toContain(
        'op.execute(`ALTER TABLE app_user.item ALTER COLUMN c TYPE character varying(4)`)',
      )
      expect(body).toContain('Fails where rows of app_user.item break the new type of column c')
      expect(body).not.toContain('DROP DEFAULT')
      await lab.database.client.query(`INSERT INTO app_user.item VALUES (1, 'a text that is long')`)
      const { error } = await lab.upgrade()
      expect(error).toMatchObject({ message: expect.stringContaining('value too long for type') })
    },
  )

  labTest('says what a column keeps no place for', async ({ lab }) => {
    const body = await bodyFrom(lab, `numeric(10,4) DEFAULT 1.5`, 'numeric(10,1) DEFAULT 1.5')
    expect(body).toContain('Upgrade loses: values of column app_user.item.c (its new type cannot hold them)')
    expect(body).not.toContain('Downgrade loses')
  })

  labTest('takes a default off and sets it once, and only where there is one', async ({ lab }) => {
    const body = await bodyFrom(lab, `varchar(40) DEFAULT 'x'`, `text DEFAULT 'x'`)
    const [upgrade = ''] = body.split('export async function downgrade')
    expect(upgrade.match(/DROP DEFAULT/g)).toHaveLength(1)
    expect(upgrade.match(/SET DEFAULT 'x'::text/g)).toHaveLength(1)
  })
})
