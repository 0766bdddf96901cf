import { describe, expect, it } from 'vitest'
import { readsNoRows } from '../../migrations/core/autogenerate/base/row-blind.ts'
import { ownAction } from '../../migrations/core/difference/index.ts'
import type { MigError } from '../../migrations/core/index.ts'
import { type Lab, labTest, revision } from '../runner/support.ts'
import { generateFiles, writeModels } from './support/project.ts'

const table = { kind: 'table', schema: 's', name: 't' } as const
const column = { kind: 'column', schema: 's', table: 't', name: 'c' } as const

describe('a statement', () => {
  it.each([
    'ALTER TABLE s.t ADD COLUMN c text',
    'ALTER TABLE "s"."a ""t" ADD COLUMN "c" character varying(10) COLLATE "C"',
    `ALTER TABLE s.t ADD COLUMN c text NOT NULL DEFAULT 'it''s'::text`,
    `ALTER TABLE s.t ADD COLUMN c text[] DEFAULT '{}'::text[]`,
    `ALTER TABLE s.t ADD COLUMN c s.state NOT NULL DEFAULT 'new'::s.state`,
    'ALTER TABLE s.t ALTER COLUMN c DROP NOT NULL',
    'ALTER TABLE s.t ALTER COLUMN c SET DEFAULT now()',
  ])('looks at no row: %s', (sql) => {
    expect(readsNoRows([ownAction(sql, [table])])).toBe(true)
  })

  it.each([
    'ALTER TABLE s.t ADD COLUMN c text NOT NULL',
    'ALTER TABLE s.t ADD COLUMN c character varying(9) NOT NULL DEFAULT NULL::character varying',
    'ALTER TABLE s.t ADD COLUMN c uuid DEFAULT gen_random_uuid()',
    `ALTER TABLE s.t ADD COLUMN c text DEFAULT lower('A'::text)`,
    'ALTER TABLE s.t ADD COLUMN c int GENERATED ALWAYS AS (a + 1) STORED',
    'ALTER TABLE s.t ADD COLUMN c int CHECK (c > a)',
    'ALTER TABLE s.t ALTER COLUMN c SET NOT NULL',
    'ALTER TABLE s.t VALIDATE CONSTRAINT t_c_not_null',
    'ALTER TABLE s.t ALTER COLUMN c TYPE bigint',
    'ALTER TABLE s.t ADD CONSTRAINT t_check CHECK (c > 0)',
    'ALTER TABLE s.t ATTACH PARTITION s.p FOR VALUES IN (1)',
    'CREATE INDEX t_idx ON s.t (lower(c))',
    'UPDATE s.t SET c = 1',
  ])('may look at rows: %s', (sql) => {
    expect(readsNoRows([ownAction(sql, [table])])).toBe(false)
  })

  it('may look at the NULL of a new column whose type is a domain', () => {
    const domain = { kind: 'domain', schema: 's', name: 'd' } as const
    const add = ownAction('ALTER TABLE s.t ADD COLUMN c s.d', [table], {
      needs: [domain],
      produces: [column],
    })
    expect(readsNoRows([add])).toBe(false)
  })

  it('finds no row in a table that a statement before it has made, and in no other', () => {
    const create = ownAction('CREATE TABLE s.t (c int)', [], { verb: 'create', produces: [table] })
    const index = ownAction('CREATE INDEX t_idx ON s.t (lower(c))', [table])
    expect(readsNoRows([create, index])).toBe(true)
    expect(readsNoRows([index, create])).toBe(false)
    const elsewhere = ownAction('CREATE INDEX u_idx ON s.u (c)', [{ ...table, name: 'u' }])
    expect(readsNoRows([create, elsewhere])).toBe(false)
  })
})

/** A line whose revision cannot be run again on a scratch database, and so tells a replay. */
const once = `DO $$ BEGIN IF current_database() LIKE 'mig\\_scratch%' THEN RAISE 'replayed'; END IF; END $$`

async function beginWith(lab: Lab, statements: readonly string[]): Promise<void> {
  const body = statements.map((sql) => `await op.execute(${JSON.stringify(sql)})`).join('\n  ')
  await lab.write({
    'user/1.ts': revision('aaaaaaaaaaaa', null, body),
    'policy/1.ts': revision(
      'bbbbbbbbbbbb',
      null,
      `await op.execute('CREATE TABLE app_policy.role (id int PRIMARY KEY)')`,
    ),
  })
  expect((await lab.upgrade()).error).toBeUndefined()
}

const tables = 'CREATE TABLE app_user.profile (id int PRIMARY KEY, age int)'
const roles = 'CREATE TABLE app_policy.role (id int PRIMARY KEY);'

function failure(body: Promise<unknown>): Promise<MigError | undefined> {
  return body.then(
    () => undefined,
    (error: MigError) => error,
  )
}

describe('autogenerate', () => {
  labTest(
    'begins at the models where no row can matter, and does not replay the revisions',
    async ({ lab }) => {
      await beginWith(lab, [tables, once])
      await writeModels(lab, {
        'user.sql': 'CREATE TABLE app_user.profile (id int PRIMARY KEY, age int, email text);',
        'policy.sql': roles,
      })
      const { files } = await generateFiles(lab)
      expect(files.map(({ line, text }) => [line, text.includes('ADD COLUMN email text')])).toEqual([
        ['user', true],
      ])
      expect((await lab.upgrade()).error).toBeUndefined()
      expect((await generateFiles(lab)).files).toEqual([])
    },
  )

  labTest('replays the revisions where their rows could matter', async ({ lab }) => {
    await beginWith(lab, [tables, 'INSERT INTO app_user.profile VALUES (1, -1)'])
    await writeModels(lab, {
      'user.sql': 'CREATE TABLE app_user.profile (id int PRIMARY KEY, age int CHECK (age > 0));',
      'policy.sql': roles,
    })
    const error = await failure(generateFiles(lab))
    expect(error?.message).toMatch(/is violated by some row/)
  })

  labTest(
    'replays the revisions where a line outside the filter is not as the models have it',
    async ({ lab }) => {
      await beginWith(lab, [tables, once])
      await writeModels(lab, {
        'user.sql': 'CREATE TABLE app_user.profile (id int PRIMARY KEY, age int, email text);',
        'policy.sql': 'CREATE TABLE app_policy.role (id int PRIMARY KEY, name text);',
      })
      expect((await failure(generateFiles(lab, { filter: ['user'] })))?.message).toMatch(/replayed/)
    },
  )

  labTest(
    'replays the revisions where a table inherits, since a column may be its own, too, without a trace',
    async ({ lab }) => {
      const staff = 'CREATE TABLE app_user.staff () INHERITS (app_user.profile)'
      await beginWith(lab, [tables, staff, once])
      await writeModels(lab, {
        'user.sql': `CREATE TABLE app_user.profile (id int PRIMARY KEY, age int, email text); ${staff};`,
        'policy.sql': roles,
      })
      expect((await failure(generateFiles(lab)))?.message).toMatch(/replayed/)
    },
  )

  labTest('begins at a change made by hand, too, and takes only what is asked for', async ({ lab }) => {
    await beginWith(lab, [tables, once])
    await lab.database.client.query('ALTER TABLE app_user.profile ADD COLUMN by_hand int')
    await writeModels(lab, {
      'user.sql': 'CREATE TABLE app_user.profile (id int PRIMARY KEY, age int, by_hand int, email text);',
      'policy.sql': roles,
    })
    const { files } = await generateFiles(lab, { filter: ['user'] })
    expect(files[0]?.text).toContain('ADD COLUMN email text')
    expect(files[0]?.text).not.toContain('by_hand')
  })
})
