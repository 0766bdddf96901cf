import type { ErrorPlace } from '../errors.ts'
import type { TableEffect } from '../lint/effects.ts'
import type { Finding } from '../lint/finding.ts'
import type { HalfDone } from '../runner/applied/trouble.ts'
import type { StatusItem } from '../runner/look/status.ts'

/** The state of a target schema. */
export interface SchemaStatus {
  readonly line: string
  readonly targetSchema: string
  /** Pending revisions. */
  readonly behind: number
  /** Those of them that were added below an applied one. */
  readonly neverRun: readonly string[]
  /** `what` is wrong with the ledger's rows, and `help`, what to type about it. */
  readonly trouble: TroubleNote | null
}

/** `mig-current --json`: one line per target schema and applied head. */
export interface CurrentLine extends SchemaStatus {
  readonly event: 'current'
  /** Null when nothing is applied. */
  readonly revision: string | null
  readonly message: string
  /**
   * `missing`: no file has the revision; `absent`: no such schema; `emptied`: its objects are gone; `disagrees`:
   * the log says something else.
   */
  readonly state: 'head' | 'behind' | 'base' | 'missing' | 'absent' | 'emptied' | 'disagrees'
  /** The last entry of the ledger's log for this revision. */
  readonly last?: LogLine | undefined
  /** The revision that the target schema is in the middle of; the rows are as before it. */
  readonly halfDone: HalfDone | null
}

/** A step in the ledger's log. */
export interface LogLine {
  /** In ISO 8601. */
  readonly at: Date
  readonly who: string
  readonly host: string | null
  readonly direction: 'upgrade' | 'downgrade' | 'stamp'
  readonly durationMs: number | null
}

/** A mark of a revision in the history. */
export type HistoryFlag =
  | 'current'
  | 'head'
  | 'base'
  | 'branch point'
  | 'merge point'
  | 'irreversible'
  | 'never run'
  | 'missing file'

/** `mig-history --json`, `mig-heads --json`, `mig-show --json`: one line per revision, newest first. */
export interface RevisionLine {
  readonly event: 'revision'
  readonly revision: string
  readonly line: string
  readonly message: string
  /** Empty for a base. */
  readonly downRevision: readonly string[]
  /** As the file says: ids or labels. */
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  /** `never run`: it was added below an applied one; `missing file`: the ledger names it. */
  readonly flags: readonly HistoryFlag[]
  /** How many tenants are at it; only of a tenant line in `mig-history` and `mig-show`. */
  readonly tenants?: number
  /** Null when the ledger names it and no file has it. */
  readonly path: string | null
  readonly createdAt: string | null
  /** Why it cannot be reverted, if its file says so. */
  readonly irreversible?: string | undefined
  /** Each with its `targetSchema`. */
  readonly applied: readonly (LogLine & { readonly targetSchema: string })[]
  /** Only of `mig-show`. */
  readonly children?: readonly string[]
  /** The text of the file; only of `mig-show`. */
  readonly source?: string
}

/** `mig-branches --json`: one line per revision that has several children. */
export interface BranchPointLine {
  readonly event: 'branch-point'
  readonly revision: string
  readonly line: string
  readonly message: string
  readonly children: readonly string[]
}

/** What is wrong with the ledger's rows of a schema, and what to type about it. */
export interface TroubleNote {
  readonly what: string
  readonly help: string
}

/** `mig-tenants --json`: one line per tenant. */
export interface TenantLine extends SchemaStatus {
  readonly event: 'tenant'
  readonly shard: string | null
  /** Applied heads. */
  readonly revisions: readonly string[]
  /**
   * `head`, `behind`, `base`, `missing` (a revision that no file has), `absent` (no schema), `emptied` (its objects
   * are gone), `disagrees` (the log says something else), `unreachable` (its database does not answer).
   */
  readonly state: 'head' | 'behind' | 'base' | 'missing' | 'absent' | 'emptied' | 'disagrees' | 'unreachable'
  readonly lastRun: Date | null
  /** `majority` or `differs`, among tenants at the same revision; null when not compared. */
  readonly structure: 'majority' | 'differs' | null
  readonly fingerprint: string | null
}

/** `mig-check --json`, `mig-autogen --json`: one line per difference between database and models. */
export interface DifferenceLine {
  readonly event: 'difference'
  /** Null for an object of the whole database, such as an extension. */
  readonly line: string | null
  readonly schema: string | null
  readonly verb: 'add' | 'drop' | 'change' | 'rename'
  /** In PostgreSQL's words. */
  readonly kind: string
  readonly name: string
  /** For people. */
  readonly detail: string
}

/** `mig-autogen --json`: one line per table, column or part of rows that the upgrade will lose. */
export interface LossLine {
  readonly event: 'loss'
  readonly line: string
  /** Without the schema in a tenant line. */
  readonly loss: string
  /** The rows of the database with this data; absent if the database is not read. */
  readonly rows?: number
  /** `rows` is the planner's estimate. */
  readonly estimated?: boolean
}

/** `mig-check --json`: a pending revision. */
export interface PendingLine {
  readonly event: 'pending'
  readonly line: string
  readonly targetSchema: string
  readonly revision: string
  readonly message: string
}

/** `mig-check --json`: an applied file that was edited since. */
export interface EditedLine {
  readonly event: 'edited'
  readonly line: string
  readonly revision: string
  readonly path: string
  /** The tenants that have the old version; only of a tenant line. */
  readonly targetSchemas?: readonly string[]
}

/** `mig-edit --json` without a terminal: the file that would be opened. */
export interface FileLine {
  readonly event: 'file'
  readonly path: string
}

/** `mig-status --json`: something that is in progress, stuck or in doubt. */
export interface StatusLine extends StatusItem {
  readonly event: 'status'
}

/** `mig-verify --json`: one line per check. */
export interface CheckLine {
  readonly event: 'check'
  /** `files`, `changed`, `forks`, `checksums`, `fresh`, `stairway`, `row-tests` or `offline`. */
  readonly check: string
  readonly status: 'ok' | 'failed' | 'skipped'
  readonly line?: string
  readonly revision?: string
  /** The result; for a row test, the query that is not true, and what it returned. */
  readonly message: string
  /** The next command to type. */
  readonly help?: string
  readonly place?: ErrorPlace
  /** The lines that `--announce` wrote into the header of the revision file. */
  readonly announced?: readonly string[]
  /** The lines that the header of an imported revision lacks. */
  readonly unannounced?: readonly string[]
  readonly ms: number
}

/** `mig-lint --json`: one line per finding. */
export interface FindingLine extends Finding {
  readonly event: 'finding'
}

/** `mig-lint --json`: one line per statement and existing table, with its measured lock. */
export interface StatementLockLine extends TableEffect {
  readonly event: 'statement-lock'
  readonly line: string
  readonly revision: string
  readonly statement: string
}

/** Output of commands that change nothing. */
export type LookLine =
  | CurrentLine
  | RevisionLine
  | BranchPointLine
  | TenantLine
  | DifferenceLine
  | LossLine
  | PendingLine
  | EditedLine
  | FileLine
  | StatusLine
  | CheckLine
  | FindingLine
  | StatementLockLine
