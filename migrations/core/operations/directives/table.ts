import { quoteIdent } from '../../postgres/sql/quote.ts'
import { type Column, columnExtras, columnSql } from '../clauses/columns.ts'
import {
  commentSql,
  type IndexElement,
  indexElementSql,
  parametersSql,
  type StorageParameters,
} from '../clauses/common.ts'
import { type Constraint, constraintSql } from '../clauses/constraints.ts'
import { type Directive, statements, words } from '../directive.ts'
import { dropObject, renameObject } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'

/** A table as CREATE TABLE takes it. */
export interface TableSpec {
  readonly columns: readonly Column[]
  readonly constraints?: readonly Constraint[]
  readonly comment?: string
  readonly unlogged?: boolean
  readonly inherits?: readonly ObjectName[]
  readonly partitionBy?: {
    readonly method: 'range' | 'list' | 'hash'
    readonly key: readonly IndexElement[]
  }
  /** The table access method. */
  readonly using?: string
  readonly with?: StorageParameters
  readonly tablespace?: string
  readonly ifNotExists?: boolean
}

/** CREATE TABLE, with its comments. Reverse: DROP TABLE. */
export const createTable: Directive<[table: ObjectName, spec: TableSpec]> = {
  forward: (scope, table, spec) =>
    statements(
      createTableSql(scope, table, spec),
      ...spec.columns.flatMap((column) => columnExtras(scope, table, column)),
      commentSql(`TABLE ${nameSql(scope, table)}`, spec.comment),
    ),
  reverse: (scope, table) => dropTable.forward(scope, table),
}

/** DROP TABLE. Reverse: CREATE TABLE from `existing`. */
export const dropTable = dropObject<TableSpec>('TABLE', 'dropTable', createTable.forward)

/** ALTER TABLE … RENAME TO. Reverse: rename back. */
export const renameTable = renameObject('TABLE')

function createTableSql(scope: NameScope, table: ObjectName, spec: TableSpec): string {
  const elements = [
    ...spec.columns.map((column) => columnSql(scope, column)),
    ...(spec.constraints ?? []).map((constraint) => constraintSql(scope, constraint)),
  ]
  const parameters = parametersSql(spec.with)
  const partition = spec.partitionBy
  return words(
    'CREATE',
    spec.unlogged && 'UNLOGGED',
    'TABLE',
    spec.ifNotExists && 'IF NOT EXISTS',
    nameSql(scope, table),
    elements.length === 0 ? '()' : `(\n  ${elements.join(',\n  ')}\n)`,
    spec.inherits && `INHERITS (${spec.inherits.map((parent) => nameSql(scope, parent)).join(', ')})`,
    partition &&
      `PARTITION BY ${partition.method.toUpperCase()} (${partition.key.map(indexElementSql).join(', ')})`,
    spec.using && `USING ${quoteIdent(spec.using)}`,
    parameters && `WITH (${parameters})`,
    spec.tablespace && `TABLESPACE ${quoteIdent(spec.tablespace)}`,
  )
}
