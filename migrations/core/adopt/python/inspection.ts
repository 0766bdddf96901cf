import { quoteIdent, quoteLiteral } from '../../postgres/quote.ts'
import { type Scope, withValue } from './scope.ts'
import type { Expression } from './syntax.ts'
import { evaluate, type Method, type Value } from './values.ts'

/**
 * What SQLAlchemy's inspector tells of a database is known only when a revision runs. A question to it for a name can
 * be asked in SQL then: `'t' in inspector.get_table_names()`, `inspector.has_table('t')`,
 * `'c' in [column['name'] for column in inspector.get_columns('t')]` (SQLAlchemy, "Reflecting Database Objects").
 */
export type Names = Extract<Value, { kind: 'names' }>

type Comprehension = Extract<Expression, { kind: 'comprehension' }>

/** What the name of an object is compared with, by the method that lists the objects. */
const listed: Readonly<Record<string, (table: string, name: string) => string>> = {
  get_columns: (table, name) =>
    `SELECT FROM pg_attribute WHERE attrelid = ${table} AND attnum > 0 AND NOT attisdropped AND attname = ${name}`,
  get_indexes: (table, name) =>
    `SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = ${table} AND NOT i.indisprimary AND c.relname = ${name}`,
  get_foreign_keys: (table, name) => constraints(table, name, 'f'),
  get_unique_constraints: (table, name) => constraints(table, name, 'u'),
  get_check_constraints: (table, name) => constraints(table, name, 'c'),
}

function constraints(table: string, name: string, type: string): string {
  return `SELECT FROM pg_constraint WHERE conrelid = ${table} AND contype = '${type}' AND conname = ${name}`
}

/** What a call of an inspector's method gives, where a question to it can be asked in SQL. */
export function inspected(method: Method): Value | undefined {
  const { of, name, positional, keywords, line } = method
  if (name === 'has_table' && isDialectOf(of))
    return hasTable(positional[1], keywords.get('schema') ?? positional[2], line)
  if (!isInspector(of)) return undefined
  if (name === 'has_table') return hasTable(positional[0], keywords.get('schema') ?? positional[1], line)
  if (name === 'get_table_names' || name === 'get_view_names') {
    const schema = schemaOf(keywords.get('schema') ?? positional[0])
    return schema === undefined
      ? undefined
      : { kind: 'names', from: name, table: undefined, schema: schema ?? undefined, isRows: false, line }
  }
  const table = keywords.get('table_name') ?? positional[0]
  const schema = schemaOf(keywords.get('schema') ?? positional[1])
  if (!Object.hasOwn(listed, name) || table?.kind !== 'text' || schema === undefined) return undefined
  return { kind: 'names', from: name, table: table.text, schema: schema ?? undefined, isRows: true, line }
}

/** Marks a `MetaData` that has read the tables of the database. */
const reflectedMark = '.reflected'

/** The scope after `metadata.reflect(bind)`, which reads the tables that are there; undefined for another statement. */
export function afterReflect(expression: Expression, scope: Scope): Scope | undefined {
  if (expression.kind !== 'call' || expression.function.kind !== 'attribute') return undefined
  const { of, name } = expression.function
  if (name !== 'reflect' || of.kind !== 'name') return undefined
  const metadata = evaluate(of, scope)
  const bind = expression.arguments[0] ?? expression.keywords.get('bind')
  if (metadata.kind !== 'call' || metadata.path !== 'sqlalchemy.MetaData') return undefined
  if (expression.keywords.size + expression.arguments.length !== 1 || bind === undefined) return undefined
  if (!isBind(evaluate(bind, scope))) return undefined
  const mark: Value = { kind: 'constant', value: true, line: expression.line }
  return withValue(scope, of.name, {
    ...metadata,
    keywords: new Map([...metadata.keywords, [reflectedMark, mark]]),
  })
}

/** `metadata.tables` of a reflected `MetaData`, and the columns of one of them. */
export function reflectedNames(of: Value, attribute: string): Names | undefined {
  const { line } = of
  if (of.kind === 'call' && of.path === 'sqlalchemy.MetaData' && attribute === 'tables')
    return of.keywords.has(reflectedMark)
      ? { kind: 'names', from: 'get_table_names', table: undefined, schema: undefined, isRows: false, line }
      : undefined
  if (of.kind === 'names' && of.from === 'reflected' && (attribute === 'c' || attribute === 'columns'))
    return { ...of, from: 'get_columns', isRows: true }
  return undefined
}

/** `metadata.tables['name']` */
export function reflectedTable(tables: Names, name: string): Names | undefined {
  if (tables.from !== 'get_table_names' || tables.isRows) return undefined
  return { ...tables, from: 'reflected', table: name, isRows: true }
}

/** Null when none is given; undefined when it is not known. */
function schemaOf(value: Value | undefined): string | null | undefined {
  if (value === undefined || (value.kind === 'constant' && value.value === null)) return null
  return value.kind === 'text' ? value.text : undefined
}

function isInspector(value: Value): boolean {
  if (value.kind !== 'call') return false
  const [bind] = value.positional
  return (
    bind !== undefined &&
    isBind(bind) &&
    /^sqlalchemy\.(inspect|(engine\.)?(reflection\.)?Inspector(\.from_engine)?)$/.test(value.path)
  )
}

/** `op.get_bind()`, and the engine or connection of it. */
export function isBind(value: Value): boolean {
  if (value.kind === 'call') return value.path === 'alembic.op.get_bind'
  if (value.kind !== 'method' || !['engine', 'bind', 'connection'].includes(value.name)) return false
  return isBind(value.of) || (value.of.kind === 'call' && value.of.path === 'alembic.op.get_context')
}

function isDialectOf(value: Value): boolean {
  return value.kind === 'method' && value.name === 'dialect' && isBind(value.of)
}

function hasTable(table: Value | undefined, schema: Value | undefined, line: number): Value | undefined {
  const inSchema = schemaOf(schema)
  if (table?.kind !== 'text' || inSchema === undefined) return undefined
  return { kind: 'condition', sql: `${relation(table.text, inSchema ?? undefined)} IS NOT NULL`, line }
}

function relation(table: string, schema: string | undefined): string {
  const name = schema === undefined ? quoteIdent(table) : `${quoteIdent(schema)}.${quoteIdent(table)}`
  return `to_regclass(${quoteLiteral(name)})`
}

/** `'name' in names` as SQL; undefined for the whole rows that an inspector gives. */
export function isAmong(name: string, names: Names): string | undefined {
  if (names.isRows) return undefined
  const list = listed[names.from]
  if (list !== undefined && names.table !== undefined)
    return `EXISTS (${list(relation(names.table, names.schema), quoteLiteral(name))})`
  const kinds = names.from === 'get_view_names' ? "'v'" : "'r', 'p'"
  return `EXISTS (SELECT FROM pg_class WHERE oid = ${relation(name, names.schema)} AND relkind IN (${kinds}))`
}

/** `[row['name'] for row in rows]`: the names of what an inspector gave. */
export function namesOfRows(
  { item, clauses }: Comprehension,
  evaluated: (expression: Expression) => Value,
): Names | undefined {
  const [clause, ...others] = clauses
  if (clause === undefined || others.length > 0 || clause.tests.length > 0) return undefined
  if (clause.target.kind !== 'name' || nameField(item) !== clause.target.name) return undefined
  const rows = evaluated(clause.items)
  return rows.kind === 'names' && rows.isRows ? { ...rows, isRows: false } : undefined
}

/** The variable of `row['name']`, `row.get('name')` or `column.name`. */
function nameField(item: Expression): string | undefined {
  if (item.kind === 'attribute' && item.name === 'name' && item.of.kind === 'name') return item.of.name
  const [of, key] =
    item.kind === 'index'
      ? [item.of, item.index]
      : item.kind === 'call' && item.function.kind === 'attribute' && item.function.name === 'get'
        ? [item.function.of, item.arguments[0]]
        : []
  return key?.kind === 'string' && key.value === 'name' && of?.kind === 'name' ? of.name : undefined
}

/** `any(row['name'] == 'x' for row in rows)`: whether what an inspector gave has the name. */
export function anyOfRows(
  { item, clauses }: Comprehension,
  evaluated: (expression: Expression) => Value,
): string | undefined {
  if (item.kind !== 'binary' || item.operator !== '==') return undefined
  const names = namesOfRows({ kind: 'comprehension', item: item.left, clauses, line: item.line }, evaluated)
  const wanted = evaluated(item.right)
  return names === undefined || wanted.kind !== 'text' ? undefined : isAmong(wanted.text, names)
}
