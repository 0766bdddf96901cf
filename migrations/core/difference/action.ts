import type { Action as EngineAction } from '@supabase/pg-delta/plan'
import type { Change } from '../change.ts'
import type { ObjectId } from './ids.ts'
import type { CastRisk } from './type-changes.ts'

export type LockClass = EngineAction['lockClass']

/** One statement of a difference, with what it needs, what it makes, and what it costs. */
export interface Action {
  readonly sql: string
  readonly produces: readonly ObjectId[]
  readonly consumes: readonly ObjectId[]
  readonly destroys: readonly ObjectId[]
  /** What the objects it makes depend on, and what depends on those that it drops. */
  readonly needs: readonly ObjectId[]
  readonly lock: LockClass
  readonly rewrites: boolean
  readonly losesData: boolean
  /** What a type change may do to the values of rows; `none` for every other action. */
  readonly castRisk: CastRisk
  /** Of a type change: texts become values, which are written in one form. */
  readonly readsTexts?: boolean
  /** `own` cannot run in a transaction; `commit-after` makes something usable only once committed. */
  readonly transaction: 'plain' | 'own' | 'commit-after'
  /** True when it uses what an earlier `commit-after` made. */
  readonly needsCommitBefore: boolean
  readonly verb: 'create' | 'alter' | 'drop'
  /** Of a type change whose cast depends on the session: an expression that does not. */
  readonly sessionCast?: string
  /** The columns, as `schema.table.column`, whose `--using` expression is in the statement. */
  readonly using?: readonly string[]
  /** Columns whose NULLs a value takes the place of. */
  readonly fills?: readonly { readonly schema: string; readonly table: string; readonly name: string }[]
}

/** What it takes to go from one catalog to another. */
export interface Difference {
  readonly changes: readonly Change[]
  readonly actions: readonly Action[]
}
