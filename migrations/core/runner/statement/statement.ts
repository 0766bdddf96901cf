import type { ClientBase, QueryResult } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import type { Statement } from '../../operations/index.ts'
import { databaseError, splitStatements } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Session } from '../session/session.ts'
import { touchesRole } from '../session/settings.ts'
import { type Watch, watchStatement } from '../session/watch.ts'
import { roleChanged } from './own-sql.ts'
import { helpFor, sqlStateOf } from './statement-help.ts'
import { statementKind } from './statement-kind.ts'

/** The longest that a statement runs before somebody looks who blocks it, in milliseconds. */
const longestUnwatched = 1000

/**
 * Runs one statement of a step and tells about it. A statement that takes long is watched, so that an error over
 * a lock names who held it.
 * @param lockTimeout the session's, in milliseconds
 * @throws MigError `database-error` with the file, the statement and the caret; `connection-lost`, `nul-byte`.
 */
export async function runStatement(
  session: Session,
  step: PlanStep,
  statement: Statement,
  lockTimeout: number,
): Promise<QueryResult> {
  const { sql, values } = statement
  const { client, emit, signal } = session
  if (sql.includes('\0')) throw nulByte(step, sql)
  // A cancel request that finds no statement running is forgotten by the server.
  signal?.throwIfAborted()
  const watch = watchStatement(session, step, unwatchedFor(lockTimeout))
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
    if (await isUnboundable(client, statement, cause)) throw valuesNotTaken(step, sql, cause)
    throw statementError(step, sql, cause, watch)
  } finally {
    watch.stop()
  }
}

/** A statement's failure as an error with its place, and who was seen to block it. */
export function statementError(step: PlanStep, sql: string, cause: unknown, watch: Watch): MigError {
  const error = databaseError(cause, { sql, file: step.file.path, ...helpFor(cause, sql) })
  const blockers = watch.blockers()
  return blockers.length === 0 ? error : error.with({ facts: { ...error.facts, blockers } })
}

/** How long a statement runs before somebody looks who blocks it. @param lockTimeout both in milliseconds */
export function unwatchedFor(lockTimeout: number): number {
  return lockTimeout === 0 ? longestUnwatched : Math.min(lockTimeout / 2, longestUnwatched)
}

/**
 * Refuses what would end the revision's transaction behind the runner's back, and what has no place in a revision.
 * @param role that env.ts gives the revision
 * @throws MigError `role-changed`, `transaction-control`, `not-in-a-revision`, `psql-command`, `copy-from-stdin`.
 */
export function checkStatement(step: PlanStep, { sql }: Statement, role: string | undefined): void {
  if (role !== undefined && touchesRole(sql)) throw roleChanged(step, role, sql)
  if (
    !/\b(begin|commit|end|abort|rollback|start|prepare|database|tablespace|system|stdin)\b|^[ \t\f\v]*\\/im.test(
      sql,
    )
  )
    return
  for (const { text } of splitStatements(sql)) {
    const found = statementKind(text)
    const place = { file: step.file.path, statement: text }
    if (found.kind === 'transaction') {
      throw new MigError(
        'transaction-control',
        `${found.what} in a revision would end the transaction that also writes the ledger`,
        { help: 'remove it; put what must be committed by itself into op.autocommit', place },
      )
    }
    if (found.kind === 'refused') {
      throw new MigError(
        'not-in-a-revision',
        `${found.what} changes the whole server, so it cannot be in a revision`,
        { help: 'run it once by hand, with just db-psql or psql, before the revisions that need it', place },
      )
    }
  }
}

/** The protocol ends a text at its first NUL byte, so the server would be told of a message that is cut. */
function nulByte(step: PlanStep, sql: string): MigError {
  return new MigError('nul-byte', 'the statement holds a NUL byte, which PostgreSQL does not allow in text', {
    help: `remove it (just mig-edit ${step.revision}); a value that needs one is bytea: '\\\\x00'::bytea`,
    exitCode: exitCodes.stepFailed,
    // Shown by its symbol: on a terminal the byte itself is nothing.
    place: { file: step.file.path, statement: sql.replaceAll('\0', '\u2400'), position: sql.indexOf('\0') },
  })
}

function valuesNotTaken(step: PlanStep, sql: string, cause: unknown): MigError {
  return new MigError(
    'values-not-taken',
    'the statement takes no bound values: only SELECT, INSERT, UPDATE, DELETE, MERGE and VALUES do',
    {
      help: 'write it as a literal: ${op.literal(value)}',
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path, statement: sql },
      facts: { sqlState: '08P01' },
      cause,
    },
  )
}

/** A statement that takes no parameters was given some: the server has answered, although with a code of class 08. */
async function isUnboundable(client: ClientBase, { values }: Statement, cause: unknown): Promise<boolean> {
  if (values === undefined || sqlStateOf(cause) !== '08P01') return false
  return client.query('').then(
    () => true,
    () => false,
  )
}
