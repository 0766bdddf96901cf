import { quoteIdent } from '../../../postgres/quote.ts'
import { plainText } from '../../python/text-values.ts'
import type { Call, Value } from '../../python/values.ts'
import { columnList, tableName } from '../constraints.ts'
import { conditionSql, sqlOf } from '../expressions.ts'
import { type Arguments, argumentsOf, entriesOf, listOf, textOf, unknownValue } from '../reading.ts'
import type { Operation } from './operation.ts'

const options = [
  'unique',
  'quote',
  'info',
  'postgresql_using',
  'postgresql_where',
  'postgresql_concurrently',
  'postgresql_include',
  'postgresql_ops',
  'postgresql_with',
  'postgresql_tablespace',
  'postgresql_nulls_not_distinct',
  'if_not_exists',
  'sqlite_where',
  'mysql_length',
  'mysql_prefix',
]

/** `op.create_index(name, table, columns, …)` */
export const createIndex: Operation = (call) => {
  const given = argumentsOf(call, ['index_name', 'table_name', 'columns', 'schema'], options)
  const columns = given.given('columns')
  if (columns === undefined) throw unknownValue(call)
  return [
    indexSql(
      given,
      given.optionalText('index_name'),
      given.optionalText('schema'),
      given.text('table_name'),
      listOf(columns),
    ),
  ]
}

/** `sa.Index(name, column, …)` among the arguments of a table. */
export function tableIndex(call: Call, schema: string | undefined, table: string): string {
  const given = argumentsOf({ ...call, positional: call.positional.slice(0, 1) }, ['name'], options)
  return indexSql(given, given.optionalText('name'), schema, table, call.positional.slice(1))
}

function indexSql(
  given: Arguments,
  name: string | undefined,
  schema: string | undefined,
  table: string,
  columns: readonly Value[],
): string {
  const ops = new Map(
    (given.given('postgresql_ops') === undefined ? [] : entriesOf(required(given, 'postgresql_ops'))).map(
      ([column, value]) => [column, textOf(value)] as const,
    ),
  )
  const elements = columns.map((column) => indexElement(column, ops))
  const first = columns[0]?.kind === 'text' ? columns[0].text : undefined
  const indexName =
    name ??
    (first === undefined ? undefined : `ix_${schema === undefined ? '' : `${schema}_`}${table}_${first}`)
  if (indexName === undefined)
    throw unknownValue(columns[0] ?? { kind: 'constant', value: null, line: given.line })
  const where = given.given('postgresql_where')
  const using = given.optionalText('postgresql_using')
  const include = given.texts('postgresql_include')
  const storage = given.given('postgresql_with')
  const tablespace = given.optionalText('postgresql_tablespace')
  return [
    'CREATE ',
    given.flag('unique') ? 'UNIQUE ' : '',
    'INDEX ',
    given.flag('postgresql_concurrently') ? 'CONCURRENTLY ' : '',
    given.flag('if_not_exists') ? 'IF NOT EXISTS ' : '',
    `${quoteIdent(indexName)} ON ${tableName(schema, table)} `,
    using === undefined ? '' : `USING ${using.toLowerCase()} `,
    `(${elements.join(', ')})`,
    include.length === 0 ? '' : ` INCLUDE (${columnList(include)})`,
    given.flag('postgresql_nulls_not_distinct') ? ' NULLS NOT DISTINCT' : '',
    storage === undefined ? '' : ` WITH (${storageParameters(storage)})`,
    tablespace === undefined ? '' : ` TABLESPACE ${quoteIdent(tablespace)}`,
    where === undefined ? '' : ` WHERE ${conditionSql(where)}`,
  ].join('')
}

function required(given: Arguments, name: string): Value {
  const value = given.given(name)
  if (value === undefined) throw unknownValue({ kind: 'constant', value: null, line: given.line })
  return value
}

/** A column name, or an expression; SQLAlchemy puts a function without parentheses around it, a text as it is. */
function indexElement(value: Value, ops: ReadonlyMap<string, string>): string {
  if (value.kind === 'text') {
    const operatorClass = ops.get(value.text)
    return operatorClass === undefined ? quoteIdent(value.text) : `${quoteIdent(value.text)} ${operatorClass}`
  }
  return sqlOf(value)
}

function storageParameters(value: Value): string {
  return entriesOf(value)
    .map(([name, setting]) => {
      const text = plainText(setting)
      if (text === undefined) throw unknownValue(setting)
      return `${name} = ${text}`
    })
    .join(', ')
}

/** `op.drop_index(name, table_name=…, schema=…)` */
export const dropIndex: Operation = (call) => {
  const given = argumentsOf(call, ['index_name', 'table_name', 'schema'], [...options, 'if_exists'])
  const concurrently = given.flag('postgresql_concurrently') ? 'CONCURRENTLY ' : ''
  const exists = given.flag('if_exists') ? 'IF EXISTS ' : ''
  return [
    `DROP INDEX ${concurrently}${exists}${tableName(given.optionalText('schema'), given.text('index_name'))}`,
  ]
}
