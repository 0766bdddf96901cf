import { describe, expect } from 'vitest'
import { chain, revisionId, tenantNames, tenantTest } from './support.ts'

describe('a connection that an administrator ends', () => {
  tenantTest('between two tenants costs neither of them', async ({ lab, database }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(12))
    // Whoever is done with this tenant loses the connection.
    await database.client.query(
      `CREATE SCHEMA traps;
       CREATE FUNCTION traps.pg_advisory_unlock(key bigint) RETURNS boolean LANGUAGE plpgsql AS $$
       BEGIN
         IF key = hashtextextended('just-mig mig tenant_004', 0) THEN
           PERFORM pg_terminate_backend(pg_backend_pid());
         END IF;
         RETURN pg_catalog.pg_advisory_unlock(key);
       END $$;
       ALTER DATABASE ${database.name} SET search_path TO traps, pg_catalog, public`,
    )
    const { result } = await lab.run({ tenants: 'all', jobs: 2 })
    expect(result).toMatchObject({ done: 12, failures: [], left: 0 })
    expect(Object.values(await lab.versions()).flat()).toEqual(Array(12).fill(revisionId(1)))
  })

  tenantTest('again and again fails the tenants, and says so', async ({ lab, database }) => {
    await lab.write(chain(1))
    await lab.makeSchemas(tenantNames(3))
    await lab.run({ tenants: '0:1' })
    await database.client.query(
      `CREATE SCHEMA traps;
       CREATE FUNCTION traps.pg_try_advisory_lock(key bigint) RETURNS boolean LANGUAGE plpgsql AS $$
       BEGIN
         IF key = hashtextextended('just-mig mig tenant_001', 0) THEN
           PERFORM pg_terminate_backend(pg_backend_pid());
         END IF;
         RETURN pg_catalog.pg_try_advisory_lock(key);
       END $$;
       ALTER DATABASE ${database.name} SET search_path TO traps, pg_catalog, public`,
    )
    const { result } = await lab.run({ tenants: 'all', jobs: 1, goOn: true })
    expect(result).toMatchObject({ done: 1, left: 0 })
    expect(result.failures.map(({ tenant, error }) => [tenant.schema, error.code])).toEqual([
      ['tenant_001', 'connection-lost'],
    ])
  })
})
