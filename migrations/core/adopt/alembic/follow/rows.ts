import { qualifiedName, quoteIdent } from '../../../postgres/quote.ts'
import {
  callable,
  dict,
  list,
  type Py,
  type PyObject,
  plain,
  Raised,
  Unfollowed,
} from '../../python/run/objects.ts'
import type { Value } from '../../python/values.ts'
import type { Recording } from './record.ts'

/** A row of a result: its values by name and by number. */
function row(names: readonly string[], values: readonly Py[]): PyObject {
  const byName = () => dict(names.map((name, at) => [name, values[at] ?? null] as const))
  return {
    kind: 'object',
    type: 'row',
    async get(name) {
      if (name === '_mapping') return byName()
      if (name === '_asdict') return callable(name, byName)
      const at = names.indexOf(name)
      return at < 0 ? undefined : (values[at] ?? null)
    },
    items: async () => values,
    async item(key) {
      if (typeof key === 'number') return values.at(key)
      const at = names.indexOf(plain(key) ?? '')
      return at < 0 ? undefined : (values[at] ?? null)
    },
  }
}

/** The result of a statement. */
export function resultOf(names: readonly string[], rows: readonly (readonly Py[])[], line: number): PyObject {
  const all = rows.map((values) => row(names, values))
  const [first] = rows
  const single = () => first?.[0] ?? null
  const methods: Readonly<{ [name: string]: () => Py }> = {
    fetchall: () => list(all),
    all: () => list(all),
    mappings: () => resultOf(names, rows, line),
    unique: () => resultOf(names, rows, line),
    fetchone: () => all[0] ?? null,
    first: () => all[0] ?? null,
    one_or_none: () => all[0] ?? null,
    one: () => {
      if (all[0] === undefined) throw new Raised('NoResultFound')
      return all[0]
    },
    scalar: single,
    scalar_one_or_none: single,
    scalar_one: () => {
      if (first === undefined) throw new Raised('NoResultFound')
      return single()
    },
    scalars: () => scalarsOf(rows),
    keys: () => list(names),
    close: () => null,
    fetchmany: () => {
      if (all.length > 0) throw new Unfollowed('.fetchmany(…)', line)
      return list([])
    },
  }
  return {
    kind: 'object',
    type: 'result',
    async get(name) {
      if (name === 'rowcount') return rows.length
      if (name === 'returns_rows') return names.length > 0
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined
      return method && callable(name, method)
    },
    items: async () => all,
  }
}

function scalarsOf(rows: readonly (readonly Py[])[]): PyObject {
  const values = rows.map(([first = null]) => first)
  return {
    kind: 'object',
    type: 'result',
    async get(name) {
      if (name === 'all' || name === 'fetchall') return callable(name, () => list(values))
      if (name === 'first' || name === 'one_or_none') return callable(name, () => values[0] ?? null)
      return undefined
    },
    items: async () => values,
  }
}

/** A query given as text: what it gives, which the revision asks again. */
export async function textRows(record: Recording, sql: string, line: number): Promise<PyObject> {
  const query = sql.trim().replace(/;\s*$/, '')
  const answer: unknown = JSON.parse(
    await record.askRows(`SELECT coalesce(json_agg(q)::text, '[]') FROM (${query}) q`, query),
  )
  const rows = Array.isArray(answer) ? answer : []
  const names = Object.keys(rows[0] ?? {})
  return resultOf(
    names,
    rows.map((one: { readonly [name: string]: unknown }) => names.map((name) => plainOf(one[name], line))),
    line,
  )
}

/** A value of JSON that Python has the same way; a time or a number with a point comes to Python as something else. */
function plainOf(value: unknown, line: number): Py {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new Unfollowed('a value of a row', line)
}

/** The tables that an expression of SQLAlchemy reads, as SQL. */
export function tablesIn(value: Value, found = new Set<string>()): ReadonlySet<string> {
  if (value.kind === 'call') {
    const [name] = value.positional
    if (/^sqlalchemy\.(table|Table)$/.test(value.path) && name?.kind === 'text') {
      const schema = value.keywords.get('schema')
      found.add(schema?.kind === 'text' ? qualifiedName(schema.text, name.text) : quoteIdent(name.text))
      return found
    }
    const isText = /^sqlalchemy\.(text|literal_column)$/.test(value.path)
    // A text may hold an aggregate, which has a row even of nothing.
    if (
      isText
        ? name?.kind !== 'text' || name.text.includes('(')
        : /^sqlalchemy\.(union|union_all|values)$/.test(value.path)
    )
      throw new Unfollowed(`${value.path}(…) in a query`, value.line)
  }
  if (value.kind === 'opaque') throw new Unfollowed(value.why, value.line)
  if (value.kind === 'list') for (const item of value.items) tablesIn(item, found)
  if (value.kind === 'method') tablesIn(value.of, found)
  if (value.kind === 'method' || value.kind === 'call')
    for (const part of [...value.positional, ...value.keywords.values()]) tablesIn(part, found)
  return found
}

/**
 * The rows of a query in SQLAlchemy's language, whose tables are all empty: none, or what aggregates give then.
 * @throws Unfollowed when one of them has rows
 */
export async function rowsOfNothing(record: Recording, query: Value, line: number): Promise<PyObject> {
  await checkEmpty(record, tablesIn(query), line)
  const functions = new Set(functionsIn(query))
  if (functions.size === 0 || methodsIn(query).includes('group_by')) return resultOf([], [], line)
  const [only, ...others] = functions
  if (others.length > 0) throw new Unfollowed('several functions in a query', line)
  if (only === 'count') return resultOf(['count'], [[0]], line)
  if (only !== undefined && ['max', 'min', 'sum', 'avg'].includes(only))
    return resultOf([only], [[null]], line)
  throw new Unfollowed(`${only} in a query`, line)
}

/** @throws Unfollowed when one of the tables has rows, or none is known */
export async function checkEmpty(
  record: Recording,
  tables: ReadonlySet<string>,
  line: number,
): Promise<void> {
  if (tables.size === 0) throw new Unfollowed('a query whose tables are not known', line)
  for (const table of tables)
    if ((await record.askRows(`SELECT EXISTS (SELECT FROM ${table})::text`, `rows of ${table}`)) !== 'false')
      throw new Unfollowed(`rows of ${table}`, line)
}

function parts(value: Value): readonly Value[] {
  const inner =
    value.kind === 'list'
      ? value.items
      : value.kind === 'call' || value.kind === 'method'
        ? [...(value.kind === 'method' ? [value.of] : []), ...value.positional, ...value.keywords.values()]
        : []
  return [value, ...inner.flatMap(parts)]
}

function functionsIn(query: Value): readonly string[] {
  return parts(query).flatMap((part) =>
    part.kind === 'call' && part.path.startsWith('sqlalchemy.func.') ? [part.path.slice(16)] : [],
  )
}

function methodsIn(query: Value): readonly string[] {
  return parts(query).flatMap((part) => (part.kind === 'method' ? [part.name] : []))
}
