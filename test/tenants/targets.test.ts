import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TargetSchema } from '../../migrations/core/environment/index.ts'
import { namedTenants, type TenantTargets } from '../../migrations/core/environment/tenant-targets.ts'
import {
  expectGroups,
  groupsOfRun,
  type LoadOptions,
  loadEnvironment,
  type TenantSource,
} from '../../migrations/core/index.ts'
import { byCodePoint } from '../../migrations/core/runner/targets/list-tenants.ts'
import { selectTenants } from '../../migrations/core/runner/targets/select-tenants.ts'
import { createTestDatabase } from '../support/database.ts'
import { chain, type LabOptions, revisionId, type TenantLab, tenantNames, tenantTest } from './support.ts'

const tenant = (schema: string, shard: string | null = null): TargetSchema => ({
  ...{ line: 'tenant', schema, shard },
  databaseUrl: shard,
})

const targetsOf = async (given: Pick<LoadOptions, 'tenants' | 'x' | 'shard'>): Promise<TenantTargets> => {
  const options = { schemas: { tenant: { tenants: { like: 't%' } } }, x: { batch: 'number' } } as const
  return (await loadEnvironment({ root: '/nowhere', variables: {}, options, ...given })).targets
}

test('a range has an end or a start, and no sign', async () => {
  for (const tenants of [':', '-3:2', '0:-1', '-1:', '+1:2'])
    await expect(targetsOf({ tenants })).rejects.toMatchObject({ code: 'bad-tenant-range', exitCode: 2 })
  expect(await targetsOf({ tenants: ':3' })).toMatchObject({ selection: { start: 0, end: 3 } })
  expect(await targetsOf({ tenants: '3:' })).toMatchObject({ selection: { start: 3, end: null } })
})

describe('the tenants of a line', () => {
  const names = ['tenant_2', 'tenant_10', 'tenant_Ä', 'tenant_a', 'tenant_\u{1F600}', 'tenant_\uFFFD']
  const inOrder = ['tenant_10', 'tenant_2', 'tenant_a', 'tenant_Ä', 'tenant_\uFFFD', 'tenant_\u{1F600}']

  tenantTest(
    'come from a pattern, an expression, a list, a query or a function, in code-point order',
    async ({ lab }) => {
      await lab.makeSchemas([...names, 'tenantX', 'other'])
      await lab.database.client.query('CREATE TABLE customers AS SELECT unnest($1::text[]) AS name', [names])
      const sources: readonly TenantSource[] = [
        { like: 'tenant\\_%' },
        { match: '^tenant_' },
        { list: names },
        { query: 'SELECT name FROM customers' },
        { function: () => Promise.resolve(names.map((schema) => ({ schema }))) },
      ]
      for (const tenants of sources) {
        const settings = { schemas: { tenant: { tenants }, shared: 'app_shared' } }
        const { targets } = await lab.plan({ tenants: 'all', settings })
        expect(targets.map(({ schema }) => schema)).toEqual(inOrder)
      }
    },
  )

  tenantTest('are never the ledger or the schema of a single line', async ({ lab }) => {
    await lab.makeSchemas(['tenant_a', 'app_shared', 'mig'])
    const settings = { schemas: { tenant: { tenants: { like: '%' } }, shared: 'app_shared' } }
    const { targets } = await lab.plan({ tenants: 'all', settings })
    expect(targets.map(({ schema }) => schema)).toEqual(['public', 'tenant_a'])
  })

  tenantTest('live on shards, each with a ledger of its own', async ({ lab, database }) => {
    const second = await createTestDatabase()
    try {
      await lab.write(chain(2))
      const list = [
        ...tenantNames(6).map((schema, at) => ({
          schema,
          databaseUrl: at % 2 === 0 ? database.url : second.url,
          shard: at % 2 === 0 ? 'eu' : 'us',
        })),
        { schema: 'tenant_000', databaseUrl: second.url, shard: 'us' },
      ]
      const settings = { schemas: { tenant: { tenants: { function: () => list } }, shared: 'app_shared' } }
      const eu = await lab.run({ shard: 'eu', settings })
      expect(eu.result).toMatchObject({ done: 3, failures: [] })
      await expect(lab.plan({ tenants: 'tenant_000', settings })).rejects.toMatchObject({
        code: 'ambiguous-tenant',
      })
      await expect(lab.plan({ shard: 'asia', settings })).rejects.toMatchObject({ code: 'unknown-shard' })
      const all = await lab.run({ tenants: 'all', settings, jobs: 3 })
      expect(all.result).toMatchObject({ done: 4, failures: [] })
      const { rows } = await second.client.query('SELECT target_schema, revision FROM mig.version ORDER BY 1')
      expect(rows).toEqual(
        ['tenant_000', 'tenant_001', 'tenant_003', 'tenant_005'].map((name) => ({
          target_schema: name,
          revision: revisionId(2),
        })),
      )
    } finally {
      await second.drop()
    }
  })

  tenantTest(
    'on a shard that does not answer fail together, and the others go on',
    async ({ lab, database }) => {
      await lab.write(chain(1))
      const list = [
        { schema: 'tenant_a', databaseUrl: database.url, shard: 'up' },
        { schema: 'tenant_b', databaseUrl: 'postgresql://u@127.0.0.1:1/d', shard: 'down' },
      ]
      const settings = { schemas: { tenant: { tenants: { list } } } }
      await expect(lab.plan({ shard: 'down', settings })).rejects.toMatchObject({ code: 'no-server' })
      const { result } = await lab.run({ tenants: 'all', settings, goOn: true })
      expect(result).toMatchObject({ done: 1, failures: [{ error: { code: 'no-server' } }], left: 0 })
    },
  )
})

describe('before the first line of a run', () => {
  const expected = async (lab: TenantLab, direction: 'upgrade' | 'downgrade', given: LabOptions) => {
    const project = await lab.project(given)
    const request = { direction, target: direction === 'upgrade' ? 'head' : 'base' }
    const tenants = await expectGroups(project, groupsOfRun(project, request), request, {})
    return tenants.map(({ schema }) => schema)
  }

  tenantTest('the names must be tenants of each tenant line', async ({ lab }) => {
    await lab.makeSchemas(['eu_a', 'us_a'])
    const schemas = { eu: { tenants: { like: 'eu\\_%' } }, us: { tenants: { like: 'us\\_%' } } }
    for (const direction of ['upgrade', 'downgrade'] as const) {
      expect(await expected(lab, direction, { tenants: '*_a', settings: { schemas } })).toEqual([
        'eu_a',
        'us_a',
      ])
      const refused = expected(lab, direction, { tenants: 'eu_a', settings: { schemas } })
      await expect(refused).rejects.toMatchObject({ code: 'unknown-tenant', facts: { line: 'us' } })
    }
  })

  tenantTest('a list that a single line has still to make is left for its turn', async ({ lab }) => {
    const query = 'SELECT name FROM app_shared.customer'
    const settings = { schemas: { tenant: { tenants: { query } }, shared: 'app_shared' } }
    expect(await expected(lab, 'upgrade', { tenants: 'all', settings })).toEqual([])
    await expect(expected(lab, 'upgrade', { settings })).rejects.toMatchObject({
      code: 'no-tenant-targets',
      message: 'no tenant of line tenant is named',
    })
    await expect(expected(lab, 'downgrade', { tenants: 'all', settings })).rejects.toMatchObject({
      code: 'tenant-query',
    })
  })
})

describe('naming tenants', () => {
  test.each([
    [{ tenants: 'all' }, { kind: 'all' }],
    [{ x: ['upgrade_all_tenants=true'] }, { kind: 'all' }],
    [{ tenants: 'a' }, { kind: 'names', names: ['a'] }],
    [{ tenants: 'a, b*' }, { kind: 'names', names: ['a', 'b*'], whole: 'a, b*' }],
    [{ x: ['schemas=a,b'] }, { kind: 'names', names: ['a', 'b'], whole: 'a,b' }],
    [{ tenants: '5:' }, { kind: 'range', start: 5, end: null }],
    [{ x: ['tenant_range_start=5', 'tenant_range_end=7'] }, { kind: 'range', start: 5, end: 7 }],
    [{ x: ['tenant_range_end=7'] }, { kind: 'range', start: 0, end: 7 }],
    [{ x: ['upgrade_all_tenants=false'] }, null],
  ])('%j means %j', async (given, selection) => {
    expect((await targetsOf(given)).selection).toEqual(selection)
  })

  test.each([
    [{ x: ['upgrade_all_tenants=maybe'] }, 'bad-x'],
    [{ x: ['tenant_range_start=-1'] }, 'bad-x'],
    [{ x: ['batch=ten'] }, 'bad-x'],
    [{ x: ['batch=1', 'batch=2'] }, 'bad-x'],
    [{ x: ['colour=red'] }, 'unknown-x'],
    [{ x: ['upgrade_all_tenants=true', 'schemas=a'] }, 'tenant-targets'],
    [{ tenants: ' ' }, 'no-tenant-targets'],
    [{ tenants: ',' }, 'no-tenant-targets'],
    [{ x: ['schemas='] }, 'no-tenant-targets'],
  ])('%j is an error', async (given, code) => {
    await expect(targetsOf(given)).rejects.toMatchObject({ code })
  })

  const listed = fc
    .uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 }), { maxLength: 30 })
    .map((names) => names.toSorted(byCodePoint).map((name) => tenant(name)))

  test('by ranges that meet takes every tenant once, in order', () => {
    fc.assert(
      fc.property(listed, fc.array(fc.nat({ max: 30 }), { maxLength: 4 }), (all, cuts) => {
        const edges = [0, ...cuts.filter((cut) => cut <= all.length).sort((a, b) => a - b), all.length]
        const parts = edges.slice(1).flatMap((end, at) => {
          const start = edges[at] ?? 0
          if (start === end) return []
          const selection = { kind: 'range', start, end } as const
          return selectTenants('tenant', all, { selection, shards: null, createSchema: false }).tenants
        })
        expect(parts).toEqual(all)
      }),
    )
  })

  test('by its name alone finds a tenant, with the commas, spaces and stars that it has', () => {
    fc.assert(
      fc.property(listed, (all) => {
        for (const one of all) {
          if (/^[\s,]*$/.test(one.schema)) continue
          const selection = namedTenants(one.schema, '--tenants')
          const { tenants } = selectTenants('tenant', all, { selection, shards: null, createSchema: false })
          expect(tenants).toEqual([one])
        }
      }),
    )
  })

  test('of no shard is an error', () => {
    const targets = { selection: null, shards: [], createSchema: false }
    expect(() => selectTenants('tenant', [tenant('a', 'eu')], targets)).toThrow(/names no shard/)
  })

  test('by their own names finds each of them, whatever the names hold', () => {
    fc.assert(
      fc.property(listed, (all) => {
        const selection = { kind: 'names', names: all.map(({ schema }) => schema) } as const
        expect(selectTenants('tenant', all, { selection, shards: null, createSchema: false })).toEqual({
          tenants: all,
          unknown: [],
        })
      }),
    )
  })
})
