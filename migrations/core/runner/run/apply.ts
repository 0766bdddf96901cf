import { shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { StepFacts } from '../../events.ts'
import { createLedger, type Progress, readProgress, targetLockHolders } from '../../ledger/index.ts'
import { quoteIdent } from '../../postgres/index.ts'
import { isTenant } from '../applied/trouble.ts'
import { makePlan, type Plan, type PlanRequest, type PlanStep, readLedgerState } from '../plan/plan.ts'
import type { Project } from '../project.ts'
import { mayBeAtWork } from '../session/holder.ts'
import { holdingLocks } from '../session/locks.ts'
import type { Session } from '../session/session.ts'
import { halfDoneFirst } from '../statement/step-error.ts'
import { checkSchema } from './check-schema.ts'
import { revisionSource } from './revision-source.ts'
import type { StepContext } from './step.ts'
import { stepFacts, takeSteps } from './take-steps.ts'

/** What a run did. */
export interface RunResult {
  readonly direction: 'upgrade' | 'downgrade'
  /** The steps taken; fewer than planned when somebody else took some meanwhile. */
  readonly steps: readonly StepFacts[]
  readonly ms: number
}

/**
 * Reads the ledger and plans a request; nothing is locked or changed.
 * @throws MigError as `makePlan` does; `half-done` when a revision is, by nobody who is still at work, and the plan
 *   would pass it over.
 */
export async function planRun(session: Session, project: Project, request: PlanRequest): Promise<Plan> {
  const { client } = session
  const { ledgerSchema, schemas, filter } = project.env
  const plan = makePlan(project, await readLedgerState(session, project, request), request)
  const untouched = (request.lines ?? filter)
    .flatMap((line) => schemas[line] ?? [])
    .filter((schema) => !plan.steps.some((step) => step.targetSchema === schema))
  if (untouched.length === 0) return plan
  const [row] = await readProgress(client, ledgerSchema, untouched)
  if (row === undefined) return plan
  const held = await targetLockHolders(client, ledgerSchema, [row.targetSchema])
  if ([...held.values()].some(mayBeAtWork)) return plan
  throw halfDoneFirst(row, plan.applied.get(row.targetSchema) ?? [], project)
}

/**
 * Takes the steps of a plan: locks its target schemas, plans again under the lock, and runs each revision in a
 * transaction with its ledger rows.
 * @throws MigError `plan-changed` when the database moved meanwhile (an upgrade goes on with what is left),
 *   `lock-not-obtained`, and `database-error` and others from a step, whose transaction is rolled back.
 */
export async function applyPlan(
  session: Session,
  project: Project,
  plan: Plan,
  request: PlanRequest,
): Promise<RunResult> {
  const started = performance.now()
  const { env } = project
  const { direction, steps } = plan
  if (steps.length === 0) return { direction, steps: [], ms: 0 }
  const targetSchemas = [...new Set(steps.map((step) => step.targetSchema))].sort()
  const { resumeEdited = false } = request
  const run = { session, project, direction, targetSchemas, resumeEdited, isShared: false }
  const taken = await holdingLocks(session, env, targetSchemas, async () => {
    await createLedger(session.client, env.ledgerSchema)
    return takePlanned({ ...run, revisions: revisionSource(env.cacheDir) }, steps, async () => {
      const now = await planRun(session, project, request)
      const halfDone = await readProgress(session.client, env.ledgerSchema, targetSchemas)
      return { steps: now.steps, halfDone, schemas: await readSchemas(session, now) }
    })
  })
  return { direction, steps: taken.map(stepFacts), ms: performance.now() - started }
}

/** A run on target schemas whose locks it holds. */
interface LockedRun extends Omit<StepContext, 'total' | 'missing' | 'halfDone'> {
  readonly direction: 'upgrade' | 'downgrade'
  /** Whether other runners may have done it all meanwhile. */
  readonly isShared: boolean
  /** Called before the first step. */
  readonly begins?: () => void
}

/** What is found under the locks. */
export interface FoundNow {
  /** What is still to be done. */
  readonly steps: readonly PlanStep[]
  readonly halfDone: readonly Progress[]
  /** The target schemas that are there or not; one that is not named is not. */
  readonly schemas: ReadonlyMap<string, SchemaLook>
}

/**
 * Under the locks of its target schemas: looks what is to be done now, holds that against what was planned, and takes
 * the steps.
 * @throws MigError as `applyPlan` does
 */
export async function takePlanned(
  run: LockedRun,
  planned: readonly PlanStep[],
  look: () => Promise<FoundNow>,
): Promise<readonly PlanStep[]> {
  const { direction, project, isShared, begins, ...context } = run
  const { steps, halfDone, schemas } = await look()
  const missing = expectSchemas(project, { direction, steps }, schemas)
  // Where the work is divided somebody else may have done it all, and that is what it is for.
  if (!isShared || steps.length > 0) checkStillPlanned({ direction, steps: planned }, { direction, steps })
  checkHalfDone({ direction, steps }, halfDone, project)
  begins?.()
  await takeSteps({ ...context, project, total: steps.length, missing, halfDone }, steps)
  return steps
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
    `the database moved while this ${plan.direction} waited for the lock, so its plan no longer holds`,
    {
      help: 'nothing was changed; look at just mig-current, then run the command again',
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

/** @throws MigError as `checkSchema`; @returns those that are to be made */
function expectSchemas(
  { env }: Project,
  { direction, steps }: Planned,
  schemas: FoundNow['schemas'],
): ReadonlySet<string> {
  const missing = new Set<string>()
  for (const [schema, line] of new Map(steps.map((step) => [step.targetSchema, step.line]))) {
    const { exists, usable, role } = schemas.get(schema) ?? { exists: false, usable: false }
    const mayMake = direction === 'upgrade' && env.createSchema
    const help = isTenant(env, line)
      ? `make the tenant: just mig-tenant-create ${shellWord(schema)} ${line}, or -x create_schema=true; or take it out of what env.ts lists`
      : direction === 'upgrade'
        ? `make it: CREATE SCHEMA ${quoteIdent(schema)}; or let the run do it: createSchema: true in env.ts`
        : `if it is gone for good, tell the ledger: just mig-stamp base ${line}`
    const known = role === undefined ? {} : { role }
    checkSchema({ line, schema }, { exists, usable, mayMake, help, ...known })
    if (!exists) missing.add(schema)
  }
  return missing
}

/** What is known of a target schema before anything runs in it. */
interface SchemaLook {
  readonly exists: boolean
  readonly usable: boolean
  /** Quoted, where it is known. */
  readonly role?: string
}

async function readSchemas(session: Session, { steps }: Planned): Promise<FoundNow['schemas']> {
  const { rows } = await session.client.query<{ schema: string; usable: boolean | null; role: string }>(
    `SELECT name AS schema, pg_catalog.has_schema_privilege(oid, 'USAGE') AS usable, quote_ident(current_user) AS role
     FROM unnest($1::text[]) AS name LEFT JOIN pg_catalog.pg_namespace ON nspname = name ORDER BY name`,
    [[...new Set(steps.map(({ targetSchema }) => targetSchema))]],
  )
  return new Map(
    rows.map(({ schema, usable, role }) => [
      schema,
      { exists: usable !== null, usable: usable ?? false, role },
    ]),
  )
}
