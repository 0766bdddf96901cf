import { quoteIdent } from '../../postgres/sql/quote.ts'
import { type Column, columnExtras, columnSql } from '../clauses/columns.ts'
import { type Directive, type Restored, required, statements, words } from '../directive.ts'
import { type DropOptions, dropSql } from '../drop-and-rename.ts'
import { nameSql, type ObjectName } from '../names.ts'

export interface AddColumnOptions {
  readonly ifNotExists?: boolean
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

/** ALTER TABLE … DROP COLUMN. Reverse: ADD COLUMN from `existing`, as the last column of the table, and empty. */
export const dropColumn: Restored<[table: ObjectName, column: string], DropOptions<Omit<Column, 'name'>>> = {
  forward: (scope, table, column, options) =>
    statements(`ALTER TABLE ${nameSql(scope, table)} ${dropSql('COLUMN', quoteIdent(column), options)}`),
  reverse: (scope, table, column, options) =>
    addColumn.forward(scope, table, {
      ...required(options?.existing, 'dropColumn', 'existing'),
      name: column,
    }),
}
