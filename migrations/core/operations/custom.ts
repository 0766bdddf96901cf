import type { Operations } from './operations.ts'

/**
 * Directives of a project's own, by interface merging next to the environment:
 *
 *     declare module './core/operations/custom.ts' {
 *       interface CustomOperations {
 *         createAuditTrigger(table: string): Promise<void>
 *       }
 *     }
 *
 * Each is then `op.createAuditTrigger(…)` in a revision, and is implemented by a function of the same name in the
 * record that `operations` takes.
 */
// biome-ignore lint/suspicious/noEmptyInterface: it is there to be merged into
export interface CustomOperations {}

/** The implementations of `CustomOperations`, each with `op` as its first parameter. */
export type CustomDirectives = {
  readonly [Name in keyof CustomOperations]: CustomOperations[Name] extends (
    ...args: infer Args
  ) => infer Result
    ? (op: Operations, ...args: Args) => Result
    : never
}
