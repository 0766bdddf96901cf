import { shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { StepFacts } from '../../events.ts'
import { createLedger, type Progress } from '../../ledger/index.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { halfDoneFirst, isTenant } from '../applied/trouble.ts'
import type { Plan, PlanRequest, PlanStep } from '../plan/plan.ts'
import { asOne, type Planner, projectOf, type SchemaLook, singlePlanner, type Unit } from '../plan/planner.ts'
import type { Project } from '../project.ts'
import { guardConnection, holdingGuarded, holdingIfFree } from '../session/locks.ts'
import type { Session } from '../session/session.ts'
import { singleTargets } from '../targets/targets.ts'
import { type RevisionSource, revisionSource } from './revision-body.ts'
import { stepFacts, takeSteps } from './take-steps.ts'

/** The result of a run. */
export interface RunResult {
  readonly direction: 'upgrade' | 'downgrade'
  /** The steps taken; fewer than planned when somebody else took some meanwhile. */
  readonly steps: readonly StepFacts[]
  readonly ms: number
}

/**
 * Runs a plan for single lines: locks its target schemas, plans again under the lock, and runs each revision in a
 * transaction with its ledger rows.
 * @throws MigError `plan-changed` if the database changed in between (an upgrade continues with what is left),
 *   `lock-not-obtained`, and `database-error` and others from a step, whose transaction is rolled back.
 */
export async function applyPlan(
  session: Session,
  project: Project,
  plan: Plan,
  request: PlanRequest,
): Promise<RunResult> {
  const started = performance.now()
  const { direction, steps } = plan
  const [unit] = asOne(singleTargets(project.env))
  if (steps.length === 0 || unit === undefined) return { direction, steps: [], ms: 0 }
  await readyToRun(session, project)
  const planner = singlePlanner(project, request)
  const run = { planner, revisions: revisionSource(project.env.cacheDir), isShared: false }
  const taken = await applyUnit(run, session, unit, steps)
  return { direction, steps: taken === 'busy' ? [] : taken, ms: performance.now() - started }
}

/** Makes a connection ready to take steps: its loss is noticed on both sides, and the ledger is there. */
export async function readyToRun(session: Session, { env }: Project): Promise<void> {
  await guardConnection(session)
  await createLedger(session.client, env.ledgerSchema)
}

/** What the units of a run share. */
export interface UnitRun {
  readonly planner: Planner
  readonly revisions: RevisionSource
  /** Whether other runners may have done it all meanwhile; a unit that somebody works on is left for later. */
  readonly isShared: boolean
}

/**
 * Takes the steps of one unit: locks its target schemas, looks what is to be done now, holds that against what was
 * planned, and runs it. The locks are held for this unit alone, so that thousands of tenants need no more of them than
 * connections.
 * @param begins called before the first step
 * @returns the steps taken; `busy` when another runner has it and the work is shared
 * @throws MigError as `applyPlan` does
 */
export async function applyUnit(
  { planner, revisions, isShared }: UnitRun,
  session: Session,
  unit: Unit,
  planned: readonly PlanStep[],
  begins?: () => void,
): Promise<readonly StepFacts[] | 'busy'> {
  const project = projectOf(planner.project, unit)
  const { direction, resumeEdited = false } = planner.request
  const targetSchemas = [...new Set(planned.map(({ targetSchema }) => targetSchema))].sort()
  const holding = isShared ? holdingIfFree : holdingGuarded
  return holding<readonly StepFacts[]>(session, project.env, targetSchemas, async () => {
    const { steps, halfDone, schemas } = await planner.lookAgain(session, unit)
    const missing = expectSchemas(project, { direction, steps }, schemas)
    // Where the work is divided somebody else may have done it all, and that is what it is for.
    if (!isShared || steps.length > 0) checkStillPlanned({ direction, steps: planned }, { direction, steps })
    checkHalfDone({ direction, steps }, halfDone, project)
    begins?.()
    const context = { session, project, revisions, resumeEdited, targetSchemas, total: steps.length }
    await takeSteps({ ...context, missing, halfDone }, steps)
    return steps.map(stepFacts)
  })
}

type Planned = Pick<Plan, 'direction' | 'steps'>

/**
 * An upgrade that somebody else has done in part goes on with the rest; anything else must be the plan that
 * was shown, or two downgrades by one at the same time would take away two.
 */
function checkStillPlanned(plan: Planned, now: Planned): void {
  const key = (step: PlanStep) => `${step.direction} ${step.revision} ${step.targetSchema}`
  const planned = new Set(plan.steps.map(key))
  const same = now.steps.length === plan.steps.length
  if (now.steps.every((step) => planned.has(key(step))) && (plan.direction === 'upgrade' || same)) return
  throw new MigError(
    'plan-changed',
    `another runner changed the database while this ${plan.direction} waited for the lock, so its plan is out of date`,
    {
      help: 'nothing was changed; see what is applied (just mig-current), then run the command again',
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** A revision that is half done must be finished before anything else runs on its target schema. */
function checkHalfDone({ steps }: Planned, halfDone: readonly Progress[], project: Project): void {
  for (const row of halfDone) {
    const next = steps.find((step) => step.targetSchema === row.targetSchema)
    if (next === undefined || (next.revision === row.revision && next.direction === row.direction)) continue
    throw halfDoneFirst(row, next.appliedBefore, project)
  }
}

/**
 * Nothing runs for a target schema that PostgreSQL would pass over in search_path, since unqualified names would
 * then mean those of `public` (manual, section 5.10.3): one that is gone, one that the role may not use, and `$user`.
 * @returns those that are to be made
 * @throws MigError `no-schema`, `no-permission`, `bad-schema` (exit 3)
 */
function expectSchemas(
  { env }: Project,
  { direction, steps }: Planned,
  schemas: ReadonlyMap<string, SchemaLook>,
): ReadonlySet<string> {
  const missing = new Set<string>()
  for (const [schema, line] of new Map(steps.map((step) => [step.targetSchema, step.line]))) {
    const { exists, usable, role = 'the role of MIG_DATABASE_URL' } = schemas.get(schema) ?? unseen
    const options = { exitCode: exitCodes.stepFailed, facts: { line, targetSchema: schema } }
    if (schema === '$user') {
      throw new MigError('bad-schema', 'in search_path, schema "$user" means the current role', {
        ...options,
        help: 'rename it: ALTER SCHEMA "$user" RENAME TO …',
      })
    }
    if (!exists) {
      missing.add(schema)
      if (direction === 'upgrade' && env.createSchema) continue
      const help = isTenant(env, line)
        ? `create the tenant: just mig-tenant-create ${shellWord(schema)} ${line}, or -x create_schema=true; or remove it from the list in env.ts`
        : direction === 'upgrade'
          ? `make it: CREATE SCHEMA ${quoteIdent(schema)}; or let the run do it: createSchema: true in env.ts`
          : `if it is gone for good, tell the ledger: just mig-stamp base ${line}`
      throw new MigError('no-schema', `there is no schema ${schema}`, { ...options, help })
    }
    if (usable) continue
    throw new MigError('no-permission', `the role has no USAGE on schema ${schema}`, {
      ...options,
      help: `as its owner: GRANT USAGE, CREATE ON SCHEMA ${quoteIdent(schema)} TO ${role}`,
    })
  }
  return missing
}

const unseen: SchemaLook = { exists: false, usable: false }
