import { quoteIdent, quoteLiteral } from '../../../postgres/quote.ts'
import type { Call, Value } from '../../python/values.ts'
import { type Column, columnOf, columnSql } from '../columns.ts'
import { columnList, tableConstraint, tableName } from '../constraints.ts'
import { createEnum, type EnumType } from '../enum-types.ts'
import { type Arguments, argumentsOf, unknownValue } from '../reading.ts'
import { tableIndex } from './index-sql.ts'
import type { Operation } from './operation.ts'

/** A table as `op.create_table` describes it. */
export interface TableDefinition {
  readonly name: string
  readonly schema: string | undefined
  readonly columns: readonly Column[]
}

const keywords = [
  'schema',
  'comment',
  'prefixes',
  'info',
  'if_not_exists',
  'postgresql_partition_by',
  'postgresql_inherits',
  'postgresql_tablespace',
  'postgresql_with_oids',
  'postgresql_on_commit',
  'mysql_engine',
  'mysql_charset',
  'mysql_default_charset',
  'mysql_collate',
  'sqlite_autoincrement',
  'keep_existing',
  'extend_existing',
  'implicit_returning',
]

/** Name, schema and columns of a table that is created. */
export function tableDefinition(call: Call): TableDefinition {
  const given = argumentsOf(call, ['table_name'], keywords)
  return {
    name: given.text('table_name'),
    schema: given.optionalText('schema'),
    columns: given.rest.filter(isColumn).map(columnOf),
  }
}

function isColumn(value: Value): boolean {
  return value.kind === 'call' && value.path === 'sqlalchemy.Column'
}

/** `op.create_table`: its enum types, the table, its indexes and comments. */
export const createTable: Operation = (call) => {
  const given = argumentsOf(call, ['table_name'], keywords)
  const { name, schema, columns } = tableDefinition(call)
  const table = tableName(schema, name)
  const items = given.rest
    .filter((item) => !isColumn(item))
    .map(callOf)
    .filter((item) => item.path !== 'sqlalchemy.MetaData')
  const constraints = items
    .filter((item) => item.path !== 'sqlalchemy.Index')
    .flatMap((item) => tableConstraint(item) ?? [])
  const explicitKey = constraints.find(({ kind }) => kind === 'primary')
  const keyColumns =
    explicitKey?.columns ?? columns.filter((column) => column.primaryKey).map((column) => column.name)
  const serial = serialColumn(columns, keyColumns, foreignColumns(constraints))
  const serialName = serial?.name
  const inKey = (column: Column): Column =>
    keyColumns.includes(column.name) ? { ...column, nullable: false } : column
  const key =
    explicitKey?.sql ?? (keyColumns.length === 0 ? undefined : `PRIMARY KEY (${columnList(keyColumns)})`)
  const lines = [
    ...columns.map((column) => columnSql(inKey(column), column.name === serialName)),
    ...(key === undefined ? [] : [key]),
    ...constraints.filter((constraint) => constraint !== explicitKey).map(({ sql }) => sql),
    ...columns.flatMap((column) => [
      ...column.foreignKeys,
      ...(column.unique && !column.index ? [`UNIQUE (${quoteIdent(column.name)})`] : []),
    ]),
  ]
  const prefixes = given
    .texts('prefixes')
    .map((prefix) => `${prefix} `)
    .join('')
  const exists = given.flag('if_not_exists') ? 'IF NOT EXISTS ' : ''
  const body = lines.length === 0 ? '()' : `(\n  ${lines.join(',\n  ')}\n)`
  return [
    ...enumsOf(columns).map(createEnum),
    `CREATE ${prefixes}TABLE ${exists}${table} ${body}${tableOptions(given)}`,
    ...columnIndexes(schema, name, columns),
    ...items.filter((item) => item.path === 'sqlalchemy.Index').map((item) => tableIndex(item, schema, name)),
    ...commentStatements(table, given.optionalText('comment'), columns),
  ]
}

function callOf(value: Value): Call {
  if (value.kind === 'call') return value
  throw unknownValue(value)
}

function foreignColumns(
  constraints: readonly { readonly kind: string; readonly columns: readonly string[] }[],
): ReadonlySet<string> {
  return new Set(constraints.flatMap(({ kind, columns }) => (kind === 'foreign' ? columns : [])))
}

/**
 * The column that SQLAlchemy makes serial: the one integer column of the primary key that has no default and
 * refers to nothing, or one with `autoincrement=True` (SQLAlchemy, `Column.autoincrement`).
 */
function serialColumn(
  columns: readonly Column[],
  key: readonly string[],
  foreign: ReadonlySet<string>,
): Column | undefined {
  const inKey = columns.filter((column) => key.includes(column.name))
  const free = (column: Column) =>
    column.type.serial !== undefined &&
    column.default === undefined &&
    column.generated === undefined &&
    !column.hasClientDefault
  const asked = inKey.find((column) => column.autoincrement === true)
  if (asked !== undefined) return free(asked) ? asked : undefined
  const [only] = inKey
  if (inKey.length !== 1 || only === undefined || only.autoincrement === false || !free(only))
    return undefined
  return only.foreignKeys.length > 0 || foreign.has(only.name) ? undefined : only
}

function enumsOf(columns: readonly Column[]): readonly EnumType[] {
  const types = new Map<string, EnumType>()
  for (const { type } of columns) {
    if (type.enum?.createdByTable) types.set(type.enum.name, type.enum)
  }
  return [...types.values()]
}

function tableOptions(given: Arguments): string {
  const inherits = given.texts('postgresql_inherits')
  const partition = given.optionalText('postgresql_partition_by')
  const commit = given.optionalText('postgresql_on_commit')
  const tablespace = given.optionalText('postgresql_tablespace')
  return [
    inherits.length === 0 ? '' : ` INHERITS (${columnList(inherits)})`,
    partition === undefined ? '' : ` PARTITION BY ${partition}`,
    commit === undefined ? '' : ` ON COMMIT ${commit.replaceAll('_', ' ').toUpperCase()}`,
    tablespace === undefined ? '' : ` TABLESPACE ${quoteIdent(tablespace)}`,
  ].join('')
}

/** The indexes of `index=True`, with the name that SQLAlchemy gives them. */
export function columnIndexes(
  schema: string | undefined,
  name: string,
  columns: readonly Column[],
): readonly string[] {
  const table = tableName(schema, name)
  const label = schema === undefined ? name : `${schema.replaceAll('.', '_')}_${name}`
  return columns
    .filter((column) => column.index)
    .map(
      (column) =>
        `CREATE ${column.unique ? 'UNIQUE ' : ''}INDEX ${quoteIdent(`ix_${label}_${column.name}`)} ON ${table} (${quoteIdent(column.name)})`,
    )
}

export function commentStatements(
  table: string,
  comment: string | undefined,
  columns: readonly Column[],
): readonly string[] {
  return [
    ...(comment ? [`COMMENT ON TABLE ${table} IS ${quoteLiteral(comment)}`] : []),
    ...columns.flatMap((column) =>
      column.comment
        ? [`COMMENT ON COLUMN ${table}.${quoteIdent(column.name)} IS ${quoteLiteral(column.comment)}`]
        : [],
    ),
  ]
}

export const dropTable: Operation = (call) => {
  const given = argumentsOf(call, ['table_name', 'schema'], ['if_exists', 'info', 'comment'])
  const exists = given.flag('if_exists') ? 'IF EXISTS ' : ''
  return [`DROP TABLE ${exists}${tableName(given.optionalText('schema'), given.text('table_name'))}`]
}

export const renameTable: Operation = (call) => {
  const given = argumentsOf(call, ['old_table_name', 'new_table_name', 'schema'])
  const table = tableName(given.optionalText('schema'), given.text('old_table_name'))
  return [`ALTER TABLE ${table} RENAME TO ${quoteIdent(given.text('new_table_name'))}`]
}

export const createTableComment: Operation = (call) => {
  const given = argumentsOf(call, ['table_name', 'comment'], ['existing_comment', 'schema'])
  const comment = given.optionalText('comment')
  const table = tableName(given.optionalText('schema'), given.text('table_name'))
  return [`COMMENT ON TABLE ${table} IS ${comment === undefined ? 'NULL' : quoteLiteral(comment)}`]
}

export const dropTableComment: Operation = (call) => {
  const given = argumentsOf(call, ['table_name'], ['existing_comment', 'schema'])
  return [`COMMENT ON TABLE ${tableName(given.optionalText('schema'), given.text('table_name'))} IS NULL`]
}
