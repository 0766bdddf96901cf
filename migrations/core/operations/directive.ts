import { MigError } from '../errors.ts'
import type { Statement } from './contract.ts'
import type { NameScope } from './names.ts'

/** A statement of a directive; `autocommit` marks what PostgreSQL refuses inside a transaction. */
export interface DirectiveStatement extends Statement {
  readonly autocommit?: true
}

/**
 * One directive: what it does and what reverts it, as pure functions from its arguments to statements.
 *
 * Where the reverse cannot be derived from the arguments, `ReverseArgs` asks for what was there before
 * (`existing`, as Alembic's `existing_type`).
 */
export interface Directive<Args extends readonly unknown[], ReverseArgs extends readonly unknown[] = Args> {
  readonly forward: (scope: NameScope, ...args: Args) => readonly DirectiveStatement[]
  readonly reverse: (scope: NameScope, ...args: ReverseArgs) => readonly DirectiveStatement[]
}

/** A directive that takes what was there before as the last of its arguments, which its reverse needs. */
export type Restored<
  Args extends readonly unknown[],
  Options extends { readonly existing?: unknown },
> = Directive<
  [...Args, options?: Options],
  [...Args, options: { readonly existing: Exclude<Options['existing'], undefined> } & Options]
>

/** Statements from their texts; what is undefined is left out. */
export function statements(...texts: readonly (string | undefined)[]): readonly DirectiveStatement[] {
  return texts.flatMap((sql) => (sql === undefined ? [] : [{ sql }]))
}

/** One statement; `concurrently` takes it out of the transaction. */
export function statement(sql: string, concurrently = false): DirectiveStatement {
  return concurrently ? { sql, autocommit: true } : { sql }
}

/** The parts that are there, with a space between. */
export function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ')
}

/**
 * What was there before, which the reverse needs.
 *
 * Throws MIG-no-reverse when it was not given: a revision file runs without its types being checked.
 */
export function required<T>(value: T | undefined, directive: string, option: string): T {
  if (value !== undefined) return value
  throw new MigError('no-reverse', `op.reverse.${directive} needs the previous definition`, {
    help: `give ${option} to op.reverse.${directive}, or write the downgrade with op.execute`,
    facts: { directive, option },
  })
}

/**
 * Of each property that changes what it was before.
 *
 * Throws MIG-no-reverse where `existing` does not say it.
 */
export function restored<State extends object>(
  changes: State,
  existing: Partial<State> | undefined,
  directive: string,
  option = 'existing',
): State {
  const keys = (Object.keys(changes) as (keyof State & string)[]).filter((key) => changes[key] !== undefined)
  const before = keys.map((key) => [key, required(existing?.[key], directive, `${option}.${key}`)])
  return Object.fromEntries(before) as State
}

/** A specification as it was before; a comment that was set where none was before is taken away again. */
export function commentedBefore<Spec extends { readonly comment?: string }>(
  { comment, existing }: { readonly comment?: string; readonly existing?: Spec },
  directive: string,
): Omit<Spec, 'comment'> & { readonly comment?: string | null } {
  const before = required(existing, directive, 'existing')
  return comment !== undefined && before.comment === undefined ? { ...before, comment: null } : before
}
