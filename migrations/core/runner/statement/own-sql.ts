import type { ClientBase, QueryResult } from 'pg'
import { errorCode, exitCodes, MigError } from '../../errors.ts'
import { stillLockedSql } from '../../ledger/index.ts'
import {
  asText,
  type OwnStatement,
  ownSql,
  quoteIdent,
  quoteLiteral,
  raw,
  setOwnPath,
  setOwnPathLocal,
} from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { resetRole } from '../session/settings.ts'

/** A statement of ours. */
export type Own = string | OwnStatement

/**
 * The rows of a query of ours between the statements of a section, whose search_path is that of the revision.
 * @param sql one query without parameters
 */
export async function ownRows<Row extends object>(client: ClientBase, sql: string): Promise<readonly Row[]> {
  // Several statements in one text give a list of results, which the driver's types do not know.
  const results = (await client.query(`${setOwnPathLocal}; ${sql}`)) as unknown as readonly QueryResult<Row>[]
  return results[1]?.rows ?? []
}

/** Sets the search_path to the target schema, until the end of the transaction or of the session. */
export function searchPathStatement(
  { targetSchema, furtherSchemas = [] }: PlanStep,
  until: 'transaction' | 'session',
): string {
  const path = [quoteIdent(targetSchema), 'public', ...furtherSchemas.map(quoteIdent)].join(', ')
  return `SET ${until === 'transaction' ? 'LOCAL ' : ''}search_path TO ${path}`
}

/** What a revision begins with: the role of env.ts, and a search_path by which unqualified names mean the target schema. */
export function enteringStatements(
  step: PlanStep,
  role: string | undefined,
  until: 'transaction' | 'session',
): readonly string[] {
  return [...roleStatements(role, until), searchPathStatement(step, until)]
}

const roleMark = 'just-mig: the role was changed'

/** What runs as the role of env.ts, and as whom SQL of ours runs after it. */
export interface RoleOfRevision {
  /** The role of env.ts. */
  readonly role: string | undefined
  /** The role that the session began with, as set_config takes it: `none` for the login's own. */
  readonly login: string
}

/** Between a revision and SQL of ours: the search_path, and the login's role, for good. */
export function leavingStatements({ role, login }: RoleOfRevision, hasSet: boolean): readonly string[] {
  const back = role === undefined && !hasSet ? [] : resetRole(login)
  return [setOwnPath, ...stillRole(role), ...back]
}

/** As `leavingStatements`, but a role that the revision has set comes back with the end of the transaction. */
export function pausingStatements({ role, login }: RoleOfRevision): readonly string[] {
  const back = `SELECT pg_catalog.set_config('role', ${quoteLiteral(login)}, true)`
  return [setOwnPathLocal, ...stillRole(role), back]
}

/** Fails unless the session's role is the one that was set. */
function stillRole(role: string | undefined): readonly string[] {
  if (role === undefined) return []
  const isOther = `current_user <> ${quoteLiteral(role)}::name`
  return [`SELECT CAST(CASE WHEN ${isOther} THEN '${roleMark}' ELSE '0' END AS integer)`]
}

/** The clause of CREATE SCHEMA that gives a schema to the role of env.ts. */
export function schemaOwner(role: string | undefined): string {
  return role === undefined ? '' : ` AUTHORIZATION ${quoteIdent(role)}`
}

/** The statement that gives a revision its role. */
export function roleStatements(
  role: string | undefined,
  until: 'transaction' | 'session',
): readonly string[] {
  return role === undefined ? [] : [`SET ${until === 'transaction' ? 'LOCAL ' : ''}ROLE ${quoteIdent(role)}`]
}

/** What PostgreSQL has against a role: undefined_object, invalid_parameter_value, insufficient_privilege. */
const refusals: Readonly<Record<string, string>> = {
  '42704': 'there is no such role',
  '22023': 'there is no such role',
  '42501': 'the login is not a member of it',
}

/** The errors that come from the role of env.ts as ones for people; any other as it is. */
export function roleError(step: PlanStep, role: string | undefined, cause: unknown): unknown {
  if (role === undefined || !(cause instanceof Error) || cause instanceof MigError) return cause
  const sqlState = errorCode(cause)
  if (sqlState === '22P02' && cause.message.includes(roleMark)) return roleChanged(step, role)
  const why = refusals[String(sqlState)]
  if (why === undefined || !cause.message.includes(role)) return cause
  return new MigError('no-permission', `env.ts has line ${step.line} run as role ${role}: ${why}`, {
    help: `as an administrator: CREATE ROLE ${quoteIdent(role)}, and GRANT ${quoteIdent(role)} TO the login; or correct role in env.ts`,
    exitCode: exitCodes.stepFailed,
    place: { file: step.file.path },
    facts: { role, line: step.line },
    cause,
  })
}

/** A revision, or something that it has called, has left the role that env.ts gives it. */
export function roleChanged(step: PlanStep, role: string, statement?: string): MigError {
  return new MigError(
    'role-changed',
    `${step.revision} changes its role: in env.ts the revisions of line ${step.line} run as ${role}`,
    {
      help: `take SET ROLE, RESET ROLE and SET SESSION AUTHORIZATION out (just mig-edit ${step.revision}), also out of functions that it calls; put what needs more rights into a line without a role`,
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path, ...(statement === undefined ? {} : { statement }) },
      facts: { role, line: step.line },
    },
  )
}

/** What the server says is not an integer, where something is wrong: errors that plain SQL can raise. */
const marks = { lock: 'just-mig: the lock is lost', schema: 'just-mig: the schema is gone' }

/**
 * A statement that fails unless the session still holds the lock of the step's target schema and, on the way up, the
 * schema is still there: without it search_path would mean the next one. It goes in front of what a commit writes, in
 * the same message, so that it costs no round trip.
 */
export function stillLocked(ledgerSchema: string, step: PlanStep): string {
  return asText(lockCheck(ledgerSchema, step))
}

/** As {@link stillLocked}, for a server that is sent many. */
export function lockCheck(
  ledgerSchema: string,
  { targetSchema, direction }: Pick<PlanStep, 'targetSchema' | 'direction'>,
): OwnStatement {
  const held = stillLockedSql(ledgerSchema, targetSchema)
  const there = ownSql`pg_catalog.to_regnamespace(${quoteIdent(targetSchema)}) IS NOT NULL`
  const gone =
    direction === 'upgrade' ? ownSql`WHEN NOT (${there}) THEN ${raw(`'${marks.schema}'`)} ` : raw('')
  return ownSql`SELECT CAST(CASE WHEN NOT (${held}) THEN ${raw(`'${marks.lock}'`)} ${gone}ELSE '0' END AS integer)`
}

/** The errors of `stillLocked` as ones for people; any other as it is. */
export function lockLostError(step: PlanStep, cause: unknown): unknown {
  if (errorCode(cause) !== '22P02' || !(cause instanceof Error)) return cause
  if (cause.message.includes(marks.schema)) return schemaGone(step)
  if (!cause.message.includes(marks.lock)) return cause
  const { targetSchema, revision } = step
  return new MigError(
    'lock-lost',
    `the session no longer holds the lock of schema ${targetSchema}, so another run may be working there: a statement has released it (pg_advisory_unlock_all or DISCARD ALL), or a pooler has reset the session`,
    {
      help: `release advisory locks by their keys, with pg_advisory_unlock, and do not use DISCARD ALL: just mig-edit ${revision}; with a pooler, use the server's own port`,
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path },
      facts: { targetSchema },
    },
  )
}

function schemaGone({ targetSchema, file }: PlanStep): MigError {
  return new MigError('no-schema', `schema ${targetSchema} was dropped while the revision ran`, {
    help: 'create it again, or have no revision drop the schema of its own line',
    exitCode: exitCodes.stepFailed,
    place: { file: file.path },
    facts: { targetSchema },
  })
}
