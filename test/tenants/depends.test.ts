import { describe, expect } from 'vitest'
import { fail, justOn, succeed } from '../e2e/support/just.ts'
import { databaseTest } from '../support/database.ts'

const variables = { env: { MIG_DIR: 'test/environments/tenants' } }

describe('a single line that tenants depend on', () => {
  databaseTest('goes down after the tenants only', async ({ database }) => {
    const just = justOn(database.url, variables)
    await database.client.query('CREATE SCHEMA tenant_a; CREATE SCHEMA tenant_b')
    await succeed(just('mig-upgrade head all --tenants all'))
    for (const target of ['base', '-1']) {
      const refused = await fail(just(['mig-downgrade', target, 'catalog']), 'needed-by-other-line', 2)
      expect(refused.stderr).toContain('d1e2f3a4b5c6 of line tenant depends on c0a1b2c3d4e5 of line catalog')
      expect(refused.stderr).toContain('just mig-downgrade base tenant --tenants all')
    }
    await fail(just('mig-sql base catalog'), 'needed-by-other-line', 2)
    const plan = await succeed(just('mig-downgrade base all --tenants all --plan'))
    expect(plan.stdout).toMatch(/2 tenants ↓ d4e5f6a7b8c9 → base[\s\S]*↓ {2}catalog/)
    // One that is left out still stands on it.
    await fail(just('mig-downgrade base all --tenants tenant_a'), 'needed-by-other-line', 2)
    await fail(just('mig-downgrade-all all --tenants tenant_a --yes'), 'needed-by-other-line', 2)
    // And what is named has not gone for nothing.
    const { rows } = await database.client.query('SELECT target_schema FROM mig.version ORDER BY 1')
    expect(rows.map((row) => row.target_schema)).toEqual(['catalog', 'tenant_a', 'tenant_b'])
    // A schema that somebody has dropped holds nothing.
    await database.client.query('DROP SCHEMA tenant_b CASCADE')
    const script = await succeed(just('mig-sql base all --tenants all'))
    expect(script.stdout).toContain('DROP TABLE catalog.plan')
    await succeed(just('mig-downgrade base all --tenants tenant_a --yes'))
  })
})
