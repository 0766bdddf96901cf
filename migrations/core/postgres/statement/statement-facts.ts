import { indexFacts } from './index-facts.ts'
import { Reader, type SchemaName } from './reader.ts'
import { tableAlteration } from './table-change.ts'

/** An INSERT, UPDATE or DELETE. */
export interface RowChange {
  readonly kind: 'insert' | 'update' | 'delete'
  readonly table: SchemaName
  /** Of an UPDATE of one column: the column, its new value as SQL, and where. */
  readonly set:
    | { readonly column: string; readonly value: string; readonly where: string | undefined }
    | undefined
}

/** Reads a statement that changes rows; undefined for another one. */
export function rowChange(sql: string): RowChange | undefined {
  const reader = new Reader(sql)
  const kind = reader.takes('update')
    ? 'update'
    : reader.takes('insert', 'into')
      ? 'insert'
      : reader.takes('delete', 'from')
        ? 'delete'
        : undefined
  if (kind === undefined) return undefined
  reader.takes('only')
  const table = reader.schemaName()
  if (table === undefined) return undefined
  const column = reader.takes('set') ? reader.name() : undefined
  if (column === undefined || !reader.takes('=')) return { kind, table, set: undefined }
  const value = reader.until((each) => each.sees('where'))
  const where = reader.takes('where') ? reader.rest() : undefined
  return { kind, table, set: { column, value, where } }
}

/** Reads a CREATE FUNCTION or CREATE PROCEDURE; undefined for another statement. */
export function routineFacts(sql: string):
  | {
      /** Whether the body is a text: PostgreSQL records nothing of what it uses. */
      readonly hasText: boolean
    }
  | undefined {
  const reader = new Reader(sql)
  if (!reader.takes('create')) return undefined
  reader.takes('or', 'replace')
  if (!reader.takes('function') && !reader.takes('procedure')) return undefined
  reader.until((each) => each.sees('begin', 'atomic') || each.sees('return'))
  return { hasText: reader.isAtEnd }
}

/** Reads a CREATE TYPE … AS ENUM, with its values; undefined for another statement. */
export function enumFacts(
  sql: string,
): { readonly type: SchemaName; readonly labels: readonly string[] } | undefined {
  const reader = new Reader(sql)
  const type = reader.takes('create', 'type') ? reader.schemaName() : undefined
  const list = type !== undefined && reader.takes('as', 'enum') ? reader.group() : undefined
  if (type === undefined || list === undefined) return undefined
  return { type, labels: new Reader(list).parts().flatMap((label) => new Reader(label).string() ?? []) }
}

/** Reads an ALTER TYPE … RENAME VALUE; undefined for another statement. */
export function renamedValue(
  sql: string,
): { readonly type: SchemaName; readonly from: string; readonly to: string } | undefined {
  const reader = new Reader(sql)
  const type = reader.takes('alter', 'type') ? reader.schemaName() : undefined
  const from = type !== undefined && reader.takes('rename', 'value') ? reader.string() : undefined
  const to = from !== undefined && reader.takes('to') ? reader.string() : undefined
  return type === undefined || from === undefined || to === undefined ? undefined : { type, from, to }
}

/** The name of a type, or of the elements of an array, as the catalog has it; the words of a built-in one as they are. */
export function elementTypeName(type: string): string {
  const reader = new Reader(type)
  return schemaNameText(reader.schemaName() ?? { schema: undefined, name: type })
}

const typeText = /^[\w ."]+(?:\(\d+(?:, ?\d+)?\))?(?:\[\])?$/

/** Reads a constant with or without a cast to a type; undefined for an expression that has to be computed. */
export function constantFacts(expression: string): { readonly type: string | undefined } | undefined {
  const reader = new Reader(expression)
  reader.takes('-')
  const isValue =
    reader.string() !== undefined ||
    ['true', 'false', 'null'].some((word) => reader.takes(word)) ||
    reader.number()
  if (!isValue) return undefined
  if (reader.isAtEnd) return { type: undefined }
  const type = reader.takes(':', ':') ? reader.rest() : ''
  return typeText.test(type) && !/\bcollate\b/i.test(type) ? { type } : undefined
}

/** The column that an expression only casts, once or again and again: `(c::text)::integer`; undefined for any other. */
export function castColumn(expression: string): string | undefined {
  const reader = new Reader(expression)
  const group = reader.group()
  const name = group === undefined ? reader.name() : castColumn(group)
  while (name !== undefined && reader.takes(':', ':')) {
    const type = reader.until((each) => each.sees(':', ':'))
    if (!typeText.test(type)) return undefined
  }
  return reader.isAtEnd ? name : undefined
}

/** The table that a statement is about: that it makes, alters, drops or indexes, or whose rows it changes. */
export function statementTable(sql: string): SchemaName | undefined {
  return (
    tableAlteration(sql)?.table ??
    rowChange(sql)?.table ??
    indexFacts(sql)?.table ??
    definedTable(new Reader(sql))
  )
}

function definedTable(reader: Reader): SchemaName | undefined {
  if (!reader.takes('drop') && !reader.takes('create')) return undefined
  reader.takes('unlogged')
  if (!reader.takes('table')) return undefined
  reader.skipExistence()
  return reader.schemaName()
}

/**
 * The relations that a statement locks by what only its words say, and how (manual, ALTER TABLE, "ATTACH PARTITION"):
 * both sides of a partition, the tables of a publication, and a materialized view whose parameters are set.
 */
export function statementLocks(sql: string): readonly TableLock[] {
  const reader = new Reader(sql)
  const isPublication = reader.sees('create', 'publication') || reader.sees('alter', 'publication')
  if (isPublication) {
    reader.until((each) => each.sees('table'))
    if (!reader.takes('table')) return []
    return reader.parts().flatMap((part) => locking(new Reader(part).schemaName(), 'shareUpdateExclusive'))
  }
  if (reader.takes('alter', 'materialized', 'view')) {
    reader.skipExistence()
    const view = reader.schemaName()
    const isParameters = reader.sees('set', '(') || reader.sees('reset', '(')
    return isParameters ? locking(view, 'shareUpdateExclusive') : []
  }
  if (!reader.takes('alter', 'table')) return []
  const table = reader.schemaName()
  const isAttach = reader.takes('attach', 'partition')
  if (!isAttach && !reader.takes('detach', 'partition')) return []
  const own = isAttach ? 'shareUpdateExclusive' : 'accessExclusive'
  return [...locking(table, own), ...locking(reader.schemaName(), 'accessExclusive')]
}

type TableLock = readonly [table: SchemaName, lock: 'shareUpdateExclusive' | 'accessExclusive']

function locking(table: SchemaName | undefined, lock: TableLock[1]): readonly TableLock[] {
  return table === undefined ? [] : [[table, lock]]
}

/** Whether a trigger, as pg_get_triggerdef has it, waits for the commit. */
export function isDeferredTrigger(definition: string): boolean {
  const reader = new Reader(definition)
  if (!reader.takes('create', 'constraint', 'trigger')) return false
  reader.until((each) => each.sees('initially', 'deferred'))
  return !reader.isAtEnd
}

/** `schema.name`, as the keys of maps have it. */
export function schemaNameText({ schema, name }: SchemaName): string {
  return schema === undefined ? name : `${schema}.${name}`
}

/** Reads a CREATE or DROP of a view or a function; undefined for another statement. */
export function definitionFacts(sql: string):
  | {
      readonly act: 'create' | 'drop'
      readonly kind: 'view' | 'function'
      /** Of a DROP, as SQL. */
      readonly name: string
    }
  | undefined {
  const reader = new Reader(sql)
  const act = reader.takes('create') ? 'create' : reader.takes('drop') ? 'drop' : undefined
  if (act === 'create') reader.takes('or', 'replace')
  const kind = reader.takes('view') ? 'view' : reader.takes('function') ? 'function' : undefined
  if (act === undefined || kind === undefined) return undefined
  return { act, kind, name: act === 'drop' ? reader.rest() : '' }
}

/** An expression without the cast at its end; as it is where it ends in none. */
export function withoutCast(expression: string): string {
  const reader = new Reader(expression)
  let end: number | undefined
  while (!reader.isAtEnd) {
    const start = reader.offset
    if (!reader.takes(':', ':')) reader.skip()
    else end = typeText.test(new Reader(expression.slice(reader.offset)).rest()) ? start : undefined
  }
  return end === undefined ? expression : expression.slice(0, end)
}

/** Whether a statement alters a type, a sequence or a routine, or replaces something. */
export function altersNoTable(sql: string): boolean {
  const reader = new Reader(sql)
  if (!reader.takes('alter')) return reader.sees('create', 'or', 'replace')
  return ['type', 'domain', 'sequence', 'function', 'procedure'].some((word) => reader.sees(word))
}

/** Whether a statement gives an object or a constraint another name, and does nothing else. */
export function isRename(sql: string): boolean {
  const reader = new Reader(sql)
  if (!reader.takes('alter')) return false
  reader.until((each) => each.sees('rename'))
  return reader.takes('rename', 'to') || reader.takes('rename', 'constraint')
}
