import { MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import { type Directive, required, statement } from '../directive.ts'
import { nameSql, type ObjectName } from '../names.ts'
import { literalText, SqlText, statementOf } from '../sql-text.ts'

/** A row by its column names. A value is data; `op.sql` makes an expression of it. A missing one takes the default. */
export type Row = Readonly<Record<string, unknown>>

export interface BulkInsertOptions {
  /** Rows per INSERT; default 1000. */
  readonly batchSize?: number
  /** Leave a row that conflicts with one that is there. */
  readonly onConflictDoNothing?: boolean
  /** The columns that tell the rows, for the reverse. */
  readonly key?: readonly string[]
}

/**
 * INSERT of many rows, with their values as literals, so that a script holds the same statements as a run.
 * Reverse: DELETE the rows with the same `key`, whatever else is in them now; also those that `onConflictDoNothing` has
 * left as they were. What sequences have given out and triggers have done stays.
 *
 * Throws MIG-no-columns for rows without columns, MIG-bad-batch-size.
 */
export const bulkInsert: Directive<
  [table: ObjectName, rows: readonly Row[], options?: BulkInsertOptions],
  [table: ObjectName, rows: readonly Row[], options: { readonly key: readonly string[] } & BulkInsertOptions]
> = {
  forward: (scope, table, rows, options = {}) => {
    if (rows.length === 0) return []
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    if (columns.length === 0) {
      throw new MigError('no-columns', 'op.bulkInsert was given rows without a column', {
        help: 'name at least one column in a row',
      })
    }
    const into = `INSERT INTO ${nameSql(scope, table)} (${columns.map(quoteIdent).join(', ')}) VALUES`
    const tail = options.onConflictDoNothing ? '\nON CONFLICT DO NOTHING' : ''
    return batches(rows, options.batchSize ?? 1000).map((batch) =>
      statement(`${into}\n  ${batch.map((row) => rowSql(row, columns)).join(',\n  ')}${tail}`),
    )
  },
  reverse: (scope, table, rows, options) => {
    const key = required(options?.key, 'bulkInsert', 'key')
    return batches(rows, options.batchSize ?? 1000).map((batch) => {
      const conditions = batch.map((row) =>
        key.map((column) => `${quoteIdent(column)} ${equalsSql(row[column])}`).join(' AND '),
      )
      return statement(`DELETE FROM ${nameSql(scope, table)}\nWHERE ${conditions.join('\n   OR ')}`)
    })
  },
}

function rowSql(row: Row, columns: readonly string[]): string {
  return `(${columns.map((column) => (Object.hasOwn(row, column) ? valueSql(row[column]) : 'DEFAULT')).join(', ')})`
}

function valueSql(value: unknown): string {
  return value instanceof SqlText ? statementOf(value, true).sql : literalText(value)
}

/** NULL equals nothing. */
function equalsSql(value: unknown): string {
  return value === null ? 'IS NULL' : `= ${valueSql(value)}`
}

function batches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new MigError('bad-batch-size', `op.bulkInsert was given ${size} as batchSize`, {
      help: 'write a whole number of rows, 1 or more',
    })
  }
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
