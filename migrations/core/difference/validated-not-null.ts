import type { Action } from './action.ts'
import { requiredColumn } from './column-change.ts'
import { quoted } from './extras/kind.ts'
import { notNullConstraints } from './extras/not-null-constraints.ts'
import type { Extra } from './extras.ts'

/**
 * VALIDATE CONSTRAINT in the place of SET NOT NULL where the column has its constraint, NOT VALID (PostgreSQL 18): rows are
 * read and written while it looks at them (manual, ALTER TABLE).
 * @param extras of the state that the action starts from
 */
export function validatingNotNull(action: Action, extras: ReadonlyMap<string, Extra>): Action {
  const column = requiredColumn(action)
  if (column === undefined) return action
  const { schema, table, name } = column
  const { constraint, 'not valid': notValid } =
    extras.get(`${notNullConstraints.name} ${schema}.${table}.${name}`)?.values ?? {}
  if (constraint == null || notValid == null) return action
  const sql = `ALTER TABLE ${quoted(schema, table)} VALIDATE CONSTRAINT ${quoted(constraint)}`
  return { ...action, sql, lock: 'shareUpdateExclusive' }
}
