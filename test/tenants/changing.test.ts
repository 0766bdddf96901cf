import { describe, expect } from 'vitest'
import { planTargets, runTargets, targetTenants } from '../../migrations/core/index.ts'
import { administer, createTestDatabase } from '../support/database.ts'
import {
  chain,
  defined,
  type LabOptions,
  revisionId,
  revisionText,
  type TenantLab,
  tenantNames,
  tenantTest,
} from './support.ts'

const group = { lines: ['tenant'], tenantLine: 'tenant' }
const request = { direction: 'upgrade', target: 'head' } as const

/** Plans a run over all tenants, lets something happen, and then runs it. */
async function runAfter(lab: TenantLab, happening: string, options: LabOptions = {}) {
  const project = await lab.project({ tenants: 'all', ...options })
  const targets = await targetTenants(project.env, 'tenant', {})
  const plan = await planTargets(project, group, targets, request, {})
  await lab.database.client.query(happening)
  return runTargets(project, plan, { goOn: true, ...defined({ jobs: options.jobs }) }, {})
}

describe('a tenant that changes during the run', () => {
  tenantTest('and is dropped is not made again, and nothing is made in public for it', async ({ lab }) => {
    await lab.write(chain(2))
    await lab.makeSchemas(tenantNames(5))
    const result = await runAfter(lab, 'DROP SCHEMA tenant_003')
    expect(result).toMatchObject({ done: 4, gone: 1, left: 0, failures: [] })
    const { rows } = await lab.database.client.query(
      "SELECT nspname FROM pg_namespace WHERE nspname = 'tenant_003' UNION ALL SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    )
    expect(rows).toEqual([])
    expect((await lab.plan({ tenants: 'all' })).work).toEqual([])
  })

  tenantTest('and is dropped in the middle of its revisions fails nobody', async ({ lab }) => {
    const drop = "await op.client.query('DROP SCHEMA tenant_001 CASCADE')"
    const second = `if (op.schema === 'tenant_001') await op.autocommit(async () => { ${drop}; await op.execute('CREATE TABLE x ()') })`
    await lab.write({ ...chain(1), 'tenant/20260101_000002_b.ts': revisionText(2, second) })
    await lab.makeSchemas(tenantNames(3))
    const { result, events } = await lab.run({ tenants: 'all' })
    expect(result).toMatchObject({ done: 2, gone: 1, left: 0, failures: [] })
    expect(events.filter(({ event }) => event === 'warning')).toMatchObject([
      { code: 'tenant-gone', message: expect.stringContaining('tenant_001 is gone') },
    ])
    const { rows } = await lab.database.client.query("SELECT FROM pg_tables WHERE schemaname = 'public'")
    expect(rows).toEqual([])
  })

  tenantTest('and is dropped while its list still names it fails by itself', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(3))
    const settings = { createSchema: false, schemas: { tenant: { tenants: { list: tenantNames(3) } } } }
    const result = await runAfter(lab, 'DROP SCHEMA tenant_001', { settings })
    expect(result).toMatchObject({
      done: 2,
      gone: 0,
      failures: [{ error: { code: 'no-schema', exitCode: 3 } }],
    })
  })

  tenantTest('and is renamed is done by the next run, under its new name', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(3))
    const result = await runAfter(lab, 'ALTER SCHEMA tenant_001 RENAME TO tenant_renamed')
    expect(result).toMatchObject({ done: 2, gone: 1, failures: [] })
    expect((await lab.run({ tenants: 'all' })).result).toMatchObject({ done: 1, failures: [] })
    expect(Object.keys(await lab.versions())).toEqual(['tenant_000', 'tenant_002', 'tenant_renamed'])
  })

  tenantTest('and was downgraded by somebody else fails by itself', async ({ lab }) => {
    await lab.write(chain(2))
    await lab.makeSchemas(tenantNames(3))
    await lab.run({ tenants: 'all', target: revisionId(1) })
    const result = await runAfter(
      lab,
      "DELETE FROM mig.version WHERE target_schema = 'tenant_001'; DROP TABLE tenant_001.t1",
    )
    expect(result).toMatchObject({ done: 2 })
    expect(result.failures.map(({ target }) => target.schema)).toEqual(['tenant_001'])
  })

  tenantTest('and whose downgrade finds no schema takes nothing from public', async ({ lab }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(2))
    await lab.run({ tenants: 'all' })
    await lab.database.client.query('DROP SCHEMA tenant_001 CASCADE; CREATE TABLE public.t1 ()')
    const settings = { schemas: { tenant: { tenants: { list: tenantNames(2) } } } }
    const { result } = await lab.run({
      tenants: 'all',
      direction: 'downgrade',
      target: 'base',
      goOn: true,
      settings,
    })
    expect(result).toMatchObject({ done: 1, failures: [{ error: { code: 'no-schema' } }] })
    await lab.database.client.query('SELECT FROM public.t1')
  })
})

describe('tenants beside each other', () => {
  tenantTest('without the right to one schema the others are done', async ({ lab, database }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(4))
    const role = `role_${database.name}`
    await administer(`CREATE ROLE ${role} LOGIN`)
    try {
      // As PostgreSQL 14 has it: what misses its schema could be made here.
      await database.client.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
      const owned = ['tenant_000', 'tenant_001', 'tenant_003'].map(
        (name) => `ALTER SCHEMA ${name} OWNER TO ${role}`,
      )
      await database.client.query(`GRANT CREATE ON DATABASE ${database.name} TO ${role}; ${owned.join('; ')}`)
      const url = new URL(database.url)
      url.username = role
      const places = tenantNames(4).map((schema) => ({ schema, databaseUrl: url.href }))
      const settings = { schemas: { tenant: { tenants: { list: places } } } }
      const { result } = await lab.run({ tenants: 'all', goOn: true, settings })
      expect(result).toMatchObject({ done: 3, failures: [{ target: { schema: 'tenant_002' } }] })
      expect(result.failures[0]?.error).toMatchObject({ code: 'no-permission' })
    } finally {
      await database.client.query(`REASSIGN OWNED BY ${role} TO CURRENT_USER; DROP OWNED BY ${role}`)
      await administer(`DROP ROLE ${role}`)
    }
  })

  tenantTest('two tenant lines on one database keep their own histories', async ({ lab }) => {
    const other = revisionText(
      1,
      "await op.execute('CREATE TABLE o1 ()')",
      "await op.execute('DROP TABLE o1')",
    )
    await lab.write({
      ...chain(2),
      'other/20260101_000001_o.ts': other.replaceAll(revisionId(1), 'b00000000001'),
    })
    await lab.makeSchemas([...tenantNames(3), 'other_a', 'other_b'])
    const schemas = { tenant: { tenants: { like: 'tenant\\_%' } }, other: { tenants: { like: 'other\\_%' } } }
    const project = await lab.project({ tenants: 'all', settings: { schemas } })
    for (const line of ['tenant', 'other']) {
      const plan = await planTargets(
        project,
        { lines: [line], tenantLine: line },
        await targetTenants(project.env, line, {}),
        request,
        {},
      )
      expect(await runTargets(project, plan, {}, {})).toMatchObject({ failures: [], left: 0 })
    }
    const versions = await lab.versions()
    expect(Object.keys(versions)).toEqual(['other_a', 'other_b', ...tenantNames(3)])
    expect(versions.other_a).toEqual(['b00000000001'])
    expect(versions.tenant_000).toEqual([revisionId(2)])
  })

  tenantTest(
    'a shard that goes down in the middle fails its tenants, and the others go on',
    async ({ lab, database }) => {
      await lab.write(chain(1))
      const second = await createTestDatabase()
      const names = tenantNames(8)
      const list = names.map((schema, at) => ({
        schema,
        databaseUrl: at < 4 ? database.url : second.url,
        shard: at < 4 ? 'up' : 'down',
      }))
      await lab.makeSchemas(names.slice(0, 4))
      await second.client.query(
        names
          .slice(4)
          .map((name) => `CREATE SCHEMA ${name}`)
          .join('; '),
      )
      const settings = { schemas: { tenant: { tenants: { list } } } }
      const project = await lab.project({ tenants: 'all', settings })
      const plan = await planTargets(
        project,
        group,
        await targetTenants(project.env, 'tenant', {}),
        request,
        {},
      )
      await second.drop()
      const result = await runTargets(project, plan, { goOn: true, jobs: 2 }, {})
      expect(result).toMatchObject({ done: 4, left: 0, failures: { length: 4 } })
      expect(new Set(result.failures.map(({ target, error }) => `${target.shard} ${error.code}`))).toEqual(
        new Set(['down no-database']),
      )
    },
  )
})
