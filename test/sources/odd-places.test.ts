import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ModelInput } from '../../migrations/core/autogenerate/wanted/input.ts'
import { loadAll, readAllModels } from '../../migrations/core/autogenerate/wanted/wanted.ts'
import { MigError } from '../../migrations/core/errors.ts'
import { caseInput, lines, usingModels } from '../autogenerate/support/case.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase()
})
afterEach(() =>
  database.client.query(
    `ROLLBACK; DISCARD TEMP; DROP TABLE IF EXISTS public.bill;
     DROP SCHEMA IF EXISTS rfx_user, rfx_policy, rfx_message, billing, extras, mig_tenant_of_shop CASCADE`,
  ),
)
afterAll(() => database.drop())

type Files = Readonly<Record<string, string>>

interface Told {
  readonly code: string
  readonly message: string
  readonly help?: string | undefined
  readonly line?: number | undefined
}

/** What a person is told when models are loaded: warnings, and the error if there is one. */
async function told(files: Files, more: Partial<ModelInput>): Promise<readonly Told[]> {
  const all: Told[] = []
  const emit: ModelInput['emit'] = (event) => {
    if (event.event === 'warning') all.push(event)
  }
  await usingModels(files, async (dir) => {
    const input = { ...caseInput(dir), ...more, emit }
    try {
      const models = await readAllModels(input)
      await loadAll(database.client, models.files, input)
    } catch (error) {
      if (!(error instanceof MigError)) throw error
      const { code, message, help, place } = error
      all.push({ code, message, help, line: place?.line })
    }
  })
  return all
}

const long = 'a'.repeat(63)
const shop = { key: 'shop', schema: 'mig_tenant_of_shop', tenant: true }

interface Odd {
  readonly what: string
  readonly files: Files
  readonly code: string
  readonly message: RegExp
  readonly help?: RegExp
  readonly line?: number
  readonly more?: Partial<ModelInput>
}

const odd: readonly Odd[] = [
  {
    what: 'no key for its schema',
    files: { 'a.sql': 'CREATE SCHEMA billing; CREATE TABLE billing.bill (id int)' },
    code: 'outside-map',
    message: /a\.sql:1 defines table billing\.bill: the schema map has no key for schema billing/,
    help: /add billing to the schema map in env\.ts/,
  },
  {
    what: 'no schema, so that it would land in public',
    files: { 'a.sql': 'CREATE TABLE bill (id int)' },
    code: 'outside-map',
    message: /a\.sql:1 defines table public\.bill/,
  },
  {
    what: 'a folder that is not a key',
    files: { 'shopp/a.sql': '-- bills\nCREATE TABLE bill (id int)' },
    more: { lines: [...lines.slice(0, 1), shop] },
    code: 'outside-map',
    message: /shopp\/a\.sql:\d defines table public\.bill/,
    help: /^name one of rfx_user, or add public to the schema map in env\.ts; models of a tenant line name no schema, in a file or folder of its name: shop$/,
  },
  {
    what: 'an empty schema without a key',
    files: {
      'a.sql':
        "CREATE TABLE rfx_user.a (id int);\nCREATE SCHEMA billing;\nCOMMENT ON SCHEMA billing IS 'bills'",
    },
    code: 'empty-schema-in-models',
    message:
      /^models have CREATE SCHEMA billing \(a\.sql:2\): it is empty in the models and missing in the schema map/,
    help: /add it to the schema map in env\.ts/,
  },
  {
    what: 'two definitions',
    files: {
      'one.sql': 'CREATE TABLE rfx_user.a (id int)',
      'two.sql': 'CREATE TABLE rfx_user."a" (id bigint)',
    },
    code: 'duplicate-model',
    message: /rfx_user\.a is defined twice: in .*one\.sql:1 and in .*two\.sql:1/,
    line: 1,
  },
  {
    what: 'columns whose names PostgreSQL cuts to the same one',
    files: { 'user.sql': `CREATE TABLE rfx_user.t (\n  "${long}_one" int,\n  "${long}_two" int\n);` },
    code: 'model-failed',
    message: /specified more than once/,
  },
  {
    what: 'tables whose names it cuts',
    files: {
      'user.sql': `CREATE TABLE rfx_user.${long}_one (id int);\nCREATE TABLE rfx_user.${long}_two (id int);`,
    },
    code: 'duplicate-model',
    message: /is defined twice: in .*user\.sql:1 and in .*user\.sql:2/,
    line: 2,
  },
  {
    what: 'a role, which the scratch database would share with the live one',
    files: { 'a.sql': 'CREATE ROLE somebody' },
    code: 'cluster-model',
    message: /a\.sql:1 has CREATE ROLE/,
  },
  {
    what: 'a transaction left open',
    files: {
      'a.sql': 'BEGIN; CREATE TABLE rfx_user.a (id int);',
      'b.sql': 'CREATE TABLE rfx_user.b (id int);',
    },
    code: 'open-transaction',
    message: /a\.sql:1 starts a transaction that is still open at the end of the file$/,
  },
  ...(
    [
      ['DISCARD ALL; COMMIT', 'DISCARD'],
      ['COMMIT', 'COMMIT without BEGIN'],
      ['BEGIN; CREATE TABLE rfx_user.b (id int); ROLLBACK', 'ROLLBACK'],
      ['set session authorization default', 'SET SESSION AUTHORIZATION'],
      ['SET LOCAL ROLE app', 'SET LOCAL ROLE'],
      ['/* back */ RESET ALL', 'RESET ALL'],
    ] as const
  ).map(([sql, word]) => ({
    what: `${word} among definitions`,
    files: { 'a.sql': `CREATE TABLE rfx_user.a (id int);\n${sql}` },
    code: 'session-model',
    message: new RegExp(`a\\.sql:2 has ${word}, which would change the session`),
    help: /^remove it/,
    line: 2,
  })),
  {
    what: 'a module that exports nothing',
    files: { 'a.ts': 'export const helper = (x: number): number => x + 1' },
    code: 'empty-model',
    message: /a\.ts exports neither a Drizzle object nor SQL$/,
  },
  {
    what: 'a barrel that passes on what says nothing',
    files: { 'index.ts': "export * from './helpers'", 'helpers.ts': 'export const one = 1' },
    code: 'empty-model',
    message: /index\.ts exports neither a Drizzle object nor SQL$/,
  },
  {
    what: 'no file at all, which is not an empty schema',
    files: {},
    code: 'no-models',
    message: /has no model file$/,
  },
  {
    what: 'grants and owners, while privileges are not compared',
    files: {
      'a.sql': `CREATE TABLE rfx_user.t (id int PRIMARY KEY, a text);
GRANT SELECT ON rfx_user.t TO case_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA rfx_user GRANT SELECT ON TABLES TO case_reader;
ALTER TABLE rfx_user.t OWNER TO case_reader;`,
    },
    code: 'privileges-passed-over',
    message:
      /^models have GRANT, ALTER DEFAULT PRIVILEGES, OWNER TO \(a\.sql:2 and 2 more\): owners and privileges are compared only with --privileges$/,
    help: /--privileges/,
  },
  {
    what: 'rows',
    files: {
      'a.sql':
        'CREATE TABLE rfx_user.t (id int);\nINSERT INTO rfx_user.t VALUES (1);\nDELETE FROM rfx_user.t',
    },
    code: 'rows-in-models',
    message: /^models have INSERT, DELETE \(a\.sql:2 and 1 more\)/,
    help: /just mig-revision/,
  },
  {
    what: 'a temporary table',
    files: { 'a.sql': '\nCREATE TEMP TABLE gone (id int);' },
    code: 'temporary-in-models',
    message: /^models have CREATE TEMPORARY \(a\.sql:2\)/,
    help: /out of the models/,
  },
  {
    what: 'a DROP after what it drops',
    files: {
      'a.sql': 'CREATE TABLE rfx_user.a (id int)',
      'b.sql': '-- gone\nDROP TABLE IF EXISTS rfx_user.b, rfx_user."a" CASCADE',
    },
    code: 'drops-in-models',
    message:
      /^models have DROP TABLE \(b\.sql:\d\): the object that they create and drop is treated as unwanted/,
    help: /only the DROP if the object is wanted/,
  },
  {
    what: 'a DROP before, which is tried again after it',
    files: { 'a.sql': 'DROP TABLE rfx_user.a;\nCREATE TABLE rfx_user.a (id int)' },
    code: 'drops-in-models',
    message: /^models have DROP TABLE \(a\.sql:1\)/,
  },
]

describe('a model in an odd place says so, with its file:', () => {
  test.each(odd)('$what', async ({ files, code, message, help, line, more = {} }) => {
    expect(await told(files, more)).toEqual([
      expect.objectContaining({
        code,
        message: expect.stringMatching(message),
        ...(help === undefined ? {} : { help: expect.stringMatching(help) }),
        ...(line === undefined ? {} : { line }),
      }),
    ])
  })

  test('and what pg_dump --clean writes is not one', async () => {
    const dump = `DROP TABLE IF EXISTS rfx_user.a;\nCREATE SCHEMA IF NOT EXISTS extras;
      CREATE EXTENSION hstore SCHEMA extras;\nCREATE TABLE rfx_user.a (h extras.hstore)`
    expect(await told({ 'a.sql': dump }, {})).toEqual([])
  })
})
