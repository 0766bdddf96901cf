import type { ClientBase, QueryResult } from 'pg'
import { errorCode, exitCodes, MigError } from '../../errors.ts'
import type { Statement } from '../../operations/index.ts'
import { databaseError, isConnectionLost, opening, splitStatements, undoing } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Session } from '../session/session.ts'
import { onlySets, touchesRole } from '../session/settings.ts'
import { type Watch, watchStatement } from '../session/watch.ts'
import { roleChanged } from './own-sql.ts'
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
  if (values === undefined || errorCode(cause) !== '08P01') return false
  return client.query('').then(
    () => true,
    () => false,
  )
}

const rowsAreWrong = {
  help: 'rows break it (--show-data shows the values): change those of the database before the statement or in a revision before this one, or what the statement writes, then run the same command again',
}

/** What to do about an SQLSTATE, where the statement says more than the code. */
export function helpFor(error: unknown, sql = ''): { readonly help?: string } {
  switch (errorCode(error)) {
    case '25001':
      return {
        help: 'it must run outside a transaction: await op.autocommit(() => op.execute(`…`)) around it',
      }
    case '2D000':
      return {
        help: 'what commits by itself must run outside a transaction: in a TypeScript revision, await op.autocommit(() => op.execute(`CALL …`))',
      }
    case '25P02':
      return {
        help: 'an earlier statement failed, and the revision caught the error: let it throw, or use SAVEPOINT and ROLLBACK TO',
      }
    case '42501':
      return { help: 'ask the owner to grant it to the role, or use another role in MIG_DATABASE_URL' }
    case '57014':
      return {
        help: "it was canceled, or took longer than statement_timeout; raise that in the revision: export const statementTimeout = '10min'",
      }
    case '23514':
      return isHelper(error)
        ? {
            help: 'a row has NULL in the column: fill it first, with op.backfill, then run the same command again',
          }
        : rowsAreWrong
    case '23502':
    case '23503':
    case '23505':
    case '23P01':
      return rowsAreWrong
    case '55P04':
      return {
        help: 'a new enum value must be committed before it is used: add it in op.autocommit, or in a revision before this one',
      }
    case '0A000':
      return statementKind(sql).kind === 'create-index'
        ? {
            help: 'build it in parts: CREATE INDEX … ON ONLY the partitioned table, CONCURRENTLY on each partition, then ALTER INDEX … ATTACH PARTITION',
          }
        : {}
    default:
      return isOfRows(errorCode(error), sql) ? rowsAreWrong : {}
  }
}

/** Is it a value that a statement over rows could not convert or store (class 22, data exceptions)? */
function isOfRows(code: string | undefined, sql: string): boolean {
  return code?.startsWith('22') === true && /^(?:alter table|insert|update|merge)\b/i.test(opening(sql))
}

/** Is it over the CHECK that stands while `op.safe.setNotNull` runs? */
function isHelper(error: unknown): boolean {
  const name = error instanceof Error && 'constraint' in error ? error.constraint : undefined
  return typeof name === 'string' && name.startsWith('just_mig_')
}

/**
 * The result of a statement that an earlier attempt has done. What only reads is read again, since the revision may
 * go by its rows, and what sets something for the session is set again; what writes is left out, and its rows are
 * not known any more.
 */
export async function doneResult(
  session: Session,
  step: PlanStep,
  { sql, values = [] }: Statement,
): Promise<QueryResult> {
  if (onlySets(sql)) return session.client.query(sql, [...values])
  if (!/^\s*(select|values|table|with|show)\b/i.test(sql)) return unknownResult(step, sql)
  const { client } = session
  return undoing(client, async () => {
    try {
      await client.query('SET LOCAL transaction_read_only = on')
      return await client.query(sql, [...values])
    } catch (error) {
      if (isConnectionLost(error)) throw error
      // A function that writes, or a table that a later statement has changed.
      return unknownResult(step, sql)
    }
  })
}

function unknownResult(step: PlanStep, sql: string): QueryResult {
  return {
    ...{ command: '', rowCount: null, oid: 0, fields: [] },
    get rows(): never {
      throw new MigError(
        'skipped-result',
        `a statement of ${step.revision} was done by an earlier run, so its rows are not available`,
        {
          help: 'read rows with op.client.query, which runs in every attempt',
          place: { file: step.file.path, statement: sql },
          exitCode: exitCodes.stepFailed,
        },
      )
    },
  }
}
