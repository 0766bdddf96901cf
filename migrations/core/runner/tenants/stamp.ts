import type { Project } from '../project.ts'
import type { SessionOptions } from '../session.ts'
import { usingSession } from '../session.ts'
import { applyStamp, type StampPlan, type StampRequest, stampPlan } from '../stamp.ts'
import { byDatabase } from './plan.ts'
import { type PoolOptions, type PoolResult, runPool, type TenantJob } from './pool.ts'
import type { TenantTargetList } from './targets.ts'
import { tenantEnvironment, tenantProject } from './view.ts'

/** What stamping tenants would write; nothing is changed. @throws MigError as `stampPlan` does */
export async function tenantStampPlan(
  project: Project,
  { line, tenants }: TenantTargetList,
  request: Pick<StampRequest, 'target' | 'purge'>,
  sessions: SessionOptions,
): Promise<StampPlan> {
  const changes: StampPlan['changes'][number][] = []
  for (const [databaseUrl, group] of byDatabase(tenants)) {
    await usingSession(tenantEnvironment(project.env, databaseUrl), sessions, async (session) => {
      for (const tenant of group) {
        const asked = { ...request, lines: [line] }
        changes.push(...(await stampPlan(session, tenantProject(project, tenant), asked)).changes)
      }
    })
  }
  return { changes }
}

/**
 * Stamps tenants, several at a time, each under its own lock.
 * @throws MigError `interrupted`; a tenant's failure is in the result
 */
export async function stampTenants(
  project: Project,
  { line, tenants }: TenantTargetList,
  request: Pick<StampRequest, 'target' | 'purge'>,
  options: PoolOptions,
  sessions: SessionOptions,
): Promise<PoolResult & StampPlan> {
  const changes: StampPlan['changes'][number][] = []
  const jobs = tenants.map(
    (tenant): TenantJob => ({
      tenant,
      async run(session) {
        const asked = { ...request, lines: [line] }
        const stamped = await applyStamp(session, tenantProject(project, tenant), asked)
        changes.push(...stamped.changes)
        return { steps: stamped.changes.length }
      },
    }),
  )
  return { ...(await runPool(project, jobs, options, sessions)), changes }
}
