import type { ErrorPlace } from '../errors.ts'

/** From what is a matter of taste to what stops a live system. */
export const levels: readonly FindingLevel[] = ['advice', 'warning', 'error']

export type FindingLevel = 'advice' | 'warning' | 'error'

/** Something that a revision does, or that its ignore comments say. */
export interface Finding {
  /** Squawk's, or `table-rewrite`, `blocking-scan`, `long-lock`, `ignore-without-reason`, `unused-ignore`. */
  readonly rule: string
  /** Rules of squawk's that say the same; each of the names ignores it. */
  readonly also?: readonly string[]
  readonly level: FindingLevel
  readonly line: string
  readonly revision: string
  readonly message: string
  /** The safer form, with the directive that does it. */
  readonly help?: string
  /** As it ran. */
  readonly statement?: string
  readonly place?: ErrorPlace
}
