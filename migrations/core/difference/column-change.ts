import { type TableChange, tableChange } from '../postgres/statement/index.ts'
import type { Action } from './action.ts'
import type { ColumnId } from './ids.ts'

type About = Pick<Action, 'sql' | 'consumes'> & Partial<Pick<Action, 'produces'>>

/** What ALTER TABLE does to one column, and which that is among what an action is about; undefined for another action. */
export function columnChange({ sql, produces = [], consumes }: About):
  | {
      readonly column: ColumnId
      readonly change: Extract<TableChange, { readonly column: string }>
    }
  | undefined {
  const columns = [...produces, ...consumes].flatMap((id): readonly ColumnId[] =>
    id.kind === 'column' || id.kind === 'default' ? [{ ...id, kind: 'column' }] : [],
  )
  const [only] = columns
  const change = only === undefined ? undefined : tableChange(sql)
  // That of a NOT NULL is about the column alone, and that of another constraint about the constraint.
  const isRequired =
    change?.kind === 'validate constraint' &&
    ![...produces, ...consumes].some(({ kind }) => kind === 'constraint')
  if (only !== undefined && isRequired)
    return { column: only, change: { kind: 'set not null', column: only.name } }
  if (change === undefined || !('column' in change)) return undefined
  const column = columns.find(({ name }) => name === change.column)
  return column === undefined ? undefined : { column, change }
}

/**
 * The change of a column's type. Where an enum is recreated without a value, the action is the type's own, and the
 * column one of what it consumes.
 */
export function typeChange(action: About):
  | {
      readonly column: ColumnId
      readonly type: string
      readonly collation: string | undefined
      readonly using: string | undefined
    }
  | undefined {
  const { column, change } = columnChange(action) ?? {}
  return column !== undefined && change?.kind === 'change type' ? { ...change, column } : undefined
}

/** The column whose type an action changes. */
export function retypedColumn(action: About): ColumnId | undefined {
  return typeChange(action)?.column
}

/** The column that must have a value from now on: by SET NOT NULL, or where a NOT NULL that was NOT VALID is validated. */
export function requiredColumn(action: About): ColumnId | undefined {
  const { column, change } = columnChange(action) ?? {}
  return change?.kind === 'set not null' ? column : undefined
}

/** A type change with another USING, or with none. */
export function withUsing(sql: string, using: string | undefined): string {
  const { using: old } = changeOf(sql)
  const plain = old === undefined ? sql : sql.slice(0, sql.lastIndexOf(' USING ', sql.length - old.length))
  return using === undefined ? plain : `${plain} USING ${using}`
}

function changeOf(sql: string): { readonly using?: string | undefined } {
  const change = tableChange(sql)
  return change?.kind === 'change type' ? change : {}
}
