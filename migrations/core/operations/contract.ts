import type { ClientBase, QueryResult } from 'pg'

/** One statement as it goes to the server; `values` are bind parameters ($1 …). */
export interface Statement {
  readonly sql: string
  readonly values?: readonly unknown[]
}

/** Arguments of `op.backfill`; see runner/backfill. */
export interface BackfillSpec {
  /** Table name, unqualified (the target schema) or `schema.table` as a pair. */
  readonly table: string | { readonly schema: string; readonly name: string }
  /** The SET list of the UPDATE, as SQL. */
  readonly set: string
  /** Which rows still need it, as SQL; a row must stop matching once it is updated. */
  readonly where: string
  /** Key columns; default: the primary key. */
  readonly key?: readonly string[]
  /** Rows per batch; default 1000. */
  readonly batchSize?: number
  /** Milliseconds between batches; default 0. */
  readonly pause?: number
  /** Called between batches; resolves when the next one may go. */
  readonly throttle?: (state: { readonly rows: number; readonly client: ClientBase }) => Promise<void>
}

export interface BackfillResult {
  readonly rows: number
  readonly batches: number
}

/**
 * What the directives write to. The runner gives one that runs statements on the database, `--sql` one
 * that appends to a script, tests and lint one that records.
 */
export interface StatementSink {
  readonly offline: boolean
  execute(statement: Statement): Promise<QueryResult>
  /** Run `body` outside the revision's transaction, each statement resumable. */
  autocommit<T>(body: () => Promise<T>): Promise<T>
  backfill(spec: BackfillSpec): Promise<BackfillResult>
  /** The connection itself; throws MIG-offline when `offline`. */
  readonly client: ClientBase
}

/** Where the directives stand: which target schema, and what the user passed. */
export interface OperationsContext {
  /** The physical target schema, unquoted. */
  readonly schema: string
  /** Every single line's key and its physical schema, unquoted. */
  readonly schemas: Readonly<Record<string, string>>
  /** `-x key=value` arguments that env.ts declares. */
  readonly x: Readonly<Record<string, string | number | boolean | undefined>>
}
