import { type Action, idKey, relationOf } from '../../difference/index.ts'
import { tableChange } from '../../postgres/statement/index.ts'
import { needsAmong } from '../search/lines.ts'
import type { RelationName } from './forms.ts'

/** Actions that must run in one transaction, and those that may come after it. */
export interface Together {
  readonly now: readonly Action[]
  readonly later: readonly Action[]
}

/**
 * Parts actions where an index or a key of some tables has to go before a column gets another type: what takes its place
 * is built in the same transaction, with all that it needs, so that nobody sees the table without it. The type change
 * holds the table's lock anyway.
 */
export function together(actions: readonly Action[], tables: readonly RelationName[]): Together {
  const keys = new Set(tables.map(keyOf))
  const now = new Set([...actions.keys()].filter((at) => isReplacement(actions[at], keys)))
  const needs = now.size === 0 ? [] : needsAmong(actions)
  for (let at = actions.length - 1; at >= 0; at -= 1) {
    if (now.has(at)) for (const need of needs[at] ?? []) now.add(need)
  }
  return {
    now: actions.filter((_, at) => now.has(at)),
    later: actions.filter((_, at) => !now.has(at)),
  }
}

function isReplacement(action: Action | undefined, tables: ReadonlySet<string>): boolean {
  const [id] = action?.produces ?? []
  if (action === undefined || id === undefined) return false
  const change = id.kind === 'constraint' ? tableChange(action.sql) : undefined
  const isCheck = change?.kind === 'add constraint' && change.constraint.kind === 'check'
  const isKey = id.kind === 'index' || (id.kind === 'constraint' && !isCheck)
  return isKey && touchedTables(action).some((table) => tables.has(keyOf(table)))
}

/** The tables and views that an action has to do with. */
export function touchedTables({ produces, destroys, consumes, needs }: Action): readonly RelationName[] {
  return [...produces, ...destroys, ...consumes, ...needs].flatMap((id) => relationOf(id) ?? [])
}

export function keyOf({ schema, name }: RelationName): string {
  return idKey({ kind: 'table', schema, name })
}
