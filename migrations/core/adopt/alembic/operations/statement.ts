import { quoteIdent } from '../../../postgres/quote.ts'
import type { Call, Value } from '../../python/values.ts'
import { sequenceOptions } from '../columns.ts'
import { tableName } from '../constraints.ts'
import { sqlOf, textSql } from '../expressions.ts'
import { argumentsOf, entriesOf, listOf, unknownValue } from '../reading.ts'
import { columnType } from '../types.ts'
import type { Operation } from './operation.ts'
import { dataTable, rowValue } from './table-rows.ts'
import { isTableStatement, tableStatement } from './table-statement.ts'

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
  if (isTableStatement(value)) return tableStatement(value)
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

/** `op.bulk_insert(table, [{…}, …])` with plain values: one INSERT per row, as Alembic's own scripts have it. */
export const bulkInsert: Operation = (call) => {
  const given = argumentsOf(call, ['table', 'rows'], ['multiinsert'])
  const [table, rows] = [given.given('table'), given.given('rows')]
  if (table === undefined || rows === undefined) throw unknownValue(call)
  const target = dataTable(table)
  return listOf(rows).map((row) => {
    const entries = entriesOf(row)
    const columns = entries.map(([name]) => quoteIdent(name)).join(', ')
    const values = entries.map(([name, value]) => rowValue(value, target.types.get(name)))
    return `INSERT INTO ${target.table} (${columns}) VALUES (${values.join(', ')})`
  })
}
