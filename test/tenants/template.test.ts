import { describe, expect } from 'vitest'
import { checkTenants, createTenantFromTemplate } from '../../migrations/core/autogenerate/index.ts'
import { createTenant, loadEnvironment, openProject, targetTenants } from '../../migrations/core/index.ts'
import { readFingerprintHashes } from '../../migrations/core/postgres/fingerprint/index.ts'
import { databaseTest, type TestDatabase } from '../support/database.ts'
import { repository } from '../support/recipes.ts'

const hostile = 'tenant_Ünïcode "quoted" $1'

async function exampleProject(database: TestDatabase) {
  return openProject(
    await loadEnvironment({
      root: repository,
      dir: 'test/environments/tenants',
      variables: {},
      databaseUrl: database.url,
      tenants: 'all',
    }),
  )
}

const tenant = (schema: string) => ({ line: 'tenant', schema, databaseUrl: null, shard: null })

describe('a tenant from a template', () => {
  databaseTest(
    'has the structure of the template and its place in the history, whatever its name',
    async ({ database }) => {
      const project = await exampleProject(database)
      await createTenant(project, 'tenant', 'tenant_a', {})
      const made = await createTenantFromTemplate(project, 'tenant', hostile, tenant('tenant_a'), {})
      expect(made.revisions).toEqual(['d4e5f6a7b8c9'])
      const hashes = await readFingerprintHashes(database.client, {
        schemas: ['tenant_a', hostile],
        privileges: true,
      })
      expect(hashes.get(hostile)).toBe(hashes.get('tenant_a'))
      const { rows } = await database.client.query(
        `SELECT direction, revision FROM mig.log WHERE target_schema = $1 ORDER BY id`,
        [hostile],
      )
      expect(rows).toEqual(
        ['d1e2f3a4b5c6', 'd2e3f4a5b6c7', 'd3e4f5a6b7c8', 'd4e5f6a7b8c9'].map((revision) => ({
          direction: 'stamp',
          revision,
        })),
      )
    },
  )

  databaseTest('is not made where the template is not what its revisions make', async ({ database }) => {
    const project = await exampleProject(database)
    await createTenant(project, 'tenant', 'tenant_a', {})
    await database.client.query('ALTER TABLE tenant_a.account ADD COLUMN by_hand text')
    const attempt = createTenantFromTemplate(project, 'tenant', 'tenant_b', tenant('tenant_a'), {})
    await expect(attempt).rejects.toMatchObject({
      code: 'template-differs',
      exitCode: 5,
      message: expect.stringContaining('by_hand'),
    })
    const { rows } = await database.client.query("SELECT FROM pg_namespace WHERE nspname = 'tenant_b'")
    expect(rows).toEqual([])
  })
})

describe('a check of tenants against the models', () => {
  databaseTest('names those that differ, alike together, and says how', async ({ database }) => {
    const project = await exampleProject(database)
    for (const name of ['tenant_a', 'tenant_b', 'tenant_c', hostile])
      await createTenant(project, 'tenant', name, {})
    const check = async () => checkTenants(project, await targetTenants(project.env, 'tenant', {}), {})
    expect(await check()).toMatchObject({ tenants: 4, behind: [], drift: [] })
    await database.client.query(
      `ALTER TABLE tenant_b.account ADD COLUMN by_hand text; ALTER TABLE tenant_c.account ADD COLUMN by_hand text;
       CREATE TABLE tenant_a.import_buffer (line text)`,
    )
    const { drift } = await check()
    expect(drift).toHaveLength(1)
    expect(drift[0]?.tenants.map(({ schema }) => schema)).toEqual(['tenant_b', 'tenant_c'])
    expect(drift[0]?.changes).toMatchObject([{ kind: 'column', change: 'removed' }])
  })
})
