import type { AdoptedRows } from '../adopt/import/applied.ts'
import type { ImportResult } from '../adopt/index.ts'
import type { LockHolder } from '../events.ts'

/** `mig-revision --json`, `mig-merge --json`, `mig-autogen --json`: one line per revision file. */
export interface WrittenLine {
  readonly event: 'written'
  /** Schema key. */
  readonly line: string
  /** Full id. */
  readonly revision: string
  /** Relative to the project folder. */
  readonly path: string
}

/** `mig-import --json`: what was imported from another tool. */
export interface ImportLine extends ImportResult {
  readonly event: 'import'
}

/** `mig-import --json` without a tool: the known tools, and what is found. */
export interface ImportableLine {
  readonly event: 'importable'
  /** The histories of other tools in this folder. */
  readonly found: readonly { readonly tool: string; readonly path: string }[]
  /** The tools. */
  readonly known: readonly string[]
}

/** `mig-init --json`: what was set up. */
export interface InitLine {
  readonly event: 'init'
  /** Relative to the project folder. */
  readonly files: readonly string[]
  /** `key` and `schema`. */
  readonly schemas: readonly { readonly key: string; readonly schema: string }[]
  /** The first revisions, which the ledger records as applied. */
  readonly adopted: readonly AdoptedRows[]
  /** Schemas of others, which were skipped. */
  readonly others: readonly string[]
  /** The models that the project has already; null without any. */
  readonly models: string | null
  /** The changes from the live database to these models. */
  readonly differences: readonly { readonly verb: string; readonly kind: string; readonly name: string }[]
}

/** `mig-surroundings --json`: objects of others that models and revisions refer to. */
export interface SurroundingsLine {
  readonly event: 'surroundings'
  /** Relative to the project folder; null where nothing was written. */
  readonly file: string | null
  readonly roles: readonly string[]
  readonly extensions: readonly string[]
  /** `kind`, `schema` and `name`. */
  readonly objects: readonly { readonly kind: string; readonly schema: string; readonly name: string }[]
}

/** `mig-stamp --json`: the ledger rows that change. */
export interface StampLine {
  readonly event: 'stamp'
  /** False with `--plan`. */
  readonly written: boolean
  /** `line`, `targetSchema`, and the heads `before` and `after` (string[]). */
  readonly changes: readonly {
    readonly line: string
    readonly targetSchema: string
    readonly before: readonly string[]
    readonly after: readonly string[]
  }[]
}

/** `mig-tenant-create --json`. */
export interface TenantCreatedLine {
  readonly event: 'tenant-created'
  readonly line: string
  readonly targetSchema: string
  /** Applied heads. */
  readonly revisions: readonly string[]
  /** `replay`, or the template's schema. */
  readonly from: string
  readonly ms: number
}

/** `mig-tenant-drop --json`. */
export interface TenantDroppedLine {
  readonly event: 'tenant-dropped'
  readonly line: string
  readonly targetSchema: string
}

/** `mig-unlock --json`: one line per session that was ended. */
export interface UnlockedLine {
  readonly event: 'unlocked'
  /** Whose locks it held. */
  readonly targetSchemas: readonly string[]
  readonly holder: LockHolder
}

/** `mig-sql --json`: a part of the script; the parts in their order are the script. */
export interface SqlLine {
  readonly event: 'sql'
  readonly sql: string
}

/** The `db-…` recipes, on the embedded server. */
export interface DatabaseLine {
  readonly event: 'database'
  readonly url?: string
  /** Of the server. */
  readonly pid?: number
  /** False when it was not running. */
  readonly stopped?: boolean
  readonly deleted?: boolean
}

/** `db-psql --json`: the rows of a statement. */
export interface RowsLine {
  readonly event: 'rows'
  /** By column name. */
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** Output of commands that change something. */
export type MadeLine =
  | WrittenLine
  | ImportLine
  | ImportableLine
  | InitLine
  | SurroundingsLine
  | StampLine
  | TenantCreatedLine
  | TenantDroppedLine
  | UnlockedLine
  | SqlLine
  | DatabaseLine
  | RowsLine
