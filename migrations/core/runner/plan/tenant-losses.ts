import { qualifiedLoss } from '../../revisions/index.ts'
import type { Project } from '../project.ts'
import type { SessionOptions } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import { lossesOfSteps, type Rows, rowCounter } from './losses.ts'
import { ownSteps, type TenantPlan } from './tenants.ts'

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
  const count = rowCounter()
  const totals = plan.alike.map((): Rows[][] => [])
  const targets = plan.work.map(({ tenant }) => tenant)
  await onEachDatabase(project.env, targets, options, async (session, group) => {
    const here = new Set(group)
    for (const [at, alike] of plan.alike.entries()) {
      const [first, ...others] = alike.filter(({ tenant }) => here.has(tenant))
      if (first === undefined) continue
      const schemas = [first, ...others].map(({ tenant }) => tenant.schema)
      for (const [place, loss] of lossesOfSteps(ownSteps(plan.planner, first)).entries()) {
        const rows = await count(session, qualifiedLoss(loss, first.tenant.schema), schemas)
        const own = totals[at] ?? []
        own[place] = [...(own[place] ?? []), rows]
      }
    }
  })
  const groups = plan.groups.map((group, at) => {
    const losses = group.losses?.map((loss, place) => ({ ...loss, ...sumOf(totals[at]?.[place] ?? []) }))
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
