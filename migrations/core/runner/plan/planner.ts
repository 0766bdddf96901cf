import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import {
  type Progress,
  readLastEntries,
  readProgress,
  readRecords,
  targetLockHolders,
} from '../../ledger/index.ts'
import { type AppliedState, statesOf } from '../applied/state.ts'
import { halfDoneFirst, isTenant } from '../applied/trouble.ts'
import type { Project } from '../project.ts'
import { mayBeAtWork } from '../session/holder.ts'
import type { Session } from '../session/session.ts'
import type { LineGroup } from '../targets/line-groups.ts'
import { singleTargets } from '../targets/target-schemas.ts'
import { stepLosses } from './losses.ts'
import { type LedgerState, makePlan, type Plan, type PlanRequest, type PlanStep } from './plan.ts'
import { isChain, tenantHeads, tenantProject } from './tenant-project.ts'

/** A target schema that is planned and run by itself, as a tenant is, or together with others, as single lines are. */
export interface Unit extends TargetSchema {
  readonly together?: readonly TargetSchema[]
}

export function targetsOf(unit: Unit): readonly TargetSchema[] {
  return unit.together ?? [unit]
}

/** Target schemas as one unit; none where there are none. */
export function asOne(targets: readonly TargetSchema[]): readonly Unit[] {
  return targets.slice(0, 1).map((first) => ({ ...first, together: targets }))
}

/** The project as a unit sees it: the line of a tenant is a single line. */
export function projectOf(project: Project, unit: Unit): Project {
  return isTenant(project.env, unit.line) ? tenantProject(project, unit) : project
}

/** What the ledger says of a unit. */
export interface UnitState {
  readonly states: readonly AppliedState[]
  /** What was applied, newest first, where the plan depends on it. */
  readonly recent: LedgerState['entries']
  /** Heads of tenants that stay: so does what they depend on. */
  readonly tenantHeads: readonly string[]
  readonly halfDone: readonly Progress[]
}

/** What is known of a target schema before anything runs in it. */
export interface SchemaLook {
  readonly exists: boolean
  readonly usable: boolean
  /** Quoted, where it is known. */
  readonly role?: string
}

/** What is found under the locks of a unit. */
export interface FoundNow {
  /** What is still to be done. */
  readonly steps: readonly PlanStep[]
  readonly halfDone: readonly Progress[]
  /** The target schemas that are there or not. */
  readonly schemas: ReadonlyMap<string, SchemaLook>
}

export type Planner = ReturnType<typeof unitPlanner>

/**
 * Makes the steps of units; those that stand alike share one plan.
 * @param single what is applied in the single lines, for tenants whose line depends on them
 */
export function unitPlanner(
  project: Project,
  { lines, tenantLine }: LineGroup,
  asked: PlanRequest,
  single: ReadonlyMap<string, AppliedState> = new Map(),
) {
  const { env } = project
  const { ledgerSchema } = env
  const request: PlanRequest = { ...asked, lines }
  const goesDown = request.direction === 'downgrade'
  const needsLog = goesDown && (tenantLine === null || !isChain(project, tenantLine))
  const plans = new Map<string, Plan>()

  async function read(client: ClientBase, units: readonly Unit[]) {
    const targets = units.flatMap(targetsOf)
    const names = targets.map(({ schema }) => schema)
    const records = await readRecords(client, ledgerSchema, names)
    const applied = await statesOf(client, project, targets, records)
    const entries = needsLog ? await readLastEntries(client, ledgerSchema, names) : []
    const heads = goesDown && tenantLine === null ? await tenantHeads(client, project, request.tenantsGo) : []
    const begun = names.filter((name) => records.get(name)?.halfDone === true)
    const progress = begun.length === 0 ? [] : await readProgress(client, ledgerSchema, begun)
    const done = entries.filter(({ direction }) => direction !== 'downgrade')
    // Entries of one unit keep their order among its target schemas.
    const [recentOf, progressOf] = [byUnit(units, done), byUnit(units, progress)]
    const stateOf = (unit: Unit): UnitState => ({
      states: targetsOf(unit).flatMap(({ schema }) => applied.get(schema) ?? []),
      recent: recentOf.get(unit) ?? none,
      tenantHeads: heads,
      halfDone: progressOf.get(unit) ?? none,
    })
    return { records, stateOf }
  }

  /**
   * The plan of a unit, with the steps of other lines that it needs; the same for units that stand alike.
   * @throws MigError as `makePlan` does
   */
  function planOf(unit: Unit, state: UnitState): Plan {
    const key = stateKey(state)
    const plan = plans.get(key) ?? makePlan(projectOf(project, unit), ledgerState(single, state), request)
    // An error names its target schema, so only plans are kept.
    plans.set(key, plan)
    return plan
  }

  /** Whether a step is on a target schema of the units, not one that they need. */
  const isOwn = ({ line }: PlanStep) => tenantLine === null || line === tenantLine
  /** The steps of a unit on its own target schemas. @throws MigError as `makePlan` does */
  const stepsOf = (unit: Unit, state: UnitState): readonly PlanStep[] => {
    const steps = planOf(unit, state).steps.filter(isOwn)
    return tenantLine === null ? steps : steps.map((step) => inTenant(step, unit))
  }

  /**
   * Refuses steps that would pass over a revision that is half done, by nobody who is still at work.
   * @throws MigError `half-done`
   */
  async function expectFinished({ client }: Session, unit: Unit, state: UnitState) {
    const { halfDone, states } = state
    if (halfDone.length === 0) return
    const touched = new Set(stepsOf(unit, state).map((step) => step.targetSchema))
    const asked = states.filter((own) => lines.includes(own.line) && !touched.has(own.targetSchema))
    for (const { targetSchema, rows } of asked) {
      const row = halfDone.find((each) => each.targetSchema === targetSchema)
      if (row === undefined) continue
      const held = await targetLockHolders(client, ledgerSchema, [targetSchema])
      if ([...held.values()].some(mayBeAtWork)) return
      throw halfDoneFirst(row, rows, project)
    }
  }

  async function readFinished(session: Session, unit: Unit) {
    const { records, stateOf } = await read(session.client, [unit])
    const state = stateOf(unit)
    await expectFinished(session, unit, state)
    return { records, state }
  }

  return {
    ...{ project, request, isOwn, planOf, stepsOf, expectFinished },
    /**
     * Where units of one database stand: one query, others where a log does not fit the files or a revision is half done,
     * and the log where a downgrade goes by it.
     */
    async statesOf(client: ClientBase, units: readonly Unit[]): Promise<ReadonlyMap<Unit, UnitState>> {
      const { stateOf } = await read(client, units)
      return new Map(units.map((unit) => [unit, stateOf(unit)]))
    },
    /** Reads the ledger and plans. @throws MigError as `makePlan` and `expectFinished` do */
    planNow: async (session: Session, unit: Unit): Promise<Plan> =>
      planOf(unit, (await readFinished(session, unit)).state),
    /** As `planNow`, under the locks. */
    async lookAgain(session: Session, unit: Unit): Promise<FoundNow> {
      const { records, state } = await readFinished(session, unit)
      const mayUseAll = [...records.values()].every(({ exists, usable }) => usable || !exists)
      const role = mayUseAll ? {} : { role: await quotedRole(session.client) }
      const schemas = new Map([...records].map(([schema, record]) => [schema, { ...record, ...role }]))
      return { steps: stepsOf(unit, state), halfDone: state.halfDone, schemas }
    },
  }
}

const none: readonly never[] = []

/** Rows by the unit whose target schemas they are of, in their order. */
function byUnit<Row extends { readonly targetSchema: string }>(
  units: readonly Unit[],
  rows: readonly Row[],
): ReadonlyMap<Unit, readonly Row[]> {
  const found = new Map<Unit, Row[]>()
  if (rows.length === 0) return found
  const unitOf = new Map(
    units.flatMap((unit) => targetsOf(unit).map(({ schema }) => [schema, unit] as const)),
  )
  for (const row of rows) {
    const unit = unitOf.get(row.targetSchema)
    if (unit === undefined) continue
    const list = found.get(unit)
    if (list === undefined) found.set(unit, [row])
    else list.push(row)
  }
  return found
}

function ledgerState(single: ReadonlyMap<string, AppliedState>, state: UnitState): LedgerState {
  const states = new Map(single)
  for (const own of state.states) states.set(own.targetSchema, own)
  const applied = new Map(
    [...states].flatMap(([schema, { rows }]) => (rows.length === 0 ? [] : [[schema, rows]])),
  )
  return { applied, states, entries: state.recent, tenantHeads: state.tenantHeads }
}

/** Equal for units that stand alike. */
function stateKey({ recent, states, tenantHeads: heads }: UnitState): string {
  return JSON.stringify([
    ...[recent.map(({ revision }) => revision), heads],
    states.map((state) => ({ ...state, targetSchema: '' })),
  ])
}

/** The step of one tenant as that of another that stands alike. */
function inTenant(step: PlanStep, { schema }: Unit): PlanStep {
  return step.targetSchema === schema
    ? step
    : { ...step, targetSchema: schema, ...stepLosses({ ...step, targetSchema: schema }) }
}

async function quotedRole(client: ClientBase): Promise<string> {
  const { rows } = await client.query<{ role: string }>('SELECT quote_ident(current_user) AS role')
  return rows[0]?.role ?? ''
}

/**
 * Reads the ledger and plans a request on the single lines. Locks and changes nothing.
 * @throws MigError as `makePlan` does; `half-done` if a revision is half done, its runner is gone, and the plan would
 *   skip it.
 */
export async function planRun(session: Session, project: Project, request: PlanRequest): Promise<Plan> {
  const [unit] = asOne(singleTargets(project.env))
  if (unit === undefined) return makePlan(project, { applied: new Map(), entries: [] }, request)
  return singlePlanner(project, request).planNow(session, unit)
}
/** The planner of the single lines that a request is for. */
export function singlePlanner(project: Project, request: PlanRequest): Planner {
  return unitPlanner(project, { lines: request.lines ?? project.env.filter, tenantLine: null }, request)
}
