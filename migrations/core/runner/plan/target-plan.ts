import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { MigEvent, StepLoss } from '../../events.ts'
import { groupBy } from '../../group-by.ts'
import type { AppliedRows } from '../../ledger/index.ts'
import { lossText, qualifiedLoss } from '../../revisions/index.ts'
import { readStates } from '../applied/state.ts'
import type { Project } from '../project.ts'
import type { RevisionSource } from '../run/revision-body.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import type { LineGroup } from '../targets/line-groups.ts'
import { expectTenants, singleTargets } from '../targets/target-schemas.ts'
import { announcedLosses, type Rows, rowCounter } from './losses.ts'
import { type Plan, type PlanRequest, type PlanStep, stepFacts } from './plan.ts'
import { asOne, type Planner, type Unit, type UnitState, unitPlanner } from './planner.ts'
import { needsOtherLines } from './tenant-project.ts'

/** A unit with something to do. */
export interface Work {
  readonly unit: Unit
  readonly state: UnitState
}

/** Units that stand alike, and so have the same steps before them. */
interface AlikeWork {
  readonly work: readonly [Work, ...Work[]]
  /** Those of the first; the rows that they lose are those of all. */
  readonly steps: readonly PlanStep[]
}

/** The plan of a run on the target schemas of a line group. */
export interface TargetPlan extends Pick<LineGroup, 'tenantLine'> {
  readonly request: PlanRequest
  readonly planner: Planner
  readonly targets: readonly TargetSchema[]
  /** What the ledger said when the plan was made. */
  readonly states: ReadonlyMap<Unit, UnitState>
  readonly work: readonly Work[]
  /** The work by how its units stand. */
  readonly alike: readonly AlikeWork[]
  /** Tenants for which no plan can be made, as where the ledger is ahead of the code. */
  readonly refused: readonly { readonly target: TargetSchema; readonly error: MigError }[]
  /** Revisions of single lines that must be applied first. */
  readonly needed: readonly PlanStep[]
  /** The files, where they were read for the plan. */
  readonly revisions?: RevisionSource
}

/**
 * Plans a request for the target schemas of one line group: single lines together, by the log of all; tenants
 * separately, with one query per database and one plan for all tenants in the same state. Counts the rows that steps
 * lose, for two seconds at most, and uses the planner's estimate for the rest. Locks and changes nothing.
 * @param isCounted whether rows are counted
 * @throws MigError as `planRun` does; for tenants, if the request is possible for none of them.
 */
export async function planTargets(
  project: Project,
  group: LineGroup,
  targets: readonly TargetSchema[],
  request: PlanRequest,
  sessions: SessionOptions,
  isCounted = true,
): Promise<TargetPlan> {
  const { tenantLine } = group
  const needsSingle =
    tenantLine !== null && request.direction === 'upgrade' && needsOtherLines(project, tenantLine)
  const single = needsSingle
    ? await usingSession(project.env, sessions, ({ client }) =>
        readStates(client, project, singleTargets(project.env)),
      )
    : undefined
  const planner = unitPlanner(project, group, request, single)
  const units: readonly Unit[] = tenantLine === null ? asOne(singleTargets(project.env)) : targets
  const states = new Map<Unit, UnitState>()
  const errors = new Map<Unit, MigError>()
  const refuse = (unit: Unit, error: unknown) => {
    if (!(error instanceof MigError)) throw error
    errors.set(unit, error)
  }
  const look = async (session: Session, own: readonly Unit[]) => {
    for (const [unit, state] of await planner.statesOf(session.client, own)) {
      states.set(unit, state)
      if (state.halfDone.length > 0)
        await planner.expectFinished(session, unit, state).catch((error: unknown) => refuse(unit, error))
    }
  }
  await onEachDatabase(project.env, units, sessions, look, (own, error) => {
    for (const unit of own) errors.set(unit, error)
  })
  const work: Work[] = []
  const needed = new Map<string, PlanStep>()
  const alike = new Map<Plan, [Work, ...Work[]]>()
  for (const unit of units) {
    const state = states.get(unit)
    if (state === undefined || errors.has(unit)) continue
    try {
      const plan = planner.planOf(unit, state)
      if (plan.steps.length === 0) continue
      const piece = { unit, state }
      work.push(piece)
      for (const step of plan.steps) if (!planner.isOwn(step)) needed.set(step.revision, step)
      const group = alike.get(plan)
      if (group === undefined) alike.set(plan, [piece])
      else group.push(piece)
    } catch (error) {
      refuse(unit, error)
    }
  }
  const refused = units.flatMap((target) => {
    const error = errors.get(target)
    return error === undefined ? [] : [{ target, error }]
  })
  const [first] = refused
  // What fits no target at all is the request's own fault.
  if (first !== undefined && refused.length === units.length) throw first.error
  const plan: TargetPlan = {
    ...{ tenantLine, request, planner, targets, states, work, refused },
    needed: [...needed.values()],
    alike: [...alike.values()].map((own) => ({
      work: own,
      steps: planner.stepsOf(own[0].unit, own[0].state),
    })),
  }
  return isCounted ? withLossCounts(project, plan, sessions) : plan
}

/** The plan, whose steps say in how many rows what they lose is held: of tenants, of all that stand alike together. */
async function withLossCounts(
  project: Project,
  plan: TargetPlan,
  sessions: SessionOptions,
): Promise<TargetPlan> {
  if (plan.alike.every(({ steps }) => steps.every(({ losses }) => losses === undefined))) return plan
  const count = rowCounter()
  const found = new Map<PlanStep, Rows[][]>()
  const units = plan.work.map(({ unit }) => unit)
  await onEachDatabase(project.env, units, sessions, async (session, own) => {
    const here = new Set(own)
    for (const { work, steps } of plan.alike) {
      const schemas = work.flatMap(({ unit }) => (here.has(unit) ? [unit.schema] : []))
      if (schemas.length === 0) continue
      for (const step of steps) {
        const asked = plan.tenantLine === null ? [step.targetSchema] : schemas
        for (const [at, loss] of announcedLosses(step).entries()) {
          const rows = await count(session, qualifiedLoss(loss, asked[0] ?? ''), asked)
          const own = found.get(step) ?? []
          found.set(step, own)
          own[at] = [...(own[at] ?? []), rows]
        }
      }
    }
  })
  const counted = (step: PlanStep): PlanStep => {
    const losses = step.losses?.map((loss, at) => ({ ...loss, ...sumOf(found.get(step)?.[at] ?? []) }))
    return losses === undefined ? step : { ...step, losses }
  }
  return { ...plan, alike: plan.alike.map(({ work, steps }) => ({ work, steps: steps.map(counted) })) }
}

function sumOf(parts: readonly Rows[]): Rows {
  const rows = parts.reduce((sum, part) => sum + (part.rows ?? 0), 0)
  const estimated = parts.some((part) => part.estimated === true || part.rows === undefined)
  if (rows === 0 && estimated) return {}
  return estimated ? { rows, estimated } : { rows }
}

/** What the ledger said of the target schemas when the plan was made. */
export function appliedRows({ states }: Pick<TargetPlan, 'states'>): AppliedRows {
  const all = [...states.values()].flatMap((state) => state.states)
  return new Map(all.map(({ targetSchema, rows }) => [targetSchema, rows]))
}

/** The plan as an event; of tenants by how they stand. */
export function planEvent(plan: TargetPlan): MigEvent & { event: 'plan' | 'tenant-plan' } {
  const { tenantLine: line, request, targets, alike, refused } = plan
  if (line === null) return { event: 'plan', steps: alike.flatMap(({ steps }) => steps.map(stepFacts)) }
  const { direction, target } = request
  return {
    ...{ event: 'tenant-plan', line, direction, target, tenants: targets.length },
    first: targets[0]?.schema ?? null,
    last: targets.at(-1)?.schema ?? null,
    groups: alike.map(({ work, steps }) => {
      const applied = work[0].state.states[0]?.rows ?? []
      const losses = steps.flatMap(lossesWithoutSchema)
      const batches = batchesOf(steps)
      return {
        ...{ applied, steps: steps.map(({ revision }) => revision), tenants: work.length },
        after: steps.at(-1)?.appliedAfter ?? applied,
        ...(losses.length === 0 ? {} : { losses }),
        ...(batches.length === 0 ? {} : { batches }),
      }
    }),
    ...(refused.length === 0 ? {} : { refused: refused.length }),
  }
}

/** The revisions that will share a transaction, a list for each transaction. */
function batchesOf(steps: readonly PlanStep[]): readonly (readonly string[])[] {
  const shared = steps.filter(({ batch }) => batch !== undefined)
  return [...groupBy(shared, ({ batch }) => batch).values()].map((own) => own.map(({ revision }) => revision))
}

function lossesWithoutSchema(step: PlanStep): readonly StepLoss[] {
  return announcedLosses(step).map((loss, at) => ({ ...step.losses?.[at], loss: lossText(loss) }))
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
  request: PlanRequest,
  sessions: SessionOptions,
): Promise<readonly TargetSchema[]> {
  const isListMade = request.direction === 'upgrade'
  const tenants = await expectTenants(project.env, groups, sessions, { isListMade })
  for (const group of groups.slice(1)) {
    const own = tenants.filter(({ line }) => line === group.tenantLine)
    // Single lines come after tenants on the way down only, when these are gone.
    await planTargets(project, group, own, { ...request, tenantsGo: tenants }, sessions, false)
  }
  return tenants
}
