import type { Action } from '../../difference/index.ts'

/** An action that PostgreSQL refused, with its words. */
export interface Refusal {
  readonly action: Action
  readonly error: Error
}

/** What to run before an action that was refused, and what to run in its place. */
export interface Repair {
  readonly first: readonly Action[]
  readonly instead?: readonly Action[]
}
