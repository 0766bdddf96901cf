import type { World } from '../../python/run/machine.ts'
import {
  callable,
  isTrue,
  itemsOf,
  list,
  type Py,
  type PyArguments,
  type PyObject,
  plain,
  toValue,
  Unfollowed,
} from '../../python/run/objects.ts'
import type { Call, Value } from '../../python/values.ts'
import { batchOf, batchOperation } from '../batch.ts'
import { enumAct, enumType, whereNotThere } from '../enum-types.ts'
import { type NamingConvention, withNames } from '../naming.ts'
import { operations } from '../operations/index.ts'
import { isTableStatement } from '../operations/table-statement.ts'
import { connection, execute, following, insertRows, isSelect } from './connection.ts'
import { inspector } from './inspector.ts'
import type { Recording } from './record.ts'
import { isOfType } from './reflected-types.ts'
import { session } from './session.ts'
import {
  columnIn,
  columnsObject,
  columnsOf,
  createOrDrop,
  indexActed,
  isTable,
  isThere,
  metadata,
  nameOf,
  table,
  tableAttribute,
} from './tables.ts'
import { newUuid } from './uuid.ts'

/** Packages whose calls stand for themselves until SQL is made of them. */
const terms =
  /^(sqlalchemy|postgresql|sqlmodel|sqlalchemy_utils|oslo_db\.sqlalchemy\.types|oslo_utils\.timeutils|alembic_utils|alembic_postgresql_enum|pgvector|geoalchemy2|airflow\.migrations\.db_types|datetime|alembic\.op\.inline_literal)(\.|$)/

const logger: PyObject = {
  kind: 'object',
  type: 'logger',
  get: async (name) => callable(name, () => null),
}

const enumClass = /^(sqlalchemy\.Enum|postgresql\.ENUM)$/

/** What a revision that is followed stands in. */
interface Around {
  readonly record: Recording
  readonly naming: NamingConvention
  /** What `op.get_bind()` gives. */
  readonly bind: PyObject
}

/** Alembic and SQLAlchemy, for a revision that is followed on a scratch database. */
export function alembicWorld(record: Recording, naming: NamingConvention): World {
  const around: Around = { record, naming, bind: connection(record) }
  return {
    call: (path, given) => called(path, given, around),
    method: (of, name, given) => method(of, name, given, around),
    attribute: (of, name, line) => attribute(of, name, line, around),
    async enter(value, line) {
      const stay = { value, leave: () => undefined }
      if (typeof value === 'object' && value?.kind === 'object') {
        if (value.type === 'autocommit block') return { value, leave: record.outside() }
        if (['connection', 'session', 'context', 'file'].includes(value.type)) return stay
      }
      if (typeof value === 'object' && value?.kind === 'term') {
        if (value.value.kind === 'batch') return stay
        if (value.value.kind === 'path' && value.value.path === 'warnings.catch_warnings') return stay
      }
      throw new Unfollowed('with', line)
    },
    isInstance,
  }
}

function isInstance(value: Py, type: Value, line: number): boolean {
  const name = type.kind === 'path' ? (type.path.split('.').at(-1) ?? '') : ''
  if (
    typeof value === 'object' &&
    value?.kind === 'object' &&
    value.type === 'dialect' &&
    /Dialect/.test(name)
  )
    return /^(PG|Default|PostgreSQL)?Dialect|^PGDialect/.test(name)
  if (typeof value === 'object' && value?.kind === 'term') {
    const known = isOfType(value.value, type)
    if (known !== undefined) return known
  }
  const kinds: Readonly<{ [name: string]: (value: Py) => boolean }> = {
    str: (one) => plain(one) !== undefined,
    int: (one) => typeof one === 'number' || typeof one === 'boolean',
    bool: (one) => typeof one === 'boolean',
    list: (one) => typeof one === 'object' && one?.kind === 'list' && !one.isTuple,
    tuple: (one) => typeof one === 'object' && one?.kind === 'list' && one.isTuple,
    dict: (one) => typeof one === 'object' && one?.kind === 'dict',
    set: (one) => typeof one === 'object' && one?.kind === 'set',
  }
  const test = type.kind === 'path' && type.path === `builtins.${name}` ? kinds[name] : undefined
  if (test === undefined) throw new Unfollowed('isinstance', line)
  return test(value)
}

async function called(path: string, given: PyArguments, around: Around): Promise<Py | undefined> {
  const { record } = around
  const { line } = given
  if (path.startsWith('alembic.op.') || path.startsWith('alembic.context.'))
    return operation(path, given, around)
  if (/^sqlalchemy\.(inspect|(engine\.)?(reflection\.)?Inspector(\.from_engine)?)$/.test(path))
    return isConnection(given.positional[0] ?? given.keywords.get('bind')) ? inspector(record) : undefined
  if (enumClass.test(path)) return { kind: 'term', value: termCall(path, await withLabels(given), line) }
  if (path === 'sqlalchemy.MetaData') return metadata(record)
  if (path === 'sqlalchemy.MetaData.reflect') return reflected(given)
  if (path === 'sqlalchemy.Table') return table(record, given)
  if (/^sqlalchemy\.orm\.(session\.)?Session$/.test(path)) return session(record)
  if (/^sqlalchemy\.orm\.(session\.)?(sessionmaker|scoped_session)$/.test(path))
    return callable('sessionmaker', () => session(record))
  if (path === 'uuid.uuid4' && given.positional.length + given.keywords.size === 0)
    return newUuid(record, line)
  if (/(^|\.)getLogger$/.test(path)) return logger
  // The time is only good to be printed.
  if (/^time\.(time|monotonic|perf_counter)$/.test(path))
    return { kind: 'term', value: { kind: 'opaque', why: path, line } }
  if (path === 'time.sleep') return null
  if (/(^|\.)warnings\.\w+$/.test(path)) return null
  if (/(^|\.)(log|logger|LOG|LOGGER|logging)\.(debug|info|warn|warning|error|exception|critical)$/.test(path))
    return null
  return terms.test(path) ? { kind: 'term', value: termCall(path, given, line) } : undefined
}

/** `sa.Enum(PythonEnum)`: the labels are its names, or what `values_callable` gives (SQLAlchemy, `Enum`). */
async function withLabels(given: PyArguments): Promise<PyArguments> {
  const [first, ...others] = given.positional
  const { line } = given
  const from = typeof first === 'object' && first?.kind === 'object' ? first.enumeration : undefined
  if (from === undefined || others.length > 0) return given
  const chosen = given.keywords.get('values_callable')
  const isCallable = typeof chosen === 'object' && chosen?.kind === 'callable'
  const labels = isCallable
    ? await itemsOf(await chosen.call({ positional: [first ?? null], keywords: new Map(), line }), line)
    : from.members
  const keywords = new Map<string, Py>([['name', from.name.toLowerCase()], ...given.keywords])
  keywords.delete('values_callable')
  return { positional: labels, keywords, line }
}

/** What is inspected may be a class or a row too, of which nothing is known here. */
function isConnection(value: Py | undefined): boolean {
  return typeof value === 'object' && value?.kind === 'object' && value.type === 'connection'
}

/** `sa.MetaData.reflect(metadata, …)` */
async function reflected({ positional, keywords, line }: PyArguments): Promise<Py | undefined> {
  const [of, ...rest] = positional
  const method = typeof of === 'object' && of?.kind === 'object' ? await of.get('reflect') : undefined
  if (typeof method !== 'object' || method?.kind !== 'callable') return undefined
  return method.call({ positional: rest, keywords, line })
}

function termCall(path: string, { positional, keywords }: PyArguments, line: number): Call {
  const values = positional.map((item) => toValue(item, line))
  const named = [...keywords].map(([name, item]) => [name, toValue(item, line)] as const)
  return { kind: 'call', path, positional: values, keywords: new Map(named), line }
}

async function operation(path: string, given: PyArguments, around: Around): Promise<Py | undefined> {
  const { record, bind } = around
  const { line } = given
  const name = path.replace(/^alembic\.(op|context)\./, '')
  if (name === 'get_bind' || name === 'get_connection') return bind
  if (name === 'get_context') return context(around)
  if (name === 'is_offline_mode') return false
  if (name === 'f') {
    const text = plain(given.positional[0])
    return text === undefined ? undefined : { kind: 'term', value: { kind: 'text', text, exact: true, line } }
  }
  const call = termCall(path, given, line)
  if (name === 'batch_alter_table') return { kind: 'term', value: following(line, () => batchOf(call)) }
  if (name === 'bulk_insert') {
    const [target = null, rows = null] = given.positional
    await insertRows(record, toValue(target, line), given.keywords.get('rows') ?? rows, line)
    return null
  }
  if (name === 'execute') {
    const [statement, ...others] = given.positional
    if (statement !== undefined && others.length === 0 && isSelectText(statement)) return null
    return (await execute(record, { ...given, keywords: new Map() })) && null
  }
  if (!operations.has(name)) return undefined
  await operate(call, line, around)
  return name === 'create_table' ? { kind: 'term', value: { ...call, path: 'sqlalchemy.Table' } } : null
}

/** The rows of a query that `op.execute` runs are thrown away; one that calls a function may do something. */
function isSelectText(statement: Py): boolean {
  const text = plain(statement)
  return text !== undefined && /^\s*SELECT\b/i.test(text) && !text.includes('(')
}

async function operate(call: Call, line: number, { record, naming }: Around): Promise<void> {
  const operation = operations.get(call.path.slice('alembic.op.'.length))
  for (const sql of following(line, () => operation?.(withNames(call, naming)) ?? [])) {
    const type = /^CREATE TYPE (\S+) AS ENUM \(/.exec(sql)?.[1]
    // Alembic creates the enum type of a table once in a run.
    if (sql !== '') await record.run(type === undefined ? sql : whereNotThere(type, sql))
  }
}

function context({ record, bind }: Around): PyObject {
  const self: PyObject = {
    kind: 'object',
    type: 'context',
    async get(name) {
      if (['bind', 'connection'].includes(name)) return bind
      if (name === 'dialect') return bind.get('dialect')
      if (name === 'as_sql') return false
      if (name === 'autocommit_block')
        return callable(name, () => ({
          kind: 'object',
          type: 'autocommit block',
          get: async () => undefined,
        }))
      if (name === 'begin_transaction') return callable(name, () => self)
      if (name === 'execute') return callable(name, (given) => execute(record, given))
      return undefined
    },
  }
  return self
}

async function method(of: Value, name: string, given: PyArguments, around: Around): Promise<Py | undefined> {
  const { record } = around
  const { line } = given
  if (of.kind === 'batch') {
    if (name === 'f') return operation('alembic.op.f', given, around)
    const { positional, keywords } = termCall('batch', given, line)
    const call = following(line, () =>
      batchOperation({ kind: 'method', of, name, positional, keywords, line }),
    )
    // What a batch does not change for its table is the operation of `op` itself.
    if (call === undefined) return operation(`alembic.op.${name}`, given, around)
    await operate(call, line, around)
    return null
  }
  if ((of.kind === 'path' || of.kind === 'call') && /(^|\.)(log|logger|LOG|LOGGER|getLogger)$/.test(of.path))
    return null
  if (of.kind === 'call' && enumClass.test(of.path) && (name === 'create' || name === 'drop'))
    return enumActed(of, name, given, record)
  if (of.kind === 'call' && of.path === 'sqlalchemy.Index' && (name === 'create' || name === 'drop'))
    return indexActed(record, of, name, line)
  if (of.kind === 'call' && isTable(of) && name === 'exists') return isThere(record, of)
  if (of.kind === 'call' && isTable(of) && (name === 'create' || name === 'drop'))
    return createOrDrop(record, of, name, given)
  if (
    name === 'execute' &&
    given.positional.length + given.keywords.size === 0 &&
    (isTableStatement(of) || isSelect(of))
  )
    return execute(record, { ...given, positional: [{ kind: 'term', value: of }] })
  if (of.kind === 'call' || of.kind === 'method' || of.kind === 'path') {
    if (['create', 'drop', 'create_all', 'drop_all', 'execute', 'commit'].includes(name)) return undefined
    if (of.kind === 'path' && !terms.test(of.path)) return undefined
    const call = termCall('method', given, line)
    return {
      kind: 'term',
      value: { kind: 'method', of, name, positional: call.positional, keywords: call.keywords, line },
    }
  }
  return undefined
}

async function enumActed(
  of: Call,
  act: 'create' | 'drop',
  given: PyArguments,
  record: Recording,
): Promise<Py> {
  const { line } = given
  const type = following(line, () => enumType(of))
  if (type === undefined) return null
  const asked = given.keywords.get('checkfirst') ?? given.positional[1]
  const checkFirst = asked === undefined ? of.path === 'postgresql.ENUM' : isTrue(asked, line)
  await record.run(enumAct(type, act, checkFirst))
  return null
}

async function attribute(of: Value, name: string, line: number, around: Around): Promise<Py | undefined> {
  if (of.kind === 'call' && isTable(of)) {
    const known = await tableAttribute(around.record, of, name, line)
    if (known !== undefined) return known
    // A table that says nothing of its columns may have any.
    if ((name === 'c' || name === 'columns') && columnsOf(of).length > 0) return columnsObject(of, name, line)
  }
  if (of.kind === 'path' && of.path === 'alembic.op' && name === 'context') return context(around)
  if (of.kind === 'call' && of.path === 'sqlalchemy.Column') {
    if (name === 'name') return nameOf(of) ?? null
    if (name === 'type') return ofColumn(of, name)
  }
  const column = columnIn(of)
  if (column !== undefined && (name === 'type' || name === 'nullable')) return ofColumn(column, name)
  if (column !== undefined && name === 'name') return nameOf(column) ?? null
  if (of.kind === 'call' && enumClass.test(of.path) && (name === 'enums' || name === 'name')) {
    const own = of.keywords.get('name')
    if (name === 'name') return own?.kind === 'text' ? own.text : undefined
    return list(
      of.positional.map((label): Py => (label.kind === 'text' ? label.text : { kind: 'term', value: label })),
    )
  }
  if (of.kind === 'call' && of.path.startsWith('postgresql.') && of.type !== undefined) {
    const value = of.keywords.get(name)
    if (value?.kind === 'number') return Number(value.text)
    if (value?.kind === 'constant' || value?.kind === 'text')
      return value.kind === 'text' ? value.text : value.value
    if (name === 'length') return null
  }
  return undefined
}

function ofColumn(column: Call, name: 'type' | 'nullable'): Py | undefined {
  if (name === 'nullable') {
    const value = column.keywords.get('nullable')
    return value?.kind === 'constant' ? value.value : undefined
  }
  const type = column.positional[1]
  return type === undefined ? undefined : { kind: 'term', value: type }
}
