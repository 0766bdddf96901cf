import { exitCodes, MigError } from '../errors.ts'
import { failureStatement, type LedgerStep, ledgerStatements } from '../ledger/index.ts'
import { operations } from '../operations/index.ts'
import { databaseError, isConnectionLost } from '../postgres/connection.ts'
import { quoteIdent } from '../postgres/quote.ts'
import { onlineSink } from './online-sink.ts'
import type { PlanStep } from './plan.ts'
import { fileChecksum, type Project } from './project.ts'
import { loadRevision } from './revision-body.ts'
import { type Session, whereFrom } from './session.ts'

/** What the steps of one run share. */
export interface StepContext {
  readonly session: Session
  readonly project: Project
  readonly total: number
  /** Target schemas that did not exist when the run began. */
  readonly missing: ReadonlySet<string>
}

/**
 * Runs one step with its ledger rows; `alone` in a transaction of its own. Only what the server says ends it:
 * when it throws, schema and ledger are as before the step.
 * @throws MigError `database-error` with the place and what state the database is in.
 */
export async function applyStep(context: StepContext, step: PlanStep, alone: boolean): Promise<void> {
  const { session, project } = context
  const { client } = session
  const { env } = project
  const started = performance.now()
  session.signal?.throwIfAborted()
  const ledgerStep = { ...ledgerStepOf(step), checksum: fileChecksum(step.file.path), host: whereFrom() }
  try {
    const body = await loadRevision(step.file, env.cacheDir)
    const opening = openingStatements(step, env.createSchema, context.missing)
    await client.query([...(alone ? ['BEGIN'] : []), ...opening].join('; '))
    const sink = onlineSink(client, step, session.emit)
    const op = operations(sink, { schema: step.targetSchema, schemas: env.schemas, x: {} })
    await body[step.direction](op)
    const { revision, direction, line, targetSchema, message } = step
    await env.options.onApply?.({ client, revision, direction, line, targetSchema, message })
    await client.query(
      [...ledgerStatements(env.ledgerSchema, ledgerStep), ...(alone ? ['COMMIT'] : [])].join('; '),
    )
  } catch (cause) {
    const error = stepError(step, cause, session.signal)
    if (!isConnectionLost(cause) && alone) {
      await client.query('ROLLBACK')
      await client.query(
        failureStatement(
          env.ledgerSchema,
          ledgerStep,
          `${error.code}: ${error.message}`,
          performance.now() - started,
        ),
      )
    }
    throw error
  }
}

/** The ledger's view of a plan step, before file and host are known. */
export function ledgerStepOf(step: PlanStep): Omit<LedgerStep, 'checksum' | 'host'> {
  const { direction, line, revision, targetSchema, appliedBefore, appliedAfter } = step
  return { direction, line, revision, targetSchema, before: appliedBefore, after: appliedAfter }
}

/**
 * The statements that a step's transaction begins with: the schema where it is missing, and the search_path,
 * so that unqualified names mean the target schema.
 */
export function openingStatements(
  step: PlanStep,
  createSchema: boolean,
  missing: ReadonlySet<string>,
): readonly string[] {
  const schema = quoteIdent(step.targetSchema)
  const create = step.direction === 'upgrade' && createSchema && missing.has(step.targetSchema)
  return [
    ...(create ? [`CREATE SCHEMA IF NOT EXISTS ${schema}`] : []),
    `SET LOCAL search_path TO ${schema}, public`,
  ]
}

function stepError(step: PlanStep, cause: unknown, signal: AbortSignal | undefined): MigError {
  if (signal?.aborted) return interrupted(step, signal, cause)
  const error =
    cause instanceof MigError
      ? cause
      : isDatabaseError(cause)
        ? databaseError(cause, { file: step.file.path })
        : undefined
  const what = `${step.direction} ${step.revision} on ${step.targetSchema}`
  const state = isConnectionLost(cause)
    ? 'whether it was committed is not known: look at just mig-current'
    : `schema ${step.targetSchema} and the ledger are as before this revision`
  if (error === undefined) {
    const message = cause instanceof Error ? cause.message : String(cause)
    return new MigError('revision-failed', `${what} failed: ${message}; ${state}`, {
      help: `mend the revision, then run the command again: just mig-edit ${step.revision}`,
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path },
      cause,
    })
  }
  return new MigError(error.code, `${what} failed: ${error.message}; ${state}`, {
    help: error.help ?? `mend the revision, then run the command again: just mig-edit ${step.revision}`,
    exitCode: exitCodes.stepFailed,
    place: { file: step.file.path, ...error.place },
    facts: { ...error.facts, revision: step.revision, targetSchema: step.targetSchema },
    cause,
  })
}

function interrupted(step: PlanStep, signal: AbortSignal, cause: unknown): MigError {
  const terminated = signal.reason === 'SIGTERM'
  return new MigError(
    'interrupted',
    `${step.direction} ${step.revision} on ${step.targetSchema} was interrupted and rolled back`,
    {
      help: 'run the same command again to go on',
      exitCode: terminated ? exitCodes.terminated : exitCodes.interrupted,
      cause,
    },
  )
}

function isDatabaseError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'severity' in error
}
