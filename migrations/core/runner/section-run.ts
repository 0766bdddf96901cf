import type { QueryResult } from 'pg'
import { progressStatement } from '../ledger/index.ts'
import type { Statement } from '../operations/index.ts'
import { isConnectionLost, splitStatements } from '../postgres/index.ts'
import { runAlone } from './alone.ts'
import type { PlanStep } from './plan.ts'
import { doneResult } from './reread.ts'
import { inTransaction, refusesTransaction, type SectionContext, type StepStart } from './section.ts'
import { checkStatement, runStatement } from './statement.ts'
import type { StatementCount } from './statement-count.ts'
import { statementKind } from './statement-kind.ts'
import { type StepContext, searchPathStatement } from './step.ts'
import { atOnce, noSection, notAwaited } from './step-error.ts'
import type { StepTransaction } from './step-transaction.ts'
import { underWay } from './under-way.ts'

/** What runs outside the revision's transaction: `op.autocommit` and `op.backfill`. */
export interface SectionRun {
  readonly isOpen: () => boolean
  /**
   * Commits what was done so far together with its progress, runs `body` and opens the next transaction; inside
   * a section it is a part of it.
   */
  readonly run: <Result>(body: (at: SectionContext) => Promise<Result>) => Promise<Result>
  /** As `run`, for work with transactions of its own, between which no statement must come. */
  readonly runUndisturbed: SectionRun['run']
  /** Runs the statements of a text one after the other, each with its progress; those that are done are left out. */
  readonly execute: (statement: Statement) => Promise<QueryResult>
}

/** @param checkNotOver throws once the revision has ended, by itself or by an error */
export function sectionRun(
  context: StepContext,
  step: PlanStep,
  start: StepStart,
  count: StatementCount,
  transaction: StepTransaction,
  checkNotOver: () => void,
): SectionRun {
  const { session, project } = context
  const { ledgerSchema } = project.env
  const { reached, stored, noteSaved } = count
  const statements = underWay()
  const at: SectionContext = {
    ...{ context, step, start, reached, stored, noteSaved, checkNotOver },
    async save(progress) {
      await session.client.query(progressStatement(ledgerSchema, progress))
      noteSaved(progress)
    },
  }
  let isOpen = false
  let isUndisturbed = false
  let settingsBefore = ''
  let turn = Promise.resolve()

  async function enter(): Promise<void> {
    const progress = reached()
    const isNews = progress.statement > stored().statement
    await transaction.commit(isNews ? [progressStatement(ledgerSchema, progress)] : [])
    if (isNews) noteSaved(progress)
    settingsBefore = await sectionSettings(session.client, step, start)
  }

  async function leave(): Promise<void> {
    await session.client.query(settingsBefore)
    isOpen = false
    await transaction.begin(false)
  }

  const run: SectionRun['run'] = async (body) => {
    if (isOpen) return statements.track(() => body(at))
    if (!start.ownTransaction) throw noSection(step)
    isOpen = true
    try {
      await inTurn(enter)
      const result = await body(at)
      if (statements.count() > 0) throw notAwaited(step, statements.count())
      await leave()
      return result
    } catch (error) {
      // The revision may catch it and go on.
      if (isOpen && !isConnectionLost(error)) {
        await statements.ended()
        await session.own?.cancelled()
        await leave()
      }
      throw error
    }
  }

  /** A section's statements are transactions of their own, so those of one Promise.all must not mix. */
  function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = turn.then(work)
    turn = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  async function executeInTurn(statement: Statement): Promise<QueryResult> {
    const pieces =
      statement.values === undefined
        ? splitStatements(statement.sql).map(({ text }) => ({ sql: text }))
        : [statement]
    let last: QueryResult | undefined
    for (const piece of pieces) {
      checkNotOver()
      checkStatement(step, piece)
      last = await (count.isDone(piece.sql)
        ? doneResult(session, step, piece, false)
        : runInSection(at, piece))
    }
    return last ?? doneResult(session, step, statement, false)
  }

  return {
    isOpen: () => isOpen,
    run,
    async runUndisturbed(body) {
      if (isUndisturbed) throw atOnce(step)
      isUndisturbed = true
      try {
        return await run(async (given) => {
          await turn
          return await body(given)
        })
      } finally {
        isUndisturbed = false
      }
    },
    execute: (statement) =>
      statements.track(() => {
        if (isUndisturbed) throw atOnce(step)
        return inTurn(() => executeInTurn(statement))
      }),
  }
}

/** One statement of a section: in a transaction with its progress, or by itself where PostgreSQL asks for it. */
async function runInSection(at: SectionContext, statement: Statement): Promise<QueryResult> {
  const found = statementKind(statement.sql)
  if (found.kind !== 'plain') return runAlone(at, statement, found)
  try {
    return await inTransaction(at, (lockTimeout) =>
      runStatement(at.context.session, at.step, statement, lockTimeout),
    )
  } catch (error) {
    if (!refusesTransaction(error)) throw error
    return runAlone(at, statement, { kind: 'alone' })
  }
}

/** Sets for the session what a transaction sets for itself; returns the statements that set it back. */
async function sectionSettings(
  client: StepContext['session']['client'],
  step: PlanStep,
  start: StepStart,
): Promise<string> {
  const names = ['search_path', 'lock_timeout', 'statement_timeout']
  const { rows } = await client.query<{ back: string }>(
    `SELECT string_agg(format('SELECT set_config(%L, %L, false)', name, current_setting(name)), '; ') AS back FROM unnest($1::text[]) AS name`,
    [names],
  )
  await client.query(
    `${searchPathStatement(step, 'session')}; SET lock_timeout = ${start.lockTimeout}; SET statement_timeout = ${start.statementTimeout}`,
  )
  return rows[0]?.back ?? ''
}
