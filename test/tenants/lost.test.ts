import { describe, expect } from 'vitest'
import { frontendProxy } from '../support/frontend-proxy.ts'
import { chain, revisionId, tenantNames, tenantTest } from './support.ts'

describe('a connection that breaks', () => {
  tenantTest('between two tenants costs neither of them', async ({ lab, database }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(12))
    let unlocked = 0
    // Whoever is done with the fifth tenant loses the connection.
    const proxy = await frontendProxy(new URL(database.url), ({ sql }) =>
      sql.includes('pg_advisory_unlock(hash') && ++unlocked === 5 ? 'cut-answer' : 'pass',
    )
    const { result } = await lab.run({ tenants: 'all', jobs: 2, url: proxy.url })
    await proxy.close()
    expect(unlocked).toBeGreaterThanOrEqual(12)
    expect(result).toMatchObject({ done: 12, failures: [], left: 0 })
    expect(Object.values(await lab.versions()).flat()).toEqual(Array(12).fill(revisionId(1)))
  })

  tenantTest('again and again fails the tenants, and says so', async ({ lab, database }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(3))
    await lab.run({ tenants: '0:1' })
    let tried = 0
    const proxy = await frontendProxy(new URL(database.url), ({ sql }) =>
      sql.includes('pg_try_advisory_lock(hash') && ++tried <= 4 ? 'cut' : 'pass',
    )
    const { result } = await lab.run({ tenants: 'all', jobs: 1, goOn: true, url: proxy.url })
    await proxy.close()
    expect(result).toMatchObject({ done: 1, left: 0 })
    expect(result.failures.map(({ target, error }) => [target.schema, error.code])).toEqual([
      ['tenant_001', 'connection-lost'],
    ])
  })
})
