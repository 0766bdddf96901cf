import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { fail, justOn, succeed } from '../e2e/support/just.ts'
import { revisionFiles, temporaryProject } from '../e2e/support/project.ts'
import { createTestDatabase, databaseTest, type TestDatabase } from '../support/database.ts'

async function schemasOf({ client }: TestDatabase): Promise<readonly string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'tenant%' ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

describe('a tenant whose name env.ts lists', () => {
  databaseTest('is made, copied and told of on the shard that it is listed with', async ({ database }) => {
    const other = await createTestDatabase()
    const project = await temporaryProject({
      ...revisionFiles('tenant', [
        { id: 'a00000000001', upgrade: "await op.execute('CREATE TABLE t (id int PRIMARY KEY)')" },
      ]),
      'migrations/models/tenant.sql': 'CREATE TABLE t (id int PRIMARY KEY);',
    })
    const places = [
      { schema: 'tenant_a', databaseUrl: database.url, shard: 'east' },
      { schema: 'tenant_b', databaseUrl: database.url, shard: 'east' },
      { schema: 'tenant_b', databaseUrl: other.url, shard: 'west' },
      { schema: 'tenant_c', databaseUrl: other.url, shard: 'west' },
    ]
    await writeFile(
      join(project.path, 'migrations/env.ts'),
      `export default { schemas: { tenant: { tenants: { list: ${JSON.stringify(places)} } } } }\n`,
    )
    const just = justOn(database.url, { cwd: project.path })
    try {
      await succeed(just('mig-tenant-create tenant_a'))
      const which = await fail(just('mig-tenant-create tenant_b'), 'ambiguous-tenant', 2)
      expect(which.stderr).toContain('east, west')
      await fail(just('mig-tenant-create tenant_b --shard north'), 'unknown-shard', 2)
      await fail(just('mig-tenant-create tenant_a --shard west'), 'unknown-tenant', 2)
      await succeed(just('mig-tenant-create tenant_b --shard west'))
      await fail(just('mig-tenant-create tenant_b --shard west'), 'tenant-exists', 2)
      // The first tenant at head is on the other shard.
      await succeed(just('mig-tenant-create tenant_c --from-template'))
      await succeed(just('mig-tenant-drop tenant_c --yes'))
      await fail(just('mig-tenant-create tenant_c --template tenant_a'), 'no-template', 2)
      await succeed(just('mig-tenant-create tenant_c --template tenant_b --shard west'))
      expect([await schemasOf(database), await schemasOf(other)]).toEqual([
        ['tenant_a'],
        ['tenant_b', 'tenant_c'],
      ])
      await other.client.query('DROP TABLE tenant_b.t')
      const differs = await just('mig-check tenant')
      expect(differs.stdout).toContain(
        '2 tenants not at head: tenant_b on east (no such schema), tenant_b on west (empty schema)',
      )
      expect(differs.stdout).toContain('1 tenant differs from the models: tenant_b on west\n  add table t')
    } finally {
      await project.remove()
      await other.drop()
    }
  })
})
