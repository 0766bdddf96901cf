import { setImmediate as turnOver } from 'node:timers/promises'
import { forgetProgressStatement } from '../../ledger/index.ts'
import type { BackfillResult, BackfillSpec, Statement, StatementSink } from '../../operations/index.ts'
import { initialSettings, setOwnPath } from '../../postgres/index.ts'
import { targetWords } from '../applied/trouble.ts'
import { runBackfill } from '../backfill/backfill.ts'
import type { PlanStep } from '../plan/plan.ts'
import { sectionRun } from '../section/run.ts'
import type { SectionContext } from '../section/section.ts'
import { guardConnection } from '../session/locks.ts'
import { rollBack, takesPipelines } from '../session/session.ts'
import { resetRole } from '../session/settings.ts'
import { leavingStatements, roleError } from '../statement/own-sql.ts'
import { doneResult } from '../statement/reread.ts'
import { checkStatement, runStatement } from '../statement/statement.ts'
import { statementCount } from '../statement/statement-count.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'
import { type FailurePoint, notAwaited, transactionEnded } from '../statement/step-error.ts'
import { type Own, stepTransaction } from '../statement/step-transaction.ts'
import { lockCheck, lockLostError } from '../statement/still-locked.ts'
import { underWay } from '../statement/under-way.ts'
import type { SuitedStatement } from './known-statements.ts'
import { backBeforeLooking, landing, looksOdd } from './landing.ts'
import { type Committed, runWhole } from './whole.ts'

/**
 * One attempt at a step. A revision is a transaction until `op.autocommit` or `op.backfill`: there, what was done
 * so far is committed together with a row in `mig.progress`, and what comes after the section is a transaction
 * again. Statements are counted, so that a later attempt leaves out those that are done.
 */
export interface StepRun {
  readonly sink: StatementSink
  /** Opens the transaction. */
  readonly begin: () => Promise<void>
  /**
   * Does all of it, where nothing depends on an answer: the statements, as `execute` would, between what `begin` and
   * `finish` do.
   * @returns undefined where they have to run one by one after all; then nothing is done
   */
  readonly whole: (
    statements: readonly SuitedStatement[],
    ledger: readonly Own[],
  ) => Promise<Committed | undefined>
  /** Ends the revision before `finish` does, for what runs between the two. @throws MigError as `finish` does */
  readonly end: () => Promise<void>
  /**
   * Commits what is open together with the ledger's statements.
   * @throws MigError `not-awaited` when the revision has come to its end before its statements have.
   */
  readonly finish: (ledger: readonly Own[]) => Promise<void>
  /** Rolls back what is open, once nothing is under way any more; for a connection that still answers. */
  readonly abandon: () => Promise<void>
  /** What a failure comes from, where its own text does not say it; after `abandon`. */
  readonly explain: (cause: unknown) => Promise<unknown>
  readonly point: () => FailurePoint
}

/** @throws MigError `resume-differs` when a done statement is not the one that stands in its place now. */
export function stepRun(context: StepContext, step: PlanStep, start: StepStart): StepRun {
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
  const section = sectionRun({
    context,
    step,
    start,
    count,
    transaction,
    checkNotOver,
    beforeCommit: lands.check,
  })
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

  async function finish(ledger: readonly Own[]) {
    const isUsual = start.ownTransaction && takesPipelines(session) && !hasEnded && !lands.hasSet()
    if (isUsual && (await finishAtOnce(ledger))) return
    const leaving = await ended()
    const after = lands.hasSet() ? initialSettings(session.client) : []
    await transaction.commit([...leaving, ...written(ledger), ...after])
    if (lands.hasSet()) await guardConnection(session)
  }

  /** Looks at what the revision has made and commits; false where the look has found what `finish` has to see to. */
  async function finishAtOnce(ledger: readonly Own[]): Promise<boolean> {
    await checkEnded()
    const leaving = leavingStatements(start, false)
    const { failure } = await transaction.commitPipelined([
      ...(await lands.guard()),
      ...leaving,
      ...written(ledger),
    ])
    if (failure === undefined) return true
    if (!looksOdd(failure)) throw failure
    await backBeforeLooking(session.client)
    return false
  }

  return {
    sink: {
      offline: false,
      get client() {
        return session.client
      },
      execute: (statement) => open.track(() => execute(statement)),
      autocommit: (body) => open.track(() => section.run(body)),
      backfill: (spec) => open.track(() => section.runUndisturbed((at) => backfill(at, spec))),
    },
    async begin() {
      if (!start.ownTransaction) await lands.begin()
      await transaction.begin(true)
    },
    async end() {
      await session.client.query((await ended()).join('; '))
    },
    async whole(statements, ledger) {
      for (const { sql } of statements) lands.note(sql)
      const after = [...leavingStatements(start, false), ...written(ledger)]
      const at = { session, step, transaction, lockTimeout: start.lockTimeout }
      const end = await runWhole(at, statements, [...(await lands.guard()), ...after])
      if (end === 'one by one') return undefined
      if (end !== 'odd') return end
      await finish(ledger)
      return {}
    },
    finish,
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
    explain: async (cause) => lands.explain(roleError(step, start.role, lockLostError(step, cause))),
    point: () => ({
      committed: count.inLedger() ? count.stored().statement : 0,
      committing: transaction.isCommitting(),
      begun: count.stored().pending !== null,
    }),
  }
}
