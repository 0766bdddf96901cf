import { createHash } from 'node:crypto'
import type { Client, QueryResult } from 'pg'
import { quoteIdent, quoteLiteral } from '../postgres/sql/quote.ts'
import type { MakerTask } from './maker-task.ts'
import type { ScratchRole } from './role.ts'

/**
 * Makes in a scratch database what runs statements as its maker. It asks for a word that only this process knows, so that
 * code in the database cannot call it; the database holds no more than the digest of the word. Where a string ends must
 * be the same to the server as to us, who have judged the statement: settings of the session could move it.
 */
export async function makeHelper(maker: Client, { helper }: ScratchRole): Promise<void> {
  const { schema, secret } = helper
  const digest = createHash('sha256').update(secret).digest('hex')
  // A copy of a database has it already.
  const { rowCount } = await maker.query(
    'SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1',
    [schema],
  )
  if (rowCount === 1) return
  await maker.query(`BEGIN;
    CREATE SCHEMA ${schema};
    CREATE FUNCTION ${schema}.run(word pg_catalog.text, statements pg_catalog.text[]) RETURNS pg_catalog.void
      LANGUAGE plpgsql SECURITY DEFINER SET standard_conforming_strings = on AS $run$
      DECLARE statement pg_catalog.text; before pg_catalog.text := ${stateOf(schema)};
      BEGIN
        IF pg_catalog.current_setting('client_encoding') OPERATOR(pg_catalog.<>) 'UTF8' THEN
          RAISE EXCEPTION 'a scratch database cannot run this while client_encoding is not UTF8' USING ERRCODE = '0A000';
        END IF;
        IF pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(word, 'UTF8')), 'hex')
           OPERATOR(pg_catalog.<>) ${quoteLiteral(digest)} THEN
          RAISE EXCEPTION 'permission denied for function run' USING ERRCODE = '42501';
        END IF;
        FOREACH statement IN ARRAY statements LOOP EXECUTE statement; END LOOP;
        -- Whoever replaces this function, or owns its schema, gets the word, and with it the rights of the maker.
        IF ${stateOf(schema)} OPERATOR(pg_catalog.<>) before THEN
          RAISE EXCEPTION 'permission denied for schema ${schema}' USING ERRCODE = '42501';
        END IF;
      END $run$;
    GRANT USAGE ON SCHEMA ${schema} TO PUBLIC;
    COMMIT`)
}

/** What must stay of the schema: all but who may call the function, which says what roles a history has made. */
function stateOf(schema: string): string {
  return `(SELECT coalesce(pg_catalog.md5(pg_catalog.string_agg(pg_catalog.concat_ws(' ', n.oid, n.nspowner, p.oid, p.proname, p.proowner,
      p.prosecdef, p.prolang, p.prosrc, p.proconfig, (SELECT pg_catalog.count(*) FROM pg_catalog.pg_depend d
        WHERE d.deptype OPERATOR(pg_catalog.=) 'e' AND (d.objid OPERATOR(pg_catalog.=) n.oid OR d.objid OPERATOR(pg_catalog.=) p.oid))), ',' ORDER BY p.oid)), '')
    FROM pg_catalog.pg_namespace n LEFT JOIN pg_catalog.pg_proc p ON p.pronamespace OPERATOR(pg_catalog.=) n.oid
   WHERE n.nspname OPERATOR(pg_catalog.=) '${schema}')`
}

interface Session {
  readonly role: ScratchRole
  readonly send: (text: string, values?: unknown[]) => Promise<QueryResult>
}

/**
 * What the maker of a scratch database runs for a task; undefined where the session may do it itself.
 * @param sql the statement that the task is made from
 */
export async function makerStatements(
  session: Session,
  task: MakerTask,
  sql: string,
): Promise<readonly string[] | undefined> {
  if ('roles' in task) for (const role of task.roles) session.role.concerned.add(role)
  if (task.task === 'as-is') return asItIs(session.role, sql)
  if (task.task === 'extension') return forExtension(session, task, sql)
  return task.task === 'create-roles' ? creating(session.role, task.roles) : ofRoles(session.role, task)
}

/**
 * The statements that make roles. None is made on the server under its own name: another stands for it. That a history has
 * made one is kept in the database, as a grant on the helper, which a copy of the database has too, and a transaction that
 * is rolled back takes along.
 */
async function creating(
  { helper, makeStandIn }: ScratchRole,
  roles: readonly string[],
): Promise<readonly string[]> {
  const statements: string[] = []
  for (const role of roles) {
    const stand = await makeStandIn(role)
    const text = quoteLiteral(`role "${role}" already exists`)
    statements.push(
      block(
        `IF ${isMade(helper.schema, stand)} THEN RAISE EXCEPTION USING ERRCODE = '42710', MESSAGE = ${text}; END IF`,
      ),
      `GRANT EXECUTE ON FUNCTION ${helper.schema}.run TO ${quoteIdent(stand)}`,
    )
  }
  return statements
}

/** The statements that drop roles, or that ask whether they are there. What they may do is the server's, and not changed. */
async function ofRoles(
  { helper, standIn }: ScratchRole,
  { task, roles, isOptional }: Extract<MakerTask, { roles: readonly string[] }>,
): Promise<readonly string[]> {
  const statements: string[] = []
  for (const role of roles) {
    if (role.startsWith('pg_')) continue
    const stand = await standIn(role)
    if (stand === undefined) {
      const text = quoteLiteral(`role "${role}" does not exist`)
      if (!isOptional) statements.push(block(`RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = ${text}`))
    } else if (task === 'drop-roles') {
      const text = quoteLiteral(`role "${role}" cannot be dropped because some objects depend on it`)
      statements.push(
        block(
          `IF ${isUsed(helper.schema, stand)} THEN RAISE EXCEPTION USING ERRCODE = '2BP01', MESSAGE = ${text}; END IF`,
        ),
        `REVOKE EXECUTE ON FUNCTION ${helper.schema}.run FROM ${quoteIdent(stand)}`,
      )
    }
  }
  return statements
}

function block(statement: string): string {
  return `DO ${quoteLiteral(`BEGIN ${statement}; END`)}`
}

function oidOf(role: string): string {
  return `(SELECT oid FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) ${quoteLiteral(role)})`
}

function isMade(schema: string, role: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_proc p, pg_catalog.aclexplode(p.proacl) a
    WHERE p.oid OPERATOR(pg_catalog.=) '${schema}.run'::pg_catalog.regproc AND a.grantee OPERATOR(pg_catalog.=) ${oidOf(role)})`
}

function isUsed(schema: string, role: string): string {
  return `EXISTS (SELECT FROM pg_catalog.pg_shdepend d
    WHERE d.dbid OPERATOR(pg_catalog.=) (SELECT oid FROM pg_catalog.pg_database WHERE datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
      AND d.refobjid OPERATOR(pg_catalog.=) ${oidOf(role)} AND d.objid OPERATOR(pg_catalog.<>) '${schema}.run'::pg_catalog.regproc)`
}

const quiet = `SELECT pg_catalog.set_config('session_replication_role', 'replica', true)`
const loud = `SELECT pg_catalog.set_config('session_replication_role', 'origin', true)`

/** The maker's own statements fire no event trigger, which would run its function as the maker. */
function unnoticed({ isMakerSuperuser }: ScratchRole, statements: readonly string[]): readonly string[] {
  return isMakerSuperuser ? [quiet, ...statements, loud] : statements
}

/** An extension that needs a superuser, or that the maker has made. */
async function forExtension(
  { role, send }: Session,
  { extension, creates }: Extract<MakerTask, { extension: string }>,
  sql: string,
): Promise<readonly string[] | undefined> {
  const { rows } = await send(
    `SELECT NOT v.superuser OR v.trusted AS "isOwn", e.extname IS NOT NULL AND e.extowner OPERATOR(pg_catalog.<>) r.oid AS "isMakers"
       FROM pg_catalog.pg_available_extensions a
       JOIN pg_catalog.pg_available_extension_versions v
         ON v.name OPERATOR(pg_catalog.=) a.name AND v.version OPERATOR(pg_catalog.=) a.default_version
       JOIN pg_catalog.pg_roles r ON r.rolname OPERATOR(pg_catalog.=) current_user
       LEFT JOIN pg_catalog.pg_extension e ON e.extname OPERATOR(pg_catalog.=) a.name
      WHERE a.name OPERATOR(pg_catalog.=) $1`,
    [extension],
  )
  const [found] = rows as readonly { readonly isOwn: boolean; readonly isMakers: boolean }[]
  if (found === undefined || (creates ? found.isOwn : !found.isMakers)) return undefined
  return unnoticed(role, [sql, ...(creates ? [grantWrappers(extension)] : [])])
}

/** Gives everybody the foreign-data wrappers of an extension, which are its owner's alone. */
export function grantWrappers(extension: string): string {
  return block(`DECLARE wrapper pg_catalog.name; BEGIN
    FOR wrapper IN SELECT w.fdwname FROM pg_catalog.pg_foreign_data_wrapper w
      JOIN pg_catalog.pg_depend d ON d.objid OPERATOR(pg_catalog.=) w.oid
       AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass
      JOIN pg_catalog.pg_extension e ON d.refobjid OPERATOR(pg_catalog.=) e.oid
     WHERE e.extname OPERATOR(pg_catalog.=) ${quoteLiteral(extension)} LOOP
      EXECUTE pg_catalog.format('GRANT USAGE ON FOREIGN DATA WRAPPER %I TO PUBLIC', wrapper);
    END LOOP; END`)
}

/** What takes a superuser and runs nothing of the database; routines are the session's own after it. */
function asItIs(role: ScratchRole, sql: string): readonly string[] | undefined {
  if (!role.isMakerSuperuser) return undefined
  if (/^\s*set\b/i.test(sql)) return [sql]
  if (!/\bleakproof\b/i.test(sql)) return unnoticed(role, [sql])
  return unnoticed(role, [
    sql,
    block(`DECLARE routine pg_catalog.regprocedure; isRisky pg_catalog.bool; BEGIN
    FOR routine, isRisky IN SELECT p.oid, p.pronamespace OPERATOR(pg_catalog.=) 'pg_catalog'::pg_catalog.regnamespace OR l.lanname OPERATOR(pg_catalog.<>) ALL (ARRAY['sql', 'plpgsql']::pg_catalog.name[])
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) p.proowner
      JOIN pg_catalog.pg_language l ON l.oid OPERATOR(pg_catalog.=) p.prolang
      WHERE r.rolname OPERATOR(pg_catalog.=) ${quoteLiteral(role.maker)} AND p.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
        AND p.pronamespace OPERATOR(pg_catalog.<>) '${role.helper.schema}'::pg_catalog.regnamespace
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.objid OPERATOR(pg_catalog.=) p.oid AND d.deptype OPERATOR(pg_catalog.=) 'e') LOOP
      IF isRisky THEN RAISE EXCEPTION 'permission denied to create a leakproof function there' USING ERRCODE = '42501'; END IF;
      EXECUTE pg_catalog.format('ALTER ROUTINE %s OWNER TO %I', routine, ${quoteLiteral(role.own)}::pg_catalog.text);
    END LOOP; END`),
  ])
}
