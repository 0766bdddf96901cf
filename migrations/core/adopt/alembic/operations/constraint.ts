import { quoteIdent } from '../../../postgres/quote.ts'
import type { Call } from '../../python/values.ts'
import {
  checkSql,
  columnList,
  deferral,
  excludeSql,
  foreignKeyArguments,
  foreignKeySql,
  named,
  tableName,
  uniqueSql,
} from '../constraints.ts'
import { argumentsOf, Unconverted, unknownValue } from '../reading.ts'
import type { Operation } from './operation.ts'

const common = [
  'schema',
  'deferrable',
  'initially',
  'info',
  'postgresql_not_valid',
  'postgresql_include',
  'postgresql_nulls_not_distinct',
]

function addTo(schema: string | undefined, table: string, definition: string): readonly string[] {
  return [`ALTER TABLE ${tableName(schema, table)} ADD ${definition}`]
}

/** Alembic calls the first argument `constraint_name`, SQLAlchemy's constraints `name`. */
function withName(call: Call): Call {
  const keywords = [...call.keywords].map(
    ([name, value]) => [name === 'constraint_name' ? 'name' : name, value] as const,
  )
  return { ...call, keywords: new Map(keywords) }
}

export const createForeignKey: Operation = (call) => {
  const names = ['name', 'source_table', 'referent_table', 'local_cols', 'remote_cols']
  const given = argumentsOf(withName(call), names, [
    ...foreignKeyArguments,
    'source_schema',
    'referent_schema',
    'source',
    'referent',
  ])
  const to = {
    table: tableName(given.optionalText('referent_schema'), given.text('referent_table')),
    columns: given.texts('remote_cols'),
  }
  return addTo(
    given.optionalText('source_schema'),
    given.text('source_table'),
    foreignKeySql(given.texts('local_cols'), to, given),
  )
}

export const createUniqueConstraint: Operation = (call) => {
  const given = argumentsOf(withName(call), ['name', 'table_name', 'columns', 'schema'], common)
  return addTo(
    given.optionalText('schema'),
    given.text('table_name'),
    uniqueSql(given, given.texts('columns')),
  )
}

export const createCheckConstraint: Operation = (call) => {
  const given = argumentsOf(withName(call), ['name', 'table_name', 'condition', 'schema'], common)
  const condition = given.given('condition')
  if (condition === undefined) throw unknownValue(call)
  return addTo(given.optionalText('schema'), given.text('table_name'), checkSql(given, condition))
}

export const createPrimaryKey: Operation = (call) => {
  const given = argumentsOf(withName(call), ['name', 'table_name', 'columns', 'schema'], common)
  const definition = `PRIMARY KEY (${columnList(given.texts('columns'))})${deferral(given)}`
  return addTo(
    given.optionalText('schema'),
    given.text('table_name'),
    named(given.optionalText('name'), definition),
  )
}

/** `op.create_exclude_constraint(name, table, (column, operator), …, using=…, where=…)` */
export const createExcludeConstraint: Operation = (call) => {
  const given = argumentsOf(
    { ...withName(call), positional: call.positional.slice(0, 2) },
    ['name', 'table_name'],
    [...common, 'using', 'where', 'ops'],
  )
  const keywords = new Map([...call.keywords].filter(([name]) => name !== 'schema'))
  const name = call.positional[0]
  const constraint: Call = {
    ...call,
    positional: call.positional.slice(2),
    keywords: name === undefined ? keywords : new Map([...keywords, ['name', name]]),
  }
  return addTo(given.optionalText('schema'), given.text('table_name'), excludeSql(constraint))
}

export const dropConstraint: Operation = (call) => {
  const given = argumentsOf(call, ['constraint_name', 'table_name', 'type_'], ['schema', 'if_exists'])
  const name = given.optionalText('constraint_name')
  if (name === undefined) throw new Unconverted('a constraint without a name', call.line)
  const exists = given.flag('if_exists') ? 'IF EXISTS ' : ''
  return [
    `ALTER TABLE ${tableName(given.optionalText('schema'), given.text('table_name'))} DROP CONSTRAINT ${exists}${quoteIdent(name)}`,
  ]
}
