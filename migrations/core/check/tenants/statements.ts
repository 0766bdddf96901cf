import type { Client } from 'pg'
import type { ModelInput } from '../../autogenerate/wanted/input.ts'
import { readableSql } from '../../autogenerate/write/readable-sql.ts'
import { type ComparedObjects, managedGlobals, readCatalog, seenDifference } from '../../difference/index.ts'
import { type TargetSchema, tenantExcludes } from '../../environment/index.ts'
import {
  byDatabase,
  databaseEnvironment,
  type Project,
  type SessionOptions,
  usingSession,
} from '../../runner/index.ts'
import { scratchOptions, withScratchDatabase } from '../../scratch/database.ts'
import type { Drift, TargetStatements } from '../result.ts'
import { otherTenants } from './hidden.ts'

/** How many tenants get statements of their own: each takes a scratch database. */
const tenantsInSql = 10

/**
 * Drift with the statements that bring its first tenants to what they should be, of the largest groups.
 * The catalog of each database is read once, without the other tenants.
 * @param make brings an empty scratch database to where the tenant should be, in a schema of the tenant's own name
 */
export async function withStatements(
  project: Project,
  drift: readonly Drift[],
  input: ModelInput,
  make: (tenant: TargetSchema) => (client: Client) => Promise<void>,
  sessions: SessionOptions,
): Promise<readonly Drift[]> {
  const { privileges } = input
  const chosen = drift.flatMap(({ targets }) => targets).slice(0, tenantsInSql)
  const found = new Map<TargetSchema, TargetStatements>()
  for (const [databaseUrl, tenants] of byDatabase(chosen)) {
    const env = databaseEnvironment(project.env, databaseUrl)
    const shown = tenants.map(({ schema }) => schema)
    const hidden = await otherTenants(env, databaseUrl, shown, sessions)
    const live = await usingSession(env, sessions, ({ client }) =>
      readCatalog(client, { hidden, privileges }),
    )
    for (const tenant of tenants) {
      const wanted = await withScratchDatabase(scratchOptions(input), async ({ client }) => {
        await make(tenant)(client)
        return readCatalog(client, { privileges })
      })
      const { line, schema } = tenant
      const scope: ComparedObjects = {
        schemas: [schema],
        excludes: tenantExcludes(env, line),
        globals: managedGlobals(live, wanted, [schema]),
        privileges,
      }
      const actions = seenDifference(live, wanted, scope)?.actions ?? []
      found.set(tenant, { target: tenant, statements: actions.map(({ sql }) => readableSql(sql)) })
    }
  }
  return drift.map((each) => ({
    ...each,
    statements: each.targets.flatMap((target) => found.get(target) ?? []),
  }))
}
