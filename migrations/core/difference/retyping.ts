import type { FactBase } from '@supabase/pg-delta/core'
import { quoteIdent } from '../postgres/index.ts'
import type { Action } from './action.ts'
import { type ColumnId, idKey, type ObjectId } from './ids.ts'
import { sessionCast } from './session-casts.ts'
import { requiredColumnName, typeChange } from './statement-text.ts'
import { castRisk, isAssignable, readsTexts } from './type-changes.ts'

/**
 * The column whose type an action changes. Where an enum is recreated without a value, the action is the type's own, and
 * the column one of what it consumes.
 */
export function retypedColumn({ sql, consumes }: Pick<Action, 'sql' | 'consumes'>): ColumnId | undefined {
  const name = typeChange(sql)?.column
  for (const id of consumes) if (id.kind === 'column' && id.name === name) return { ...id, kind: 'column' }
  return undefined
}

/**
 * An action of the engine that changes a column's type, with what the cast may do to rows, and without USING where
 * PostgreSQL casts by itself. Undefined for every other action.
 */
export function retyping(action: Action, source: FactBase, next: FactBase): Action | undefined {
  const change = typeChange(action.sql)
  const column = retypedColumn(action)
  if (change === undefined || column === undefined) return undefined
  const { whole: wanted, using } = change
  const old = source.get(column)?.payload.type
  // The columns of an enum that is recreated count to the type for the engine, which takes no lock and loses nothing.
  const known = {
    ...action,
    sql: withoutTextOfArray(action.sql, old, wanted),
    lock: 'accessExclusive',
    losesData: false,
  } as const
  if (typeof old !== 'string' || old === wanted) return { ...known, castRisk: 'fails' }
  const sql =
    using !== undefined && isAssignable(old, wanted) ? known.sql.replace(/ USING .*$/s, '') : known.sql
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
function withoutTextOfArray(sql: string, old: unknown, wanted: string): string {
  if (typeof old !== 'string' || old.endsWith('[]') === wanted.endsWith('[]')) return sql
  const using = sql.indexOf(' USING ')
  if (using < 0) return sql
  return sql.slice(0, using) + sql.slice(using).replace(/::text(?:\[\])?(::[^:]+)$/, '$1')
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
  return actions.filter(({ sql }) => {
    const [, column, change] =
      /^(ALTER TABLE .* ALTER COLUMN "(?:[^"]|"")+") ((?:SET|DROP) DEFAULT.*)$/s.exec(sql) ?? []
    if (column === undefined || change === undefined) return true
    const isRepeated = set.get(column) === change
    set.set(column, change)
    return !isRepeated
  })
}

/** Whether an action drops the default of a column that has none, as the engine does ahead of each type change. */
export function unsetsNoDefault({ sql, consumes }: Action, source: FactBase): boolean {
  const name = / ALTER COLUMN "((?:[^"]|"")+)" DROP DEFAULT$/.exec(sql)?.[1]?.replaceAll('""', '"')
  const column = consumes.find((id) => id.kind === 'column' && id.name === name)
  if (column?.kind !== 'column' || !sql.startsWith('ALTER TABLE ') || !source.has(column)) return false
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

function requiredColumn({ sql, consumes }: Action): ObjectId | undefined {
  const name = requiredColumnName(sql)
  return consumes.find((id) => id.kind === 'column' && id.name === name)
}
