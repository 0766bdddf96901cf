import type { QueryResult } from 'pg'
import { MigError } from '../../errors.ts'
import type { Statement } from '../../operations/index.ts'
import { splitStatements } from '../../postgres/index.ts'
import { doneResult } from '../statement/reread.ts'
import { checkStatement, runStatement } from '../statement/statement.ts'
import type { StatementCount } from '../statement/statement-count.ts'
import { statementKind } from '../statement/statement-kind.ts'
import { runAlone } from './alone.ts'
import { inTransaction, type SectionContext } from './section.ts'

/** Runs the statements of a text one after the other; those that an earlier attempt has done are left out. */
export async function executeInSection(
  at: SectionContext,
  count: StatementCount,
  statement: Statement,
): Promise<QueryResult> {
  const { context, step, checkNotOver } = at
  const pieces =
    statement.values === undefined
      ? splitStatements(statement.sql).map(({ text }) => ({ sql: text }))
      : [statement]
  let last: QueryResult | undefined
  for (const piece of pieces) {
    checkNotOver()
    checkStatement(step, piece, at.start.role)
    last = await (count.isDone(piece.sql) ? doneResult(context.session, step, piece) : runPiece(at, piece))
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
