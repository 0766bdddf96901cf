import { MigError } from '../../errors.ts'
import {
  asText,
  isConnectionLost,
  isServerError,
  type OnDone,
  type Pipelined,
  type PipelinePart,
  pipelined,
  quoteIdent,
  type SentPart,
  type SqlPiece,
  splitStatements,
} from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { rollBack, type Session, takesPipelines } from '../session/session.ts'
import { setsSession } from '../session/settings.ts'
import { watchStatement } from '../session/watch.ts'
import { enteringStatements, type Own } from '../statement/own-sql.ts'
import { checkStatement, statementError, unwatchedFor } from '../statement/statement.ts'
import { statementKind } from '../statement/statement-kind.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'
import { transactionEnded } from '../statement/step-error.ts'
import { backBeforeLooking, looksOdd } from './landing.ts'
import type { KnownStatement, RevisionBody } from './revision-body.ts'

/** What goes to the server, which takes one statement at a time. */
export interface SuitedStatement extends KnownStatement {
  readonly pieces: readonly SqlPiece[]
}

/** Characters in all; more would be held in memory twice. */
const most = 1_000_000

/**
 * What the extended protocol takes as a parameter, what the protocol cannot send, what reads on from the connection, and
 * the setting by which a text of several statements is read before the first of them runs.
 */
const unsuited = /\$\d|\0|\bcopy\b|\bstandard_conforming_strings\b/i

/**
 * The statements of a step that can go to the server together: known before the first of them runs, each in the
 * revision's transaction, and with nobody who asks for anything between them. Undefined where they have to run one by
 * one.
 */
export function knownStatements(
  { session, project }: Pick<StepContext, 'session' | 'project'>,
  step: PlanStep,
  { statements }: RevisionBody,
  { ownTransaction, progress, role }: StepStart,
): readonly SuitedStatement[] | undefined {
  if (
    !takesPipelines(session) ||
    !ownTransaction ||
    progress !== undefined ||
    project.env.options.onApply !== undefined
  )
    return undefined
  const { targetSchema } = step
  const names = { schema: quoteIdent(targetSchema), schemaName: targetSchema }
  try {
    const known = statements(step.direction, names)
    if (known === undefined || known.reduce((sum, { sql }) => sum + sql.length, 0) > most) return undefined
    const suited: SuitedStatement[] = []
    for (const each of known) {
      const pieces = suitedPieces(step, each.sql, role)
      if (pieces === undefined) return undefined
      suited.push({ ...each, pieces })
    }
    return suited
  } catch (error) {
    // Told where the statement stands in turn: one before it may fail first.
    if (error instanceof MigError) return undefined
    throw error
  }
}

function suitedPieces(
  step: PlanStep,
  sql: string,
  role: string | undefined,
): readonly SqlPiece[] | undefined {
  if (unsuited.test(sql) || setsSession(sql)) return undefined
  checkStatement(step, { sql }, role)
  const pieces = sql.includes(';') ? splitStatements(sql) : [{ text: sql, start: 0 }]
  if (pieces.some(({ text }) => statementKind(text).kind !== 'plain')) return undefined
  return pieces.length > 1 ? pieces : [{ text: sql, start: 0 }]
}

/** The shortest time between looks who blocks a revision, in milliseconds: each look is a query. */
const shortestInterval = 100

/** A revision that is committed. */
export interface Committed {
  /** What a handler of its events threw meanwhile, for whoever called the runner. */
  readonly threw?: unknown
  /** Milliseconds, where it is known better than by when its turn came. */
  readonly ms?: number
}

export type StepTransaction = ReturnType<typeof stepTransaction>

/** The transaction of a revision; outside `op.autocommit` there is always one. */
export function stepTransaction(session: Session, step: PlanStep, start: StepStart) {
  const { client } = session
  let committing = false
  const beginning = (first: boolean) => [
    ...(start.ownTransaction ? ['BEGIN'] : []),
    ...(first ? start.opening : []),
    ...enteringStatements(step, start.role, 'transaction'),
    `SET LOCAL lock_timeout = ${start.lockTimeout}`,
    `SET LOCAL statement_timeout = ${start.statementTimeout}`,
  ]
  const awaited = async (answer: Promise<Pipelined>): Promise<Pipelined> => {
    committing = true
    const end = await answer
    committing = end.failure !== undefined
    return end
  }
  const piecesOf = (statements: readonly SuitedStatement[]) =>
    statements.flatMap((statement) =>
      statement.pieces.map((piece) => ({ statement, piece, isLast: piece === statement.pieces.at(-1) })),
    )
  return {
    /** @param first whether it is the first of the revision */
    async begin(first: boolean) {
      committing = false
      await client.query(beginning(first).join('; '))
    },
    /**
     * What the server is sent of a revision that it can do and commit with one answer awaited.
     * @param ending what comes between the last statement and COMMIT
     */
    message(statements: readonly SuitedStatement[], ending: readonly Own[]): PipelinePart {
      const before = beginning(true)
      const texts = piecesOf(statements).map(({ piece }) => piece.text)
      return {
        statements: [...before, ...texts, ...ending, 'COMMIT'],
        isTold: (index) => texts[index - before.length] !== undefined,
      }
    },
    /**
     * Awaits the answer to it.
     * @returns `odd` where the landing's guard has failed and the transaction is open, as it was before the guard; `one by
     *   one` where the server did not take a text for one statement, and all is rolled back
     * @throws MigError as `runStatement` does, and the server's own errors over what is not the revision's
     */
    async whole(
      statements: readonly SuitedStatement[],
      sent: SentPart,
    ): Promise<Committed | 'odd' | 'one by one'> {
      const { emit } = session
      const { targetSchema, revision } = step
      const unwatched = unwatchedFor(start.lockTimeout)
      // Any of the statements may wait for no longer than this.
      const watch = watchStatement(session, step, unwatched, Math.max(unwatched, shortestInterval))
      const pieces = piecesOf(statements)
      const before = beginning(true).length
      let passed = 0
      const tell: OnDone = (index, rows, ms) => {
        passed += ms
        const told = pieces[index - before]
        // The last of several counts, as in psql.
        if (!told?.isLast) return
        const { sql } = told.statement
        emit({ event: 'statement', targetSchema, revision, sql, ms: passed, rows })
        passed = 0
      }
      const { done, ms, failure, threw } = await awaited(sent.answer(tell)).finally(watch.stop)
      if (failure === undefined) return { threw, ms }
      if (looksOdd(failure)) {
        await backBeforeLooking(client)
        return 'odd'
      }
      const failed = pieces[done - before]
      if (failed === undefined || isConnectionLost(failure)) throw failure
      if (isOfSeveral(failed.statement, failure)) {
        await rollBack(session)
        return 'one by one'
      }
      const error = statementError(step, failed.piece.text, failure, watch)
      throw failed.statement.placed(inWholeText(error, failed.statement.sql, failed.piece))
    },
    /** As `commit`, of a transaction of its own, with one answer for all; where something fails, it is still open. */
    async commitPipelined(statements: readonly Own[]): Promise<Pipelined> {
      if (client.getTransactionStatus() === 'I') throw transactionEnded(step)
      return awaited(pipelined(client, { statements: [...statements, 'COMMIT'] }).answer())
    },
    /**
     * Runs the statements and commits; with one transaction for the whole run it leaves the COMMIT to the run.
     * @throws MigError `transaction-control` where there is no transaction any more
     */
    async commit(statements: readonly Own[]) {
      if (start.ownTransaction && client.getTransactionStatus() === 'I') throw transactionEnded(step)
      committing = start.ownTransaction
      const texts = statements.map((each) => (typeof each === 'string' ? each : asText(each)))
      await client.query([...texts, ...(start.ownTransaction ? ['COMMIT'] : [])].join('; '))
      committing = false
    },
    /** Whether a COMMIT is on its way. */
    isCommitting: () => committing,
  }
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
