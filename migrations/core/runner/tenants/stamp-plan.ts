import type { Tenant } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { type AppliedRows, readApplied, readProgress } from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session.ts'
import { type StampPlan, type StampRequest, stampChanges } from '../stamp.ts'
import { byDatabase } from './plan.ts'
import type { TenantTargetList } from './targets.ts'
import { tenantEnvironment, tenantProject } from './view.ts'

/** What is asked of a stamp on tenants. */
export type TenantStampRequest = Pick<StampRequest, 'target' | 'purge'>

/** What a stamp writes for a tenant, where the ledger says `rows`. @throws MigError as `stampChanges` does */
export type TenantStamp = (tenant: Tenant, rows: AppliedRows) => StampPlan['changes']

/** Plans a stamp once for all tenants that stand alike. */
export function tenantStamp(project: Project, line: string, request: TenantStampRequest): TenantStamp {
  const known = new Map<string, StampPlan['changes']>()
  const single = Object.values(project.env.schemas)
  return (tenant, rows) => {
    const key = JSON.stringify([...single, tenant.schema].map((schema) => rows.get(schema) ?? []))
    const asked = { ...request, lines: [line] }
    // An error names its tenant, so only what would be written is kept.
    const changes = known.get(key) ?? stampChanges(tenantProject(project, tenant), rows, asked)
    known.set(key, changes)
    return changes.map((change) => ({ ...change, targetSchema: tenant.schema }))
  }
}

/** Which tenants a stamp has something to do for. */
export interface StampWork {
  readonly behind: ReadonlySet<Tenant>
  readonly refused: ReadonlyMap<Tenant, MigError>
  readonly changes: StampPlan['changes']
}

/**
 * Looks, by two queries per database, for what a stamp has to write or to forget; nothing is changed.
 * @throws MigError when the request fits no tenant
 */
export async function stampWork(
  project: Project,
  { line, tenants }: TenantTargetList,
  request: TenantStampRequest,
  sessions: SessionOptions,
): Promise<StampWork> {
  const { ledgerSchema } = project.env
  const stampOf = tenantStamp(project, line, request)
  const behind = new Set<Tenant>()
  const refused = new Map<Tenant, MigError>()
  const changes: StampPlan['changes'][number][] = []
  const refuse = (refusing: readonly Tenant[], error: unknown) => {
    if (!(error instanceof MigError) || sessions.signal?.aborted) throw error
    for (const tenant of refusing) refused.set(tenant, error)
  }
  for (const [databaseUrl, group] of byDatabase(tenants)) {
    const env = tenantEnvironment(project.env, databaseUrl)
    const schemas = group.map(({ schema }) => schema)
    const found = await usingSession(env, sessions, async ({ client }) => ({
      rows: await readApplied(client, ledgerSchema),
      halfDone: new Set(
        (await readProgress(client, ledgerSchema, schemas)).map(({ targetSchema }) => targetSchema),
      ),
    })).catch((error: unknown) => refuse(group, error))
    if (found === undefined) continue
    for (const tenant of group) {
      try {
        const own = stampOf(tenant, found.rows)
        changes.push(...own)
        if (own.length > 0 || found.halfDone.has(tenant.schema)) behind.add(tenant)
      } catch (error) {
        refuse([tenant], error)
      }
    }
  }
  const [first] = refused.values()
  if (first !== undefined && refused.size === tenants.length) throw first
  return { behind, refused, changes }
}
