import { quoteLiteral } from '../../../postgres/quote.ts'
import type { Call, Value } from '../../python/values.ts'
import { tableName } from '../constraints.ts'
import { literalSql, sqlOf } from '../expressions.ts'
import { entriesOf, Unconverted, unknownValue } from '../reading.ts'
import { columnType } from '../types.ts'

/** A table as data statements see it. */
export interface DataTable {
  /** Quoted, with its schema. */
  readonly table: string
  /** Column → type, for the columns that have one. */
  readonly types: ReadonlyMap<string, string>
}

/** A table that rows go into: `sa.table(…)`, `sa.Table(…)`, or what `op.create_table` gave. */
export function dataTable(value: Value): DataTable {
  if (value.kind !== 'call') throw unknownValue(value)
  const isCreate = value.path === 'alembic.op.create_table'
  if (!isCreate && !/^sqlalchemy\.(table|Table)$/.test(value.path)) throw unknownValue(value)
  const [first, ...rest] = value.positional
  const schema = value.keywords.get('schema')
  if (first?.kind !== 'text') throw unknownValue(first ?? value)
  const columns = rest.filter(
    (item): item is Call => item.kind === 'call' && /^sqlalchemy\.[cC]olumn$/.test(item.path),
  )
  const types = columns.flatMap((column) => {
    const [name, type] = column.positional
    return name?.kind === 'text' && type !== undefined ? [[name.text, columnType(type).sql] as const] : []
  })
  return {
    table: tableName(schema?.kind === 'text' ? schema.text : undefined, first.text),
    types: new Map(types),
  }
}

/** A value of a row as SQL. */
export function rowValue(value: Value, type: string | undefined): string {
  if (value.kind === 'dict' || value.kind === 'list') {
    if (type === 'JSON' || type === 'JSONB') return quoteLiteral(JSON.stringify(jsonOf(value)))
    throw new Unconverted('a value of a row that is no constant', value.line)
  }
  if (value.kind === 'call' && value.path === 'alembic.op.inline_literal' && value.positional[0])
    return literalSql(value.positional[0])
  if (type === 'JSON' || type === 'JSONB')
    throw new Unconverted('a plain value for a JSON column', value.line)
  return value.kind === 'call' || value.kind === 'method' ? sqlOf(value) : literalSql(value)
}

function jsonOf(value: Value): unknown {
  if (value.kind === 'text') return value.text
  if (value.kind === 'number') return Number(value.text)
  if (value.kind === 'constant') return value.value
  if (value.kind === 'list') return value.items.map(jsonOf)
  if (value.kind === 'dict')
    return Object.fromEntries(entriesOf(value).map(([key, item]) => [key, jsonOf(item)]))
  throw unknownValue(value)
}
