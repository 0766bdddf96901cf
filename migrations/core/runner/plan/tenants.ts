import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { MigEvent } from '../../events.ts'
import { readLastEntries } from '../../ledger/index.ts'
import { type AppliedState, readStates } from '../applied/state.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import { singleTargets } from '../targets/targets.ts'
import { groupLosses, stepLosses } from './losses.ts'
import { makePlan, type PlanRequest, type PlanStep } from './plan.ts'
import { isChain, needsOtherLines, tenantProject } from './tenant-project.ts'

/** What is asked of the tenants of one line. */
export type TenantRequest = Omit<PlanRequest, 'lines' | 'tenantsGo'>

/** Where one tenant stands: its ledger rows, and for a forked history what was applied last, newest first. */
export interface TenantState {
  readonly rows: readonly string[]
  readonly recent: readonly string[]
  /** Rows, log and catalog together; null where they were not read. */
  readonly applied: AppliedState | null
}

/** Makes the steps of a tenant; tenants that stand alike share one plan. */
export interface TenantPlanner {
  readonly line: string
  readonly request: TenantRequest
  /** Whether `recent` is wanted. */
  readonly needsLog: boolean
  /** @throws MigError as `makePlan` does, about this tenant */
  stepsOf(tenant: TargetSchema, state: TenantState): readonly PlanStep[]
}

/** A tenant with something to do. */
export interface TenantWork {
  readonly tenant: TargetSchema
  readonly state: TenantState
}

/** What a run over the tenants of a line will do. */
export interface TenantPlan {
  readonly isTenant: true
  readonly line: string
  readonly request: TenantRequest
  readonly planner: TenantPlanner
  readonly targets: readonly TargetSchema[]
  readonly work: readonly TenantWork[]
  /** Tenants for which no plan can be made, as where the ledger is ahead of the code. */
  readonly refused: readonly { readonly tenant: TargetSchema; readonly error: MigError }[]
  /** Revisions of single lines that must be applied first. */
  readonly needed: readonly PlanStep[]
  readonly groups: (MigEvent & { readonly event: 'tenant-plan' })['groups']
}

/**
 * Plans a request for tenants: one query per database says who is behind, and one plan is made for all that stand
 * alike. Nothing is locked or changed.
 * @throws MigError as `makePlan` does, when the request fits no tenant.
 */
export async function planTenants(
  project: Project,
  line: string,
  targets: readonly TargetSchema[],
  request: TenantRequest,
  options: SessionOptions,
): Promise<TenantPlan> {
  const needsSingle = request.direction === 'upgrade' && needsOtherLines(project, line)
  const single = needsSingle
    ? await usingSession(project.env, options, ({ client }) =>
        readStates(client, project, singleTargets(project.env)),
      )
    : new Map<string, AppliedState>()
  const planner = tenantPlanner(project, line, request, single)
  const refused: { tenant: TargetSchema; error: MigError }[] = []
  const unreachable = new Set<TargetSchema>()
  const states = await tenantStates(project, targets, planner, options, (tenants, error) => {
    for (const tenant of tenants) {
      unreachable.add(tenant)
      refused.push({ tenant, error })
    }
  })
  const work: TenantWork[] = []
  const needed = new Map<string, PlanStep>()
  const groups = new Map<string, TenantPlan['groups'][number]>()
  for (const tenant of targets) {
    if (unreachable.has(tenant)) continue
    const state = states.get(tenant) ?? nothingApplied
    try {
      const steps = planner.stepsOf(tenant, state)
      if (steps.length === 0) continue
      work.push({ tenant, state })
      for (const step of steps) if (step.line !== line) needed.set(step.revision, step)
      const key = stateKey(state)
      const own = steps.filter((step) => step.line === line)
      const group = groups.get(key) ?? {
        applied: state.rows,
        steps: own.map((step) => step.revision),
        after: own.at(-1)?.appliedAfter ?? state.rows,
        tenants: 0,
        ...groupLosses(own),
      }
      groups.set(key, { ...group, tenants: group.tenants + 1 })
    } catch (error) {
      if (!(error instanceof MigError)) throw error
      refused.push({ tenant, error })
    }
  }
  const [first] = refused
  // What fits no tenant at all is the request's own fault.
  if (first !== undefined && refused.length === targets.length) throw first.error
  return {
    ...{ isTenant: true, line, request, planner, targets, work, refused },
    needed: [...needed.values()],
    groups: [...groups.values()],
  }
}

/** The plan as an event. */
export function tenantPlanEvent({
  line,
  request,
  targets,
  groups,
  refused,
}: TenantPlan): MigEvent & { event: 'tenant-plan' } {
  const { direction, target } = request
  return {
    ...{ event: 'tenant-plan', line, direction, target, tenants: targets.length, groups },
    first: targets[0]?.schema ?? null,
    last: targets.at(-1)?.schema ?? null,
    ...(refused.length === 0 ? {} : { refused: refused.length }),
  }
}

export const nothingApplied: TenantState = { rows: [], recent: [], applied: null }

/** @param single what is applied in the single lines */
function tenantPlanner(
  project: Project,
  line: string,
  request: TenantRequest,
  single: ReadonlyMap<string, AppliedState>,
): TenantPlanner {
  const { direction, target, allowMissing = false } = request
  const known = new Map<string, readonly PlanStep[]>()
  const singleRows = [...single].map(([schema, { rows }]) => [schema, rows] as const)
  const make = (tenant: TargetSchema, { rows, recent, applied: own }: TenantState) => {
    const entries = recent.map((revision) => ({
      revision,
      direction: 'upgrade' as const,
      targetSchema: tenant.schema,
    }))
    const applied = new Map([...singleRows, [tenant.schema, rows]])
    const states = new Map(single)
    if (own !== null) states.set(tenant.schema, own)
    const asked = { direction, target, lines: [line], allowMissing }
    return makePlan(tenantProject(project, tenant), { applied, states, entries }, asked).steps
  }
  return {
    ...{ line, request },
    needsLog: direction === 'downgrade' && !isChain(project, line),
    stepsOf(tenant, state) {
      const key = stateKey(state)
      // An error names its tenant, so only plans are kept.
      const steps = known.get(key) ?? make(tenant, state)
      known.set(key, steps)
      return steps.map((step) => (step.line === line ? inTenant(step, tenant) : step))
    },
  }
}

/** The step of one tenant as that of another that stands alike. */
function inTenant(step: PlanStep, { schema }: TargetSchema): PlanStep {
  return step.targetSchema === schema
    ? step
    : { ...step, targetSchema: schema, ...stepLosses({ ...step, targetSchema: schema }) }
}

/** Equal for tenants that stand alike. */
export function stateKey({ rows, recent, applied }: TenantState): string {
  return JSON.stringify([rows, recent, applied === null ? null : { ...applied, targetSchema: '' }])
}

/**
 * Where each tenant stands, by one query per database, and another where a log does not fit the files.
 * @param onUnreachable told of the tenants of a database that cannot be asked; default: its error is thrown
 */
export async function tenantStates(
  project: Project,
  tenants: readonly TargetSchema[],
  { needsLog }: Pick<TenantPlanner, 'needsLog'>,
  options: SessionOptions,
  onUnreachable?: (tenants: readonly TargetSchema[], error: MigError) => void,
): Promise<ReadonlyMap<TargetSchema, TenantState>> {
  const { env } = project
  const states = new Map<TargetSchema, TenantState>()
  await onEachDatabase(
    env,
    tenants,
    options,
    async ({ client }, group) => {
      const applied = await readStates(client, project, group)
      const schemas = group.map(({ schema }) => schema)
      const entries = needsLog ? await readLastEntries(client, env.ledgerSchema, schemas) : []
      const recent = new Map<string, string[]>()
      for (const { targetSchema, revision, direction } of entries) {
        if (direction === 'downgrade') continue
        const list = recent.get(targetSchema)
        if (list === undefined) recent.set(targetSchema, [revision])
        else list.push(revision)
      }
      for (const tenant of group) {
        const own = applied.get(tenant.schema) ?? null
        states.set(tenant, { rows: own?.rows ?? [], recent: recent.get(tenant.schema) ?? [], applied: own })
      }
    },
    onUnreachable,
  )
  return states
}
