import type { TargetSchema } from '../../environment/index.ts'
import { withLossCounts } from '../plan/losses.ts'
import type { Plan, PlanRequest } from '../plan/plan.ts'
import { withTenantLossCounts } from '../plan/tenant-losses.ts'
import { planTenants, type TenantPlan } from '../plan/tenants.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session/session.ts'
import type { LineGroup } from '../targets/targets.ts'
import { applyPlan, planRun } from './apply.ts'
import type { PoolOptions, PoolResult } from './pool.ts'
import { runTenants } from './tenants.ts'

/** The plan of single lines, which are planned together. */
interface SinglePlan extends Plan {
  readonly isTenant: false
  readonly request: PlanRequest
}

/** What a run on the target schemas of a line group will do. */
export type TargetPlan = SinglePlan | TenantPlan

/**
 * Plans a request for target schemas of one line group: single lines together, by the log of all; tenants each by
 * itself, one plan for all that stand alike. What a step loses is counted, within the bounds of `withLossCounts`.
 * Nothing is locked or changed.
 * @throws MigError as `planRun` does; for tenants, when the request fits none of them.
 */
export async function planTargets(
  project: Project,
  { lines, isTenant }: LineGroup,
  targets: readonly TargetSchema[],
  { tenantsGo = false, ...asked }: PlanRequest,
  sessions: SessionOptions,
): Promise<TargetPlan> {
  if (isTenant) {
    const plan = await planTenants(project, lines[0] ?? '', targets, asked, sessions)
    return withTenantLossCounts(project, plan, sessions)
  }
  const request = { ...asked, lines, tenantsGo }
  return usingSession(project.env, sessions, async (session) => {
    const plan = await planRun(session, project, request)
    return { ...plan, steps: await withLossCounts(session, plan.steps), isTenant: false, request }
  })
}

/**
 * The downgrade of single lines that tenants precede is planned before a tenant goes: what it refuses is refused then.
 * @throws MigError as `planTargets` does
 */
export async function expectSingleDowngrade(
  project: Project,
  groups: readonly LineGroup[],
  request: PlanRequest,
  sessions: SessionOptions,
): Promise<void> {
  const last = groups.at(-1)
  if (request.direction === 'upgrade' || last === undefined || !isBesideTenants(groups, last)) return
  const asked = { ...request, lines: last.lines, tenantsGo: true }
  await usingSession(project.env, sessions, (session) => planRun(session, project, asked))
}

/** Whether a group of a run is the single lines, and tenants are in the run too. */
export function isBesideTenants(groups: readonly LineGroup[], { isTenant }: LineGroup): boolean {
  return !isTenant && groups.some((group) => group.isTenant)
}

/**
 * Takes the steps of a plan: of single lines under the locks of all, of tenants several at a time, after what single
 * lines must have. A tenant's failure is in the result, not thrown.
 * @throws MigError as `applyPlan` does for single lines; `interrupted`.
 */
export async function runTargets(
  project: Project,
  plan: TargetPlan,
  options: PoolOptions,
  sessions: SessionOptions,
): Promise<PoolResult> {
  if (plan.isTenant) return runTenants(project, plan, options, sessions)
  const { steps, ms } = await usingSession(project.env, sessions, (session) =>
    applyPlan(session, project, plan, plan.request),
  )
  return { done: 1, steps: steps.length, failures: [], gone: 0, left: 0, canaryFailed: false, ms }
}
