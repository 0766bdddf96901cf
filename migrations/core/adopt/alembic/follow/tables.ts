import {
  callable,
  isTrue,
  list,
  type Py,
  type PyArguments,
  type PyObject,
  plain,
  toValue,
  Unfollowed,
} from '../../python/run/objects.ts'
import type { Call, Value } from '../../python/values.ts'
import { operations } from '../operations/index.ts'
import { following } from './connection.ts'
import { rowsOf } from './inspector.ts'
import { askHasTable, askNames } from './inspector-sql.ts'
import type { Recording } from './record.ts'

const metadataTerm: Value = {
  kind: 'call',
  path: 'sqlalchemy.MetaData',
  positional: [],
  keywords: new Map(),
  line: 0,
}

/** `sa.MetaData()`: the tables that it has read, and those that are made with it. */
export function metadata(record: Recording): PyObject {
  const tables = new Map<string, readonly [Py, Py]>()
  const reflected = callable('reflect', async ({ keywords, line }) => {
    const schema = plain(keywords.get('schema'))
    const only = keywords.get('only')
    const named = only === undefined ? undefined : new Set(only === null ? [] : namesOf(only, line))
    const names: unknown = JSON.parse(await record.ask(askNames("'r', 'p'", schema)))
    for (const name of Array.isArray(names) ? names.map(String) : []) {
      if (named !== undefined && !named.has(name)) continue
      const key = schema === undefined ? name : `${schema}.${name}`
      tables.set(`s${key}`, [key, await reflectedTable(record, name, schema, [], line)])
    }
    return null
  })
  return {
    kind: 'object',
    type: 'MetaData',
    term: metadataTerm,
    async get(name) {
      if (name === 'reflect') return reflected
      if (name === 'tables') return { kind: 'dict', entries: tables }
      if (name === 'bind') return null
      return undefined
    },
    set: (name) => {
      if (name !== 'bind') throw new Unfollowed(`${name} of MetaData`, 0)
    },
  }
}

function namesOf(value: Py, line: number): readonly string[] {
  if (typeof value === 'object' && value?.kind === 'list')
    return value.items.flatMap((item) => plain(item) ?? [])
  throw new Unfollowed('.reflect(only=…)', line)
}

/** `sa.Table('name', metadata, …)`, with its columns from the database where `autoload_with` says so. */
export async function table(record: Recording, given: PyArguments): Promise<Py> {
  const { line, keywords } = given
  const [name, ...parts] = given.positional
  const text = plain(name)
  if (text === undefined) throw new Unfollowed('sqlalchemy.Table(…)', line)
  const items = parts.map((part) => toValue(part, line)).filter((part) => !isMetadata(part))
  const loads = keywords.get('autoload_with') ?? keywords.get('autoload')
  const schema = plain(keywords.get('schema'))
  if (loads !== undefined && isTrue(loads, line)) return reflectedTable(record, text, schema, items, line)
  const kept = [...keywords].filter(
    ([key]) => !['extend_existing', 'autoload', 'autoload_with', 'autoload_replace'].includes(key),
  )
  return {
    kind: 'term',
    value: {
      kind: 'call',
      path: 'sqlalchemy.Table',
      positional: [{ kind: 'text', text, line }, ...items],
      keywords: new Map(kept.map(([key, item]) => [key, toValue(item, line)])),
      line,
    },
  }
}

function isMetadata(value: Value): boolean {
  if (value.kind === 'call' && value.path === 'sqlalchemy.MetaData') return true
  return value.kind === 'method' && value.name === 'metadata'
}

async function reflectedTable(
  record: Recording,
  name: string,
  schema: string | undefined,
  own: readonly Value[],
  line: number,
): Promise<Py> {
  const rows = await rowsOf(record, 'get_columns', name, schema, line)
  const text = (value: string): Value => ({ kind: 'text', text: value, line })
  const columns = (typeof rows === 'object' && rows?.kind === 'list' ? rows.items : []).map((row): Value => {
    const field = (key: string) =>
      typeof row === 'object' && row?.kind === 'dict' ? (row.entries.get(`s${key}`)?.[1] ?? null) : null
    return {
      kind: 'call',
      path: 'sqlalchemy.Column',
      positional: [text(plain(field('name')) ?? ''), toValue(field('type'), line)],
      keywords: new Map([['nullable', toValue(field('nullable'), line)]]),
      line,
    }
  })
  return {
    kind: 'term',
    value: {
      kind: 'call',
      path: 'sqlalchemy.Table',
      positional: [text(name), ...columns, ...own],
      keywords: new Map(schema === undefined ? [] : [['schema', text(schema)]]),
      line,
    },
  }
}

/** Whether a value is a table. */
export function isTable(value: Value): value is Call {
  return value.kind === 'call' && /^sqlalchemy\.(Table|table)$/.test(value.path)
}

/** `table.name`, `table.columns`, `table.indexes` and the like; undefined for another attribute. */
export async function tableAttribute(
  record: Recording,
  of: Call,
  name: string,
  line: number,
): Promise<Py | undefined> {
  const own = of.positional[0]?.kind === 'text' ? of.positional[0].text : ''
  const schemaValue = of.keywords.get('schema')
  const schema = schemaValue?.kind === 'text' ? schemaValue.text : undefined
  if (name === 'name' || name === '__tablename__') return own
  if (name === 'schema') return schema ?? null
  const methods: Readonly<{ [name: string]: string }> = {
    indexes: 'get_indexes',
    foreign_key_constraints: 'get_foreign_keys',
    foreign_keys: 'get_foreign_keys',
  }
  const method = methods[name]
  if (method === undefined) return undefined
  const rows = await rowsOf(record, method, own, schema, line)
  if (typeof rows !== 'object' || rows?.kind !== 'list') return undefined
  return list(
    rows.items.map((row): Py => {
      const field =
        typeof row === 'object' && row?.kind === 'dict' ? row.entries.get('sname')?.[1] : undefined
      return {
        kind: 'object',
        type: 'constraint',
        get: async (attribute) => (attribute === 'name' ? field : undefined),
      }
    }),
  )
}

/** `table.c`: the columns by name, and as a list. */
export function columnsObject(of: Call, name: string, line: number): PyObject {
  const columns = columnsOf(of)
  const term: Value = { kind: 'method', of, name, positional: [], keywords: new Map(), line }
  const columnTerm = (column: string): Py => ({
    kind: 'term',
    value: { kind: 'method', of: term, name: column, positional: [], keywords: new Map(), line },
  })
  const names = columns.flatMap((column) => nameOf(column) ?? [])
  return {
    kind: 'object',
    type: 'collection of columns',
    term,
    async get(attribute) {
      if (names.includes(attribute)) return columnTerm(attribute)
      if (attribute === 'keys') return callable(attribute, () => list(names))
      if (attribute === 'values') return callable(attribute, () => list(names.map(columnTerm)))
      return undefined
    },
    has: (key) => names.includes(plain(key) ?? ''),
    items: async () => names.map(columnTerm),
    item: async (key) => (names.includes(plain(key) ?? '') ? columnTerm(plain(key) ?? '') : undefined),
  }
}

/** The column of `table.c.name`, where the table has its columns. */
export function columnIn(value: Value): Call | undefined {
  if (value.kind !== 'method' || value.of.kind !== 'method') return undefined
  if (value.of.name !== 'c' && value.of.name !== 'columns') return undefined
  return isTable(value.of.of)
    ? columnsOf(value.of.of).find((column) => nameOf(column) === value.name)
    : undefined
}

export function columnsOf(of: Call): readonly Call[] {
  return of.positional.flatMap((part) =>
    part.kind === 'call' && /^sqlalchemy\.[cC]olumn$/.test(part.path) ? [part] : [],
  )
}

export function nameOf(column: Call): string | undefined {
  const name = column.positional[0] ?? column.keywords.get('name')
  return name?.kind === 'text' ? name.text : undefined
}

/** `sa.Index('name', table.c.column, …).create(bind)` and `.drop(bind)` */
export async function indexActed(
  record: Recording,
  of: Call,
  act: 'create' | 'drop',
  line: number,
): Promise<Py> {
  const [name, ...elements] = of.positional
  const columns = elements.map((element): Value => {
    const column = element.kind === 'method' ? element : undefined
    const from = column?.of.kind === 'method' ? column.of.of : undefined
    if (column === undefined || from?.kind !== 'call' || !isTable(from))
      throw new Unfollowed('an element of an index', line)
    return { kind: 'text', text: column.name, line }
  })
  const [first] = elements
  const table = first?.kind === 'method' && first.of.kind === 'method' ? first.of.of : undefined
  const tableName = table?.kind === 'call' ? table.positional[0] : undefined
  const schema = table?.kind === 'call' ? table.keywords.get('schema') : undefined
  if (name === undefined || tableName === undefined) throw new Unfollowed('an index', line)
  const keywords = new Map([...of.keywords, ...(schema === undefined ? [] : ([['schema', schema]] as const))])
  const call: Call =
    act === 'create'
      ? { ...of, positional: [name, tableName, { kind: 'list', items: columns, line }], keywords }
      : {
          ...of,
          positional: [name, tableName],
          keywords: new Map(schema === undefined ? [] : [['schema', schema]]),
        }
  const operation = operations.get(act === 'create' ? 'create_index' : 'drop_index')
  for (const sql of following(line, () => operation?.(call) ?? [])) await record.run(sql)
  return null
}

/** `table.exists()` */
export async function isThere(record: Recording, of: Call): Promise<boolean> {
  const [name] = of.positional
  const schema = of.keywords.get('schema')
  if (name?.kind !== 'text') throw new Unfollowed('a table without a name', of.line)
  return (
    (await record.ask(askHasTable(name.text, schema?.kind === 'text' ? schema.text : undefined))) === 'true'
  )
}

/** `table.create(bind)` and `table.drop(bind)` */
export async function createOrDrop(
  record: Recording,
  of: Call,
  act: 'create' | 'drop',
  given: PyArguments,
): Promise<Py> {
  const { line } = given
  const checkFirst = given.keywords.get('checkfirst') ?? given.positional[1]
  if (
    checkFirst !== undefined &&
    isTrue(checkFirst, line) &&
    (await isThere(record, of)) === (act === 'create')
  )
    return null
  const operation = operations.get(act === 'create' ? 'create_table' : 'drop_table')
  const positional = act === 'create' ? of.positional : of.positional.slice(0, 1)
  const call: Call = { ...of, path: `alembic.op.${act}_table`, positional }
  for (const sql of following(line, () => operation?.(call) ?? [])) await record.run(sql)
  return null
}
