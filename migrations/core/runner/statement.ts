import type { QueryResult } from 'pg'
import { MigError } from '../errors.ts'
import type { Statement } from '../operations/index.ts'
import { databaseError, splitStatements } from '../postgres/index.ts'
import type { PlanStep } from './plan.ts'
import type { Session } from './session.ts'
import { statementKind } from './statement-kind.ts'
import { watchStatement } from './watch.ts'

/** The longest that a statement runs before somebody looks who blocks it, in milliseconds. */
const longestUnwatched = 1000

/**
 * Runs one statement of a step and tells about it. A statement that takes long is watched, so that an error over
 * a lock names who held it.
 * @param lockTimeout the session's, in milliseconds
 * @throws MigError `database-error` with the file, the statement and the caret; `connection-lost`.
 */
export async function runStatement(
  session: Session,
  step: PlanStep,
  { sql, values }: Statement,
  lockTimeout: number,
): Promise<QueryResult> {
  const { client, emit, signal } = session
  // A cancel request that finds no statement running is forgotten by the server.
  signal?.throwIfAborted()
  const delay = lockTimeout === 0 ? longestUnwatched : Math.min(lockTimeout / 2, longestUnwatched)
  const watch = watchStatement(session, step, delay)
  const started = performance.now()
  try {
    const result = await (values === undefined ? client.query(sql) : client.query(sql, [...values]))
    // Several statements in one text give a list of results; the last one counts, as in psql.
    const last: QueryResult = Array.isArray(result) ? result.at(-1) : result
    const { targetSchema, revision } = step
    const ms = performance.now() - started
    emit({ event: 'statement', targetSchema, revision, sql, ms, rows: last.rowCount })
    return last
  } catch (cause) {
    const error = databaseError(cause, { sql, file: step.file.path, ...helpFor(cause) })
    const { code, message, help, exitCode, place, facts } = error
    const blockers = watch.blockers()
    if (blockers.length === 0) throw error
    throw new MigError(code, message, {
      ...(help === undefined ? {} : { help }),
      exitCode,
      ...(place === undefined ? {} : { place }),
      facts: { ...facts, blockers },
      cause,
    })
  } finally {
    watch.stop()
  }
}

/**
 * Refuses what would end the revision's transaction behind the runner's back, and what has no place in a revision.
 * @throws MigError `transaction-control`, `not-in-a-revision`.
 */
export function checkStatement(step: PlanStep, { sql }: Statement): void {
  if (!/\b(begin|commit|end|abort|rollback|start|prepare|database|tablespace|system)\b/i.test(sql)) return
  for (const { text } of splitStatements(sql)) {
    const found = statementKind(text)
    const place = { file: step.file.path, statement: text }
    if (found.kind === 'transaction') {
      throw new MigError(
        'transaction-control',
        `${found.what} in a revision would end the transaction that the runner keeps together with the ledger`,
        { help: 'leave it out; what must be committed by itself goes into op.autocommit', place },
      )
    }
    if (found.kind === 'refused') {
      throw new MigError(
        'not-in-a-revision',
        `${found.what} changes the whole server, so it has no place in a revision`,
        { help: 'run it once by hand, with just db-psql or psql, before the revisions that need it', place },
      )
    }
  }
}

/** SQLSTATEs that tell of a missing `op.autocommit`. */
function helpFor(error: unknown): { readonly help?: string } {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === '25001')
    return { help: 'it runs in no transaction: await op.autocommit(() => op.execute(`…`)) around it' }
  if (code === '55P04') {
    return {
      help: 'a new enum value must be committed before it is used: add it in op.autocommit, or in a revision before this one',
    }
  }
  return {}
}
