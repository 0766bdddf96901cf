import type { Scope } from '../python/scope.ts'
import type { Call, Value } from '../python/values.ts'
import { textOf, Unconverted } from './reading.ts'

/** Templates for the names of constraints: `pk`, `uq`, `fk`, `ix` (SQLAlchemy, `MetaData.naming_convention`). */
export type NamingConvention = ReadonlyMap<string, string>

/** The naming convention of `target_metadata`, as far as `env.py` and the modules of the project say it. */
export function namingConvention(env: Scope): NamingConvention {
  const metadata = metadataOf(env.values.get('target_metadata'))
  const given = metadata?.keywords.get('naming_convention')
  if (given?.kind !== 'dict') return new Map()
  return new Map(
    given.entries.flatMap(([kind, template]) =>
      kind.kind === 'text' && template.kind === 'text' ? [[kind.text, template.text] as const] : [],
    ),
  )
}

/** `MetaData(…)`, also behind `Base.metadata` of a `declarative_base(metadata=…)`. */
function metadataOf(value: Value | undefined): Call | undefined {
  if (value?.kind === 'call') return value.path === 'sqlalchemy.MetaData' ? value : undefined
  if (value?.kind === 'list' && value.items.length === 1) return metadataOf(value.items[0])
  if (value?.kind !== 'method' || value.name !== 'metadata' || value.of.kind !== 'call') return undefined
  return metadataOf(value.of.keywords.get('metadata'))
}

const kinds: Readonly<Record<string, string>> = {
  'sqlalchemy.PrimaryKeyConstraint': 'pk',
  'sqlalchemy.UniqueConstraint': 'uq',
  'sqlalchemy.ForeignKeyConstraint': 'fk',
}

/**
 * An operation with the names that the convention gives to its constraints that have none.
 * @throws Unconverted for a name with something in it that is not known here.
 */
export function withNames(call: Call, convention: NamingConvention): Call {
  if (convention.size === 0) return call
  const operation = call.path.replace('alembic.op.', '')
  const [first, second, third, fourth] = call.positional
  switch (operation) {
    case 'create_table':
      return first?.kind === 'text' ? { ...call, positional: tableItems(call, first.text, convention) } : call
    case 'add_column': {
      if (first?.kind !== 'text' || second?.kind !== 'call') return call
      if (
        isTrue(second.keywords.get('unique')) &&
        convention.has('uq') &&
        !isTrue(second.keywords.get('index'))
      )
        throw new Unconverted('a unique column, whose constraint the naming convention names', call.line)
      return {
        ...call,
        positional: [first, namedColumn(second, first.text, convention), ...call.positional.slice(2)],
      }
    }
    case 'create_unique_constraint':
      return namedFirst(call, 'uq', second, texts(third), undefined, convention)
    case 'create_primary_key':
      return namedFirst(call, 'pk', second, texts(third), undefined, convention)
    case 'create_foreign_key':
      return namedFirst(call, 'fk', second, texts(fourth), third, convention)
    case 'create_check_constraint':
      return checkFirst(call, second ?? call.keywords.get('table_name'), convention)
    case 'drop_constraint': {
      const type = third ?? call.keywords.get('type_')
      const isCheck = type?.kind === 'text' && type.text === 'check'
      return isCheck ? checkFirst(call, second ?? call.keywords.get('table_name'), convention) : call
    }
    default:
      return call
  }
}

/** The name of a check goes into the template, unless it comes from `op.f`. */
function checkName(name: Value | undefined, table: string, convention: NamingConvention): Value | undefined {
  const template = convention.get('ck')
  if (name?.kind !== 'text' || name.exact || template === undefined) return name
  const filled = template.replaceAll('%(constraint_name)s', name.text)
  const text = nameOf(filled, table, [], undefined, name.line)
  return text === undefined ? name : { ...name, text }
}

function checkFirst(call: Call, table: Value | undefined, convention: NamingConvention): Call {
  const [name, ...rest] = call.positional
  const given = name ?? call.keywords.get('constraint_name')
  if (table?.kind !== 'text' || given === undefined) return call
  const text = checkName(given, table.text, convention) ?? given
  return name === undefined
    ? { ...call, keywords: new Map([...call.keywords, ['constraint_name', text]]) }
    : { ...call, positional: [text, ...rest] }
}

function isTrue(value: Value | undefined): boolean {
  return value?.kind === 'constant' && value.value === true
}

function isNone(value: Value | undefined): boolean {
  return value === undefined || (value.kind === 'constant' && value.value === null)
}

function texts(value: Value | undefined): readonly string[] {
  return value?.kind === 'list'
    ? value.items.flatMap((item) => (item.kind === 'text' ? [item.text] : []))
    : []
}

function namedFirst(
  call: Call,
  kind: string,
  table: Value | undefined,
  columns: readonly string[],
  referred: Value | undefined,
  convention: NamingConvention,
): Call {
  const [name, ...rest] = call.positional
  if (name === undefined || !isNone(name) || table?.kind !== 'text') return call
  const other = referred?.kind === 'text' ? referred.text : undefined
  const text = nameOf(convention.get(kind), table.text, columns, other, call.line)
  return text === undefined
    ? call
    : { ...call, positional: [{ kind: 'text', text, line: call.line }, ...rest] }
}

function tableItems(call: Call, table: string, convention: NamingConvention): readonly Value[] {
  const { line } = call
  const items = call.positional.map((item) => {
    if (item.kind !== 'call') return item
    return item.path === 'sqlalchemy.Column'
      ? namedColumn(item, table, convention)
      : namedConstraint(item, table, convention)
  })
  const columns = items.flatMap((item) =>
    item.kind === 'call' && item.path === 'sqlalchemy.Column' ? [item] : [],
  )
  const hasKey = items.some((item) => item.kind === 'call' && item.path === 'sqlalchemy.PrimaryKeyConstraint')
  const key = columns.filter((column) => isTrue(column.keywords.get('primary_key'))).flatMap(columnName)
  const keyItem = constraint('sqlalchemy.PrimaryKeyConstraint', key, line)
  const unique = columns.filter(
    (column) => isTrue(column.keywords.get('unique')) && !isTrue(column.keywords.get('index')),
  )
  const named = convention.has('uq') ? unique : []
  return [
    ...items.map((item) => (item.kind === 'call' && named.includes(item) ? without(item, 'unique') : item)),
    ...(hasKey || key.length === 0 ? [] : [namedConstraint(keyItem, table, convention)]),
    ...named.map((column) =>
      namedConstraint(constraint('sqlalchemy.UniqueConstraint', columnName(column), line), table, convention),
    ),
  ]
}

function constraint(path: string, columns: readonly string[], line: number): Call {
  const positional = columns.map((text) => ({ kind: 'text', text, line }) as const)
  return { kind: 'call', path, positional, keywords: new Map(), line }
}

function without(call: Call, keyword: string): Call {
  return { ...call, keywords: new Map([...call.keywords].filter(([name]) => name !== keyword)) }
}

function columnName(column: Call): readonly string[] {
  const name = column.positional[0] ?? column.keywords.get('name')
  return name?.kind === 'text' ? [name.text] : []
}

/** A column with names for its foreign keys; an index of its own has to follow the usual template. */
function namedColumn(column: Call, table: string, convention: NamingConvention): Call {
  const index = convention.get('ix')
  if (isTrue(column.keywords.get('index')) && index !== undefined && index !== 'ix_%(column_0_label)s')
    throw new Unconverted('an index that the naming convention names', column.line)
  const name = columnName(column)
  const positional = column.positional.map((item): Value => {
    if (item.kind !== 'call' || item.path !== 'sqlalchemy.ForeignKey' || !isNone(item.keywords.get('name')))
      return item
    const target = item.positional[0]
    const referred = target?.kind === 'text' ? target.text.split('.').at(-2) : undefined
    return withName(item, nameOf(convention.get('fk'), table, name, referred, item.line))
  })
  return { ...column, positional }
}

function namedConstraint(item: Call, table: string, convention: NamingConvention): Call {
  if (item.path === 'sqlalchemy.CheckConstraint') {
    const name = checkName(item.keywords.get('name') ?? item.positional[1], table, convention)
    return name === undefined
      ? item
      : {
          ...item,
          positional: item.positional.slice(0, 1),
          keywords: new Map([...item.keywords, ['name', name]]),
        }
  }
  const kind = kinds[item.path]
  if (kind === undefined || !isNone(item.keywords.get('name'))) return item
  const [first, second] = item.positional
  const columns = kind === 'fk' ? texts(first) : item.positional.map(textOf)
  if (columns.length === 0) return item
  const target = kind === 'fk' ? texts(second)[0] : undefined
  return withName(item, nameOf(convention.get(kind), table, columns, target?.split('.').at(-2), item.line))
}

function withName(call: Call, text: string | undefined): Call {
  if (text === undefined) return call
  return { ...call, keywords: new Map([...call.keywords, ['name', { kind: 'text', text, line: call.line }]]) }
}

function nameOf(
  template: string | undefined,
  table: string,
  columns: readonly string[],
  referred: string | undefined,
  line: number,
): string | undefined {
  return template?.replace(/%\((\w+)\)s/g, (_, token: string) => {
    const known: Readonly<Record<string, string | undefined>> = {
      table_name: table,
      referred_table_name: referred,
      column_0_name: columns[0],
      column_0_label: columns[0] === undefined ? undefined : `${table}_${columns[0]}`,
      column_0_N_name: columns.join('_'),
      column_0N_name: columns.join(''),
    }
    const text = known[token]
    if (text === undefined) throw new Unconverted(`%(${token})s of the naming convention`, line)
    return text
  })
}
