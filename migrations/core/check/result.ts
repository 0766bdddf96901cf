import type { ReadAll } from '../autogenerate/wanted/wanted.ts'
import type { Change } from '../change.ts'
import type { Unmodeled } from '../difference/index.ts'
import type { TargetSchema } from '../environment/index.ts'
import type { EditedFile, LineStatus, PlanStep } from '../runner/index.ts'

/** Target schemas of a line that differ in the same way from what they should be. */
export interface Drift {
  readonly line: string
  readonly targets: readonly TargetSchema[]
  /** What would take them there; of tenants without the name of a schema, and null beyond the bound of the report. */
  readonly changes: readonly Change[] | null
  readonly statements: readonly TargetStatements[]
}

/** What would take one target schema to what it should be. */
export interface TargetStatements {
  readonly target: TargetSchema
  /** In the engine's order; empty where it knows none. */
  readonly statements: readonly string[]
}

/** How target schemas differ from the models, and their files from what was applied. */
export interface CheckResult {
  /** Revisions of single lines that wait. */
  readonly pending: readonly PlanStep[]
  /** Whether a single line has several heads, so that an upgrade to one of them needs its name. */
  readonly forked?: boolean
  /** Tenants that are not at head, or not there. */
  readonly behind: readonly LineStatus[]
  /** Files that are no longer what was applied. */
  readonly edited: readonly EditedFile[]
  /** The largest group first. */
  readonly drift: readonly Drift[]
  readonly unmodeled: readonly Unmodeled[]
}

/** How target schemas differ from what their applied revisions give: what was done by hand. */
export interface HistoryDrift {
  /** Tenants with a revision that no file has: nobody can say what they should be. */
  readonly unknown: readonly LineStatus[]
  /** Tenants of databases that do not answer. */
  readonly unanswered: readonly LineStatus[]
  /** The changes are what was done, the statements what reverts it; the largest group first. */
  readonly drift: readonly Drift[]
}

export interface CheckOptions {
  /** Owners and grants too. */
  readonly privileges: boolean
  /** Of tenants the statements as well, of so many as are worth it. */
  readonly sql?: boolean
  /** How models are read, where several groups of lines are compared with the same ones; default: each time. */
  readonly read?: ReadAll
}
