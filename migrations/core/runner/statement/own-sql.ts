import type { ClientBase, QueryResult } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent, quoteLiteral, setOwnPath, setOwnPathLocal } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { resetRole } from '../session/settings.ts'
import { sqlStateOf } from './statement-help.ts'

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
  const sqlState = sqlStateOf(cause)
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
