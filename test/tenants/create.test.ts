import { describe, expect } from 'vitest'
import { createTenant, dropTenant, targetTenants } from '../../migrations/core/index.ts'
import { administer } from '../support/database.ts'
import { frontendProxy } from '../support/frontend-proxy.ts'
import { chain, revisionId, revisionText, type TenantLab, tenantTest } from './support.ts'

async function schemas({ database }: TenantLab): Promise<readonly string[]> {
  const { rows } = await database.client.query<{ name: string }>(
    "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'tenant%' ORDER BY 1",
  )
  return rows.map(({ name }) => name)
}

const broken = "await op.execute('SELECT * FROM nowhere')"

describe('schema public', () => {
  tenantTest('is not dropped as a tenant, though a pattern finds it', async ({ lab }) => {
    const project = await lab.project({
      settings: { schemas: { tenant: { tenants: { like: 'pub%' } } } },
      tenants: 'all',
    })
    const tenants = await targetTenants(project.env, 'tenant', {})
    expect(tenants.map(({ schema }) => schema)).toEqual(['public'])
    for (const tenant of tenants)
      await expect(dropTenant(project, tenant, {})).rejects.toMatchObject({ code: 'bad-tenant' })
  })
})

describe('a tenant that is made', () => {
  tenantTest('takes two connections, one for the looks and one for the run', async ({ lab, database }) => {
    await lab.write(chain(3))
    const proxy = await frontendProxy(new URL(database.url), () => 'pass')
    const project = await lab.project()
    const through = { ...project, env: { ...project.env, databaseUrl: proxy.url } }
    await createTenant(through, 'tenant', 'tenant_new', {})
    expect(proxy.connections()).toBe(2)
    await proxy.close()
    expect(await lab.versions()).toEqual({ tenant_new: [revisionId(3)] })
  })
})

describe('a tenant that cannot be made', () => {
  tenantTest('at its first revision leaves nothing, and nothing is said to be left', async ({ lab }) => {
    await lab.write({ 'tenant/20260101_000001_a.ts': revisionText(1, broken) })
    const made = createTenant(await lab.project(), 'tenant', 'tenant_new', {})
    await expect(made).rejects.toMatchObject({ code: 'database-error' })
    await expect(made).rejects.not.toThrow(/only in part/)
    expect(await schemas(lab)).toEqual([])
  })

  tenantTest('at a later one is there in part, and the ways on are told', async ({ lab }) => {
    await lab.write({ ...chain(1), 'tenant/20260101_000002_b.ts': revisionText(2, broken) })
    const made = createTenant(await lab.project(), 'tenant', 'tenant_new', {})
    await expect(made).rejects.toMatchObject({
      message: expect.stringContaining('tenant tenant_new is only partly created'),
      help: expect.stringContaining('just mig-tenant-drop tenant_new'),
    })
    expect(await schemas(lab)).toEqual(['tenant_new'])
  })
})

describe('a tenant of another role', () => {
  tenantTest('is not dropped, and its rows in the ledger stay', async ({ lab, database }) => {
    const role = `role_${database.name}`
    await administer(`CREATE ROLE ${role} LOGIN`)
    try {
      await lab.write(chain(1))
      await lab.makeSchemas(['tenant_a'])
      await lab.run({ tenants: 'all' })
      await database.client.query(
        `GRANT USAGE ON SCHEMA mig TO ${role}; GRANT ALL ON ALL TABLES IN SCHEMA mig TO ${role}`,
      )
      const url = new URL(database.url)
      url.username = role
      const places = [{ schema: 'tenant_a', databaseUrl: url.href }]
      const settings = { schemas: { tenant: { tenants: { list: places } } } }
      const project = await lab.project({ tenants: 'all', settings })
      const tenants = await targetTenants(project.env, 'tenant', {})
      for (const tenant of tenants)
        await expect(dropTenant(project, tenant, {})).rejects.toMatchObject({
          code: 'database-error',
          help: expect.stringContaining('ask its owner to drop it'),
        })
      expect(Object.keys(await lab.versions())).toEqual(['tenant_a'])
    } finally {
      await database.client.query(`DROP OWNED BY ${role}`)
      await administer(`DROP ROLE ${role}`)
    }
  })
})
