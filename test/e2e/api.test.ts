import pg from 'pg'
import { expect, test } from 'vitest'
import {
  applyPlan,
  currentRevisions,
  loadEnvironment,
  MigError,
  type MigEvent,
  openProject,
  planRun,
  usingSession,
} from '../../migrations/core/index.ts'
import { createTestDatabase, databaseTest } from '../support/database.ts'
import { repository } from '../support/recipes.ts'
import { versions } from './support/ledger.ts'

const upgrade = { direction: 'upgrade', target: 'head' } as const

async function project(dir: string, filter = 'all') {
  return openProject(await loadEnvironment({ root: repository, dir, filter, variables: {} }))
}

databaseTest(
  'an application migrates on a connection of its own, which stays open and its own',
  async ({ database }) => {
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    await client.query(`SET application_name = 'the application'`)
    const example = await project('migrations', 'user')
    const events: MigEvent[] = []
    const result = await usingSession(
      example.env,
      { client, emit: (event) => events.push(event) },
      async (session) => {
        const plan = await planRun(session, example, upgrade)
        expect(await versions(database.client)).toEqual({})
        return applyPlan(session, example, plan, upgrade)
      },
    )
    expect(result.steps.map((step) => step.revision)).toEqual([
      '6b1f0c9d24a7',
      'c40e7a51b3d8',
      '1d9a3be8f056',
    ])
    expect(events.filter(({ event }) => event === 'step-done')).toHaveLength(3)
    const statuses = await usingSession(example.env, { client }, (session) =>
      currentRevisions(session, example, false),
    )
    expect(statuses).toMatchObject([{ line: 'user', revision: '1d9a3be8f056', state: 'head', behind: 0 }])
    const left = await client.query(
      `SELECT current_setting('application_name') AS name, current_setting('search_path') AS path,
            (SELECT count(*)::int FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks`,
    )
    expect(left.rows).toEqual([{ name: 'the application', path: '"$user", public', locks: 0 }])
    await client.end()
  },
)

databaseTest('two environments run at once in one process', async ({ database }) => {
  const other = await createTestDatabase()
  const run = async (dir: string, url: string) => {
    const opened = await project(dir)
    return usingSession({ ...opened.env, databaseUrl: url }, {}, async (session) =>
      applyPlan(session, opened, await planRun(session, opened, { ...upgrade, target: 'heads' }), {
        ...upgrade,
        target: 'heads',
      }),
    )
  }
  const [shop, library] = await Promise.all([
    run('test/environments/linear', database.url),
    run('test/environments/branched', other.url),
  ])
  expect(shop.steps).toHaveLength(5)
  expect(library.steps).toHaveLength(9)
  expect(await versions(database.client)).toEqual({ shop: ['54e80b26fd17'] })
  expect(Object.keys(await versions(other.client))).toEqual(['library', 'loan'])
  await other.drop()
})

databaseTest('a failure is a MigError with its code, exit code and facts', async ({ database }) => {
  await database.client.query('CREATE SCHEMA shop; CREATE TABLE shop.customer ()')
  const linear = await project('test/environments/linear')
  const error = await usingSession({ ...linear.env, databaseUrl: database.url }, {}, async (session) =>
    applyPlan(session, linear, await planRun(session, linear, upgrade), upgrade),
  ).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(MigError)
  expect(error).toMatchObject({
    code: 'database-error',
    exitCode: 3,
    facts: { sqlState: '42P07', revision: '10a4c7e2b9d3', targetSchema: 'shop' },
  })
})

test('settings may come as a plain object, without env.ts', async () => {
  const env = await loadEnvironment({
    root: repository,
    dir: 'test/environments/linear',
    variables: {},
    options: { schemas: { shop: 'shop_under_test' }, ledgerSchema: 'books' },
    databaseUrl: 'postgresql://app@db/app',
  })
  expect(env).toMatchObject({
    schemas: { shop: 'shop_under_test' },
    ledgerSchema: 'books',
    databaseSource: 'argument',
  })
})
