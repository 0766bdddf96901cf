import { type Scope, withValue } from './scope.ts'
import type { Clause, Expression } from './syntax.ts'
import { truth } from './text-values.ts'
import { evaluate, type Value } from './values.ts'

/** The items of a comprehension over lists that stand in the file; undefined for any other. */
export function comprehensionItems(
  { item, clauses }: Extract<Expression, { kind: 'comprehension' }>,
  scope: Scope,
): readonly Value[] | undefined {
  const scopes = clauses.reduce<readonly Scope[] | undefined>(
    (known, clause) => known && combined(known.map((one) => clauseScopes(clause, one))),
    [scope],
  )
  return scopes?.map((inner) => evaluate(item, inner))
}

/** One scope for each item that passes. */
function clauseScopes({ target, items, tests }: Clause, scope: Scope): readonly Scope[] | undefined {
  const list = evaluate(items, scope)
  const found =
    list.kind === 'dict' ? list.entries.map(([key]) => key) : list.kind === 'list' ? list.items : undefined
  return combined(
    found?.map((item) => {
      const inner = bound(target, item, scope)
      if (inner === undefined) return undefined
      const passed = tests.map((test) => truth(evaluate(test, inner)))
      if (passed.includes(undefined)) return undefined
      return passed.includes(false) ? [] : [inner]
    }),
  )
}

/** The scope in which a loop's names have the item, or its parts; undefined when they do not fit. */
export function bound(target: Expression, item: Value, scope: Scope): Scope | undefined {
  if (target.kind === 'name') return withValue(scope, target.name, item)
  if (target.kind !== 'list' || item.kind !== 'list' || item.items.length !== target.items.length)
    return undefined
  return target.items.reduce<Scope | undefined>((known, name, at) => {
    const value = item.items[at]
    return known === undefined || value === undefined ? undefined : bound(name, value, known)
  }, scope)
}

function combined<One>(
  lists: readonly (readonly One[] | undefined)[] | undefined,
): readonly One[] | undefined {
  const all: One[] = []
  for (const list of lists ?? [undefined]) {
    if (list === undefined) return undefined
    all.push(...list)
  }
  return all
}
