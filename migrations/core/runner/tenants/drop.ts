import type { ClientBase } from 'pg'
import type { TargetSchema } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import {
  createLedger,
  digestOf,
  forgetProgressStatement,
  ledgerStatements,
  readRecords,
} from '../../ledger/index.ts'
import { databaseError, isConnectionLost, quoteIdent } from '../../postgres/index.ts'
import type { Project } from '../project.ts'
import { holdingLocks } from '../session/locks.ts'
import { type SessionOptions, usingSession, whereFrom } from '../session/session.ts'
import { databaseEnvironment } from '../targets/databases.ts'

/** What is dropped with a tenant. */
export interface TenantContents {
  readonly tables: number
  /** On disk, with indexes and TOAST. */
  readonly bytes: number
  /** Objects of other schemas that depend on it, as PostgreSQL describes them; CASCADE would take them too. */
  readonly dependents: readonly string[]
}

/** Reads what dropping a tenant would delete. */
export function tenantContents(
  project: Project,
  tenant: TargetSchema,
  sessions: SessionOptions,
): Promise<TenantContents> {
  return usingSession(databaseEnvironment(project.env, tenant.databaseUrl), sessions, async ({ client }) => {
    const { rows } = await client.query<{ tables: number; bytes: string }>(
      `SELECT count(*)::int AS tables, coalesce(sum(pg_total_relation_size(c.oid)), 0)::text AS bytes
       FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
       WHERE n.nspname::text = $1 AND c.relkind IN ('r', 'p', 'm')`,
      [tenant.schema],
    )
    const { tables = 0, bytes = '0' } = rows[0] ?? {}
    return { tables, bytes: Number(bytes), dependents: await dependentsOutside(client, tenant.schema) }
  })
}

/**
 * Drops a tenant's schema with all its objects, and its rows of `version` and `progress`, in one transaction under its
 * lock. The log is kept.
 * @throws MigError `lock-not-obtained`, `database-error`; `bad-tenant` for schema public.
 */
export async function dropTenant(
  project: Project,
  tenant: TargetSchema,
  sessions: SessionOptions,
): Promise<void> {
  if (tenant.schema === 'public') throw everybodys()
  const env = databaseEnvironment(project.env, tenant.databaseUrl)
  await usingSession(env, sessions, async (session) => {
    const { client } = session
    await holdingLocks(session, env, [tenant.schema], async () => {
      const forget = await forgetStatements(client, env.ledgerSchema, tenant)
      try {
        await client.query('BEGIN')
        await client.query(`DROP SCHEMA IF EXISTS ${quoteIdent(tenant.schema)} CASCADE`)
        for (const statement of forget) await client.query(statement)
        await client.query('COMMIT')
      } catch (error) {
        throw isConnectionLost(error) ? error : databaseError(error, helpFor(error))
      }
    })
  })
}

/** A pattern such as `%` finds it too; extensions and other applications have their objects there. */
function everybodys(): MigError {
  return new MigError('bad-tenant', 'schema public is not dropped: it may hold objects of others', {
    help: "narrow the pattern of env.ts, as in tenants: { like: 'tenant\\_%' }; or drop it by hand: just db-psql",
  })
}

/** What in other schemas has a dependency on a relation, function or type of this one. */
async function dependentsOutside(client: ClientBase, schema: string): Promise<readonly string[]> {
  const { rows } = await client.query<{ what: string }>(
    `WITH own AS (
         SELECT 'pg_class'::regclass AS classid, c.oid FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE n.nspname::text = $1
         UNION ALL
         SELECT 'pg_proc'::regclass, p.oid FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname::text = $1
         UNION ALL
         SELECT 'pg_type'::regclass, t.oid FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace WHERE n.nspname::text = $1
       ), outside AS (
         SELECT DISTINCT d.classid, d.objid, coalesce(rw.ev_class, co.conrelid, d.objid) AS holder
         FROM pg_depend AS d JOIN own ON own.classid = d.refclassid AND own.oid = d.refobjid
         LEFT JOIN pg_rewrite AS rw ON d.classid = 'pg_rewrite'::regclass AND rw.oid = d.objid
         LEFT JOIN pg_constraint AS co ON d.classid = 'pg_constraint'::regclass AND co.oid = d.objid
       )
       SELECT DISTINCT pg_describe_object(classid, objid, 0) AS what FROM outside
       JOIN pg_class AS c ON c.oid = holder JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE n.nspname::text <> $1 AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1 LIMIT 50`,
    [schema],
  )
  return rows.map(({ what }) => what)
}

/** SQLSTATE 42501 insufficient_privilege: only its owner drops a schema. */
function helpFor(error: unknown): { readonly help?: string } {
  const denied = error instanceof Error && 'code' in error && error.code === '42501'
  return denied ? { help: 'ask its owner to drop it, or use another role in MIG_DATABASE_URL' } : {}
}

/**
 * The statements that have the ledger say that nothing is applied to a tenant and nothing is half done; none where
 * it says nothing of it. The log keeps what was, and that it no longer counts. Not for inside a transaction.
 * @throws MigError `no-permission`, `foreign-ledger`
 */
async function forgetStatements(
  client: ClientBase,
  ledgerSchema: string,
  { line, schema }: Pick<TargetSchema, 'line' | 'schema'>,
): Promise<readonly string[]> {
  const record = (await readRecords(client, ledgerSchema, [schema])).get(schema)
  if (record === undefined) return []
  const { rows, last, halfDone } = record
  const isForgotten = last === null || last.heads?.length === 0
  if (rows.length === 0 && isForgotten && !halfDone) return []
  await createLedger(client, ledgerSchema)
  return [
    forgetProgressStatement(ledgerSchema, schema),
    ...ledgerStatements(ledgerSchema, {
      ...{ direction: 'stamp', line, revision: '', targetSchema: schema, before: rows, after: [] },
      ...{ digest: digestOf([]), covered: [], checksum: null, host: whereFrom },
    }),
  ]
}

/** Forgets what the ledger says of a tenant whose schema is not there, since none of it can be true of a new one. */
export async function forgetLeftovers(
  project: Project,
  tenant: TargetSchema,
  sessions: SessionOptions,
): Promise<void> {
  const env = databaseEnvironment(project.env, tenant.databaseUrl)
  await usingSession(env, sessions, async (session) => {
    const { client } = session
    await holdingLocks(session, env, [tenant.schema], async () => {
      const statements = await forgetStatements(client, env.ledgerSchema, tenant)
      if (statements.length > 0) await client.query(['BEGIN', ...statements, 'COMMIT'].join('; '))
    })
  })
}
