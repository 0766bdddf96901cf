import { exitCodes, MigError } from '../errors.ts'
import { messageWithoutValues, ownPath, quoteIdent } from '../postgres/index.ts'
import type { PlanStep } from './plan.ts'
import type { Session } from './session.ts'
import { rolesSet, setsSession } from './session-settings.ts'
import { sqlStateOf } from './statement-help.ts'

/**
 * Where the tables of a revision go that sets a role or search_path. PostgreSQL passes over a schema of search_path
 * that the role may not use (manual, 5.10.3), so that what was meant for the target schema is made in the next one.
 */
export interface Landing {
  /** Notes a statement that is about to run. */
  readonly note: (sql: string) => void
  /** Whether the revision has set anything for the session. */
  readonly hasSet: () => boolean
  /**
   * Looks before a commit at what the transaction has made; nothing to ask where nothing was set.
   * @throws MigError `lands-elsewhere`
   */
  readonly check: () => Promise<void>
  /** The failure of a statement, with the reason where it is that the role may not use the target schema. */
  readonly explain: (cause: unknown) => Promise<unknown>
}

export function landing(session: Session, step: PlanStep): Landing {
  const texts: string[] = []
  let hasSet = false
  return {
    note(sql) {
      texts.push(sql)
      // A connection of the caller's may have a role and settings that are not ours to give back.
      hasSet ||= session.own !== undefined && setsSession(sql)
    },
    hasSet: () => hasSet,
    async check() {
      if (!hasSet) return
      // What was set is asked first; then the query's own names must mean the server's.
      const { rows } = await session.client.query<{ path: string }>(
        `SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.set_config('search_path', $1, true)`,
        [ownPath],
      )
      const found = await madeElsewhere(session, step, rows[0]?.path ?? '')
      const unnamed = found.filter(({ name }) => !texts.some((sql) => isQualified(sql, name)))
      if (unnamed.length > 0) throw landsElsewhere(step, unnamed)
    },
    async explain(cause) {
      const sqlState = cause instanceof MigError ? cause.facts.sqlState : sqlStateOf(cause)
      const role = texts.flatMap(rolesSet).at(-1)
      if (role === undefined || !refusals.has(String(sqlState))) return cause
      const { rows } = await session.client.query<{ usable: boolean }>(
        `SELECT pg_catalog.has_schema_privilege(r.oid, n.oid, 'USAGE') AS usable
         FROM pg_catalog.pg_roles AS r, pg_catalog.pg_namespace AS n WHERE r.rolname = $1 AND n.nspname = $2`,
        [role, step.targetSchema],
      )
      return rows[0]?.usable === false ? roleMayNotUse(step, role, cause) : cause
    },
  }
}

/** insufficient_privilege, and invalid_schema_name for "no schema has been selected to create in". */
const refusals: ReadonlySet<string> = new Set(['42501', '3F000'])

interface Made {
  readonly schema: string
  readonly name: string
  readonly role: string
  readonly usable: boolean
  readonly path: string
}

/**
 * The relations that the open transaction has made in another schema. A relation's dependency on its schema is
 * written when it is made; its row of pg_class changes with every ALTER. One of a savepoint has an id of its own,
 * greater than the transaction's, and is in progress as long as that is.
 */
async function madeElsewhere(
  { client }: Session,
  { targetSchema }: PlanStep,
  path: string,
): Promise<readonly Made[]> {
  const { rows } = await client.query<Made>(
    `SELECT n.nspname AS schema, c.relname AS name, current_user::text AS role, $3::text AS path,
            coalesce(pg_catalog.has_schema_privilege(to_regnamespace($2)::oid, 'USAGE'), false) AS usable
     FROM pg_catalog.pg_depend AS d
     JOIN pg_catalog.pg_class AS c ON c.oid = d.objid AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
     JOIN pg_catalog.pg_namespace AS n ON n.oid = d.refobjid AND n.nspname <> $1 AND n.nspname NOT LIKE 'pg\\_%'
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'n'
       AND d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND ${ownRow('d.xmin')}
     ORDER BY 1, 2`,
    [targetSchema, quoteIdent(targetSchema), path],
  )
  return rows
}

/** Whether the open transaction has written a row; `age` of its own id is 0, and less for its savepoints. */
function ownRow(xmin: string): string {
  const [own, now] = [`${xmin}::text::bigint`, 'pg_catalog.pg_current_xact_id()::text::bigint']
  const wrap = '4294967296'
  const full = `${now} - ${now} % ${wrap} + ${own} + CASE WHEN ${own} < ${now} % ${wrap} THEN ${wrap} ELSE 0 END`
  return `CASE WHEN pg_catalog.age(${xmin}) <= 0 THEN pg_catalog.pg_xact_status((${full})::text::xid8) = 'in progress' ELSE false END`
}

/** Whether a text names a relation with its schema, so that it was meant to be there. */
function isQualified(sql: string, name: string): boolean {
  const pattern = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`\\.\\s*"?${pattern}(?![\\w$])`, 'i').test(sql)
}

function landsElsewhere(step: PlanStep, made: readonly Made[]): MigError {
  const { revision, targetSchema, line } = step
  const [{ schema, name, role, usable, path } = missing] = made
  const names = made.map((each) => `${each.schema}.${each.name}`).join(', ')
  const why = usable
    ? `the revision has set search_path to ${path}`
    : `role ${role}, which the revision has set, may not use schema ${targetSchema}`
  return new MigError(
    'lands-elsewhere',
    `${names} would be made outside schema ${targetSchema} of line ${line}: ${why}`,
    {
      help: usable
        ? `write the schema before the name, ${schema}.${name}, if it belongs there; else leave search_path alone: just mig-edit ${revision}`
        : grantHelp(targetSchema, role),
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path },
      facts: { role, made: made.map((each) => ({ schema: each.schema, name: each.name })) },
    },
  )
}

const missing: Made = { schema: '', name: '', role: '', usable: true, path: '' }

function roleMayNotUse(step: PlanStep, role: string, cause: unknown): MigError {
  const said = messageWithoutValues(cause)
  const { targetSchema } = step
  return new MigError(
    'no-permission',
    `role ${role}, which the revision sets, may not use schema ${targetSchema}, so names without a schema mean another one: ${said}`,
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
