import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import { readProgress } from '../../ledger/index.ts'
import { type AppliedState, readStates } from '../applied/state.ts'
import { asOne, projectOf, targetsOf, type Unit } from '../plan/planner.ts'
import type { Project } from '../project.ts'
import type { Session, SessionOptions } from '../session/session.ts'
import { onEachDatabase } from '../targets/databases.ts'
import { type LineGroup, singleTargets } from '../targets/targets.ts'
import { type StampPlan, type StampRequest, stampChanges } from './stamp.ts'

/** What is asked of a stamp on the target schemas of a line group. */
export type TargetStampRequest = Pick<StampRequest, 'target' | 'purge' | 'fromLog'>

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
export async function stampWork(
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
