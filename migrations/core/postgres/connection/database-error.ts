import { types } from 'node:util'
import type { DatabaseError } from 'pg'
import { type ErrorPlace, errorCode, exitCodes, MigError, messageOf } from '../../errors.ts'
import { endlessCalls } from './endless-calls.ts'
import { type ToldError, toldError } from './server-values.ts'

export interface DatabaseErrorContext {
  /** The statement as it was sent. */
  readonly sql?: string
  readonly file?: string
  readonly help?: string
}

/**
 * A driver's error as one for people: SQLSTATE, detail and hint in the message, the statement and the place in
 * it. A connection that broke becomes `connection-lost`, and what is a MigError already stays as it is.
 *
 * The message and the facts are without values of rows, since they are logged and kept; the driver's error, which has
 * them, is the cause (`withheldValues`).
 */
export function databaseError(error: unknown, context: DatabaseErrorContext = {}): MigError {
  if (error instanceof MigError) return error
  if (isConnectionLost(error)) return connectionLost(error, context)
  const place = errorPlace(error, context)
  const fields = isServerError(error) ? error : undefined
  const told = fields === undefined ? undefined : toldError(fields, context.sql)
  const endless = endlessCalls(error)
  const lines = [
    ...(endless === undefined ? [] : [endless.message]),
    told === undefined
      ? error instanceof Error
        ? error.message
        : String(error)
      : `${told.message} (SQLSTATE ${fields?.code})`,
    ...(told?.detail === undefined ? [] : [`detail: ${told.detail}`]),
    ...(told?.hint === undefined || endless !== undefined ? [] : [`hint: ${told.hint}`]),
    ...(told?.where === undefined ? [] : [`context: ${told.where}`]),
  ]
  const help = context.help ?? endless?.help ?? serverHelp(fields?.code, fields?.message)
  return new MigError('database-error', lines.join('\n'), {
    exitCode: exitCodes.stepFailed,
    help,
    place,
    facts: fields === undefined || told === undefined ? {} : errorFacts(fields, told),
    cause: error,
  })
}

/** The message of any error, without the values of rows that one of the server may hold. */
export function messageWithoutValues(error: unknown): string {
  if (isServerError(error)) return toldError(error).message
  return messageOf(error)
}

/** What was left out of the message of an error, by field, from the server's error among its causes; `{}` if nothing. */
export function withheldValues(error: unknown): Readonly<Record<string, string>> {
  const seen = new Set<unknown>()
  let sql: string | undefined
  for (let at = error; at instanceof Error && !seen.has(at); at = at.cause) {
    seen.add(at)
    if (isServerError(at)) return toldError(at, sql).withheld
    if (at instanceof MigError) sql = at.place?.statement ?? sql
  }
  return {}
}

/**
 * Is it an error that the server sent? Known by its fields, since a caller's connection may come from another
 * copy of the driver, with another class.
 */
export function isServerError(error: unknown): error is DatabaseError {
  return (
    error instanceof Error &&
    'severity' in error &&
    'code' in error &&
    typeof error.code === 'string' &&
    /^[0-9A-Z]{5}$/.test(error.code)
  )
}

/**
 * Has the connection gone, so that nothing more can be asked of it? SQLSTATE class 08, and 57P01 to 57P05
 * (a shutdown, a crash, a dropped database, an idle session: manual, appendix A), 25P03 and 25P04 (a transaction
 * that was idle, or open, for too long), or the socket's own end.
 */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof MigError) return error.code === 'connection-lost'
  if (!types.isNativeError(error)) return false
  const code = errorCode(error)
  if (isServerError(error)) return /^08|^57P0[1245]$|^25P0[34]$/.test(code)
  return (
    ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'].includes(
      code,
    ) ||
    /^Connection terminated|is not queryable$|^Client has encountered a connection error/.test(error.message)
  )
}

/**
 * PostgreSQL's position in a statement, 1-based and in characters, as an offset in UTF-16 units. A character
 * beyond U+FFFF is one for PostgreSQL and two here.
 */
export function positionOffset(statement: string, position: number): number {
  let offset = 0
  let left = position - 1
  for (const character of statement) {
    if (left <= 0) break
    offset += character.length
    left -= 1
  }
  return offset
}

function connectionLost(error: unknown, context: DatabaseErrorContext): MigError {
  const reason = messageWithoutValues(error)
  return new MigError('connection-lost', `the connection to the database broke: ${reason}`, {
    help:
      context.help ??
      (isServerError(error) ? serverHelp(error.code, error.message) : undefined) ??
      'see what is applied: just mig-current',
    exitCode: exitCodes.stepFailed,
    place: placeOf(context),
    cause: error,
  })
}

function errorPlace(error: unknown, context: DatabaseErrorContext): ErrorPlace | undefined {
  const place = placeOf(context)
  if (!isServerError(error)) return place
  if (context.sql !== undefined && error.position !== undefined) {
    return { ...place, position: positionOffset(context.sql, Number(error.position)) }
  }
  if (error.internalQuery === undefined || error.internalPosition === undefined) return place
  // The mistake is in a statement that a function or DO block ran.
  const position = positionOffset(error.internalQuery, Number(error.internalPosition))
  return { ...place, statement: error.internalQuery, position }
}

function placeOf({ sql, file }: DatabaseErrorContext): ErrorPlace {
  return { file, statement: sql }
}

function errorFacts(error: DatabaseError, told: ToldError): Record<string, unknown> {
  const { code, severity, schema, table, column, dataType, constraint } = error
  const { detail, hint, where } = told
  const facts = { sqlState: code, severity, detail, hint, where, schema, table, column, dataType, constraint }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))
}

/**
 * What to do about a failure that is the server's own and says nothing about the statement, by its SQLSTATE (manual,
 * appendix A); undefined for others.
 * @param message the server's, which tells two kinds of one code apart
 */
export function serverHelp(sqlState: unknown, message = ''): string | undefined {
  switch (sqlState) {
    case '53100':
      return "the server's disk is full: free space there, then run the same command again"
    case '53200':
      return /shared memory/.test(message)
        ? 'raise max_locks_per_transaction of the server, or split the revision: it locks each object that it touches'
        : 'the server is out of memory: lower work_mem or maintenance_work_mem, or work in batches (op.backfill), then run the same command again'
    case '53300':
      return 'the server has no connection left: close some (see pg_stat_activity), or raise max_connections or the CONNECTION LIMIT of the role, then run the same command again'
    case '25006':
      return 'the database is read-only: use the URL of the primary, or check default_transaction_read_only of the role and the database'
    case '40001':
      return 'another transaction changed the same rows: run the same command again'
    case '22021':
    case '22P05':
      return /0x00|\\u0000/.test(message)
        ? 'text and jsonb hold no NUL byte: remove it from the value, or store it as bytea'
        : undefined
    case '57P01':
    case '57P02':
      return 'the session was ended, or the server is stopping: when it answers again, run the same command; just mig-status shows what is half done'
    case '25P03':
      return 'the transaction was idle for too long: ALTER ROLE … SET idle_in_transaction_session_timeout = 0 for the role that migrates'
    case '25P04':
      return 'the transaction took too long: ALTER ROLE … SET transaction_timeout = 0 for the role that migrates'
    case '57P05':
      return 'the session was idle for too long: ALTER ROLE … SET idle_session_timeout = 0 for the role that migrates'
    default:
      return undefined
  }
}
