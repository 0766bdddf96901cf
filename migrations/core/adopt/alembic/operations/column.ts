import { quoteIdent, quoteLiteral } from '../../../postgres/quote.ts'
import type { Value } from '../../python/values.ts'
import { columnOf, columnSql, generatedOf } from '../columns.ts'
import { tableName } from '../constraints.ts'
import { conditionSql, defaultSql } from '../expressions.ts'
import { argumentsOf, Unconverted, unknownValue } from '../reading.ts'
import { columnType } from '../types.ts'
import type { Operation } from './operation.ts'
import { columnIndexes, commentStatements } from './table.ts'

/** `op.add_column`: the column, then its constraints, index and comment as statements of their own. */
export const addColumn: Operation = (call) => {
  const given = argumentsOf(
    call,
    ['table_name', 'column'],
    ['schema', 'if_not_exists', 'inline_references', 'inline_primary_key', 'insert_before', 'insert_after'],
  )
  const value = given.given('column')
  if (value === undefined) throw unknownValue(call)
  const column = columnOf(value)
  const name = given.text('table_name')
  const schema = given.optionalText('schema')
  const table = tableName(schema, name)
  const exists = given.flag('if_not_exists') ? 'IF NOT EXISTS ' : ''
  const serial =
    column.primaryKey &&
    column.autoincrement !== false &&
    column.default === undefined &&
    column.foreignKeys.length === 0
  return [
    `ALTER TABLE ${table} ADD COLUMN ${exists}${columnSql(column, serial)}`,
    ...(column.unique && !column.index
      ? [`ALTER TABLE ${table} ADD UNIQUE (${quoteIdent(column.name)})`]
      : []),
    ...column.foreignKeys.map((key) => `ALTER TABLE ${table} ADD ${key}`),
    ...columnIndexes(schema, name, [column]),
    ...commentStatements(table, undefined, [column]),
  ]
}

export const dropColumn: Operation = (call) => {
  const given = argumentsOf(
    call,
    ['table_name', 'column_name', 'schema'],
    ['if_exists', 'mssql_drop_check', 'mssql_drop_default', 'mssql_drop_foreign_key'],
  )
  const exists = given.flag('if_exists') ? 'IF EXISTS ' : ''
  return [
    `ALTER TABLE ${tableName(given.optionalText('schema'), given.text('table_name'))} DROP COLUMN ${exists}${quoteIdent(given.text('column_name'))}`,
  ]
}

const alterArguments = [
  'nullable',
  'comment',
  'server_default',
  'new_column_name',
  'type_',
  'existing_type',
  'existing_server_default',
  'existing_nullable',
  'existing_comment',
  'schema',
  'postgresql_using',
  'autoincrement',
  'existing_autoincrement',
  'insert_before',
  'insert_after',
]

/**
 * `op.alter_column`, in Alembic's order: type, NOT NULL, default, comment, and the name last. An argument that is
 * given as None or False means something else than one that is absent.
 */
export const alterColumn: Operation = (call) => {
  const given = argumentsOf(call, ['table_name', 'column_name'], alterArguments)
  const table = tableName(given.optionalText('schema'), given.text('table_name'))
  const column = quoteIdent(given.text('column_name'))
  const alter = `ALTER TABLE ${table} ALTER COLUMN ${column}`
  const type = given.given('type_')
  const nullable = given.flag('nullable')
  const using = given.optionalText('postgresql_using')
  const newName = given.optionalText('new_column_name')
  return [
    ...(type === undefined
      ? []
      : [`${alter} TYPE ${columnType(type).sql}${using === undefined ? '' : ` USING ${using}`}`]),
    ...(nullable === undefined ? [] : [`${alter} ${nullable ? 'DROP' : 'SET'} NOT NULL`]),
    ...defaultStatements(alter, given.value('server_default'), given.given('existing_server_default')),
    ...commentStatement(`${table}.${column}`, given.value('comment')),
    ...(newName === undefined ? [] : [`ALTER TABLE ${table} RENAME ${column} TO ${quoteIdent(newName)}`]),
  ]
}

function isFalse(value: Value): boolean {
  return value.kind === 'constant' && value.value === false
}

function isNone(value: Value): boolean {
  return value.kind === 'constant' && value.value === null
}

function defaultStatements(
  alter: string,
  value: Value | undefined,
  existing: Value | undefined,
): readonly string[] {
  if (value === undefined || isFalse(value)) return []
  const isIdentity = (given: Value | undefined) =>
    given?.kind === 'call' && given.path === 'sqlalchemy.Identity'
  if (isIdentity(existing) || isIdentity(value)) return identityStatements(alter, value, existing)
  if (value.kind === 'call' && value.path === 'sqlalchemy.Computed')
    throw new Unconverted('a generated column that is altered', value.line)
  if (isNone(value)) return [`${alter} DROP DEFAULT`]
  return [`${alter} SET DEFAULT ${defaultSql(value)}`]
}

function identityStatements(alter: string, value: Value, existing: Value | undefined): readonly string[] {
  if (isNone(value)) return [`${alter} DROP IDENTITY`]
  if (value.kind !== 'call' || (existing !== undefined && !isFalse(existing)))
    throw new Unconverted('a change of an identity column', value.line)
  return [`${alter} ADD ${generatedOf(value).sql}`]
}

function commentStatement(column: string, value: Value | undefined): readonly string[] {
  if (value === undefined || isFalse(value)) return []
  if (isNone(value)) return [`COMMENT ON COLUMN ${column} IS NULL`]
  return [
    `COMMENT ON COLUMN ${column} IS ${value.kind === 'text' ? quoteLiteral(value.text) : conditionSql(value)}`,
  ]
}
