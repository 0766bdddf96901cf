import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readVariables } from '../../migrations/core/environment/index.ts'
import { type EnvironmentOptions, loadEnvironment } from '../../migrations/core/index.ts'
import { listTenants } from '../../migrations/core/runner/index.ts'
import { temporaryFolder } from '../support/recipes.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

const load = (variables: Readonly<Record<string, string>>, more: Partial<EnvironmentOptions> = {}) =>
  loadEnvironment({
    root: folder.path,
    variables,
    options: { schemas: { user: 'app_user' }, schemaVariable: 'APP_{KEY}_SCHEMA', ...more },
  })

describe('a variable that is set and blank is an error, not what counts without it', () => {
  for (const blank of ['', ' ', '\t\n']) {
    test.each(['MIG_DATABASE_URL', 'ALEMBIC_DATABASE_URL', 'DATABASE_URL', 'MIG_SCRATCH_URL'])(
      `%s=${JSON.stringify(blank)}`,
      async (name) => {
        await expect(load({ [name]: blank })).rejects.toMatchObject({
          code: 'bad-database-url',
          exitCode: 2,
          message: `${name} is set and empty`,
        })
      },
    )

    test.each(['MIG_DIR', 'MIG_SCHEMA_FILTER', 'ALEMBIC_SCHEMA_FILTER', 'APP_USER_SCHEMA'])(
      `%s=${JSON.stringify(blank)}`,
      async (name) => {
        await expect(load({ [name]: blank })).rejects.toMatchObject({ code: 'empty-variable', exitCode: 2 })
      },
    )
  }

  test.each([',', ' , '])('a filter of commas alone: %j', async (filter) => {
    await expect(load({ MIG_SCHEMA_FILTER: filter })).rejects.toMatchObject({ code: 'unknown-schema' })
  })

  test('although a later one names a database', async () => {
    await expect(load({ MIG_DATABASE_URL: '', DATABASE_URL: 'postgresql://h/d' })).rejects.toMatchObject({
      code: 'bad-database-url',
    })
  })

  test('and one that an earlier one overrules is not asked', async () => {
    const env = await load({ MIG_DATABASE_URL: 'postgresql://h/d', DATABASE_URL: '' })
    expect(env.databaseSource).toBe('MIG_DATABASE_URL')
  })

  test('a blank argument', async () => {
    const given = { root: folder.path, variables: {}, options: { schemas: { user: 'app_user' } } }
    await expect(loadEnvironment({ ...given, databaseUrl: ' ' })).rejects.toMatchObject({
      code: 'bad-database-url',
    })
  })
})

describe('a blank setting of env.ts is an error', () => {
  test('databaseUrl, where no variable has one', async () => {
    await expect(load({}, { databaseUrl: ' ' })).rejects.toMatchObject({ code: 'bad-database-url' })
    const env = await load({ DATABASE_URL: 'postgresql://h/d' }, { databaseUrl: '' })
    expect(env.databaseSource).toBe('DATABASE_URL')
  })

  test('databaseUrl from a variable that is not set', async () => {
    const unset = { databaseUrl: undefined } as unknown as Partial<EnvironmentOptions>
    await expect(load({}, unset)).rejects.toMatchObject({ code: 'bad-database-url' })
  })

  test('the schema of a line', async () => {
    await expect(load({}, { schemas: { user: ' ' } })).rejects.toMatchObject({ code: 'bad-setting' })
  })

  test.each([' ', undefined])('the URL %j of a tenant', async (databaseUrl) => {
    const place = { schema: 'a', databaseUrl } as { readonly schema: string; readonly databaseUrl: string }
    const env = { ledgerSchema: 'mig', schemas: {} }
    const listed = listTenants(env, { key: 't', tenants: { list: [place] } }, () =>
      Promise.reject(new Error('not asked')),
    )
    await expect(listed).rejects.toMatchObject({ code: 'bad-tenant', exitCode: 2 })
  })

  test('ledgerSchema, in the file', async () => {
    await folder.write({
      'migrations/env.mjs': "export default { schemas: { user: 'app_user' }, ledgerSchema: '' }",
    })
    await expect(loadEnvironment({ root: folder.path, variables: {} })).rejects.toMatchObject({
      code: 'bad-setting',
      exitCode: 2,
    })
  })
})

describe('.env', () => {
  const read = async (text: string, outside: Readonly<Record<string, string>> = {}) => {
    await folder.write({ '.env': text })
    try {
      return readVariables(folder.path, outside)
    } finally {
      await rm(`${folder.path}/.env`)
    }
  }

  test('sets a variable to nothing', async () => {
    await expect(load((await read('MIG_DATABASE_URL=\n')) as Record<string, string>)).rejects.toMatchObject({
      code: 'bad-database-url',
    })
  })

  test.each([
    'MIG_DATABASE_URL=postgres://deploy:Tr0ub4dor#3@h/d',
    'export DATABASE_URL=postgres://deploy:Tr0@ub4dor#3@h/d',
    'A=1\nMIG_SCRATCH_URL = postgres://deploy:4711#Tr0ub4dor@h/d # the server',
  ])('refuses %j, which dotenv cuts at #, and shows nothing of it', async (text) => {
    const refused = await read(text).catch((error: unknown) => error)
    expect(refused).toMatchObject({
      code: 'bad-database-url',
      exitCode: 2,
      help: expect.stringContaining('quote the value'),
      message: expect.not.stringMatching(/Tr0|4711/),
    })
  })

  test('takes a quoted #, a comment after a space, and a URL that is set outside', async () => {
    const quoted = await read(`MIG_DATABASE_URL="postgres://u:a#b@h/d"\nNOTE=a#b\n`)
    expect(quoted.MIG_DATABASE_URL).toBe('postgres://u:a#b@h/d')
    const commented = await read('MIG_DATABASE_URL=postgres://u:a%23b@h/d # shop')
    expect(commented.MIG_DATABASE_URL).toBe('postgres://u:a%23b@h/d')
    const outside = await read('MIG_DATABASE_URL=postgres://u:a#b@h/d', {
      MIG_DATABASE_URL: 'postgres://h/d',
    })
    expect(outside.MIG_DATABASE_URL).toBe('postgres://h/d')
  })
})
