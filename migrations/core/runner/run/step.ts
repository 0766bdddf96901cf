import { setImmediate as turnOver } from 'node:timers/promises'
import {
  forgetProgressStatement,
  type LedgerStep,
  ledgerWrites,
  type Progress,
  readProgress,
} from '../../ledger/index.ts'
import {
  type BackfillResult,
  type BackfillSpec,
  operations,
  type Statement,
  type StatementSink,
} from '../../operations/index.ts'
import {
  initialSettings,
  isConnectionLost,
  type PipelinePart,
  pipelined,
  type SentPart,
  setOwnPath,
} from '../../postgres/index.ts'
import { targetWords } from '../applied/trouble.ts'
import { runBackfill } from '../backfill/backfill.ts'
import type { PlanStep } from '../plan/plan.ts'
import { sectionRun } from '../section/run.ts'
import type { SectionContext } from '../section/section.ts'
import { guardConnection } from '../session/locks.ts'
import { rollBack, takesPipelines, whereFrom } from '../session/session.ts'
import { resetRole } from '../session/settings.ts'
import { leavingStatements, lockCheck, lockLostError, type Own, roleError } from '../statement/own-sql.ts'
import { checkStatement, doneResult, runStatement } from '../statement/statement.ts'
import { statementCount } from '../statement/statement-count.ts'
import { ledgerStepOf, type StepContext, type StepStart, startOf } from '../statement/step-context.ts'
import {
  editedFile,
  type FailurePoint,
  logFailure,
  notAwaited,
  stepError,
  transactionEnded,
} from '../statement/step-error.ts'
import { underWay } from '../statement/under-way.ts'
import { usersCall } from '../statement/users-call.ts'
import { backBeforeLooking, landing, looksOdd } from './landing.ts'
import type { RevisionBody } from './revision-body.ts'
import { type Committed, knownStatements, type SuitedStatement, stepTransaction } from './transaction.ts'

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

/** A step whose statements are known before the first of them runs. */
export interface KnownStep {
  readonly statements: readonly SuitedStatement[]
  readonly ledger: readonly Own[]
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

type StepRun = ReturnType<typeof stepRun>

/**
 * One attempt at a step. A revision is a transaction until `op.autocommit` or `op.backfill`: there, what was done
 * so far is committed together with a row in `mig.progress`, and what comes after the section is a transaction
 * again. Statements are counted, so that a later attempt leaves out those that are done.
 * @throws MigError `resume-differs` when a done statement is not the one that stands in its place now.
 */
function stepRun(context: StepContext, step: PlanStep, start: StepStart) {
  const { session, project } = context
  const { ledgerSchema } = project.env
  const count = statementCount(step, start, targetWords(project.env, step))
  const transaction = stepTransaction(session, step, start)
  const open = underWay()
  let isOver = false
  const lands = landing(session, step, start)
  const checkNotOver = () => {
    if (isOver) throw notAwaited(step, 1)
  }
  const parts = { ...count, context, step, start, checkNotOver, beforeCommit: lands.check }
  const section = sectionRun(parts, transaction)
  let hasEnded = false

  /** Sees that the revision has come to its end. */
  async function checkEnded(): Promise<void> {
    // A rejection that nobody awaits is reported at the end of the event loop's turn: before COMMIT, not after it.
    await turnOver()
    session.signal?.throwIfAborted()
    if (open.count() > 0) throw notAwaited(step, open.count())
    count.checkAllMet()
  }

  /** As `checkEnded`, and looks at what it has made; what follows is SQL of ours. */
  async function ended(): Promise<readonly string[]> {
    if (hasEnded) return [setOwnPath]
    await checkEnded()
    await lands.check()
    hasEnded = true
    return leavingStatements(start, lands.hasSet())
  }

  async function execute(statement: Statement) {
    checkNotOver()
    lands.note(statement.sql)
    if (section.isOpen()) return section.execute(statement)
    checkStatement(step, statement, start.role)
    if (start.ownTransaction && session.client.getTransactionStatus() === 'I') throw transactionEnded(step)
    if (count.isDone(statement.sql)) return doneResult(session, step, statement)
    return runStatement(session, step, statement, start.lockTimeout)
  }

  async function backfill(at: SectionContext, spec: BackfillSpec): Promise<BackfillResult> {
    const { table, set, where, key } = spec
    if (count.isDone(JSON.stringify({ table, set, where, key }))) return { rows: 0, batches: 0 }
    return runBackfill(at, spec)
  }

  /** What the last commit writes. */
  function written(ledger: readonly Own[]): readonly Own[] {
    const forget = count.inLedger()
      ? [forgetProgressStatement(ledgerSchema, step.targetSchema, step.revision)]
      : []
    return [lockCheck(ledgerSchema, step), ...ledger, ...forget]
  }

  /** What follows the last statement of a revision that has set nothing, where one answer is awaited for it all. */
  async function ending(ledger: readonly Own[]): Promise<readonly Own[]> {
    return [...(await lands.guard()), ...leavingStatements(start, false), ...written(ledger)]
  }

  /**
   * Commits what is open together with the ledger's statements.
   * @throws MigError `not-awaited` when the revision has come to its end before its statements have.
   */
  async function finish(ledger: readonly Own[]) {
    if (start.ownTransaction && takesPipelines(session) && !hasEnded && !lands.hasSet()) {
      await checkEnded()
      const { failure } = await transaction.commitPipelined(await ending(ledger))
      if (failure === undefined) return
      if (!looksOdd(failure)) throw failure
      await backBeforeLooking(session.client)
    }
    const leaving = await ended()
    const after = lands.hasSet() ? initialSettings(session.client) : []
    await transaction.commit([...leaving, ...written(ledger), ...after])
    if (lands.hasSet()) await guardConnection(session)
  }

  /** What goes to the server of a step that it can do with one answer awaited. */
  async function message({ statements, ledger }: KnownStep): Promise<PipelinePart> {
    for (const { sql } of statements) lands.note(sql)
    return transaction.message(statements, await ending(ledger))
  }

  async function sent(known: KnownStep): Promise<SentPart> {
    const alone = await message(known)
    // A cancel request that comes before it is forgotten by the server.
    session.signal?.throwIfAborted()
    return pipelined(session.client, alone)
  }

  const sink: StatementSink = {
    offline: false,
    get client() {
      return session.client
    },
    execute: (statement) => open.track(() => execute(statement)),
    autocommit: (body) => open.track(() => section.run(body)),
    backfill: (spec) => open.track(() => section.runUndisturbed((at) => backfill(at, spec))),
  }

  return {
    sink,
    /** Opens the transaction. */
    async begin() {
      if (!start.ownTransaction) await lands.begin()
      await transaction.begin(true)
    },
    /** Ends the revision before `finish` does, for what runs between the two. @throws MigError as `finish` does */
    async end() {
      await session.client.query((await ended()).join('; '))
    },
    message,
    /**
     * Does all of it, where nothing depends on an answer: the statements, as `execute` would, between what `begin` and
     * `finish` do.
     * @param part where its message has been sent
     * @returns undefined where they have to run one by one after all; then nothing is done
     */
    async whole(known: KnownStep, part?: SentPart): Promise<Committed | undefined> {
      const end = await transaction.whole(known.statements, part ?? (await sent(known)))
      if (end === 'one by one') return undefined
      if (end !== 'odd') return end
      await finish(known.ledger)
      return {}
    },
    finish,
    /** Rolls back what is open, once nothing is under way any more; for a connection that still answers. */
    async abandon() {
      isOver = true
      await open.ended()
      if (!start.ownTransaction) return
      await rollBack(session)
      // What a section has set is committed.
      const settings = lands.hasSet() ? [...resetRole(start.login), ...initialSettings(session.client)] : []
      await session.client.query([...settings, setOwnPath].join('; '))
      if (lands.hasSet()) await guardConnection(session)
    },
    /** What a failure comes from, where its own text does not say it; after `abandon`. */
    explain: async (cause: unknown) => lands.explain(roleError(step, start.role, lockLostError(step, cause))),
    point: (): FailurePoint => ({
      committed: count.inLedger() ? count.stored().statement : 0,
      committing: transaction.isCommitting(),
      begun: count.stored().pending !== null,
    }),
  }
}
