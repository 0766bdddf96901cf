import { setImmediate as turnOver } from 'node:timers/promises'
import { forgetProgressStatement } from '../../ledger/index.ts'
import type { BackfillResult, BackfillSpec, Statement, StatementSink } from '../../operations/index.ts'
import {
  initialSettings,
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
import { rollBack, takesPipelines } from '../session/session.ts'
import { resetRole } from '../session/settings.ts'
import { leavingStatements, lockCheck, lockLostError, type Own, roleError } from '../statement/own-sql.ts'
import { checkStatement, doneResult, runStatement } from '../statement/statement.ts'
import { statementCount } from '../statement/statement-count.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'
import { type FailurePoint, notAwaited, transactionEnded } from '../statement/step-error.ts'
import { underWay } from '../statement/under-way.ts'
import { backBeforeLooking, landing, looksOdd } from './landing.ts'
import { type Committed, type SuitedStatement, stepTransaction } from './transaction.ts'

/** A step whose statements are known before the first of them runs. */
export interface KnownStep {
  readonly statements: readonly SuitedStatement[]
  readonly ledger: readonly Own[]
}

/** One attempt at a step. */
export type StepRun = ReturnType<typeof stepRun>

/**
 * One attempt at a step. A revision is a transaction until `op.autocommit` or `op.backfill`: there, what was done
 * so far is committed together with a row in `mig.progress`, and what comes after the section is a transaction
 * again. Statements are counted, so that a later attempt leaves out those that are done.
 * @throws MigError `resume-differs` when a done statement is not the one that stands in its place now.
 */
export function stepRun(context: StepContext, step: PlanStep, start: StepStart) {
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

  /**
   * What goes to the server of a step that it can do with one answer awaited.
   * @param isFollowed whether another commit comes with it, which then waits for the disk for both (manual, 28.4
   *   "Asynchronous Commit")
   */
  async function message({ statements, ledger }: KnownStep, isFollowed = false): Promise<PipelinePart> {
    for (const { sql } of statements) lands.note(sql)
    const sooner = isFollowed ? ['SET LOCAL synchronous_commit TO off'] : []
    return transaction.message(statements, [...sooner, ...(await ending(ledger))])
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
