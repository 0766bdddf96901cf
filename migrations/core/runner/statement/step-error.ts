import { exitCodes, interruptExitCode, MigError } from '../../errors.ts'
import { failureStatement, type LedgerStep } from '../../ledger/index.ts'
import { databaseError, isConnectionLost, messageWithoutValues } from '../../postgres/index.ts'
import { stampTarget, statementsDone } from '../applied/trouble.ts'
import type { PlanStep } from '../plan/plan.ts'
import { helpFor } from './statement.ts'
import type { StepContext } from './step-context.ts'

/** How far a failed step had come. */
export interface FailurePoint {
  /** Statements that are committed already, in a revision with `op.autocommit`. */
  readonly committed: number
  /** Whether a COMMIT was on its way. */
  readonly committing: boolean
  /** Whether a statement that runs in no transaction was begun, which may have left something. */
  readonly begun: boolean
}

const untouched: FailurePoint = { committed: 0, committing: false, begun: false }

/** A step's failure as an error that says what state the database is in. */
export function stepError(
  step: PlanStep,
  cause: unknown,
  signal: AbortSignal | undefined,
  point: FailurePoint = untouched,
): MigError {
  const lost = isConnectionLost(cause)
  if (signal?.aborted && !lost) {
    // A reason of the caller's that is an error is what failed; the cancelled statement only follows from it.
    if (signal.reason instanceof MigError) return stepError(step, signal.reason, undefined, point)
    return interrupted(step, signal, point, cause)
  }
  const error =
    cause instanceof MigError
      ? cause
      : isDatabaseError(cause) || lost
        ? databaseError(cause, { file: step.file.path, ...helpFor(cause) })
        : undefined
  const state = lost && point.committing ? unknownState : stateText(step, point)
  const message = messageWithoutValues(cause)
  const { revision, targetSchema, direction } = step
  return new MigError(
    error?.code ?? 'revision-failed',
    `${direction} ${revision} on ${targetSchema} failed: ${withState(error?.message ?? message, state)}`,
    {
      help: error?.help ?? helpOf(step, point),
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path, ...error?.place },
      facts: { ...error?.facts, revision, targetSchema },
      cause,
    },
  )
}

/** A failure that cannot be logged, as on a full disk, is still the one to tell of. */
export async function logFailure(
  { session, project }: StepContext,
  step: LedgerStep,
  error: MigError,
  durationMs: number,
): Promise<void> {
  try {
    await session.client.query(failureStatement(project.env.ledgerSchema, step, error, durationMs))
  } catch (cause) {
    const why = messageWithoutValues(cause)
    session.emit({
      event: 'warning',
      code: 'failure-not-logged',
      message: `the failure of ${step.revision} is not in the ledger's log: ${why}`,
      help: `nothing to do in the ledger; the error of ${step.revision} itself says how to go on`,
    })
  }
}

/** The file of a half-done revision is not the one that was begun. */
export function editedFile(step: PlanStep, done: number): MigError {
  const { revision, targetSchema } = step
  return new MigError(
    'edited-half-done',
    `the file of ${revision}, which is half done on ${targetSchema} (${statementsDone(done)}), was edited since`,
    {
      help: 'restore the file; or, if only later statements were edited, run again with --resume-edited',
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path },
      facts: { revision, targetSchema, statementsDone: done },
    },
  )
}

/** `op.autocommit` where one transaction holds the whole run. */
export function noSection(step: PlanStep): MigError {
  return new MigError(
    'autocommit-in-run',
    `revision ${step.revision} has statements outside a transaction, which --transaction=run cannot roll back`,
    {
      help: 'run it with --transaction=revision',
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** A revision, or its `op.autocommit`, has come to its end before its statements have. */
export function notAwaited(step: PlanStep, count: number): MigError {
  return new MigError(
    'not-awaited',
    `${step.revision} ended while ${count === 1 ? 'a statement' : `${count} statements`} of it ${count === 1 ? 'was' : 'were'} still running`,
    {
      help: `write await before every call of op: just mig-edit ${step.revision}`,
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** A statement beside a backfill would get into the transaction of one of its batches. */
export function atOnce(step: PlanStep): MigError {
  return new MigError(
    'at-once',
    `${step.revision} sends another statement while its op.backfill is running`,
    {
      help: `await one before the other; in throttle, query with the client that it receives: just mig-edit ${step.revision}`,
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** A revision has sent COMMIT or ROLLBACK past the runner. */
export function transactionEnded(step: PlanStep): MigError {
  return new MigError(
    'transaction-control',
    `${step.revision} ended its transaction through op.client: what it did before was committed without its ledger row`,
    {
      help: 'remove COMMIT and ROLLBACK; put what must be committed by itself into op.autocommit',
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/**
 * A done statement is not the one that stands in its place now.
 * @param words as `targetWords` makes them
 */
export function resumeDiffers(step: PlanStep, done: number, words: string): MigError {
  return new MigError(
    'resume-differs',
    `${step.revision} on ${step.targetSchema} has ${statementsDone(done)} already, and the file no longer begins with ${done === 1 ? 'it' : 'them'}`,
    {
      help: `restore these statements (just mig-edit ${step.revision}); or undo them by hand, then forget them: just mig-stamp ${stampTarget(step.appliedBefore)} ${words}`,
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

const unknownState = 'the connection broke during COMMIT, so it may or may not be committed'

function stateText({ targetSchema }: PlanStep, { committed, begun }: FailurePoint): string {
  if (committed === 0 && !begun) return `schema ${targetSchema} and the ledger are as before this revision`
  const first = committed === 1 ? 'first statement is' : `first ${committed} statements are`
  const done = committed === 0 ? 'no statement of it is recorded as done' : `its ${first} done and recorded`
  return begun
    ? `${done}, the one that failed ran outside a transaction and may have left something`
    : `${done}, what came after was rolled back`
}

/** PostgreSQL's detail is a line of its own; what state the database is in must not read as a part of it. */
const withState = (message: string, state: string): string =>
  message.includes('\n') ? `${message}\n${state}` : `${message}; ${state}`

function helpOf({ revision }: PlanStep, { committed, begun }: FailurePoint): string {
  const edit = `just mig-edit ${revision}`
  if (committed === 0 && !begun) return `fix the revision, then run the command again: ${edit}`
  return `run the same command again to resume after them; an edited file needs --resume-edited: ${edit}`
}

function interrupted(step: PlanStep, signal: AbortSignal, point: FailurePoint, cause: unknown): MigError {
  const { direction, revision, targetSchema } = step
  return new MigError(
    'interrupted',
    `${direction} ${revision} on ${targetSchema} was interrupted; ${stateText(step, point)}`,
    {
      help: 'run the same command again to go on',
      exitCode: interruptExitCode(signal.reason),
      facts: { revision, targetSchema },
      cause,
    },
  )
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'severity' in error
}
