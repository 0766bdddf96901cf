import type { TargetSchema } from '../../environment/index.ts'
import { withLossCounts } from '../plan/losses.ts'
import type { Plan, PlanRequest } from '../plan/plan.ts'
import { withTenantLossCounts } from '../plan/tenant-losses.ts'
import { planTenants, type TenantPlan } from '../plan/tenants.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session/session.ts'
import { expectTenants, type LineGroup } from '../targets/targets.ts'
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
  { tenantsGo = [], ...asked }: PlanRequest,
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
 * Plans the groups of a run before the first of them runs, so that what a later one refuses is refused then; the first
 * is planned in its turn.
 * @returns the tenants of the run
 * @throws MigError as `expectTenants` and `planTargets` do
 */
export async function expectGroups(
  project: Project,
  groups: readonly LineGroup[],
  request: Omit<PlanRequest, 'lines' | 'tenantsGo'>,
  sessions: SessionOptions,
): Promise<readonly TargetSchema[]> {
  const isListMade = request.direction === 'upgrade'
  const tenants = await expectTenants(project.env, groups, sessions, { isListMade })
  for (const { lines, isTenant } of groups.slice(1)) {
    const [line = ''] = lines
    const own = tenants.filter((tenant) => tenant.line === line)
    if (isTenant) {
      await planTenants(project, line, own, request, sessions)
      continue
    }
    // Single lines come after tenants on the way down only, when these are gone.
    const asked = { ...request, lines, tenantsGo: tenants }
    await usingSession(project.env, sessions, (session) => planRun(session, project, asked))
  }
  return tenants
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
