import type { Client } from 'pg'
import type { ModelInput } from '../../autogenerate/wanted/input.ts'
import { readableSql } from '../../autogenerate/write/readable-sql.ts'
import { managedGlobals, readCatalog, type Scope, seenDifference } from '../../difference/index.ts'
import { type TargetSchema, tenantExcludes } from '../../environment/index.ts'
import {
  byDatabase,
  databaseEnvironment,
  type Project,
  type SessionOptions,
  usingSession,
} from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import type { TenantDrift } from './differing.ts'
import { otherTenants } from './hidden.ts'

/** What would bring one tenant to what it should be. */
export interface TenantStatements {
  readonly tenant: TargetSchema
  /** In the engine's order; empty where it knows none. */
  readonly statements: readonly string[]
}

/** How many tenants get statements of their own: each takes a scratch database. */
export const tenantsInSql = 10

/**
 * The statements that bring the first tenants of those that differ to what they should be, the largest group first.
 * The catalog of each database is read once, without the other tenants.
 * @param make brings an empty scratch database to where the tenant should be, in a schema of the tenant's own name
 */
export async function tenantStatements(
  project: Project,
  drift: readonly TenantDrift[],
  input: ModelInput,
  make: (tenant: TargetSchema) => (client: Client) => Promise<void>,
  sessions: SessionOptions,
): Promise<readonly TenantStatements[]> {
  const chosen = drift.flatMap(({ tenants }) => tenants).slice(0, tenantsInSql)
  const found: TenantStatements[] = []
  for (const [databaseUrl, tenants] of byDatabase(chosen)) {
    const env = databaseEnvironment(project.env, databaseUrl)
    const shown = tenants.map(({ schema }) => schema)
    const hidden = await otherTenants(env, databaseUrl, shown, sessions)
    const live = await usingSession(env, sessions, ({ client }) => readCatalog(client, hidden))
    for (const tenant of tenants) {
      const wanted = await withScratchDatabase(scratchOptions(input), async ({ client }) => {
        await make(tenant)(client)
        return readCatalog(client)
      })
      const { line, schema } = tenant
      const scope: Scope = {
        schemas: [schema],
        excludes: tenantExcludes(env, line),
        globals: managedGlobals(live, wanted, [schema]),
        privileges: input.privileges,
      }
      const actions = seenDifference(live, wanted, scope)?.actions ?? []
      found.push({ tenant, statements: actions.map(({ sql }) => readableSql(sql)) })
    }
  }
  return found
}
