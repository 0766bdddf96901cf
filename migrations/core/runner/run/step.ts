import { type LedgerStep, ledgerWrites, type Progress, readProgress } from '../../ledger/index.ts'
import { operations } from '../../operations/index.ts'
import { isConnectionLost, type SentPart } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { whereFrom } from '../session/session.ts'
import { ledgerStepOf, type StepContext, type StepStart, startOf } from '../statement/step-context.ts'
import { editedFile, logFailure, stepError } from '../statement/step-error.ts'
import { usersCall } from '../statement/users-call.ts'
import type { RevisionBody } from './revision-body.ts'
import { type KnownStep, type StepRun, stepRun } from './step-run.ts'
import { type Committed, knownStatements } from './transaction.ts'

/** One try of a step. */
export interface StepAttempt {
  /** The uuid under which its outcome is looked up in the log. */
  readonly id: string
  /** Whether it is a transaction of its own. */
  readonly alone: boolean
  /** False for the first try of the run. */
  readonly again: boolean
  /** Where it was made ready before its turn, under the same id. */
  readonly ready?: ReadyStep | undefined
  /** Where it has gone to the server as well. */
  readonly part?: SentPart | undefined
}

/**
 * Runs one step with its ledger rows; `alone` in transactions of its own. Only what the server says ends it: when it
 * throws, schema and ledger are as before the step, or for a revision with `op.autocommit` as after its last
 * finished statement, where the next attempt goes on.
 * @throws MigError `database-error` with the place and what state the database is in; `edited-half-done`.
 */
export async function applyStep(
  context: StepContext,
  step: PlanStep,
  attempt: StepAttempt,
): Promise<Committed> {
  const { session, project } = context
  const { env } = project
  const { alone, part } = attempt
  const started = performance.now()
  // What the server has already is waited for.
  if (part === undefined) session.signal?.throwIfAborted()
  const ledgerStep = attempt.ready?.ledgerStep ?? ledgerStepFor(context, step, attempt.id)
  let run: StepRun | undefined
  try {
    const ready = attempt.ready ?? (await readyStep(context, step, attempt, ledgerStep))
    run = ready.run
    const { body, known } = ready
    const committed = known === undefined ? undefined : await run.whole(known, part)
    if (committed !== undefined) return committed
    await run.begin()
    const op = operations(run.sink, { schema: step.targetSchema, schemas: env.schemas, x: env.x })
    await usersCall(session.client, `its ${step.direction}`, () => body[step.direction](op))
    const { onApply } = env.options
    if (onApply !== undefined) {
      const { revision, direction, line, targetSchema, message } = step
      await run.end()
      const { client } = session
      const applied = { client, revision, direction, line, targetSchema, message }
      await usersCall(client, 'onApply', () => onApply(applied))
    }
    await run.finish(ledgerWrites(env.ledgerSchema, { ...ledgerStep, ...wholeDuration(run, started) }))
    return {}
  } catch (cause) {
    const answers = alone && run !== undefined && !isConnectionLost(cause)
    // What is still running may be committed before it ends.
    if (answers) await run?.abandon()
    const known = answers && run !== undefined ? await run.explain(cause) : cause
    const error = stepError(step, known, session.signal, run?.point())
    if (answers) await logFailure(context, ledgerStep, error, performance.now() - started)
    throw error
  }
}

/** A try of a step before the server has seen anything of it. */
export interface ReadyStep {
  readonly id: string
  readonly step: PlanStep
  readonly start: StepStart
  readonly run: StepRun
  readonly body: RevisionBody
  readonly ledgerStep: LedgerStep
  /** What can go to the server together, where that is all of it. */
  readonly known: KnownStep | undefined
}

/** What the ledger is told of a try. @param id as in {@link StepAttempt} */
function ledgerStepFor(context: StepContext, step: PlanStep, id: string): LedgerStep {
  const checksum = context.revisions.checksum(step.file)
  return { ...ledgerStepOf(step), checksum, host: whereFrom, step: id }
}

/** @throws MigError as {@link applyStep} does over what is wrong before anything runs */
export async function readyStep(
  context: StepContext,
  step: PlanStep,
  attempt: StepAttempt,
  ledgerStep: LedgerStep = ledgerStepFor(context, step, attempt.id),
): Promise<ReadyStep> {
  const { checksum } = ledgerStep
  const body = await context.revisions.load(step.file)
  const progress = await progressOf(context, step, attempt)
  if (progress !== undefined) {
    checkUnedited(context, step, progress, checksum)
    if (!attempt.again) sayResumed(context, step, progress)
  }
  const start = { ...startOf(context, step, body), ownTransaction: attempt.alone, progress }
  const statements = knownStatements(context, step, body, start)
  const ledger = ledgerWrites(context.project.env.ledgerSchema, ledgerStep)
  const known = statements && { statements, ledger }
  return { id: attempt.id, step, start, run: stepRun(context, step, start), body, ledgerStep, known }
}

async function progressOf(
  { session, project, halfDone }: StepContext,
  { targetSchema, revision, direction }: PlanStep,
  { again }: Pick<StepAttempt, 'again'>,
): Promise<Progress | undefined> {
  const rows = again
    ? await readProgress(session.client, project.env.ledgerSchema, [targetSchema])
    : halfDone.filter((row) => row.targetSchema === targetSchema)
  return rows.find((row) => row.revision === revision && row.direction === direction)
}

/** Refuses a half-done revision whose file was edited since. @throws MigError `edited-half-done` */
function checkUnedited(
  { resumeEdited }: StepContext,
  step: PlanStep,
  progress: Progress,
  checksum: string | null,
): void {
  if (progress.checksum !== checksum && !resumeEdited) throw editedFile(step, progress.statement)
}

/** Tells how many statements of a half-done revision are left out, since they are done. */
function sayResumed({ session }: StepContext, step: PlanStep, { statement }: Progress): void {
  if (statement === 0) return
  const message = `${step.revision} on ${step.targetSchema}: statements done before: ${statement}; resuming after them`
  session.emit({ event: 'notice', severity: 'INFO', message })
}

/** A transaction knows its own time; a revision of several is timed here. */
function wholeDuration(run: StepRun, started: number): { readonly durationMs?: number } {
  return run.point().committed === 0 ? {} : { durationMs: performance.now() - started }
}
