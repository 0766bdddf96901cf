import { nullsIn } from './constraint.ts'
import { Reader, type SchemaName } from './reader.ts'

/** What CREATE INDEX says, also as pg_get_indexdef has it. */
export interface IndexFacts {
  /** Undefined where PostgreSQL chooses it. */
  readonly name: string | undefined
  readonly isUnique: boolean
  readonly isConcurrent: boolean
  readonly table: SchemaName
  readonly method: string
  /** The columns and expressions, as SQL. */
  readonly elements: readonly string[]
  /** The columns, where it is over columns alone, in the order of their types. */
  readonly columns: readonly string[] | undefined
  readonly hasExpression: boolean
  readonly isPartial: boolean
  readonly nullsNotDistinct: boolean
  /** The statement from ON on, without ONLY. */
  readonly onTable: string
}

/** Reads a CREATE INDEX; undefined for another statement. */
export function indexFacts(sql: string): IndexFacts | undefined {
  const reader = new Reader(sql)
  if (!reader.takes('create')) return undefined
  const isUnique = reader.takes('unique')
  if (!reader.takes('index')) return undefined
  const isConcurrent = reader.takes('concurrently')
  reader.skipExistence()
  const name = reader.sees('on') ? undefined : reader.name()
  if (!reader.takes('on')) return undefined
  reader.takes('only')
  const onTable = `ON ${sql.slice(reader.offset)}`
  const table = reader.schemaName()
  const method = reader.takes('using') ? reader.name() : 'btree'
  const list = reader.group()
  if (table === undefined || method === undefined || list === undefined) return undefined
  const elements = new Reader(list).parts()
  if (reader.takes('include')) reader.group()
  const nullsNotDistinct = nullsIn(reader)
  if (reader.takes('with')) reader.group()
  if (reader.takes('tablespace')) reader.name()
  return {
    name,
    isUnique,
    isConcurrent,
    table,
    method,
    elements,
    columns: columnsIn(elements),
    hasExpression: elements.some(isExpression),
    isPartial: reader.takes('where'),
    nullsNotDistinct,
    onTable,
  }
}

/** The names, where each element is a column by the order and collation of its type. */
function columnsIn(elements: readonly string[]): readonly string[] | undefined {
  const names = elements.map((element) => {
    const reader = new Reader(element)
    const name = reader.name()
    if (!reader.takes('asc')) reader.takes('desc')
    if (!reader.takes('nulls', 'first')) reader.takes('nulls', 'last')
    return reader.isAtEnd ? name : undefined
  })
  return names.every((name) => name !== undefined) ? names : undefined
}

/** An expression is in parentheses, or a call of a function; a column may have an operator class with parameters after it. */
function isExpression(element: string): boolean {
  const reader = new Reader(element)
  return reader.schemaName() === undefined || reader.sees('(')
}

/** A CREATE INDEX of a partitioned table for its partitions too: without ONLY. Another statement as it is. */
export function withoutOnly(sql: string): string {
  const { onTable } = indexFacts(sql) ?? {}
  const head = onTable === undefined ? undefined : sql.slice(0, -onTable.slice('ON '.length).length)
  return head === undefined || onTable === undefined
    ? sql
    : `${head.replace(/ON ONLY $/, 'ON ')}${onTable.slice('ON '.length)}`
}

/** The table that CREATE INDEX CONCURRENTLY or REINDEX TABLE CONCURRENTLY reads; undefined for another statement. */
export function tableOfConcurrentBuild(sql: string): SchemaName | undefined {
  const index = indexFacts(sql)
  if (index !== undefined) return index.isConcurrent ? index.table : undefined
  const reader = new Reader(sql)
  if (!reader.takes('reindex')) return undefined
  reader.group()
  return reader.takes('table', 'concurrently') ? reader.schemaName() : undefined
}
