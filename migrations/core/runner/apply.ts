import { randomUUID } from 'node:crypto'
import { exitCodes, MigError } from '../errors.ts'
import type { StepFacts } from '../events.ts'
import {
  createLedger,
  type Progress,
  readProgress,
  releaseLocks,
  takeLocks,
  targetLockHolders,
} from '../ledger/index.ts'
import { isConnectionLost, quoteIdent } from '../postgres/index.ts'
import { checkSchema } from './check-schema.ts'
import { makePlan, type Plan, type PlanRequest, type PlanStep, readLedgerState } from './plan.ts'
import type { Project } from './project.ts'
import { retrying } from './retry.ts'
import { revisionSource } from './revision-source.ts'
import { rollBack, type Session } from './session.ts'
import { applyStep, type StepContext } from './step.ts'
import { halfDoneFirst, stepError } from './step-error.ts'
import { guardConnection, surviving } from './survive.ts'

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
  throw halfDoneFirst(row, row.targetSchema, plan.applied.get(row.targetSchema) ?? [])
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
  const { emit, signal } = session
  const { ledgerSchema, lockWait } = env
  await guardConnection(session)
  await takeLocks(session.client, { ledgerSchema, targetSchemas, wait: lockWait, emit, signal })
  let lost = false
  try {
    await createLedger(session.client, ledgerSchema)
    const now = await planRun(session, project, request)
    checkStillPlanned(plan, now)
    const halfDone = await readProgress(session.client, ledgerSchema, targetSchemas)
    checkHalfDone(now, halfDone)
    const missing = await missingSchemas(session, project, now)
    const resumeEdited = request.resumeEdited ?? false
    const total = now.steps.length
    const revisions = revisionSource(env.cacheDir)
    await takeSteps(
      { session, project, total, missing, targetSchemas, halfDone, resumeEdited, revisions },
      now.steps,
    )
    return { direction: plan.direction, steps: now.steps.map(stepFacts), ms: performance.now() - started }
  } catch (error) {
    lost = isConnectionLost(error)
    throw error
  } finally {
    await session.own?.cancelled()
    // A connection that is gone has given its locks back.
    if (!lost) await releaseLocks(session.client, ledgerSchema, targetSchemas)
  }
}

/** Runs the steps of a plan on locked target schemas: each in a transaction, or with `--transaction=run` all in one. */
export async function takeSteps(context: StepContext, steps: readonly PlanStep[]): Promise<void> {
  if (context.project.env.transaction === 'run') await applyTogether(context, steps)
  else {
    const contextOf = contextOfStep(context, steps)
    for (const [at, step] of steps.entries()) {
      const next = steps[at + 1]
      // While the server works on this step: reading and compiling the next takes about as long.
      if (next !== undefined) setImmediate(() => context.revisions.prepare(next.file))
      await applyAlone(contextOf(step), step, at + 1)
    }
  }
}

/** Only the first step on a target schema may have to make it; later ones would be told that it is there. */
function contextOfStep(context: StepContext, steps: readonly PlanStep[]): (step: PlanStep) => StepContext {
  const schemas = new Set<string>()
  const first = new Set<PlanStep>()
  for (const step of steps) {
    if (!schemas.has(step.targetSchema)) first.add(step)
    schemas.add(step.targetSchema)
  }
  const later: StepContext = { ...context, missing: new Set() }
  return (step) => (first.has(step) ? context : later)
}

async function applyAlone(context: StepContext, step: PlanStep, index: number): Promise<void> {
  const { emit } = context.session
  const of = { index, total: context.total, ...stepFacts(step) }
  emit({ event: 'step-start', ...of })
  const started = performance.now()
  const id = randomUUID()
  await surviving(context, { step, id, first: step }, (lostOnce) =>
    retrying(context, step, (attempt) =>
      applyStep(context, step, { id, alone: true, again: lostOnce || attempt > 1 }),
    ),
  )
  emit({ event: 'step-done', ms: performance.now() - started, ...of })
}

/** `--transaction=run`: all steps, or none. */
async function applyTogether(context: StepContext, steps: readonly PlanStep[]): Promise<void> {
  const [first, last] = [steps[0], steps.at(-1)]
  if (first === undefined || last === undefined) return
  const id = randomUUID()
  await surviving(context, { step: last, id, first }, (lostOnce) =>
    retrying(context, first, (attempt) => tryTogether(context, steps, id, lostOnce || attempt > 1)),
  )
}

async function tryTogether(
  context: StepContext,
  steps: readonly PlanStep[],
  id: string,
  again: boolean,
): Promise<void> {
  const { session, total } = context
  const { emit } = session
  const contextOf = contextOfStep(context, steps)
  let committing = false
  await session.client.query('BEGIN')
  try {
    for (const [at, step] of steps.entries()) {
      const of = { index: at + 1, total, ...stepFacts(step) }
      emit({ event: 'step-start', ...of })
      const started = performance.now()
      await applyStep(contextOf(step), step, { id, alone: false, again })
      emit({ event: 'step-done', ms: performance.now() - started, ...of })
    }
    committing = true
    await session.client.query('COMMIT')
  } catch (cause) {
    if (!isConnectionLost(cause)) await rollBack(session)
    const last = steps.at(-1)
    throw committing && last !== undefined
      ? stepError(last, cause, session.signal, { committed: 0, committing, begun: false })
      : cause
  }
}

/** A plan step without its file. */
export function stepFacts(step: PlanStep): StepFacts {
  const { revision, direction, line, targetSchema, message, neededBy, irreversible, appliedAfter } = step
  return {
    revision,
    direction,
    line,
    targetSchema,
    message,
    appliedAfter,
    ...(neededBy === undefined ? {} : { neededBy }),
    ...(irreversible === undefined ? {} : { irreversible }),
  }
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
export function checkHalfDone({ steps }: Planned, halfDone: readonly Progress[]): void {
  for (const row of halfDone) {
    const next = steps.find((step) => step.targetSchema === row.targetSchema)
    if (next === undefined || (next.revision === row.revision && next.direction === row.direction)) continue
    throw halfDoneFirst(row, row.targetSchema, next.appliedBefore)
  }
}

/** @throws MigError as `checkSchema` */
async function missingSchemas(
  session: Session,
  { env }: Project,
  { direction, steps }: Planned,
): Promise<ReadonlySet<string>> {
  const lineOf = new Map(steps.map((step) => [step.targetSchema, step.line]))
  const { rows } = await session.client.query<{ schema: string; usable: boolean | null }>(
    `SELECT name AS schema, pg_catalog.has_schema_privilege(oid, 'USAGE') AS usable
     FROM unnest($1::text[]) AS name LEFT JOIN pg_catalog.pg_namespace ON nspname = name ORDER BY name`,
    [[...lineOf.keys()]],
  )
  for (const { schema, usable } of rows) {
    const line = lineOf.get(schema) ?? ''
    const help =
      direction === 'upgrade'
        ? `make it: CREATE SCHEMA ${quoteIdent(schema)}; or let the run do it: createSchema: true in env.ts`
        : `if it is gone for good, tell the ledger: just mig-stamp base ${line}`
    const mayMake = direction === 'upgrade' && env.createSchema
    checkSchema({ line, schema }, { exists: usable !== null, usable: usable ?? false, mayMake, help })
  }
  return new Set(rows.flatMap(({ schema, usable }) => (usable === null ? [schema] : [])))
}
