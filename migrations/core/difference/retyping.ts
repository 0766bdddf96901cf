import type { FactBase } from '@supabase/pg-delta/core'
import { quoteIdent, quoteIdentAlways } from '../postgres/index.ts'
import type { Action } from './action.ts'
import { columnChange, requiredColumn, retypedColumn, typeChange, withUsing } from './column-change.ts'
import { type ColumnId, idKey } from './ids.ts'
import { sessionCast } from './session-casts.ts'
import { castRisk, isAssignable, readsTexts } from './type-changes.ts'

/**
 * An action of the engine that changes a column's type, with what the cast may do to rows, and without USING where
 * PostgreSQL casts by itself. Undefined for every other action.
 */
export function retyping(action: Action, source: FactBase, next: FactBase): Action | undefined {
  const change = typeChange(action)
  if (change === undefined) return undefined
  const { column, using } = change
  const wanted = change.collation === undefined ? change.type : `${change.type} COLLATE ${change.collation}`
  const old = source.get(column)?.payload.type
  // The columns of an enum that is recreated count to the type for the engine, which takes no lock and loses nothing.
  const known = {
    ...action,
    sql: withoutTextOfArray(action.sql, column, old, wanted),
    lock: 'accessExclusive',
    losesData: false,
  } as const
  if (typeof old !== 'string' || old === wanted) return { ...known, castRisk: 'fails' }
  const sql = using !== undefined && isAssignable(old, wanted) ? withUsing(known.sql, undefined) : known.sql
  const asked = column.kind === 'column' ? askedCast(old, wanted, column, source, next) : undefined
  return {
    ...known,
    sql,
    castRisk: castRisk(old, wanted),
    ...(readsTexts(old, wanted) ? { readsTexts: true } : {}),
    ...(asked === undefined ? {} : { sessionCast: asked }),
  }
}

/** The engine goes by text from one enum to another; the text of an array is not a value of its elements' type. */
function withoutTextOfArray(sql: string, { name }: ColumnId, old: unknown, wanted: string): string {
  if (typeof old !== 'string' || old.endsWith('[]') === wanted.endsWith('[]')) return sql
  const casts = ['text', 'text[]'].map((text) => `${quoteIdentAlways(name)}::${text}::`)
  const cast = casts.find((each) => sql.includes(` USING ${each}`))
  return cast === undefined ? sql : sql.replace(cast, () => `${quoteIdentAlways(name)}::`)
}

function askedCast(
  old: string,
  wanted: string,
  column: ColumnId,
  source: FactBase,
  next: FactBase,
): string | undefined {
  // A generated column is computed again, and takes no USING.
  if (source.get(column)?.payload.generatedExpr != null) return undefined
  return sessionCast(old, wanted, quoteIdent(column.name), [source, next])
}

/** The actions without a default that is set again as it is: the engine sets it for the new type, and for itself. */
export function withoutRepeatedDefaults(actions: readonly Action[]): readonly Action[] {
  const set = new Map<string, string>()
  return actions.filter((action) => {
    const { column, change } = columnChange(action) ?? {}
    if (column === undefined || (change?.kind !== 'set default' && change?.kind !== 'drop default'))
      return true
    const isRepeated = set.get(idKey(column)) === action.sql
    set.set(idKey(column), action.sql)
    return !isRepeated
  })
}

/** Whether an action drops the default of a column that has none, as the engine does ahead of each type change. */
export function unsetsNoDefault(action: Action, source: FactBase): boolean {
  const { column, change } = columnChange(action) ?? {}
  if (column === undefined || change?.kind !== 'drop default' || !source.has(column)) return false
  return !source.has({ ...column, kind: 'default' })
}

/** The actions with SET NOT NULL after the type change of the same column, whose USING may give the value. */
export function requiredAfterRetyping(actions: readonly Action[]): readonly Action[] {
  const last = new Map<string, Action>()
  for (const action of actions) {
    const column = retypedColumn(action)
    if (column !== undefined) last.set(idKey(column), action)
  }
  if (last.size === 0) return actions
  const passed = new Set<Action>()
  const waiting = new Map<Action, Action[]>()
  const out = actions.flatMap((action): readonly Action[] => {
    passed.add(action)
    const column = requiredColumn(action)
    const retyped = column === undefined ? undefined : last.get(idKey(column))
    if (retyped === undefined || passed.has(retyped)) return [action, ...(waiting.get(action) ?? [])]
    waiting.set(retyped, [...(waiting.get(retyped) ?? []), action])
    return []
  })
  return out
}
