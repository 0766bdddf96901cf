import { type ErrorPlace, MigError } from '../errors.ts'
import type { LockHolder, MigEvent } from '../events.ts'
import type { HistoryFlag } from './history.ts'
import { withoutPasswords } from './text.ts'

/** The first line of a command that uses a database. */
export interface EnvironmentLine {
  readonly event: 'environment'
  /** Its URL, password masked. */
  readonly database: string
  /** Where the URL came from: a variable's name, `env.ts`, `embedded` or `argument`. */
  readonly source: string
  /** The schema keys of the filter. */
  readonly lines: readonly string[]
  /** Their schemas. */
  readonly schemas: readonly string[]
}

/** `mig-current --json`: one line per target schema and applied head. */
export interface CurrentLine {
  readonly event: 'current'
  readonly line: string
  readonly targetSchema: string
  /** Null when nothing is applied. */
  readonly revision: string | null
  readonly message: string
  readonly state: 'head' | 'behind' | 'base' | 'missing'
  /** Pending revisions. */
  readonly behind: number
  /** The last entry of the ledger's log for this revision. */
  readonly last?: LogLine | undefined
  /** The revision that the target schema is in the middle of; the rows are as before it. */
  readonly halfDone: HalfDoneLine | null
}

/** A revision that was begun and is neither applied nor taken back yet. */
export interface HalfDoneLine {
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  /** How many of its statements are done, for good. */
  readonly statement: number
  /** The command that goes on with it. */
  readonly goOn: string
}

/** What the ledger's log says of a step. */
export interface LogLine {
  /** A Date is written in ISO 8601. */
  readonly at: Date | string
  readonly who: string
  readonly host: string | null
  readonly direction: 'upgrade' | 'downgrade' | 'stamp'
  readonly durationMs: number | null
}

/** `mig-history --json`, `mig-heads --json`, `mig-show --json`: one line per revision, newest first. */
export interface RevisionLine {
  readonly event: 'revision'
  readonly revision: string
  readonly line: string
  readonly message: string
  readonly downRevision: readonly string[]
  readonly dependsOn: readonly string[]
  readonly branchLabels: readonly string[]
  readonly flags: readonly HistoryFlag[]
  /** How many tenants stand at it; only of a tenant line in `mig-history` and `mig-show`. */
  readonly tenants?: number
  /** Null when the ledger names it and no file has it. */
  readonly path: string | null
  readonly createdAt: string | null
  /** Why nothing takes it back, where its file says so. */
  readonly irreversible?: string
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

/** `mig-stamp --json`: the ledger rows that change. */
export interface StampLine {
  readonly event: 'stamp'
  /** False with `--plan`. */
  readonly written: boolean
  readonly changes: readonly {
    readonly line: string
    readonly targetSchema: string
    readonly before: readonly string[]
    readonly after: readonly string[]
  }[]
}

/** `mig-revision --json`, `mig-merge --json`, `mig-autogen --json`: one line per revision file. */
export interface WrittenLine {
  readonly event: 'written'
  readonly line: string
  readonly revision: string
  /** Relative to the project folder. */
  readonly path: string
}

/** `mig-import --json`: what came in from another tool. */
export interface ImportLine {
  readonly event: 'import'
  /** Revision files, relative to the project folder. */
  readonly files: readonly string[]
  /** `equal` to the live database, `runs` with nothing to compare, or `none`. */
  readonly proof: 'equal' | 'runs' | 'none'
  /** What the ledger says now. */
  readonly adopted: readonly {
    readonly line: string
    readonly targetSchema: string
    readonly revisions: readonly string[]
    readonly from: string
  }[]
  readonly unconverted: readonly {
    readonly file: string
    readonly line: number
    readonly endLine: number
    readonly revision: string
    readonly direction: 'upgrade' | 'downgrade'
    readonly reason: string
  }[]
}

/** `mig-tenants --json`: one line per tenant. */
export interface TenantLine {
  readonly event: 'tenant'
  readonly line: string
  readonly targetSchema: string
  readonly shard: string | null
  readonly revisions: readonly string[]
  readonly state: 'head' | 'behind' | 'base' | 'missing' | 'absent'
  readonly behind: number
  readonly lastRun: Date | null
  readonly structure: 'majority' | 'differs' | null
  readonly fingerprint: string | null
}

/** `mig-tenant-create --json`. */
export interface TenantCreatedLine {
  readonly event: 'tenant-created'
  readonly line: string
  readonly targetSchema: string
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

/** `mig-init --json`: what was set up. */
export interface InitLine {
  readonly event: 'init'
  /** Relative to the project folder. */
  readonly files: readonly string[]
  readonly schemas: readonly { readonly key: string; readonly schema: string }[]
  /** The first revisions, which the ledger says are applied. */
  readonly adopted: ImportLine['adopted']
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
  readonly pid?: number
  readonly stopped?: boolean
  readonly deleted?: boolean
}

/** `db-psql --json`: the rows of a statement. */
export interface RowsLine {
  readonly event: 'rows'
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** `mig-check --json`, `mig-autogen --json`: one line per difference between database and models. */
export interface DifferenceLine {
  readonly event: 'difference'
  /** Null for an object of the whole database, such as an extension. */
  readonly line: string | null
  readonly schema: string | null
  readonly verb: 'add' | 'drop' | 'change'
  readonly kind: string
  readonly name: string
  readonly detail: string
}

/** `mig-check --json`: a revision that waits. */
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
}

/** `mig-status --json`: something that is in progress, stuck or in doubt. */
export interface StatusLine {
  readonly event: 'status'
  readonly kind: 'half-done' | 'lock' | 'invalid-index' | 'idle-in-transaction' | 'prepared-transaction'
  readonly targetSchema: string
  readonly what: string
  /** The command that mends it. */
  readonly mend: string
  readonly facts: Readonly<Record<string, unknown>>
}

/** `mig-unlock --json`: one line per session that was ended. */
export interface UnlockedLine {
  readonly event: 'unlocked'
  readonly targetSchemas: readonly string[]
  readonly holder: LockHolder
}

/** `mig-verify --json`: one line per thing that was checked. */
export interface CheckLine {
  readonly event: 'check'
  readonly check: string
  readonly status: 'ok' | 'failed' | 'skipped'
  readonly line?: string
  readonly revision?: string
  readonly message: string
  readonly help?: string
  readonly place?: ErrorPlace
  readonly ms: number
}

/** `mig-lint --json`: one line per thing that a revision should not do. */
export interface FindingLine {
  readonly event: 'finding'
  readonly rule: string
  readonly also?: readonly string[]
  readonly level: 'error' | 'warning' | 'advice'
  readonly line: string
  readonly revision: string
  readonly message: string
  readonly help?: string
  readonly statement?: string
  readonly place?: ErrorPlace
}

/** `mig-lint --json`: one line per statement and table that was there before, with the lock as it was measured. */
export interface StatementLockLine {
  readonly event: 'statement-lock'
  readonly line: string
  readonly revision: string
  readonly statement: string
  readonly table: string
  readonly lock: string
  /** Whether an earlier statement of the transaction took it. */
  readonly heldBefore: boolean
  readonly blocks: 'reads and writes' | 'writes' | 'nothing'
  readonly work: 'rewrite' | 'index build' | 'scan' | 'update' | null
  /** An estimate in milliseconds; null without a configured database. */
  readonly heldMs: number | null
  readonly size: { readonly bytes: number; readonly rows: number | null } | null
}

/** The last line of a command that ran, or had nothing to run. */
export interface DoneLine {
  readonly event: 'done'
  readonly direction?: 'upgrade' | 'downgrade'
  readonly steps: number
  readonly ms: number
  /** What came of the tenants of a line. */
  readonly tenants?: {
    readonly line: string
    readonly done: number
    readonly failed: number
    readonly left: number
    readonly groups: readonly {
      readonly code: string
      readonly message: string
      readonly tenants: readonly string[]
    }[]
  }
  /** Where the lines stand, when there was nothing to do. */
  readonly lines?: readonly {
    readonly line: string
    readonly targetSchema: string
    readonly revisions: readonly string[]
  }[]
}

/** The last line of a command that failed; `exitCode` is what the process exits with. */
export interface ErrorLine {
  readonly event: 'error'
  /** Without the `MIG-` prefix; `internal` for what nobody foresaw. */
  readonly code: string
  readonly message: string
  readonly help?: string
  readonly exitCode: number
  readonly place?: ErrorPlace
  readonly facts: Readonly<Record<string, unknown>>
  readonly causes: readonly string[]
}

export type ResultLine =
  | EnvironmentLine
  | CurrentLine
  | RevisionLine
  | BranchPointLine
  | CheckLine
  | FindingLine
  | StatementLockLine
  | WrittenLine
  | DifferenceLine
  | PendingLine
  | EditedLine
  | ImportLine
  | InitLine
  | StampLine
  | StatusLine
  | TenantLine
  | TenantCreatedLine
  | TenantDroppedLine
  | UnlockedLine
  | SqlLine
  | DatabaseLine
  | RowsLine
  | DoneLine
  | ErrorLine

/** The exit code of an error that nobody wrote a text for. */
const internalExitCode = 1

/** An error as `--json` shows it. */
export function errorLine(error: unknown): ErrorLine {
  const causes = causesOf(error)
  if (!(error instanceof MigError)) {
    const message = error instanceof Error ? error.message : String(error)
    return { event: 'error', code: 'internal', message, exitCode: internalExitCode, facts: {}, causes }
  }
  const { code, message, help, exitCode, place, facts } = error
  return {
    event: 'error',
    code,
    message,
    ...(help === undefined ? {} : { help }),
    exitCode,
    ...(place === undefined ? {} : { place }),
    facts,
    causes,
  }
}

function causesOf(error: unknown): readonly string[] {
  const causes = new Set<unknown>()
  let cause = error instanceof Error ? error.cause : undefined
  while (cause !== undefined && cause !== null && !causes.has(cause)) {
    causes.add(cause)
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return [...causes].map((each) => (each instanceof Error ? each.message : String(each)))
}

/** Told as they are: what these lines are for is the URL, the data, the script. */
const verbatim: readonly string[] = ['database', 'rows', 'sql']

/**
 * An event or a result as one line of JSON, as json.md describes it, without its line break. Dates are ISO 8601,
 * big integers are texts, passwords are masked.
 */
export function jsonLine(value: MigEvent | ResultLine): string {
  const masks = !verbatim.includes(value.event)
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return String(part)
    return masks && typeof part === 'string' ? withoutPasswords(part) : part
  })
}
