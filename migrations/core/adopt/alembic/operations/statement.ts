import { quoteIdent, quoteLiteral } from '../../../postgres/quote.ts'
import type { Call, Value } from '../../python/values.ts'
import { sequenceOptions } from '../columns.ts'
import { tableName } from '../constraints.ts'
import { literalSql, sqlOf, textSql } from '../expressions.ts'
import { argumentsOf, entriesOf, listOf, Unconverted, unknownValue } from '../reading.ts'
import { columnType } from '../types.ts'
import type { Operation } from './operation.ts'

/** `op.execute` of a string, of `sa.text(…)`, or of a sequence's DDL. */
export const execute: Operation = (call) => {
  const given = argumentsOf(call, ['sqltext'], ['execution_options', 'statement'])
  const statement = given.given('sqltext') ?? given.given('statement')
  if (statement === undefined) throw unknownValue(call)
  return [statementSql(statement)]
}

/** The SQL of something that can be executed. */
export function statementSql(value: Value): string {
  if (value.kind === 'text') return textSql(value.text, value.line).trim()
  if (value.kind === 'call' && /^sqlalchemy\.(CreateSequence|DropSequence)$/.test(value.path))
    return sequenceSql(value)
  if (
    value.kind === 'call' &&
    value.path === 'sqlalchemy.DDL' &&
    value.positional[0]?.kind === 'text' &&
    value.positional.length === 1
  )
    return value.positional[0].text.replaceAll('%%', '%').trim()
  const isText = (of: Value): boolean => of.kind === 'call' && of.path === 'sqlalchemy.text'
  if (isText(value) || (value.kind === 'method' && value.name === 'bindparams' && isText(value.of)))
    return sqlOf(value).trim()
  throw unknownValue(value)
}

function sequenceSql(call: Call): string {
  const sequence = call.positional[0]
  if (sequence?.kind !== 'call' || sequence.path !== 'sqlalchemy.Sequence') throw unknownValue(call)
  const given = argumentsOf(
    sequence,
    ['name', 'start', 'increment', 'minvalue', 'maxvalue', 'nominvalue', 'nomaxvalue', 'cycle'],
    ['schema', 'cache', 'data_type', 'metadata', 'optional'],
  )
  const name = tableName(given.optionalText('schema'), given.text('name'))
  if (call.path === 'sqlalchemy.DropSequence') return `DROP SEQUENCE ${name}`
  const type = given.given('data_type')
  return [
    `CREATE SEQUENCE ${name}`,
    ...(type === undefined ? [] : [`AS ${columnType(type).sql}`]),
    sequenceOptions(given),
  ]
    .join(' ')
    .trim()
}

/** A table that rows go into: `sa.table(…)`, `sa.Table(…)`, or what `op.create_table` gave. */
function insertTarget(value: Value): { readonly table: string; readonly types: ReadonlyMap<string, string> } {
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

/** `op.bulk_insert(table, [{…}, …])` with plain values: one INSERT per row, as Alembic's own scripts have it. */
export const bulkInsert: Operation = (call) => {
  const given = argumentsOf(call, ['table', 'rows'], ['multiinsert'])
  const [table, rows] = [given.given('table'), given.given('rows')]
  if (table === undefined || rows === undefined) throw unknownValue(call)
  const target = insertTarget(table)
  return listOf(rows).map((row) => {
    const entries = entriesOf(row)
    const columns = entries.map(([name]) => quoteIdent(name)).join(', ')
    const values = entries.map(([name, value]) => rowValue(value, target.types.get(name)))
    return `INSERT INTO ${target.table} (${columns}) VALUES (${values.join(', ')})`
  })
}

function rowValue(value: Value, type: string | undefined): string {
  if (value.kind === 'dict' || value.kind === 'list') {
    if (type === 'JSON' || type === 'JSONB') return quoteLiteral(JSON.stringify(jsonOf(value)))
    throw new Unconverted('a value of a row that is no constant', value.line)
  }
  if (value.kind === 'call' && value.path === 'alembic.op.inline_literal' && value.positional[0])
    return literalSql(value.positional[0])
  if (type === 'JSON' || type === 'JSONB')
    throw new Unconverted('a plain value for a JSON column', value.line)
  return literalSql(value)
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
