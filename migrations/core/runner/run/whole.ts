import type { MigError } from '../../errors.ts'
import { isConnectionLost, isServerError, type SqlPiece } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { rollBack, type Session } from '../session/session.ts'
import { watchStatement } from '../session/watch.ts'
import { statementError, unwatchedFor } from '../statement/statement.ts'
import type { Own, StepTransaction } from '../statement/step-transaction.ts'
import type { SuitedStatement } from './known-statements.ts'
import { backBeforeLooking, looksOdd } from './landing.ts'

interface At {
  readonly session: Session
  readonly step: PlanStep
  readonly transaction: StepTransaction
  /** Milliseconds. */
  readonly lockTimeout: number
}

/** The shortest time between looks who blocks a revision, in milliseconds: each look is a query. */
const shortestInterval = 100

/** A revision that is committed. */
export interface Committed {
  /** What a handler of its events threw meanwhile, for whoever called the runner. */
  readonly threw?: unknown
}

/**
 * Runs a revision and commits it, with one answer awaited from the server.
 * @param ending what comes between the last statement and COMMIT
 * @returns `odd` where the landing's guard has failed and the transaction is open, as it was before the guard; `one by
 *   one` where the server did not take a text for one statement, and all is rolled back
 * @throws MigError as `runStatement` does, and the server's own errors over what is not the revision's
 */
export async function runWhole(
  { session, step, transaction, lockTimeout }: At,
  statements: readonly SuitedStatement[],
  ending: readonly Own[],
): Promise<Committed | 'odd' | 'one by one'> {
  const { client, emit, signal } = session
  const { targetSchema, revision } = step
  signal?.throwIfAborted()
  const unwatched = unwatchedFor(lockTimeout)
  // Any of the statements may wait for no longer than this.
  const watch = watchStatement(session, step, unwatched, Math.max(unwatched, shortestInterval))
  const pieces = statements.flatMap((statement) =>
    statement.pieces.map((piece) => ({ statement, piece, isLast: piece === statement.pieces.at(-1) })),
  )
  let began = performance.now()
  const tell = (index: number, rows: number | null) => {
    const told = pieces[index]
    // The last of several counts, as in psql.
    if (!told?.isLast) return
    const now = performance.now()
    const { sql } = told.statement
    emit({ event: 'statement', targetSchema, revision, sql, ms: now - began, rows })
    began = now
  }
  const texts = pieces.map(({ piece }) => piece.text)
  const { done, failure, threw } = await transaction.whole(texts, ending, tell).finally(watch.stop)
  if (failure === undefined) return { threw }
  if (looksOdd(failure)) {
    await backBeforeLooking(client)
    return 'odd'
  }
  const failed = pieces[done]
  if (failed === undefined || isConnectionLost(failure)) throw failure
  if (isOfSeveral(failed.statement, failure)) {
    await rollBack(session)
    return 'one by one'
  }
  const error = statementError(step, failed.piece.text, failure, watch)
  throw failed.statement.placed(inWholeText(error, failed.statement.sql, failed.piece))
}

/**
 * Whether the server may have told of what a text was taken for: what stands between two semicolons can be two statements
 * (syntax_error, without a place), or a part of one.
 */
function isOfSeveral({ pieces }: SuitedStatement, failure: unknown): boolean {
  if (!isServerError(failure) || failure.code !== '42601') return false
  return pieces.length > 1 || failure.position === undefined
}

/** The place in a piece as one in the text that it is a part of, which is what was executed. */
function inWholeText(error: MigError, sql: string, { text, start }: SqlPiece): MigError {
  const { place } = error
  if (place?.statement !== text) return error
  const { position } = place
  return error.with({
    place: { ...place, statement: sql, ...(position === undefined ? {} : { position: start + position }) },
  })
}
