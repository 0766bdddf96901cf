import type { FactBase, StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import type { Action } from './action.ts'
import { inheritedColumns } from './extras/inherited-columns.ts'
import type { Extra } from './extras.ts'
import { parentsOf } from './parents.ts'

/**
 * CREATE TABLE with all the parents that a table has, where the engine knows the first. A column that they have with
 * different defaults is written again with the table's own, which PostgreSQL asks for (CREATE TABLE, INHERITS).
 */
export function withParents(action: Action, wanted: FactBase, extras: ReadonlyMap<string, Extra>): Action {
  const [id] = action.produces
  if (action.verb !== 'create' || id?.kind !== 'table') return action
  const [, ...others] = parentsOf(wanted, id)
  if (others.length === 0) return action
  const names = others.map(({ schema, name }) => qualifiedName(schema, name)).join(', ')
  const columns = conflictingColumns(id, extras)
  return {
    ...action,
    sql: action.sql
      .replace(/\)$/, () => `, ${names})`)
      .replace(/ \(\) INHERITS \(/, () => ` (${columns.join(', ')}) INHERITS (`),
    consumes: [...action.consumes, ...others.map((parent): StableId => ({ kind: 'table', ...parent }))],
  }
}

function conflictingColumns(
  { schema, name: table }: { readonly schema: string; readonly name: string },
  extras: ReadonlyMap<string, Extra>,
): readonly string[] {
  return [...extras.values()].flatMap(({ kind, schema: own, relation, name, values }) => {
    const type = values['conflicting type']
    if (kind !== inheritedColumns.name || own !== schema || relation !== table || type == null) return []
    return [`${quoteIdent(name)} ${type} DEFAULT ${values.default ?? 'NULL'}`]
  })
}
