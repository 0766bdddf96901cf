import { roleOf } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import {
  failureStatement,
  type LedgerStep,
  ledgerWrites,
  type Progress,
  readProgress,
} from '../../ledger/index.ts'
import { operations } from '../../operations/index.ts'
import { isConnectionLost, messageWithoutValues, quoteIdent } from '../../postgres/index.ts'
import { withoutSecrets } from '../../secrets.ts'
import type { PlanStep } from '../plan/plan.ts'
import { whereFrom } from '../session/session.ts'
import { schemaOwner } from '../statement/own-sql.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'
import { editedFile, stepError } from '../statement/step-error.ts'
import { usersCall } from '../statement/users-call.ts'
import type { RevisionBody } from './revision-body.ts'
import { type StepRun, stepRun } from './step-run.ts'
import { type Committed, knownStatements } from './whole.ts'

/** One try of a step. */
export interface StepAttempt {
  /** The uuid under which its outcome is looked up in the log. */
  readonly id: string
  /** Whether it is a transaction of its own. */
  readonly alone: boolean
  /** False for the first try of the run. */
  readonly again: boolean
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
  const { id, alone } = attempt
  const started = performance.now()
  session.signal?.throwIfAborted()
  const checksum = context.revisions.checksum(step.file)
  const ledgerStep: LedgerStep = { ...ledgerStepOf(step), checksum, host: whereFrom, step: id }
  let run: StepRun | undefined
  try {
    const body = await context.revisions.load(step.file)
    const progress = await progressOf(context, step, attempt)
    if (progress !== undefined) checkUnedited(context, step, progress, checksum)
    if (progress !== undefined && !attempt.again) sayResumed(context, step, progress)
    const start = { ...startOf(context, step, body), ownTransaction: alone, progress }
    run = stepRun(context, step, start)
    const known = knownStatements(context, step, body, start)
    const ledger = ledgerWrites(env.ledgerSchema, ledgerStep)
    const committed = known === undefined ? undefined : await run.whole(known, ledger)
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

/** What a first attempt at a step begins with, in a transaction of its own. */
export function startOf(
  {
    session,
    project,
    revisions,
    missing,
  }: Pick<StepContext, 'session' | 'project' | 'revisions' | 'missing'>,
  step: PlanStep,
  body: RevisionBody,
): StepStart {
  const { env } = project
  const role = roleOf(env, step.line, step.targetSchema)
  return {
    ownTransaction: true,
    checksum: revisions.checksum(step.file),
    progress: undefined,
    lockTimeout: body.lockTimeout ?? env.lockTimeout,
    statementTimeout: body.statementTimeout ?? env.statementTimeout,
    explicitLockTimeout: body.lockTimeout !== undefined,
    role,
    login: session.role ?? 'none',
    opening: creatingStatements(step, env.createSchema, missing, role),
  }
}

/** A failure that cannot be logged, as on a full disk, is still the one to tell of. */
export async function logFailure(
  { session, project }: StepContext,
  step: LedgerStep,
  error: MigError,
  durationMs: number,
): Promise<void> {
  const text = failureText(error)
  const outcome = error.code === 'interrupted' ? 'interrupted' : 'failed'
  try {
    await session.client.query(failureStatement(project.env.ledgerSchema, step, outcome, text, durationMs))
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

/** The ledger's view of a plan step, before file and host are known. */
export function ledgerStepOf(step: PlanStep): Omit<LedgerStep, 'checksum' | 'host'> {
  const { direction, line, revision, targetSchema, appliedBefore, appliedAfter, digest } = step
  return { direction, line, revision, targetSchema, before: appliedBefore, after: appliedAfter, digest }
}

/**
 * Makes the target schema of a step where it is missing and the step may; it belongs to the role that its revisions run
 * as.
 */
export function creatingStatements(
  { direction, targetSchema }: PlanStep,
  createSchema: boolean,
  missing: ReadonlySet<string>,
  role: string | undefined,
): readonly string[] {
  if (direction === 'downgrade' || !createSchema || !missing.has(targetSchema)) return []
  return [`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(targetSchema)}${schemaOwner(role)}`]
}

async function progressOf(
  { session, project, halfDone }: StepContext,
  { targetSchema, revision, direction }: PlanStep,
  { again }: StepAttempt,
): Promise<Progress | undefined> {
  const rows = again
    ? await readProgress(session.client, project.env.ledgerSchema, [targetSchema])
    : halfDone.filter((row) => row.targetSchema === targetSchema)
  return rows.find((row) => row.revision === revision && row.direction === direction)
}

function checkUnedited(context: StepContext, step: PlanStep, progress: Progress, checksum: string): void {
  if (progress.checksum !== checksum && !context.resumeEdited) throw editedFile(step, progress.statement)
}

function sayResumed({ session }: StepContext, step: PlanStep, progress: Progress): void {
  if (progress.statement > 0) {
    const { revision, targetSchema } = step
    const message = `${revision} on ${targetSchema}: statements done before: ${progress.statement}; resuming after them`
    session.emit({ event: 'notice', severity: 'INFO', message })
  }
}

/** A transaction knows its own time; a revision of several is timed here. */
function wholeDuration(run: StepRun, started: number): { readonly durationMs?: number } {
  return run.point().committed === 0 ? {} : { durationMs: performance.now() - started }
}

/** The longest text of a failure in the log, in characters. */
const longest = 4000

/**
 * A failure as `mig.log` keeps it: what failed, the SQLSTATE, and the names of constraint, table and column; no value
 * of a row, no statement, no password. The log is read by more people than the rows are, and outlives them.
 */
function failureText(error: MigError): string {
  const { code, cause, message } = error
  // A revision's own error can say anything of the rows that it has read.
  const isForeign = code === 'revision-failed' && cause !== undefined && !(cause instanceof MigError)
  const text = isForeign ? foreignText(message, cause) : message
  return withoutSecrets(`${code}: ${[text, ...missingNames(error, text)].join('; ')}`.slice(0, longest))
}

/** The step that failed, and the class of the error instead of its message. */
function foreignText(message: string, cause: unknown): string {
  const failed = ' failed: '
  const step = message.slice(0, message.indexOf(failed) + failed.length)
  return `${step}${cause instanceof Error ? cause.name : typeof cause} (its message is not kept)`
}

function missingNames({ facts }: MigError, text: string): readonly string[] {
  return ['schema', 'table', 'column', 'constraint'].flatMap((name) => {
    const value = facts[name]
    return typeof value === 'string' && !text.includes(`"${value}"`) ? [`${name} ${value}`] : []
  })
}
