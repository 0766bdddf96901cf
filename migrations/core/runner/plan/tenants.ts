import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { MigEvent } from '../../events.ts'
import { readLastEntries, readRecords, type SchemaRecord } from '../../ledger/index.ts'
import { type AppliedState, readStates, statesOf } from '../applied/state.ts'
import type { Project } from '../project.ts'
import { type SessionOptions, usingSession } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import { singleTargets } from '../targets/targets.ts'
import { groupLosses, stepLosses } from './losses.ts'
import { makePlan, type PlanRequest, type PlanStep } from './plan.ts'
import { isChain, needsOtherLines, tenantProject } from './tenant-project.ts'

/** What is asked of the tenants of one line. */
export type TenantRequest = Omit<PlanRequest, 'lines' | 'tenantsGo'>

/** Where one tenant stands, and for a forked history what was applied last, newest first. */
export interface TenantState {
  /** Null where the ledger says nothing and there is no schema. */
  readonly applied: AppliedState | null
  readonly recent: readonly string[]
}

/** Makes the steps of a tenant; tenants that stand alike share one plan. */
export interface TenantPlanner {
  readonly line: string
  readonly request: TenantRequest
  /**
   * Where tenants of one database stand: one query, another where a log does not fit the files, and the log of a forked
   * history on the way down.
   * @param records what was read of them already
   */
  statesOf(
    client: ClientBase,
    tenants: readonly TargetSchema[],
    records?: ReadonlyMap<string, SchemaRecord>,
  ): Promise<ReadonlyMap<TargetSchema, TenantState>>
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
  /** The work by how its tenants stand, in the order of `groups`. */
  readonly alike: readonly (readonly [TenantWork, ...TenantWork[]])[]
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
  const states = new Map<TargetSchema, TenantState>()
  await onEachDatabase(
    project.env,
    targets,
    options,
    async ({ client }, group) => {
      for (const [tenant, state] of await planner.statesOf(client, group)) states.set(tenant, state)
    },
    (tenants, error) => void refused.push(...tenants.map((tenant) => ({ tenant, error }))),
  )
  const work: TenantWork[] = []
  const needed = new Map<string, PlanStep>()
  const alike = new Map<string, [TenantWork, ...TenantWork[]]>()
  for (const tenant of targets) {
    const state = states.get(tenant)
    if (state === undefined) continue
    try {
      const steps = planner.stepsOf(tenant, state)
      if (steps.length === 0) continue
      const piece = { tenant, state }
      work.push(piece)
      for (const step of steps) if (step.line !== line) needed.set(step.revision, step)
      const key = stateKey(state)
      const group = alike.get(key)
      if (group === undefined) alike.set(key, [piece])
      else group.push(piece)
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
    alike: [...alike.values()],
    groups: [...alike.values()].map((group) => groupOf(planner, group)),
  }
}

/** What tenants that stand alike have before them. */
function groupOf(planner: TenantPlanner, alike: TenantPlan['alike'][number]): TenantPlan['groups'][number] {
  const steps = ownSteps(planner, alike[0])
  const applied = alike[0].state.applied?.rows ?? []
  return {
    applied,
    steps: steps.map((step) => step.revision),
    after: steps.at(-1)?.appliedAfter ?? applied,
    tenants: alike.length,
    ...groupLosses(steps),
  }
}

/** The steps of a tenant, without those of lines that it needs. */
export function ownSteps(planner: TenantPlanner, { tenant, state }: TenantWork): readonly PlanStep[] {
  return planner.stepsOf(tenant, state).filter((step) => step.line === planner.line)
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

/** @param single what is applied in the single lines */
function tenantPlanner(
  project: Project,
  line: string,
  request: TenantRequest,
  single: ReadonlyMap<string, AppliedState>,
): TenantPlanner {
  const { direction, target, allowMissing = false } = request
  const { ledgerSchema } = project.env
  const needsLog = direction === 'downgrade' && !isChain(project, line)
  const known = new Map<string, readonly PlanStep[]>()
  const singleRows = [...single].map(([schema, { rows }]) => [schema, rows] as const)
  const make = (tenant: TargetSchema, { recent, applied: own }: TenantState) => {
    const entries = recent.map((revision) => ({
      revision,
      direction: 'upgrade' as const,
      targetSchema: tenant.schema,
    }))
    const applied = new Map([...singleRows, [tenant.schema, own?.rows ?? []]])
    const states = new Map(single)
    if (own !== null) states.set(tenant.schema, own)
    const asked = { direction, target, lines: [line], allowMissing }
    return makePlan(tenantProject(project, tenant), { applied, states, entries }, asked).steps
  }
  return {
    ...{ line, request },
    async statesOf(client, tenants, given) {
      const schemas = tenants.map(({ schema }) => schema)
      const records = given ?? (await readRecords(client, ledgerSchema, schemas))
      const applied = await statesOf(client, project, tenants, records)
      const entries = needsLog ? await readLastEntries(client, ledgerSchema, schemas) : []
      const recent = new Map<string, string[]>(schemas.map((schema) => [schema, []]))
      for (const { targetSchema, revision, direction: done } of entries)
        if (done !== 'downgrade') recent.get(targetSchema)?.push(revision)
      const stateOf = ({ schema }: TargetSchema): TenantState => ({
        applied: applied.get(schema) ?? null,
        recent: recent.get(schema) ?? [],
      })
      return new Map(tenants.map((tenant) => [tenant, stateOf(tenant)]))
    },
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
function stateKey({ recent, applied }: TenantState): string {
  return JSON.stringify([recent, applied === null ? null : { ...applied, targetSchema: '' }])
}
