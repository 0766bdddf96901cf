import type { ClientBase } from 'pg'
import { quoteIdent, quoteLiteral } from '../postgres/index.ts'
import { ledgerRows } from './read.ts'
import { utcSql } from './tables.ts'

/** Where a backfill stands. */
export interface BackfillCursor {
  /** The names of the key's columns. */
  readonly key: readonly string[]
  /** The key of the last row that was looked at, each column as text; null at the start of a pass. */
  readonly after: readonly string[] | null
  /** From 1; a later pass takes the rows that came behind the cursor of the one before. */
  readonly pass: number
  /** Rows updated by all passes. */
  readonly rows: number
  readonly batches: number
}

/** A statement that runs outside a transaction and was begun: only the catalog can tell how it ended. */
export interface PendingStatement {
  /** From 1. */
  readonly statement: number
  /** The oids of the table's indexes before it was begun; empty where that does not matter. */
  readonly indexes: readonly number[]
}

/** A revision that is half done in one target schema. */
export interface Progress {
  readonly targetSchema: string
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  readonly line: string
  /** How many of its statements are done, for good. */
  readonly statement: number
  /** Hash over the texts of those statements. */
  readonly digest: string
  /** SHA-256 of the file that they came from, hex. */
  readonly checksum: string
  readonly pending: PendingStatement | null
  readonly backfill: BackfillCursor | null
  /** `user@machine` */
  readonly host: string
}

/** As `Progress`, with the times that the server noted. */
export interface ProgressRow extends Progress {
  readonly startedAt: Date
  readonly updatedAt: Date
}

/** The half-done revisions of some target schemas. A database without a ledger has none. */
export async function readProgress(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas: readonly string[],
): Promise<readonly ProgressRow[]> {
  const rows = await ledgerRows<Progress & { readonly startedAt: string; readonly updatedAt: string }>(
    client,
    ledgerSchema,
    `SELECT target_schema AS "targetSchema", revision, direction, line, statement, digest, checksum, pending,
            backfill, coalesce(host, '') AS host, ${utcSql('started_at')} AS "startedAt",
            ${utcSql('updated_at')} AS "updatedAt"
     FROM ${quoteIdent(ledgerSchema)}.progress WHERE target_schema = ANY($1) ORDER BY updated_at`,
    [targetSchemas],
  )
  return rows.map((row) => ({
    ...row,
    startedAt: new Date(row.startedAt),
    updatedAt: new Date(row.updatedAt),
  }))
}

/** The statement that notes how far a revision is. */
export function progressStatement(ledgerSchema: string, progress: Progress): string {
  const { targetSchema, revision, direction, line, statement, digest, checksum, host } = progress
  const json = (value: unknown) => (value === null ? 'NULL' : `${quoteLiteral(JSON.stringify(value))}::jsonb`)
  const texts = [targetSchema, revision, direction, line].map(quoteLiteral).join(', ')
  const values = [texts, statement, quoteLiteral(digest), quoteLiteral(checksum), json(progress.pending)]
  return `INSERT INTO ${quoteIdent(ledgerSchema)}.progress AS p (target_schema, revision, direction, line, statement, digest, checksum, pending, backfill, host)
VALUES (${values.join(', ')}, ${json(progress.backfill)}, ${quoteLiteral(host)})
ON CONFLICT (target_schema, revision) DO UPDATE SET direction = excluded.direction, statement = excluded.statement,
  digest = excluded.digest, checksum = excluded.checksum, pending = excluded.pending, backfill = excluded.backfill,
  host = excluded.host, updated_at = clock_timestamp()`
}

/** The statement that forgets a half-done revision, or with no revision all of the target schema's. */
export function forgetProgressStatement(
  ledgerSchema: string,
  targetSchema: string,
  revision?: string,
): string {
  const which = revision === undefined ? '' : ` AND revision = ${quoteLiteral(revision)}`
  return `DELETE FROM ${quoteIdent(ledgerSchema)}.progress WHERE target_schema = ${quoteLiteral(targetSchema)}${which}`
}
