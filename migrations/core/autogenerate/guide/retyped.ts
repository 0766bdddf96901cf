import { quoteIdent } from '../../postgres/index.ts'
import type { Action, ObjectId } from '../engine/index.ts'

/** A column's identity. */
export type ColumnId = Extract<ObjectId, { readonly table: string }> & { readonly kind: 'column' }

/**
 * The column whose type an action changes. Where an enum is made anew without a value, the action is the type's own, and
 * the column one of what it consumes.
 */
export function retypedColumn({ sql, consumes }: Action): ColumnId | undefined {
  if (!/ ALTER COLUMN .* TYPE /s.test(sql)) return undefined
  for (const id of consumes) {
    if (id.kind === 'column' && retypes(sql, id.name)) return { ...id, kind: 'column' }
  }
  return undefined
}

function retypes(sql: string, column: string): boolean {
  const always = `"${column.replaceAll('"', '""')}"`
  return [quoteIdent(column), always].some((name) => sql.includes(` ALTER COLUMN ${name} TYPE `))
}
