import { quoteIdent } from '../../postgres/sql/quote.ts'
import {
  columnListSql,
  commentSql,
  type IndexElement,
  indexElementSql,
  parametersSql,
  type StorageParameters,
} from '../clauses/common.ts'
import { type Directive, type Restored, required, statement, statements, words } from '../directive.ts'
import { type DropOptions, dropSql, renameObject } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName, renamedTo } from '../names.ts'

export interface IndexOptions {
  readonly unique?: boolean
  /** The index method; PostgreSQL's default is btree. */
  readonly using?: string
  /** The condition of a partial index, as SQL. */
  readonly where?: string
  readonly include?: readonly string[]
  /** PostgreSQL 15 and newer. */
  readonly nullsNotDistinct?: boolean
  readonly with?: StorageParameters
  readonly tablespace?: string
  /** Without blocking writers; runs outside the revision's transaction. */
  readonly concurrently?: boolean
  readonly ifNotExists?: boolean
  /** Only the partitioned table itself, not its partitions. */
  readonly only?: boolean
  readonly comment?: string
}

/** An index as it is, for the reverse of `dropIndex`. */
export interface ExistingIndex extends IndexOptions {
  readonly table: ObjectName
  readonly columns: readonly IndexElement[]
}

export interface DropIndexOptions extends DropOptions<ExistingIndex> {
  /** Without blocking writers; runs outside the revision's transaction. */
  readonly concurrently?: boolean
}

/** CREATE INDEX, in the schema of its table. Reverse: DROP INDEX, concurrently when it was made so. */
export const createIndex: Directive<
  [name: string, table: ObjectName, columns: readonly IndexElement[], options?: IndexOptions]
> = {
  forward: (scope, name, table, columns, options = {}) => [
    statement(createIndexSql(scope, name, table, columns, options), options.concurrently),
    ...statements(commentSql(`INDEX ${nameSql(scope, renamedTo(table, name))}`, options.comment)),
  ],
  reverse: (scope, name, table, _columns, { concurrently } = {}) =>
    dropIndex.forward(scope, renamedTo(table, name), { concurrently }),
}

/** DROP INDEX. Reverse: CREATE INDEX from `existing`, concurrently when it was dropped so. */
export const dropIndex: Restored<[index: ObjectName], DropIndexOptions> = {
  forward: (scope, index, options = {}) => {
    const kind = options.concurrently ? 'INDEX CONCURRENTLY' : 'INDEX'
    return [statement(dropSql(kind, nameSql(scope, index), options), options.concurrently)]
  },
  reverse: (scope, index, options) => {
    const { table, columns, ...rest } = required(options?.existing, 'dropIndex', 'existing')
    const name = typeof index === 'string' ? index : index.name
    const concurrently = options.concurrently ?? rest.concurrently ?? false
    return createIndex.forward(scope, name, table, columns, { ...rest, concurrently })
  },
}

/** ALTER INDEX … RENAME TO. Reverse: rename back. */
export const renameIndex = renameObject('INDEX')

function createIndexSql(
  scope: NameScope,
  name: string,
  table: ObjectName,
  columns: readonly IndexElement[],
  options: IndexOptions,
): string {
  const parameters = parametersSql(options.with)
  return words(
    'CREATE',
    options.unique && 'UNIQUE',
    'INDEX',
    options.concurrently && 'CONCURRENTLY',
    options.ifNotExists && 'IF NOT EXISTS',
    quoteIdent(name),
    'ON',
    options.only && 'ONLY',
    nameSql(scope, table),
    options.using && `USING ${quoteIdent(options.using)}`,
    `(${columns.map(indexElementSql).join(', ')})`,
    options.include && `INCLUDE ${columnListSql(options.include)}`,
    options.nullsNotDistinct && 'NULLS NOT DISTINCT',
    parameters && `WITH (${parameters})`,
    options.tablespace && `TABLESPACE ${quoteIdent(options.tablespace)}`,
    options.where && `WHERE ${options.where}`,
  )
}
