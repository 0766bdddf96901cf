import { type Directive, type Directives, directives } from '../../../migrations/core/operations/index.ts'
import type { Names } from './names.ts'

type ReverseArgs = {
  readonly [Name in keyof Directives]: Directives[Name] extends Directive<infer _Args, infer Args>
    ? Args
    : never
}

/** One use of a directive: adding a directive is adding a row. */
export interface DirectiveCase {
  readonly directive: keyof Directives
  readonly title: string
  /** The statements that make what the directive needs, without the schema. */
  readonly setup: (n: Names) => readonly string[]
  /** The arguments, good for the reverse too. */
  readonly args: (n: Names) => readonly unknown[]
  /** The statements of the forward side, under plain names. */
  readonly sql: readonly string[]
  /** What the fingerprint does not see: it is the same before and after, or not restored. */
  readonly invisible: boolean
  /** The oldest major version of PostgreSQL that has it. */
  readonly since: number
}

interface Row<Name extends keyof Directives> {
  readonly title?: string
  readonly setup?: (n: Names) => readonly string[]
  readonly args: (n: Names) => ReverseArgs[Name]
  readonly sql: readonly string[]
  readonly invisible?: boolean
  readonly since?: number
}

type Rows = { readonly [Name in keyof Directives]: (row: Row<Name>) => DirectiveCase }

/** `row.createTable({ … })`: a case of that directive, its arguments typed. */
export const row = Object.fromEntries(
  Object.keys(directives).map((directive) => [
    directive,
    (given: object) => ({
      directive,
      title: 'its main form',
      setup: () => [],
      invisible: false,
      since: 14,
      ...given,
    }),
  ]),
) as unknown as Rows
