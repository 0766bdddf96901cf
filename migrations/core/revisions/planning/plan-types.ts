export type Direction = 'upgrade' | 'downgrade'

/** One step of a plan over the graph. */
export interface PlannedStep {
  readonly revision: string
  readonly direction: Direction
  /** The ledger's rows after the step, of all lines, sorted. */
  readonly appliedAfter: readonly string[]
  /** The revision that needs this one, when this one is outside the filtered lines. */
  readonly neededBy?: string
}

/** What every plan is asked with. */
export interface GraphRequest {
  /** The rows of the ledger: ids of the heads that are applied, of all lines. */
  readonly applied: readonly string[]
  /** A target, or several. */
  readonly target: string | readonly string[]
  /** Schema keys that the command may touch; default: all. */
  readonly lines?: readonly string[]
  /** Revisions below a row that were put there after it was applied, and never ran. */
  readonly neverRun?: readonly string[]
  /** Applied revisions that no known row stands on: they are below a row that no revision has. */
  readonly alsoApplied?: readonly string[]
}

export interface UpgradeRequest extends GraphRequest {
  /** Go on although the ledger has rows that no revision has; they stay. */
  readonly allowMissing?: boolean
}

export interface DowngradeRequest extends GraphRequest {
  /** Applied ids, newest first, by the ledger's log. Without it `-N` goes by Alembic's rule: down from the first row. */
  readonly recentlyApplied?: readonly string[]
}

export interface GraphStampRequest extends GraphRequest {
  /** Forget the rows of the filtered lines first, unknown ones included. */
  readonly purge?: boolean
}
