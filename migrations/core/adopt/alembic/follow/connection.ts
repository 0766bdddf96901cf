import {
  callable,
  itemsOf,
  list,
  type Py,
  type PyArguments,
  type PyObject,
  plain,
  toValue,
  Unfollowed,
} from '../../python/run/objects.ts'
import type { Value } from '../../python/values.ts'
import { literalSql, textSql } from '../expressions.ts'
import { operations } from '../operations/index.ts'
import { statementSql } from '../operations/statement.ts'
import { isTableStatement } from '../operations/table-statement.ts'
import { entriesOf, textOf, Unconverted } from '../reading.ts'
import { askHasTable } from './inspector-sql.ts'
import type { Recording } from './record.ts'
import { checkEmpty, resultOf, rowsOfNothing, tablesIn, textRows } from './rows.ts'

/** SQL made of what SQLAlchemy would compile. @throws Unfollowed */
export function following<Result>(line: number, make: () => Result): Result {
  try {
    return make()
  } catch (error) {
    if (error instanceof Unconverted) throw new Unfollowed(error.reason, line)
    throw error
  }
}

/** `connection.execute(statement, parameters)` */
export async function execute(record: Recording, given: PyArguments): Promise<Py> {
  const { line } = given
  const [statement = null, parameters, ...rest] = given.positional
  if (rest.length > 0) throw new Unfollowed('.execute(…)', line)
  const value = toValue(statement, line)
  if (value.kind === 'opaque') throw new Unfollowed(value.why, line)
  if (value.kind === 'method' && value.name === 'from_select') {
    const rows = await itemsOf(await rowsOfNothing(record, sourceOf(value), line), line)
    if (rows.length > 0) throw new Unfollowed('.from_select(…)', line)
    return withoutRows(line)
  }
  if (isSelect(value)) return rowsOfNothing(record, value, line)
  if (isTableStatement(value)) return executeMany(record, value, parameters, given)
  const bound = [
    ...(parameters === undefined || parameters === null
      ? []
      : following(line, () => entriesOf(toValue(parameters, line)))),
    ...[...given.keywords].map(([name, item]) => [name, toValue(item, line)] as const),
  ]
  const sql = following(line, () => textOfStatement(value, bound))
  if (/^\s*(SELECT|VALUES|SHOW|TABLE)\b/i.test(sql)) return textRows(record, sql, line)
  if (/^\s*WITH\b/i.test(sql) && !/\b(INSERT|UPDATE|DELETE|MERGE)\b/i.test(sql))
    return textRows(record, sql, line)
  if (/\bRETURNING\b/i.test(sql)) throw new Unfollowed('RETURNING', line)
  const met = await record.run(sql)
  const isCounted =
    /^\s*(UPDATE|DELETE|INSERT)\b/i.test(sql) && !sql.trimEnd().replace(/;$/, '').includes(';')
  return withoutRows(line, isCounted ? met : undefined)
}

/** The query of `table.insert().from_select(columns, query)`. */
function sourceOf({ positional, keywords, line }: Extract<Value, { kind: 'method' }>): Value {
  const query = positional[1] ?? keywords.get('select')
  if (query === undefined) throw new Unfollowed('.from_select(…)', line)
  return query
}

/** The result of a statement that gives no rows; `met` tells how many it has met. */
function withoutRows(line: number, met?: () => number): PyObject {
  const empty = resultOf([], [], line)
  return { ...empty, get: async (name) => (name === 'rowcount' ? met?.() : empty.get(name)) }
}

function textOfStatement(value: Value, bound: readonly (readonly [string, Value])[]): string {
  if (bound.length === 0) return statementSql(value)
  const [text] = value.kind === 'call' && value.path === 'sqlalchemy.text' ? value.positional : []
  if (text === undefined) throw new Unconverted('parameters of a statement', value.line)
  return textSql(
    textOf(text),
    value.line,
    new Map(bound.map(([name, item]) => [name, literalSql(item)])),
  ).trim()
}

/** `table.insert()` with rows, or a statement that has its values itself. */
async function executeMany(
  record: Recording,
  value: Value,
  parameters: Py | undefined,
  { line, positional }: PyArguments,
): Promise<Py> {
  if (parameters === undefined || parameters === null) {
    const sql = sqlOrNothing(value)
    if (sql !== undefined) return withoutRows(line, await record.run(sql))
    await checkEmpty(record, changedTables(value), line)
    return withoutRows(line, () => 0)
  }
  const table = value.kind === 'method' && value.name === 'insert' ? value.of : undefined
  const rows = typeof parameters === 'object' && parameters.kind === 'list' ? parameters : list([parameters])
  if (table === undefined || positional.length !== 2 || rows.items.length === 0)
    throw new Unfollowed('parameters of a statement', line)
  await insertRows(record, table, rows, line)
  return withoutRows(line)
}

function sqlOrNothing(value: Value): string | undefined {
  try {
    return statementSql(value)
  } catch (error) {
    if (error instanceof Unconverted) return undefined
    throw error
  }
}

/** The tables without whose rows a statement does nothing: what it updates or deletes from, or inserts from. */
function changedTables(value: Value): ReadonlySet<string> {
  if (value.kind === 'method' && (value.name === 'where' || value.name === 'values'))
    return changedTables(value.of)
  if (value.kind === 'method' && (value.name === 'update' || value.name === 'delete'))
    return tablesIn(value.of)
  const [table] = value.kind === 'call' ? value.positional : []
  const isChange = value.kind === 'call' && /^sqlalchemy\.(update|delete)$/.test(value.path)
  return isChange && table !== undefined ? tablesIn(table) : new Set()
}

/** `op.bulk_insert(table, rows)` */
export async function insertRows(record: Recording, table: Value, rows: Py, line: number): Promise<void> {
  const items = await itemsOf(rows, line)
  if (items.length === 0) return
  const insert = operations.get('bulk_insert')
  const statements = following(line, () =>
    insert?.({
      kind: 'call',
      path: 'alembic.op.bulk_insert',
      positional: [table, toValue(list(items), line)],
      keywords: new Map(),
      line,
    }),
  )
  for (const sql of statements ?? []) await record.run(sql)
}

/** Whether a value is `sa.select(…)`, with what is chained behind it. */
export function isSelect(value: Value): boolean {
  if (value.kind === 'call') return /^sqlalchemy\.(select|orm\.Query)$/.test(value.path)
  if (value.kind !== 'method') return false
  return value.name === 'select' || isSelect(value.of)
}

const dialect: PyObject = {
  kind: 'object',
  type: 'dialect',
  async get(name) {
    if (name === 'name') return 'postgresql'
    if (name === 'driver') return 'psycopg2'
    if (name === 'dialect_description') return 'postgresql+psycopg2'
    return undefined
  },
}

/** `op.get_bind()`, and the engine and the sub-connections of it. */
export function connection(record: Recording): PyObject {
  const self: PyObject = {
    kind: 'object',
    type: 'connection',
    async get(name) {
      if (['engine', 'connection', 'bind'].includes(name)) return self
      if (name === 'dialect') return withTables(record)
      if (name === 'name') return 'postgresql'
      if (name === 'execute' || name === 'exec_driver_sql')
        return callable(name, (given) => execute(record, given))
      if (name === 'scalar')
        return callable(name, async (given) => {
          const result = await execute(record, given)
          return scalarOf(result, given)
        })
      if (['connect', 'begin', 'begin_nested', 'execution_options'].includes(name))
        return callable(name, () => self)
      if (['close', 'commit'].includes(name)) return callable(name, () => null)
      return undefined
    },
    term: { kind: 'call', path: 'alembic.op.get_bind', positional: [], keywords: new Map(), line: 0 },
  }
  return self
}

async function scalarOf(result: Py, given: PyArguments): Promise<Py> {
  const scalar =
    typeof result === 'object' && result?.kind === 'object' ? await result.get('scalar') : undefined
  if (typeof scalar !== 'object' || scalar?.kind !== 'callable')
    throw new Unfollowed('.scalar(…)', given.line)
  return scalar.call({ positional: [], keywords: new Map(), line: given.line })
}

/** `bind.dialect.has_table(bind, 'name')` */
function withTables(record: Recording): PyObject {
  return {
    ...dialect,
    async get(name) {
      if (name !== 'has_table') return dialect.get(name)
      return callable(name, async ({ positional, keywords, line }) => {
        const table = plain(positional[1])
        if (table === undefined) throw new Unfollowed('.has_table(…)', line)
        return (
          (await record.ask(askHasTable(table, plain(keywords.get('schema') ?? positional[2])))) === 'true'
        )
      })
    },
  }
}
