import type { QueryResult } from 'pg'
import { MigError } from '../../errors.ts'
import type { PendingStatement } from '../../ledger/index.ts'
import type { Statement } from '../../operations/index.ts'
import { splitStatements } from '../../postgres/index.ts'
import { retrying } from '../statement/retry.ts'
import { checkStatement, doneResult, runStatement } from '../statement/statement.ts'
import { type StatementKind, statementKind } from '../statement/statement-kind.ts'
import { dropInvalidIndexes, indexesOf, isDoneInCatalog } from './in-doubt.ts'
import { inTransaction, type SectionContext } from './section.ts'

/** Runs the statements of a text one after the other; those that an earlier attempt has done are left out. */
export async function executeInSection(at: SectionContext, statement: Statement): Promise<QueryResult> {
  const { context, step, checkNotOver } = at
  const pieces =
    statement.values === undefined
      ? splitStatements(statement.sql).map(({ text }) => ({ sql: text }))
      : [statement]
  let last: QueryResult | undefined
  for (const piece of pieces) {
    checkNotOver()
    checkStatement(step, piece, at.start.role)
    last = await (at.isDone(piece.sql) ? doneResult(context.session, step, piece) : runPiece(at, piece))
  }
  return last ?? doneResult(context.session, step, statement)
}

/** One statement: in a transaction with its progress, or by itself where PostgreSQL asks for it. */
async function runPiece(at: SectionContext, statement: Statement): Promise<QueryResult> {
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

/** 25001 active_sql_transaction; 2D000 a procedure or DO block that commits by itself. */
function refusesTransaction(error: unknown): boolean {
  const sqlState = error instanceof MigError ? error.facts.sqlState : undefined
  return sqlState === '25001' || sqlState === '2D000'
}

/**
 * Runs a statement that PostgreSQL runs in no transaction. That it is begun is noted before, and that it is done
 * after it; a later run that finds it begun looks into the catalog, drops an INVALID index that a failed build has
 * left, and runs it again when it is not done. What leaves no trace (VACUUM, REINDEX, a procedure that commits by
 * itself) is run again.
 */
async function runAlone(
  at: SectionContext,
  statement: Statement,
  found: StatementKind,
): Promise<QueryResult> {
  const { context, step } = at
  const { session } = context
  return retrying(context, step, async () => {
    session.signal?.throwIfAborted()
    const { statement: number } = at.reached()
    const doubt = at.stored().pending?.statement === number ? at.stored().pending : null
    if (doubt !== null && (await isDoneInCatalog(at, found, doubt))) {
      await at.save(at.reached())
      return doneResult(session, step, statement)
    }
    if (doubt !== null && found.kind === 'alone') sayRunAgain(at, doubt)
    return unhurried(at, found, async (lockTimeout) => {
      await dropInvalidIndexes(at, found, doubt, lockTimeout)
      if (doubt === null) {
        const indexes = await indexesOf(session.client, found)
        await at.save({
          ...at.stored(),
          checksum: at.start.checksum,
          pending: { statement: number, indexes },
        })
      }
      const result = await runStatement(session, step, statement, lockTimeout)
      await at.save(at.reached())
      return result
    })
  })
}

/**
 * An index build that works concurrently waits for old transactions, and keeps no reader or writer waiting
 * meanwhile (manual, CREATE INDEX, "Building Indexes Concurrently"): a lock timeout would only throw the work away.
 */
async function unhurried<Result>(
  { context, start }: SectionContext,
  { kind }: StatementKind,
  body: (lockTimeout: number) => Promise<Result>,
): Promise<Result> {
  const { client } = context.session
  const builds = kind === 'create-index' || kind === 'drop-index' || kind === 'reindex'
  if (!builds || start.explicitLockTimeout) return body(start.lockTimeout)
  await client.query('SET lock_timeout = 0')
  const result = await body(0)
  await client.query(`SET lock_timeout = ${start.lockTimeout}`)
  return result
}

function sayRunAgain({ context, step }: SectionContext, doubt: PendingStatement): void {
  context.session.emit({
    event: 'notice',
    severity: 'INFO',
    message: `${step.revision} on ${step.targetSchema}: statement ${doubt.statement} was under way when an earlier run ended; it is run again`,
  })
}
