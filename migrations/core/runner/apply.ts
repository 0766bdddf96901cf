import { exitCodes, MigError } from '../errors.ts'
import type { StepFacts } from '../events.ts'
import { createLedger, type Progress, readProgress, targetLockHolders } from '../ledger/index.ts'
import { quoteIdent } from '../postgres/index.ts'
import { checkSchema } from './check-schema.ts'
import { holdingLocks } from './locks.ts'
import { makePlan, type Plan, type PlanRequest, type PlanStep, readLedgerState } from './plan.ts'
import type { Project } from './project.ts'
import { revisionSource } from './revision-source.ts'
import type { Session } from './session.ts'
import { halfDoneFirst } from './step-error.ts'
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
  const plan = makePlan(project, await readLedgerState(session, project, request.direction), request)
  const untouched = (request.lines ?? filter)
    .flatMap((line) => schemas[line] ?? [])
    .filter((schema) => !plan.steps.some((step) => step.targetSchema === schema))
  if (untouched.length === 0) return plan
  const [row] = await readProgress(client, ledgerSchema, untouched)
  if (row === undefined) return plan
  const held = await targetLockHolders(client, ledgerSchema, [row.targetSchema])
  if (held.size > 0) return plan
  throw halfDoneFirst(row, row.targetSchema, plan.applied.get(row.targetSchema) ?? [], project.files)
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
  if (plan.steps.length === 0) return { direction: plan.direction, steps: [], ms: 0 }
  const targetSchemas = [...new Set(plan.steps.map((step) => step.targetSchema))].sort()
  return holdingLocks(session, env, targetSchemas, async () => {
    await createLedger(session.client, env.ledgerSchema)
    const now = await planRun(session, project, request)
    checkStillPlanned(plan, now)
    const halfDone = await readProgress(session.client, env.ledgerSchema, targetSchemas)
    checkHalfDone(now, halfDone, project.files)
    const missing = await missingSchemas(session, project, now)
    const resumeEdited = request.resumeEdited ?? false
    const total = now.steps.length
    const revisions = revisionSource(env.cacheDir)
    await takeSteps(
      { session, project, total, missing, targetSchemas, halfDone, resumeEdited, revisions },
      now.steps,
    )
    return { direction: plan.direction, steps: now.steps.map(stepFacts), ms: performance.now() - started }
  })
}

type Planned = Pick<Plan, 'direction' | 'steps'>

/**
 * An upgrade that somebody else has done in part goes on with the rest; anything else must be the plan that
 * was shown, or two downgrades by one at the same time would take away two.
 */
export function checkStillPlanned(plan: Planned, now: Planned): void {
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
export function checkHalfDone(
  { steps }: Planned,
  halfDone: readonly Progress[],
  files: Project['files'],
): void {
  for (const row of halfDone) {
    const next = steps.find((step) => step.targetSchema === row.targetSchema)
    if (next === undefined || (next.revision === row.revision && next.direction === row.direction)) continue
    throw halfDoneFirst(row, row.targetSchema, next.appliedBefore, files)
  }
}

/** @throws MigError as `checkSchema` */
async function missingSchemas(
  session: Session,
  { env }: Project,
  { direction, steps }: Planned,
): Promise<ReadonlySet<string>> {
  const lineOf = new Map(steps.map((step) => [step.targetSchema, step.line]))
  const { rows } = await session.client.query<{ schema: string; usable: boolean | null; role: string }>(
    `SELECT name AS schema, pg_catalog.has_schema_privilege(oid, 'USAGE') AS usable, quote_ident(current_user) AS role
     FROM unnest($1::text[]) AS name LEFT JOIN pg_catalog.pg_namespace ON nspname = name ORDER BY name`,
    [[...lineOf.keys()]],
  )
  for (const { schema, usable, role } of rows) {
    const line = lineOf.get(schema) ?? ''
    const help =
      direction === 'upgrade'
        ? `make it: CREATE SCHEMA ${quoteIdent(schema)}; or let the run do it: createSchema: true in env.ts`
        : `if it is gone for good, tell the ledger: just mig-stamp base ${line}`
    const mayMake = direction === 'upgrade' && env.createSchema
    checkSchema({ line, schema }, { exists: usable !== null, usable: usable ?? false, mayMake, help, role })
  }
  return new Set(rows.flatMap(({ schema, usable }) => (usable === null ? [schema] : [])))
}
