import { describe, expect, test } from 'vitest'
import {
  lineStatuses,
  loadEnvironment,
  type MigEvent,
  planEvent,
  type TenantSource,
  targetTenants,
} from '../../migrations/core/index.ts'
import { eventText } from '../../migrations/core/report/index.ts'
import { chain, revisionId, tenantTest } from './support.ts'

async function listing(tenants: TenantSource): Promise<unknown> {
  const options = { schemas: { tenant: { tenants } } }
  const env = await loadEnvironment({ root: '/nowhere', variables: {}, options, tenants: 'all' })
  return targetTenants(env, 'tenant', {}).catch((error: unknown) => error)
}

/** What a module in plain JavaScript may give, whatever the types say. */
const giving = (value: unknown) => listing({ function: () => Promise.resolve(value as string[]) })

describe('a source of tenants', () => {
  test('that fails is told of by the line, with its reason', async () => {
    const failing = () => Promise.reject(new Error('the registry is down'))
    expect(await listing({ function: failing })).toMatchObject({
      code: 'bad-tenants',
      exitCode: 2,
      message: 'the function that lists the tenants of line tenant fails: the registry is down',
    })
  })

  test.each([[undefined], [null], [{ a: 1 }], ['tenant_a'], [3]])(
    'that gives %j gives no list',
    async (value) => {
      expect(await giving(value)).toMatchObject({ code: 'bad-tenants', exitCode: 2 })
    },
  )

  test.each([[null], [5], [{}], [{ schema: 3 }], [''], [undefined]])(
    'with %j in its list says so, and what to give',
    async (value) => {
      const help = expect.stringContaining("{ schema: 'tenant_1'")
      expect(await giving(['tenant_a', value])).toMatchObject({ code: 'bad-tenant', exitCode: 2, help })
    },
  )

  test.each([
    ['ü'.repeat(32), 'longer than 63 bytes'],
    ['pg_catalog', 'a system schema of PostgreSQL'],
    ['information_schema', 'a system schema of PostgreSQL'],
    ['$user', 'cannot be used in search_path'],
    [' ', 'cannot be used in search_path'],
    ['a\0b', 'PostgreSQL does not allow in names'],
  ])('may not name %j', async (name, reason) => {
    for (const source of [{ list: [name] }, { function: () => Promise.resolve([name]) }])
      expect(await listing(source)).toMatchObject({
        code: 'bad-tenant',
        message: expect.stringContaining(reason),
      })
    expect(await listing({ list: ['ü'.repeat(31)] })).toHaveLength(1)
  })

  tenantTest('with a pattern that PostgreSQL refuses says which', async ({ lab }) => {
    await lab.makeSchemas(['tenant_a'])
    for (const tenants of [{ match: '[' }, { like: 'tenant\\' }]) {
      const settings = { schemas: { tenant: { tenants } } }
      await expect(lab.plan({ tenants: 'all', settings })).rejects.toMatchObject({
        code: 'bad-tenants',
        help: expect.stringContaining(`tenants.${Object.keys(tenants)[0]} in env.ts`),
      })
    }
  })
})

describe('tenants of a database that does not answer', () => {
  const down = { schema: 'tenant_down', databaseUrl: 'postgresql://u:s3cret@127.0.0.1:1/x', shard: 'west' }

  tenantTest('are marked among the others, and warned of', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(['tenant_a'])
    const settings = { schemas: { tenant: { tenants: { list: [down, 'tenant_a'] } } } }
    const { plan, result } = await lab.run({ tenants: 'all', settings, goOn: true })
    expect(eventText(planEvent(plan), 'normal')).toContain(
      `  1 tenant ↑ base → ${revisionId(1)}, 1 step each\n  1 tenant without a plan`,
    )
    expect(result).toMatchObject({ done: 1, left: 0 })
    const project = await lab.project({ tenants: 'all', settings })
    const tenants = await targetTenants(project.env, 'tenant', {})
    const events: MigEvent[] = []
    const emit = (event: MigEvent) => void events.push(event)
    const statuses = await lineStatuses(project, tenants, { emit }, { structure: true })
    expect(statuses.map(({ target, state, structure }) => [target.schema, state, structure])).toEqual([
      ['tenant_a', 'head', 'majority'],
      ['tenant_down', 'unreachable', null],
    ])
    expect(events).toMatchObject([
      {
        event: 'warning',
        code: 'no-server',
        message: expect.stringContaining('1 tenant of west cannot be asked'),
      },
    ])
    expect(JSON.stringify(events)).not.toContain('s3cret')
  })

  tenantTest('fail the command where there are no others', async ({ lab }) => {
    const settings = { schemas: { tenant: { tenants: { list: [down] } } } }
    const project = await lab.project({ tenants: 'all', settings })
    const tenants = await targetTenants(project.env, 'tenant', {})
    await expect(lineStatuses(project, tenants, {})).rejects.toMatchObject({ code: 'no-server' })
  })
})
