import { qualifiedName, quoteIdent } from '../../postgres/quote.ts'
import type { Call, Value } from '../python/values.ts'
import { conditionSql, sqlOf } from './expressions.ts'
import { type Arguments, argumentsOf, listOf, textOf, Unconverted, unknownValue } from './reading.ts'

export function tableName(schema: string | undefined, table: string): string {
  return schema === undefined ? quoteIdent(table) : qualifiedName(schema, table)
}

export function columnList(columns: readonly string[]): string {
  return columns.map(quoteIdent).join(', ')
}

/** `CONSTRAINT name ` before a definition; nothing for a name that PostgreSQL chooses. */
export function named(name: string | undefined, definition: string): string {
  return name === undefined ? definition : `CONSTRAINT ${quoteIdent(name)} ${definition}`
}

const common = ['name', 'deferrable', 'initially', 'info', 'comment', 'quote']

/** ` DEFERRABLE INITIALLY DEFERRED` */
export function deferral(given: Arguments): string {
  const deferrable = given.flag('deferrable')
  const initially = given.optionalText('initially')
  return [
    deferrable === undefined ? '' : deferrable ? ' DEFERRABLE' : ' NOT DEFERRABLE',
    initially === undefined ? '' : ` INITIALLY ${initially}`,
  ].join('')
}

/** What a foreign key points at. */
export interface Reference {
  readonly table: string
  readonly columns: readonly string[]
}

/** `REFERENCES table (columns) …` with its actions. */
export function referencesSql(reference: Reference, given: Arguments): string {
  const [match, ondelete, onupdate] = ['match', 'ondelete', 'onupdate'].map((name) =>
    given.optionalText(name),
  )
  return [
    `REFERENCES ${reference.table} (${columnList(reference.columns)})`,
    match === undefined ? '' : ` MATCH ${match}`,
    ondelete === undefined ? '' : ` ON DELETE ${ondelete}`,
    onupdate === undefined ? '' : ` ON UPDATE ${onupdate}`,
    deferral(given),
    given.flag('postgresql_not_valid') ? ' NOT VALID' : '',
  ].join('')
}

/** `schema.table.column` → table and column. */
export function referencedColumn(
  text: string,
  line: number,
): { readonly table: string; readonly column: string } {
  const parts = text.split('.')
  const column = parts.pop()
  const table = parts.pop()
  if (column === undefined || table === undefined) throw new Unconverted(`the reference ${text}`, line)
  return { table: tableName(parts.length === 0 ? undefined : parts.join('.'), table), column }
}

export const foreignKeyArguments = [
  ...common,
  'onupdate',
  'ondelete',
  'match',
  'use_alter',
  'link_to_name',
  'postgresql_not_valid',
]

/** A constraint in a table's definition, as SQLAlchemy's compiler writes it; undefined for an empty one. */
export interface TableConstraint {
  readonly kind: 'primary' | 'unique' | 'foreign' | 'check' | 'exclude'
  readonly sql: string
  readonly columns: readonly string[]
}

/** @throws Unconverted for what is no constraint that is known. */
export function tableConstraint(call: Call): TableConstraint | undefined {
  switch (call.path) {
    case 'sqlalchemy.PrimaryKeyConstraint': {
      const given = argumentsOf({ ...call, positional: [] }, [], [...common, 'postgresql_include'])
      const columns = call.positional.map(textOf)
      if (columns.length === 0) return undefined
      const include = given.texts('postgresql_include')
      const suffix = include.length === 0 ? '' : ` INCLUDE (${columnList(include)})`
      return {
        kind: 'primary',
        columns,
        sql: named(
          given.optionalText('name'),
          `PRIMARY KEY (${columnList(columns)})${suffix}${deferral(given)}`,
        ),
      }
    }
    case 'sqlalchemy.UniqueConstraint': {
      const given = argumentsOf(
        { ...call, positional: [] },
        [],
        [...common, 'postgresql_nulls_not_distinct', 'postgresql_include'],
      )
      const columns = call.positional.map(textOf)
      if (columns.length === 0) return undefined
      return { kind: 'unique', columns, sql: uniqueSql(given, columns) }
    }
    case 'sqlalchemy.ForeignKeyConstraint': {
      const given = argumentsOf(
        call,
        ['columns', 'refcolumns', 'name', 'onupdate', 'ondelete'],
        foreignKeyArguments,
      )
      const columns = given.texts('columns')
      return {
        kind: 'foreign',
        columns,
        sql: foreignKeySql(columns, reference(given.texts('refcolumns'), call.line), given),
      }
    }
    case 'sqlalchemy.CheckConstraint': {
      const given = argumentsOf(
        call,
        ['sqltext', 'name'],
        [...common, '_create_rule', '_type_bound', 'postgresql_not_valid'],
      )
      const condition = given.given('sqltext')
      if (condition === undefined) throw unknownValue(call)
      return { kind: 'check', columns: [], sql: checkSql(given, condition) }
    }
    case 'postgresql.ExcludeConstraint':
      return { kind: 'exclude', columns: [], sql: excludeSql(call) }
    default:
      throw unknownValue(call)
  }
}

function reference(columns: readonly string[], line: number): Reference {
  const parts = columns.map((column) => referencedColumn(column, line))
  const [first] = parts
  if (first === undefined) throw new Unconverted('a foreign key without columns', line)
  return { table: first.table, columns: parts.map((part) => part.column) }
}

export function foreignKeySql(columns: readonly string[], to: Reference, given: Arguments): string {
  return named(given.optionalText('name'), `FOREIGN KEY (${columnList(columns)}) ${referencesSql(to, given)}`)
}

export function uniqueSql(given: Arguments, columns: readonly string[]): string {
  const nulls = given.flag('postgresql_nulls_not_distinct') ? 'NULLS NOT DISTINCT ' : ''
  const include = given.texts('postgresql_include')
  const suffix = include.length === 0 ? '' : ` INCLUDE (${columnList(include)})`
  return named(
    given.optionalText('name'),
    `UNIQUE ${nulls}(${columnList(columns)})${suffix}${deferral(given)}`,
  )
}

export function checkSql(given: Arguments, condition: Value): string {
  const validity = given.flag('postgresql_not_valid') ? ' NOT VALID' : ''
  return named(given.optionalText('name'), `CHECK (${conditionSql(condition)})${deferral(given)}${validity}`)
}

/** `ExcludeConstraint((column, operator), …, using='gist', where=…, ops={…})` */
export function excludeSql(call: Call): string {
  const given = argumentsOf({ ...call, positional: [] }, [], [...common, 'using', 'where', 'ops'])
  if (given.given('ops') !== undefined) throw new Unconverted('ops of an exclusion constraint', call.line)
  const elements = call.positional.map((pair) => {
    const [element, operator] = listOf(pair)
    if (element === undefined || operator === undefined) throw unknownValue(pair)
    const what = element.kind === 'text' ? quoteIdent(element.text) : sqlOf(element)
    return `${what} WITH ${textOf(operator)}`
  })
  const where = given.given('where')
  const using = given.optionalText('using')?.toLowerCase() ?? 'gist'
  const condition = where === undefined ? '' : ` WHERE (${conditionSql(where)})`
  return named(
    given.optionalText('name'),
    `EXCLUDE USING ${using} (${elements.join(', ')})${condition}${deferral(given)}`,
  )
}
