import type { ClientBase } from 'pg'
import { errorCode, exitCodes, MigError } from '../../errors.ts'
import {
  asText,
  isForgotten,
  messageWithoutValues,
  type OwnStatement,
  ownSql,
  quoteIdent,
  quoteLiteral,
  raw,
  setOwnPathLocal,
} from '../../postgres/index.ts'
import { regexEscape } from '../../regex-escape.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Session } from '../session/session.ts'
import { rolesSet, setsSession } from '../session/settings.ts'
import { type Own, ownRows, type RoleOfRevision } from '../statement/own-sql.ts'

/**
 * Where the tables of a revision go. PostgreSQL passes over a schema of search_path that the role may not use (manual,
 * 5.10.3), so that what was meant for the target schema is made in the next one; and a statement may set role or
 * search_path where no text shows it, in a function. So the server is asked before a commit.
 */
export function landing(session: Session, step: PlanStep, { role, login }: RoleOfRevision) {
  const texts: string[] = []
  const earlier = new Set<string>()
  let hasSet = false
  /** A connection of the caller's may have a role and settings that are not ours to give back. */
  const set = (found: boolean) => {
    hasSet ||= session.own !== undefined && found
  }
  return {
    /** Looks at what earlier steps of the same transaction have made, which is theirs. */
    async begin() {
      for (const { oid } of await madeElsewhere(session, step)) earlier.add(oid)
    },
    /** Notes a statement that is about to run. */
    note(sql: string) {
      texts.push(sql)
      set(setsSession(sql))
    },
    /** Whether the revision has set anything for the session. */
    hasSet: () => hasSet,
    /**
     * Looks before a commit at what the transaction has made, and whether role and search_path are as they were.
     * @throws MigError `lands-elsewhere`
     */
    async check() {
      const state = await stateOf(session)
      const isHome = state.schema === step.targetSchema
      set(!isHome || state.role !== (role ?? login) || state.sessionUser !== state.login)
      if (isHome && !hasSet && !texts.some((sql) => runsCode.test(sql))) return
      const made = await madeElsewhere(session, step)
      const unnamed = made.filter(({ oid, schema, name, usable }) => {
        if (earlier.has(oid) || texts.some((sql) => isNamed(sql, schema, name))) return false
        // What a function has set and given back shows by whose it is; public is the only other schema of our path.
        return !isHome || hasSet || (!usable && schema === 'public')
      })
      if (unnamed.length > 0) throw landsElsewhere(step, state.path, unnamed)
    },
    /** Statements that look the same way and fail with `looksOdd` where `check` has to say what is wrong, if anything. */
    async guard(): Promise<readonly Own[]> {
      const made = raw(`NOT EXISTS (${madeElsewhereSql(step.targetSchema)})`)
      const looks = texts.some((sql) => runsCode.test(sql)) ? [setOwnPathLocal, asText(expecting(made))] : []
      const begin = `SAVEPOINT ${beforeLooking}`
      return [
        begin,
        expecting(isAsBefore(step, role ?? login, await loginOf(session))),
        ...looks,
        `RELEASE SAVEPOINT ${beforeLooking}`,
      ]
    },
    /** The failure of a statement, with the reason where it is that the role may not use the target schema. */
    async explain(cause: unknown): Promise<unknown> {
      const sqlState = cause instanceof MigError ? cause.facts.sqlState : errorCode(cause)
      const setRole = texts.flatMap(rolesSet).at(-1)
      if (setRole === undefined || !refusals.has(String(sqlState))) return cause
      const { rows } = await session.client.query<{ usable: boolean }>(
        `SELECT pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE') AS usable
         FROM pg_catalog.pg_roles AS r, pg_catalog.pg_namespace AS n WHERE r.rolname = $1 AND n.nspname = $2`,
        [setRole, step.targetSchema],
      )
      return rows[0]?.usable === false ? roleMayNotUse(step, setRole, cause) : cause
    },
  }
}

const beforeLooking = 'just_mig_before_looking'

/** The transaction as it was before the guard that has failed. */
export async function backBeforeLooking(client: ClientBase): Promise<void> {
  await client.query(`ROLLBACK TO SAVEPOINT ${beforeLooking}; RELEASE SAVEPOINT ${beforeLooking}`)
}

const odd = 'just-mig: look who has made what'

/** Is it the failure of a landing's guard, or does the server no longer know the guard? */
export function looksOdd(cause: unknown): boolean {
  if (isForgotten(cause)) return true
  return errorCode(cause) === '22P02' && cause instanceof Error && cause.message.includes(odd)
}

function expecting(condition: OwnStatement): OwnStatement {
  return ownSql`SELECT CAST(CASE WHEN ${condition} THEN '0' ELSE ${raw(`'${odd}'`)} END AS integer)`
}

/** Whether role and search_path are as the runner has set them; no operator but PostgreSQL's own is asked. */
function isAsBefore({ targetSchema }: PlanStep, role: string, login: string): OwnStatement {
  const home = ownSql`pg_catalog.current_schema() OPERATOR(pg_catalog.=) ${targetSchema}::pg_catalog.name`
  const ofRole = ownSql`pg_catalog.current_setting('role') OPERATOR(pg_catalog.=) ${role}::pg_catalog.text`
  const ofLogin = ownSql`session_user OPERATOR(pg_catalog.=) ${login}::pg_catalog.name`
  return ownSql`coalesce(${home}, false) AND ${ofRole} AND ${ofLogin}`
}

const logins = new WeakMap<object, string>()

/** The role that a connection began with, which stays what it is: asked once, for it costs more than the rest of a guard. */
async function loginOf(session: Session): Promise<string> {
  const { client } = session
  const known = logins.get(client) ?? (await stateOf(session)).login
  logins.set(client, known)
  return known
}

/** insufficient_privilege, and invalid_schema_name for "no schema has been selected to create in". */
const refusals: ReadonlySet<string> = new Set(['42501', '3F000'])

interface State {
  readonly path: string
  /** The schema that a name without one is made in; null for none. */
  readonly schema: string | null
  /** As set_config takes it. */
  readonly role: string
  readonly sessionUser: string
  /** The role that the session began with. */
  readonly login: string
}

interface Made {
  readonly oid: string
  readonly schema: string
  readonly name: string
  readonly role: string
  /** Whether that role may use the target schema. */
  readonly usable: boolean
}

/** Words of statements that may call a function, which may set and give back anything. */
const runsCode = /\b(?:do|call|execute|select|values|insert|update|delete|merge|copy)\b/i

/** What role and search_path are; asked without an operator, which search_path could lead elsewhere. */
async function stateOf({ client }: Session): Promise<State> {
  const { rows } = await client.query<State>(
    `SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.current_schema() AS schema,
       pg_catalog.current_setting('role') AS role, session_user AS "sessionUser",
       (SELECT pg_catalog.pg_get_userbyid(a.usesysid) FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) AS a) AS login`,
  )
  const [state] = rows
  if (state === undefined) throw new Error('the server has answered no row to a SELECT without FROM')
  return state
}

/**
 * The relations outside the target schema that the open transaction has made. It holds ACCESS EXCLUSIVE on these until its
 * end. One that it has only altered, or moved to another schema, has columns of an older transaction.
 */
async function madeElsewhere({ client }: Session, { targetSchema }: PlanStep): Promise<readonly Made[]> {
  return ownRows<Made>(client, `${madeElsewhereSql(targetSchema)} ORDER BY 2, 3`)
}

function madeElsewhereSql(targetSchema: string): string {
  const target = quoteLiteral(quoteIdent(targetSchema))
  return `SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, pg_get_userbyid(c.relowner) AS role,
       coalesce(has_schema_privilege(c.relowner, to_regnamespace(${target})::oid, 'USAGE'), false) AS usable
     FROM pg_locks AS l
     JOIN pg_class AS c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     JOIN pg_namespace AS n ON n.oid = c.relnamespace AND n.nspname <> ${quoteLiteral(targetSchema)} AND n.nspname NOT LIKE 'pg\\_%'
     WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
       AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND NOT ${ownRow('a.xmin')})`
}

/** Whether the open transaction has written a row; `age` of its own id is 0, and less for its savepoints. */
function ownRow(xmin: string): string {
  const [own, now] = [`${xmin}::text::bigint`, 'pg_current_xact_id()::text::bigint']
  const wrap = '4294967296'
  const full = `${now} - ${now} % ${wrap} + ${own} + CASE WHEN ${own} < ${now} % ${wrap} THEN ${wrap} ELSE 0 END`
  return `CASE WHEN age(${xmin}) <= 0 THEN pg_xact_status((${full})::text::xid8) = 'in progress' ELSE false END`
}

/** Whether a text names a relation with its schema, or moves it there, so that it was meant to be there. */
function isNamed(sql: string, schema: string, name: string): boolean {
  const [table, place] = [name, schema].map((text) => regexEscape(text))
  return (
    new RegExp(`\\.\\s*"?${table}(?![\\w$])`, 'i').test(sql) ||
    new RegExp(`\\bset\\s+schema\\s+"?${place}(?![\\w$])`, 'i').test(sql)
  )
}

function landsElsewhere(step: PlanStep, path: string, made: readonly Made[]): MigError {
  const { revision, targetSchema, line } = step
  const [{ schema, name, role, usable } = missing] = made
  const names = made.map((each) => `${each.schema}.${each.name}`).join(', ')
  const why = usable
    ? `the revision has set search_path to ${path}`
    : `role ${role}, which the revision has set, may not use schema ${targetSchema}`
  return new MigError(
    'lands-elsewhere',
    `${names} would be made outside schema ${targetSchema} of line ${line}: ${why}`,
    {
      help: usable
        ? `write ${schema}.${name} if it belongs there; else do not set search_path: just mig-edit ${revision}`
        : grantHelp(targetSchema, role),
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path },
      facts: { role, made: made.map((each) => ({ schema: each.schema, name: each.name })) },
    },
  )
}

const missing: Made = { oid: '', schema: '', name: '', role: '', usable: true }

function roleMayNotUse(step: PlanStep, role: string, cause: unknown): MigError {
  const said = messageWithoutValues(cause)
  const { targetSchema } = step
  return new MigError(
    'no-permission',
    `role ${role}, which the revision sets, may not use schema ${targetSchema}, so unqualified names resolve to another schema: ${said}`,
    {
      help: grantHelp(targetSchema, role),
      exitCode: exitCodes.stepFailed,
      place: cause instanceof MigError && cause.place !== undefined ? cause.place : { file: step.file.path },
      facts: { ...(cause instanceof MigError ? cause.facts : {}), role },
      cause,
    },
  )
}

function grantHelp(targetSchema: string, role: string): string {
  return `as the schema's owner: GRANT USAGE, CREATE ON SCHEMA ${quoteIdent(targetSchema)} TO ${quoteIdent(role)}`
}
