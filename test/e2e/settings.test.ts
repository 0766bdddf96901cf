import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { recipe } from '../support/recipes.ts'
import { fail, type Just, jsonLines, justOn, succeed } from './support/just.ts'
import { empty, versions } from './support/ledger.ts'
import { environmentText, revisionFiles, temporaryProject } from './support/project.ts'

let database: TestDatabase
let just: Just

beforeAll(async () => {
  database = await createTestDatabase()
  just = justOn(database.url)
})
beforeEach(() => empty(database.client))
afterAll(() => database.drop())

/** The schemas that the first line names as active. */
async function activeSchemas(args: string, env: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await succeed(just(args, { env }))
  return /· schemas (.*)$/m.exec(stdout)?.[1] ?? ''
}

describe('the schema filter', () => {
  test('is the argument, else MIG_SCHEMA_FILTER, else ALEMBIC_SCHEMA_FILTER, else all', async () => {
    const alembic = { ALEMBIC_SCHEMA_FILTER: 'policy' }
    const both = { ...alembic, MIG_SCHEMA_FILTER: 'message' }
    expect(await activeSchemas('mig-current', {})).toBe('rfx_user, rfx_policy, rfx_message')
    expect(await activeSchemas('mig-current', alembic)).toBe('rfx_policy')
    expect(await activeSchemas('mig-current', both)).toBe('rfx_message')
    expect(await activeSchemas('mig-current user', both)).toBe('rfx_user')
    expect(await activeSchemas('mig-current all', both)).toBe('rfx_user, rfx_policy, rfx_message')
    expect(await activeSchemas('mig-upgrade --plan', both)).toBe('rfx_message')
    expect(await activeSchemas('mig-upgrade --plan user', both)).toBe('rfx_user')
  })

  test('that is given empty is not given', async () => {
    const { stdout } = await succeed(
      just(['mig-upgrade', 'head', ''], { env: { MIG_SCHEMA_FILTER: 'user' } }),
    )
    expect(stdout).toMatch(/· schemas rfx_user$/m)
  })

  test('takes an unknown key for a mistake, and names the nearest', async () => {
    const { stderr } = await fail(just('mig-upgrade head usr'), 'unknown-schema', 2)
    expect(stderr).toMatch(/help: did you mean "user"\?/)
    await fail(just('mig-current', { env: { MIG_SCHEMA_FILTER: 'polcy' } }), 'unknown-schema', 2)
  })
})

describe('flags', () => {
  test('that nobody knows are an error with the nearest one', async () => {
    const { stderr } = await fail(just('mig-upgrade head user --jsn'), 'unknown-flag', 2)
    expect(stderr).toContain('did you mean --json?')
    const short = await fail(just('mig-revision -drop user'), 'unknown-flag', 2)
    expect(short.stderr).toContain('has no flag -d\n')
  })

  test('too many arguments and a bad duration are errors', async () => {
    await fail(just('mig-upgrade head user more'), 'too-many-arguments', 2)
    await fail(just('mig-upgrade --lock-wait soon'), 'bad-duration', 2)
    await fail(just('mig-upgrade --transaction=both'), 'bad-flag', 2)
  })

  test('with an empty database URL are an error, not the configured database', async () => {
    const { stderr } = await fail(
      just(['mig-upgrade', 'head', 'user', '--database-url', '']),
      'bad-database-url',
      2,
    )
    expect(stderr).toContain('the database URL that was given is empty')
    await fail(just(['mig-init', '--database-url=']), 'bad-database-url', 2)
  })
})

describe('the schema map', () => {
  test('takes the name of a schema from its variable', async () => {
    const env = { RFX_USER_SCHEMA: 'people', RFX_POLICY_SCHEMA: 'Odd "policy"; name' }
    await succeed(just('mig-upgrade head user,policy', { env }))
    expect(Object.keys(await versions(database.client))).toEqual(['Odd "policy"; name', 'people'])
    const tables = await database.client.query(
      `SELECT table_schema AS schema FROM information_schema.tables WHERE table_name IN ('profile', 'role') ORDER BY 1`,
    )
    expect(tables.rows.map((row) => row.schema)).toEqual(['Odd "policy"; name', 'people'])
    await succeed(just('mig-downgrade base user,policy', { env }))
  })

  test('two keys with one schema are an error', async () => {
    await fail(just('mig-current', { env: { RFX_USER_SCHEMA: 'rfx_policy' } }), 'duplicate-schema', 2)
  })
})

describe('the database', () => {
  test('is MIG_DATABASE_URL, else ALEMBIC_DATABASE_URL, else DATABASE_URL, and --database-url goes before', async () => {
    const { url } = database
    const source = async (env: Readonly<Record<string, string>>, args: readonly string[] = []) => {
      const lines = jsonLines(await succeed(recipe(['mig-current', 'user', '--json', ...args], { env })))
      return lines[0]?.source
    }
    const bad = 'postgresql://nobody@127.0.0.1:1/none'
    expect(await source({ DATABASE_URL: url })).toBe('DATABASE_URL')
    expect(await source({ DATABASE_URL: bad, ALEMBIC_DATABASE_URL: url })).toBe('ALEMBIC_DATABASE_URL')
    expect(await source({ ALEMBIC_DATABASE_URL: bad, MIG_DATABASE_URL: url })).toBe('MIG_DATABASE_URL')
    expect(await source({ MIG_DATABASE_URL: bad }, ['--database-url', url])).toBe('argument')
  })

  test.each(['postgres', 'postgresql+asyncpg', 'postgresql+psycopg2'])(
    'may be named with the scheme %s',
    async (scheme) => {
      await succeed(
        just('mig-current user', { env: { MIG_DATABASE_URL: database.url.replace(/^[^:]+/, scheme) } }),
      )
    },
  )

  test('never shows its password', async () => {
    const url = database.url.replace('postgres@', 'postgres:hunter2@')
    for (const args of [
      'mig-current',
      'mig-current --json',
      'mig-upgrade --verbose',
      'mig-downgrade base nokey',
    ]) {
      const { stdout, stderr } = await just(args, { env: { MIG_DATABASE_URL: url } })
      expect(stdout + stderr).not.toContain('hunter2')
    }
  })
})

describe('a project of its own', () => {
  const schemas = { shop: 'shop' }
  const first = { id: 'aaaa00000001' }

  test('reads .env, and what is set outside goes before it', async () => {
    const project = await temporaryProject({
      '.env': 'MIG_SCHEMA_FILTER=shop\nMIG_LOG_LEVEL=quiet\n',
      'migrations/env.ts': environmentText({ ...schemas, depot: 'depot' }),
      ...revisionFiles('shop', [first]),
    })
    const { stdout } = await succeed(just('mig-current', { cwd: project.path }))
    expect(stdout).toMatch(/shop/)
    expect(stdout).not.toMatch(/depot|database /)
    const all = await succeed(
      just('mig-current', { cwd: project.path, env: { MIG_SCHEMA_FILTER: 'all', MIG_LOG_LEVEL: 'normal' } }),
    )
    expect(all.stdout).toContain('schemas shop, depot')
    await project.remove()
  })

  test("is read from .env as dotenv reads it, whatever just's own reader would say", async () => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText({ ...schemas, depot: 'depot' }),
      ...revisionFiles('shop', [first]),
    })
    const plain = 'MIG_DIR=my migrations\r\nMIG_SCHEMA_FILTER = shop # the one\r\nOTHER="unclosed\r\n'
    await rename(join(project.path, 'migrations'), join(project.path, 'my migrations'))
    await project.write({ '.env': `\uFEFF${plain}` })
    const { stdout } = await succeed(just('mig-current', { cwd: project.path }))
    expect(stdout).toMatch(/· schemas shop$/m)
    await project.write({ '.env': `${plain}MIG_DATABASE_URL='postgresql://u:a$b@127.0.0.1:1/d$HOME'\n` })
    const { stdout: url } = await succeed(recipe(['db-url'], { cwd: project.path }))
    expect(url).toBe('postgresql://u:a%24b@127.0.0.1:1/d%24HOME')
    await project.remove()
  })

  test('may hold a folder named .env, as of Python', async () => {
    const project = await temporaryProject({
      '.env/bin/python': '',
      'migrations/env.ts': environmentText(schemas),
      ...revisionFiles('shop', [first]),
    })
    await succeed(just('mig-current', { cwd: project.path }))
    await project.remove()
  })

  test('takes an unknown variable or level in .env for a mistake', async () => {
    const project = await temporaryProject({
      '.env': 'MIG_SCHEMA_FILTR=shop\n',
      'migrations/env.ts': environmentText(schemas),
    })
    const { stderr } = await fail(just('mig-current', { cwd: project.path }), 'unknown-variable', 2)
    expect(stderr).toContain('did you mean MIG_SCHEMA_FILTER?')
    await project.write({ '.env': 'MIG_LOG_LEVEL=loud\n' })
    await fail(just('mig-current', { cwd: project.path }), 'bad-log-level', 2)
    await project.remove()
  })

  test('MIG_DIR points at another environment folder', async () => {
    const env = { MIG_DIR: 'test/environments/linear' }
    await succeed(just('mig-upgrade', { env }))
    expect(await versions(database.client)).toEqual({ shop: ['54e80b26fd17'] })
    await succeed(just('mig-downgrade-all --yes', { env }))
    await fail(just('mig-current', { env: { MIG_DIR: 'nowhere' } }), 'no-environment', 2)
  })

  test.each([
    [
      'an unknown setting',
      '{ schemas: { a: "a" }, lockTimout: "4s" }',
      'unknown-setting',
      'did you mean "lockTimeout"?',
    ],
    [
      'a setting of another type',
      '{ schemas: { a: "a" }, lockTimeout: 4 }',
      'bad-setting',
      'must be a string',
    ],
    ['no schemas', '{ schemas: {} }', 'no-schemas', 'maps no schema'],
    ['a bad key', '{ schemas: { head: "a" } }', 'bad-schema-key', 'cannot be a schema key'],
    ['no settings at all', 'undefined', 'bad-environment', 'exports no settings object'],
    ['a mistake in the code', '{ schemas: { a: }', 'bad-module', 'env.ts:1'],
  ])('env.ts with %s is an error', async (_, text, code, said) => {
    const project = await temporaryProject({ 'migrations/env.ts': `export default ${text}\n` })
    const { stderr } = await fail(just('mig-current', { cwd: project.path }), code, 2)
    expect(stderr).toContain(said)
    await project.remove()
  })

  test('options of env.ts hold: ledger schema, folders, onApply inside the transaction, timeouts', async () => {
    const project = await temporaryProject({
      'migrations/env.ts': environmentText(
        schemas,
        `ledgerSchema: 'Ledger "x"', versionLocations: { shop: ['old', 'versions/shop'] }, lockTimeout: '1234ms',
         statementTimeout: '56s',
         onApply: async ({ client, revision, direction, targetSchema }) => {
           await client.query('INSERT INTO public.seen VALUES ($1, $2, $3)', [revision, direction, targetSchema])
           if (revision === 'aaaa00000003') throw new Error('not this one')
         }`,
      ),
      'migrations/old/20260101_000000_aaaa00000001_x.sql':
        '-- first\n--\n-- Revision: aaaa00000001\n-- Revises:\n\n-- upgrade\nCREATE TABLE timeouts AS SELECT current_setting($$lock_timeout$$) AS l, current_setting($$statement_timeout$$) AS s;\n-- downgrade\nDROP TABLE timeouts;\n',
      ...revisionFiles('shop', [
        { id: 'aaaa00000002', down: 'aaaa00000001' },
        { id: 'aaaa00000003', down: 'aaaa00000002' },
      ]),
    })
    await database.client.query(
      'CREATE TABLE IF NOT EXISTS public.seen (r text, d text, t text); TRUNCATE public.seen',
    )
    const { stderr } = await fail(just('mig-upgrade', { cwd: project.path }), 'revision-failed', 3)
    expect(stderr).toContain('not this one')
    const seen = await database.client.query('SELECT r, d, t FROM public.seen ORDER BY r')
    expect(seen.rows).toEqual([
      { r: 'aaaa00000001', d: 'upgrade', t: 'shop' },
      { r: 'aaaa00000002', d: 'upgrade', t: 'shop' },
    ])
    const timeouts = await database.client.query('SELECT * FROM shop.timeouts')
    expect(timeouts.rows).toEqual([{ l: '1234ms', s: '56s' }])
    expect(await versions(database.client, '"Ledger ""x"""')).toEqual({ shop: ['aaaa00000002'] })
    await database.client.query('DROP TABLE public.seen')
    await project.remove()
  })
})
