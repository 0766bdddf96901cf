import { qualifiedLoss } from '../../revisions/index.ts'
import type { Project } from '../project.ts'
import type { SessionOptions } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import { lossesOfSteps, type Rows, rowCounter } from './losses.ts'
import { stateKey, type TenantPlan } from './tenants.ts'

/**
 * A plan whose groups say in how many rows, of all their tenants together, what they lose is held. As for single lines:
 * no more than two seconds, the planner's estimate for what that does not reach.
 */
export async function withTenantLossCounts(
  project: Project,
  plan: TenantPlan,
  options: SessionOptions,
): Promise<TenantPlan> {
  if (plan.groups.every(({ losses }) => losses === undefined)) return plan
  const { line } = plan
  const count = rowCounter()
  // In the order of the groups: both begin with the first tenant that stands so.
  const keys = [...new Set(plan.work.map(({ state }) => stateKey(state)))]
  const totals = new Map<string, Rows[]>()
  const targets = plan.work.map(({ tenant }) => tenant)
  await onEachDatabase(project.env, targets, options, async (session, group) => {
    const here = new Set(group)
    for (const key of keys) {
      const alike = plan.work.filter(({ tenant, state }) => here.has(tenant) && stateKey(state) === key)
      const [first] = alike
      if (first === undefined) continue
      const steps = plan.planner.stepsOf(first.tenant, first.state).filter((step) => step.line === line)
      const schemas = alike.map(({ tenant }) => tenant.schema)
      for (const [at, loss] of lossesOfSteps(steps).entries()) {
        const rows = await count(session, qualifiedLoss(loss, first.tenant.schema), schemas)
        const place = `${key}\0${at}`
        totals.set(place, [...(totals.get(place) ?? []), rows])
      }
    }
  })
  const groups = plan.groups.map((group, index) => {
    const losses = group.losses?.map((loss, at) => ({
      ...loss,
      ...sumOf(totals.get(`${keys[index]}\0${at}`) ?? []),
    }))
    return losses === undefined ? group : { ...group, losses }
  })
  return { ...plan, groups }
}

function sumOf(parts: readonly Rows[]): Rows {
  const rows = parts.reduce((sum, part) => sum + (part.rows ?? 0), 0)
  const estimated = parts.some((part) => part.estimated === true || part.rows === undefined)
  if (rows === 0 && estimated) return {}
  return estimated ? { rows, estimated } : { rows }
}
