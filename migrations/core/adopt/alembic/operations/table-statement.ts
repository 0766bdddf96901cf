import { quoteIdent } from '../../../postgres/quote.ts'
import type { Method, Value } from '../../python/values.ts'
import { entriesOf, listOf, textOf, unknownValue } from '../reading.ts'
import { type DataTable, dataTable, rowValue } from './table-rows.ts'

type Verb = 'update' | 'insert' | 'delete'

/** Whether a value is `table.update()`, `sa.delete(table)` and the like, with what is chained behind it. */
export function isTableStatement(value: Value): boolean {
  if (value.kind === 'method' && (value.name === 'where' || value.name === 'values'))
    return isTableStatement(value.of)
  return startOf(value) !== undefined
}

interface Start {
  readonly verb: Verb
  readonly table: Value
  /** What `update(values={…})` sets. */
  readonly values: readonly (readonly [string, Value])[]
}

function startOf(value: Value): Start | undefined {
  if (value.kind === 'method' && isVerb(value.name)) {
    const values = value.keywords.get('values')
    return { verb: value.name, table: value.of, values: values?.kind === 'dict' ? entriesOf(values) : [] }
  }
  if (value.kind !== 'call') return undefined
  const verb = value.path.replace(/^sqlalchemy\./, '')
  const [table] = value.positional
  return isVerb(verb) && value.path !== verb && table !== undefined ? { verb, table, values: [] } : undefined
}

function isVerb(name: string): name is Verb {
  return name === 'update' || name === 'insert' || name === 'delete'
}

/**
 * `UPDATE`, `INSERT` or `DELETE` of a table in SQLAlchemy's language, with conditions on its columns and plain values.
 * @throws Unconverted for anything else in it.
 */
export function tableStatement(value: Value): string {
  const chain: Method[] = []
  let start = value
  while (start.kind === 'method' && (start.name === 'where' || start.name === 'values')) {
    chain.unshift(start)
    start = start.of
  }
  const found = startOf(start)
  if (found === undefined) throw unknownValue(value)
  const target = dataTable(found.table)
  const conditions = chain.filter(({ name }) => name === 'where').flatMap((call) => call.positional)
  const values = [...found.values, ...chain.filter(({ name }) => name === 'values').flatMap(valuesOf)]
  const where =
    conditions.length === 0 ? '' : ` WHERE ${conditions.map((one) => condition(one, target)).join(' AND ')}`
  const columns = values.map(([name]) => quoteIdent(name))
  const given = values.map(([name, item]) => rowValue(item, target.types.get(name)))
  if (found.verb === 'delete' && values.length === 0) return `DELETE FROM ${target.table}${where}`
  if (values.length === 0) throw unknownValue(value)
  if (found.verb === 'update')
    return `UPDATE ${target.table} SET ${columns.map((column, at) => `${column} = ${given[at]}`).join(', ')}${where}`
  if (found.verb === 'insert' && where === '')
    return `INSERT INTO ${target.table} (${columns.join(', ')}) VALUES (${given.join(', ')})`
  throw unknownValue(value)
}

function valuesOf({ positional, keywords }: Method): readonly (readonly [string, Value])[] {
  return [...positional.flatMap((dict) => entriesOf(dict)), ...keywords]
}

const comparisons: Readonly<Record<string, string>> = {
  '==': '=',
  '!=': '!=',
  '<': '<',
  '>': '>',
  '<=': '<=',
  '>=': '>=',
  like: 'LIKE',
  ilike: 'ILIKE',
}

function condition(value: Value, target: DataTable): string {
  if (value.kind === 'constant' && value.value !== null) return String(value.value)
  if (value.kind !== 'method') throw unknownValue(value)
  const { of, name, positional } = value
  const [right] = positional
  if (right === undefined) throw unknownValue(value)
  if (name === '&') return `${condition(of, target)} AND ${condition(right, target)}`
  if (name === '|') return `(${condition(of, target)} OR ${condition(right, target)})`
  const column = columnName(of, target)
  const isNone = right.kind === 'constant' && right.value === null
  if (isNone && ['==', 'is_'].includes(name)) return `${column} IS NULL`
  if (isNone && ['!=', 'is_not', 'isnot'].includes(name)) return `${column} IS NOT NULL`
  const type = of.kind === 'method' ? target.types.get(of.name) : undefined
  if (name === 'in_')
    return `${column} IN (${listOf(right)
      .map((item) => rowValue(item, type))
      .join(', ')})`
  const operator = comparisons[name]
  if (operator === undefined || isNone) throw unknownValue(value)
  return `${column} ${operator} ${rowValue(right, type)}`
}

/** `table.c.name` or `table.c['name']`, with the table's name as SQLAlchemy writes it. */
function columnName(value: Value, target: DataTable): string {
  const isColumns = (of: Value) =>
    of.kind === 'method' &&
    (of.name === 'c' || of.name === 'columns') &&
    dataTable(of.of).table === target.table
  if (value.kind === 'method' && isColumns(value.of)) return `${target.table}.${quoteIdent(value.name)}`
  if (value.kind === 'call' && value.path === 'sqlalchemy.column' && value.positional[0] !== undefined)
    return quoteIdent(textOf(value.positional[0]))
  throw unknownValue(value)
}
