import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { readProgress } from '../../ledger/index.ts'
import { type AppliedState, readStates } from '../applied/state.ts'
import { asOne, projectOf, targetsOf, type Unit } from '../plan/planner.ts'
import type { Project } from '../project.ts'
import type { TargetJob } from '../run/job-queue.ts'
import { type PoolOptions, type PoolResult, runPool, singleResult } from '../run/pool.ts'
import { revisionSource } from '../run/revision-body.ts'
import { readyToRun } from '../session/locks.ts'
import { type Session, type SessionOptions, usingSession } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import type { LineGroup } from '../targets/line-groups.ts'
import { expectTenants, singleTargets } from '../targets/target-schemas.ts'
import { type StampPlan, type StampRequest, stampChanges, writeStamp } from './stamp.ts'

/** What stamping did, and what it wrote. */
export interface StampResult extends PoolResult, StampPlan {}

/**
 * What stamping would write, by two queries per database; nothing is changed.
 * @throws MigError as `stampPlan` does
 */
export async function targetStampPlan(
  project: Project,
  group: LineGroup,
  targets: readonly TargetSchema[],
  request: TargetStampRequest,
  sessions: SessionOptions,
): Promise<StampPlan> {
  const { changes, refused } = await stampWork(project, group, targets, request, sessions)
  for (const error of refused.values()) throw error
  return { changes }
}

/**
 * Plans the stamps of all groups before the first is written, so that what a later one refuses is refused then.
 * @throws MigError as `expectTenants` does, and for a request that fits no tenant of a line
 */
export async function expectStamps(
  project: Project,
  groups: readonly LineGroup[],
  request: TargetStampRequest,
  sessions: SessionOptions,
): Promise<void> {
  const tenants = await expectTenants(project.env, groups, sessions)
  // Tenant lines come after the single lines, which are planned in their turn.
  for (const group of groups.slice(1)) {
    const own = tenants.filter(({ line }) => line === group.tenantLine)
    await stampWork(project, group, own, request, sessions)
  }
}

/**
 * Stamps target schemas of one line group: single lines in one transaction, each tenant in its own, several at a time.
 * @throws MigError `interrupted`; as `stampChanges` does for a target that fits none. A tenant's failure is in the result,
 *   that of single lines is thrown.
 */
export async function stampTargets(
  project: Project,
  group: LineGroup,
  targets: readonly TargetSchema[],
  request: TargetStampRequest,
  options: PoolOptions,
  sessions: SessionOptions,
): Promise<StampResult> {
  const started = performance.now()
  const { units, behind, refused } = await stampWork(project, group, targets, request, sessions)
  const { checksum } = revisionSource(project.env.cacheDir)
  const made = new Map<Unit, StampPlan['changes']>()
  // In the order of the units, whichever ended first.
  const changes = () => units.flatMap((unit) => made.get(unit) ?? [])
  const stamp = async (session: Session, unit: Unit) => {
    const asked = { ...request, lines: group.lines }
    const { changes: own } = await writeStamp(session, projectOf(project, unit), asked, checksum)
    made.set(unit, own)
    return { steps: own.length }
  }
  if (group.tenantLine === null) {
    for (const unit of behind)
      await usingSession(project.env, sessions, async (session) => {
        await readyToRun(session, project.env)
        await stamp(session, unit)
      })
    return { ...singleResult(units.length, changes().length, started), changes: changes() }
  }
  const jobs = units.flatMap((target): readonly TargetJob[] => {
    const error = refused.get(target)
    if (error !== undefined) return [{ target, run: () => Promise.reject(error) }]
    return behind.has(target) ? [{ target, run: (session) => stamp(session, target) }] : []
  })
  const result = await runPool(project, jobs, options, sessions)
  return { ...result, done: result.done + units.length - jobs.length, changes: changes() }
}

/** What is asked of a stamp on the target schemas of a line group. */
type TargetStampRequest = Pick<StampRequest, 'target' | 'purge' | 'fromLog'>

/** What a stamp writes for a unit in these states. @throws MigError as `stampChanges` does */
type UnitStamp = (unit: Unit, states: ReadonlyMap<string, AppliedState>) => StampPlan['changes']

/** Plans a stamp once for all units that stand alike. */
function unitStamp(
  project: Project,
  { lines, tenantLine }: LineGroup,
  request: TargetStampRequest,
): UnitStamp {
  const known = new Map<string, StampPlan['changes']>()
  const single = singleTargets(project.env)
  return (unit, states) => {
    const names = new Set([...single, ...targetsOf(unit)].map(({ schema }) => schema))
    const own = new Map(
      [...names].flatMap((schema) => {
        const state = states.get(schema)
        return state === undefined ? [] : [[schema, state] as const]
      }),
    )
    const key = JSON.stringify([...own.values()].map((state) => ({ ...state, targetSchema: '' })))
    // An error names its target schema, so only what would be written is kept.
    const changes = known.get(key) ?? stampChanges(projectOf(project, unit), own, { ...request, lines })
    known.set(key, changes)
    return tenantLine === null ? changes : changes.map((change) => ({ ...change, targetSchema: unit.schema }))
  }
}

/** The units and the single lines, as the ledger of one database is asked about them. */
function stampedTargets(project: Project, units: readonly Unit[]): readonly TargetSchema[] {
  const all = [...singleTargets(project.env), ...units.flatMap(targetsOf)]
  return [...new Map(all.map((target) => [target.schema, target])).values()]
}

/** Which units a stamp has something to do for. */
interface StampWork {
  readonly units: readonly Unit[]
  readonly behind: ReadonlySet<Unit>
  readonly refused: ReadonlyMap<Unit, MigError>
  readonly changes: StampPlan['changes']
}

/**
 * Looks, by two queries per database, for what a stamp has to write or to forget; nothing is changed.
 * @throws MigError when the request fits no unit
 */
async function stampWork(
  project: Project,
  group: LineGroup,
  targets: readonly TargetSchema[],
  request: TargetStampRequest,
  sessions: SessionOptions,
): Promise<StampWork> {
  const { ledgerSchema } = project.env
  const units: readonly Unit[] = group.tenantLine === null ? asOne(targets) : targets
  const stampOf = unitStamp(project, group, request)
  const behind = new Set<Unit>()
  const refused = new Map<Unit, MigError>()
  const changes: StampPlan['changes'][number][] = []
  const look = async ({ client }: Session, own: readonly Unit[]) => {
    const schemas = own.flatMap(targetsOf).map(({ schema }) => schema)
    const states = await readStates(client, project, stampedTargets(project, own))
    const progress = await readProgress(client, ledgerSchema, schemas)
    const halfDone = new Set(progress.map(({ targetSchema }) => targetSchema))
    for (const unit of own) {
      try {
        const written = stampOf(unit, states)
        changes.push(...written)
        if (written.length > 0 || targetsOf(unit).some(({ schema }) => halfDone.has(schema))) behind.add(unit)
      } catch (error) {
        if (!(error instanceof MigError)) throw error
        refused.set(unit, error)
      }
    }
  }
  await onEachDatabase(project.env, units, sessions, look, (unreachable, error) => {
    for (const unit of unreachable) refused.set(unit, error)
  })
  const [first] = refused.values()
  if (first !== undefined && refused.size === units.length) throw first
  return { units, behind, refused, changes }
}
