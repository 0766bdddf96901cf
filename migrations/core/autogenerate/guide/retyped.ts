import type { Action, ObjectId } from '../engine/index.ts'

/** A column's identity. */
export type ColumnId = Extract<ObjectId, { readonly table: string }> & { readonly kind: 'column' }

/** The column whose type an action changes. */
export function retypedColumn({ sql, consumes: [column] }: Action): ColumnId | undefined {
  if (column?.kind !== 'column' || !/ ALTER COLUMN .* TYPE /s.test(sql)) return undefined
  return { ...column, kind: 'column' }
}
