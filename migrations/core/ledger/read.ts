import type { ClientBase } from 'pg'
import { quoteIdent } from '../postgres/index.ts'
import { lookOnce } from './look.ts'
import { mayNotRead } from './permission.ts'
import { utcSql } from './tables.ts'

/** Target schema → the heads that are applied there. A schema without rows has no entry. */
export type AppliedRows = ReadonlyMap<string, readonly string[]>

/** One row of the log. */
export interface LogEntry {
  readonly id: string
  readonly at: Date
  readonly who: string
  readonly host: string | null
  readonly direction: 'upgrade' | 'downgrade' | 'stamp'
  readonly line: string
  readonly revision: string
  readonly targetSchema: string
  readonly durationMs: number | null
  readonly checksum: string | null
  readonly outcome: 'done' | 'failed' | 'interrupted'
  readonly error: string | null
  readonly toolVersion: string
}

/**
 * Reads which heads are applied. A database without a ledger has none.
 * @param targetSchemas default: all of them at once
 */
export async function readApplied(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas?: readonly string[],
): Promise<AppliedRows> {
  const found = await ledgerRows<{ schema: string; revisions: readonly string[] }>(
    client,
    ledgerSchema,
    `SELECT target_schema AS schema, array_agg(revision ORDER BY revision) AS revisions FROM ${quoteIdent(ledgerSchema)}.version
     WHERE $1::text[] IS NULL OR target_schema = ANY($1) GROUP BY target_schema ORDER BY target_schema`,
    [targetSchemas ?? null],
  )
  return new Map(found.map(({ schema, revisions }) => [schema, revisions]))
}

/**
 * The last successful entry of the log for each revision and target schema, newest first: what is applied
 * now, and in which order it came. `checksum` is that of the file as it was applied.
 */
export async function readLastEntries(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas: readonly string[],
): Promise<readonly LogEntry[]> {
  const found = await ledgerRows<Omit<LogEntry, 'at'> & { readonly at: string }>(
    client,
    ledgerSchema,
    `SELECT id, ${utcSql('at')} AS at, who, host, direction, line, revision, target_schema AS "targetSchema",
            duration_ms AS "durationMs", checksum, outcome, error, tool_version AS "toolVersion"
     FROM (
       SELECT DISTINCT ON (target_schema, revision) * FROM ${quoteIdent(ledgerSchema)}.log
       WHERE target_schema = ANY($1) AND outcome = 'done' ORDER BY target_schema, revision, id DESC
     ) AS last ORDER BY last.id DESC`,
    [targetSchemas],
  )
  return found.map((entry) => ({ ...entry, at: new Date(entry.at) }))
}

/**
 * The rows of a query on the ledger; none where no ledger was made yet: SQLSTATE 42P01 and 3F000 (manual, appendix A).
 * @throws MigError `no-permission` when the role may not read it; `foreign-ledger`
 */
export async function ledgerRows<Row extends object>(
  client: ClientBase,
  ledgerSchema: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  await lookOnce(client, ledgerSchema)
  try {
    return (await client.query<Row>(sql, [...values])).rows
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === '42P01' || code === '3F000') return []
    if (error instanceof Error && code === '42501') throw await mayNotRead(client, ledgerSchema, error)
    throw error
  }
}

/** Is a step in the log as done? The word of the server on what became of a COMMIT. */
export async function isStepDone(client: ClientBase, ledgerSchema: string, step: string): Promise<boolean> {
  const { rows } = await client.query<{ done: boolean }>(
    `SELECT EXISTS (SELECT FROM ${quoteIdent(ledgerSchema)}.log WHERE step = $1 AND outcome = 'done') AS done`,
    [step],
  )
  return rows[0]?.done ?? false
}
