import type { StatementSink } from './contract.ts'
import type { Directive, DirectiveStatement } from './directive.ts'
import { type Directives, directives } from './directives/all.ts'
import type { NameScope } from './names.ts'

/** `op.<directive>(…)`: each runs its statements. */
export type DirectiveOperations = {
  readonly [Name in keyof Directives]: Directives[Name] extends Directive<infer Args, infer _ReverseArgs>
    ? (...args: Args) => Promise<void>
    : never
}

/** `op.reverse.<directive>(…)`: each reverts what `op.<directive>` with the same arguments did. */
export type ReverseOperations = {
  readonly [Name in keyof Directives]: Directives[Name] extends Directive<infer _Args, infer ReverseArgs>
    ? (...args: ReverseArgs) => Promise<void>
    : never
}

/**
 * Run the statements of a directive in order. One that PostgreSQL refuses inside a transaction runs in
 * `sink.autocommit` by itself.
 */
export async function runStatements(
  sink: StatementSink,
  statements: readonly DirectiveStatement[],
): Promise<void> {
  for (const { autocommit, ...statement } of statements) {
    if (autocommit) await sink.autocommit(() => sink.execute(statement))
    else await sink.execute(statement)
  }
}

type Act = (...args: readonly unknown[]) => Promise<void>

const known = Object.entries(directives as unknown as Readonly<Record<string, Directive<readonly unknown[]>>>)

/** The directives as functions that write to `sink`, in one direction. */
export function directiveActs(
  sink: StatementSink,
  scope: NameScope,
  direction: 'forward',
): DirectiveOperations
export function directiveActs(sink: StatementSink, scope: NameScope, direction: 'reverse'): ReverseOperations
export function directiveActs(
  sink: StatementSink,
  scope: NameScope,
  direction: 'forward' | 'reverse',
): object {
  const acts: Record<string, Act> = {}
  for (const [name, directive] of known)
    acts[name] = toldOnce(async (...args) => await runStatements(sink, directive[direction](scope, ...args)))
  return acts
}

/**
 * The function with promises that may be left alone: the sink knows of every statement and tells of one that nobody
 * has awaited, where Node would end the process over its failure.
 */
export function toldOnce<Args extends readonly unknown[], Result>(
  act: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return (...args) => {
    const promise = act(...args)
    promise.catch(() => undefined)
    return promise
  }
}
