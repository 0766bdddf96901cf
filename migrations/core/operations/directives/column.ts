import { quoteIdent } from '../../postgres/sql/quote.ts'
import { type Column, columnExtras, columnSql } from '../clauses/columns.ts'
import { type Directive, required, statements, words } from '../directive.ts'
import { nameSql, type ObjectName } from '../names.ts'

export interface AddColumnOptions {
  readonly ifNotExists?: boolean
}

export interface DropColumnOptions {
  readonly ifExists?: boolean
  readonly cascade?: boolean
  /** The column as it is, for the reverse; `name` is the dropped column's. */
  readonly existing?: Omit<Column, 'name'>
}

/** ALTER TABLE … ADD COLUMN, with its comment. Reverse: DROP COLUMN. */
export const addColumn: Directive<[table: ObjectName, column: Column, options?: AddColumnOptions]> = {
  forward: (scope, table, column, options = {}) =>
    statements(
      words(
        `ALTER TABLE ${nameSql(scope, table)} ADD COLUMN`,
        options.ifNotExists && 'IF NOT EXISTS',
        columnSql(scope, column),
      ),
      ...columnExtras(scope, table, column),
    ),
  reverse: (scope, table, column) => dropColumn.forward(scope, table, column.name),
}

/** ALTER TABLE … DROP COLUMN. Reverse: ADD COLUMN from `existing`; the column comes back last in the table, and empty. */
export const dropColumn: Directive<
  [table: ObjectName, column: string, options?: DropColumnOptions],
  [
    table: ObjectName,
    column: string,
    options: { readonly existing: Omit<Column, 'name'> } & DropColumnOptions,
  ]
> = {
  forward: (scope, table, column, options = {}) =>
    statements(
      words(
        `ALTER TABLE ${nameSql(scope, table)} DROP COLUMN`,
        options.ifExists && 'IF EXISTS',
        quoteIdent(column),
        options.cascade && 'CASCADE',
      ),
    ),
  reverse: (scope, table, column, options) =>
    addColumn.forward(scope, table, {
      ...required(options?.existing, 'dropColumn', 'existing'),
      name: column,
    }),
}
