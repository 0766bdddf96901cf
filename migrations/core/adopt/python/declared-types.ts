import { returnedBy } from './calls.ts'
import { type Definition, definition, type Scope, withValue } from './scope.ts'
import { namesSet, type Statement } from './syntax.ts'
import { type Call, evaluate, type Value } from './values.ts'

type ClassDefinition = Extract<Definition, { kind: 'class' }>

/**
 * The type of SQLAlchemy that a type of the project's own is in PostgreSQL: the `impl` of a `TypeDecorator`, what its
 * `load_dialect_impl` gives for PostgreSQL, what `get_col_spec` says, or the type that a plain subclass extends
 * (SQLAlchemy, "Custom Types"). Undefined when the file does not say.
 */
export function declaredType(found: ClassDefinition, call: Call | undefined): Value | undefined {
  const base = baseName(found)
  if (base === undefined || !/^(sqlalchemy|postgresql)\.[A-Z]/.test(base)) return undefined
  const decorated = memberOf(found, 'impl') !== undefined || base === 'sqlalchemy.TypeDecorator'
  const own = memberOf(found, '__init__')
  if (own !== undefined && setsImpl(own.statement)) return undefined
  const specification = memberOf(found, 'get_col_spec')
  if (specification !== undefined) return specified(specification, call)
  const dialect = memberOf(found, 'load_dialect_impl')
  const chosen = dialect && dialectType(dialect, found, call)
  const isDefault = chosen?.kind === 'method' && chosen.name === 'load_dialect_impl'
  if (dialect !== undefined && !isDefault) return chosen
  if (decorated) {
    const impl = classMember(found, 'impl')
    return impl && made(impl, call, own !== undefined)
  }
  if (own !== undefined) return undefined
  return made({ kind: 'path', path: base, line: 0 }, call, false)
}

/** The names of a Python enumeration's members; undefined for another class, or for members that are computed. */
export function enumMembers(found: ClassDefinition): readonly Value[] | undefined {
  const isEnum = found.statement.bases.some((base) => {
    const value = evaluate(base, found.home)
    return value.kind === 'path' && /^enum\.(Enum|IntEnum|StrEnum)$/.test(value.path)
  })
  const members = found.statement.body.flatMap((one) => (one.kind === 'assign' ? [one] : []))
  if (
    !isEnum ||
    members.some(({ value }) => value.kind !== 'string' && value.kind !== 'number' && !isAuto(value))
  )
    return undefined
  return members.flatMap(({ names, line }) => names.map((text) => ({ kind: 'text', text, line }) as const))
}

function isAuto(value: Parameters<typeof evaluate>[0]): boolean {
  if (value.kind !== 'call') return false
  const called = value.function
  return (called.kind === 'name' ? called.name : called.kind === 'attribute' ? called.name : '') === 'auto'
}

/** The value of a name that a class, or one that it extends, sets in its body. */
export function classMember(found: ClassDefinition, name: string): Value | undefined {
  const member = memberOf(found, name)
  if (member?.statement.kind !== 'assign' || enumMembers(found) !== undefined) return undefined
  return evaluate(member.statement.value, member.home)
}

interface Member {
  readonly statement: Statement
  readonly home: Scope
}

function memberOf(found: ClassDefinition, name: string, hops = 0): Member | undefined {
  const statement = found.statement.body.findLast((one) => namesSet(one).includes(name))
  if (statement !== undefined) return { statement, home: found.home }
  const base = hops > 8 ? undefined : baseOf(found)
  const parent = base === undefined ? undefined : definition(base, found.home)
  return parent?.kind === 'class' ? memberOf(parent, name, hops + 1) : undefined
}

/** The full name of the first class that a class extends. */
function baseOf({ statement, home }: ClassDefinition): string | undefined {
  const [first] = statement.bases
  const value = first && evaluate(first, home)
  return value?.kind === 'path' ? value.path : undefined
}

/** The first class, upwards, that the project does not define. */
function baseName(found: ClassDefinition, hops = 0): string | undefined {
  const { bases } = found.home.budget
  const known = bases.get(found.statement)
  if (known !== undefined) return known ?? undefined
  const base = baseOf(found)
  const parent = base === undefined || hops > 8 ? undefined : definition(base, found.home)
  const name = parent?.kind === 'class' ? baseName(parent, hops + 1) : base
  bases.set(found.statement, name ?? null)
  return name
}

function setsImpl(statement: Statement): boolean {
  return statement.kind !== 'function' || statement.body.some((one) => namesSet(one).includes('impl'))
}

/** A type that is made with the arguments of the call, as `TypeDecorator` passes them on. */
function made(impl: Value, call: Call | undefined, ownArguments: boolean): Value | undefined {
  if (impl.kind !== 'path') return impl
  if (impl.type !== undefined) return impl.type
  if (call === undefined || (call.positional.length === 0 && call.keywords.size === 0)) return impl
  // Arguments that the type's own __init__ takes are not the ones of what it is made of.
  if (ownArguments)
    return /\.(Integer|BigInteger|Text|UnicodeText|LargeBinary|Boolean)$/.test(impl.path) ? impl : undefined
  return { ...call, path: impl.path }
}

/** `load_dialect_impl(self, dialect)` for PostgreSQL; `self.impl` is known where the type takes no arguments. */
function dialectType(
  { statement, home }: Member,
  found: ClassDefinition,
  call: Call | undefined,
): Value | undefined {
  if (statement.kind !== 'function') return undefined
  const [self, dialect] = statement.parameters
  if (self === undefined || dialect === undefined) return undefined
  const { line } = statement
  const isPlain = call === undefined || (call.positional.length === 0 && call.keywords.size === 0)
  const type: Value =
    isPlain && found.home.name === home.name
      ? { kind: 'path', path: `${home.name}.${found.statement.name}`, line }
      : { kind: 'opaque', why: 'a type with arguments', line }
  const known: readonly (readonly [string, Value])[] = [
    [self.name, type],
    [dialect.name, { kind: 'path', path: 'alembic.context.dialect', line }],
    // What `super().load_dialect_impl(dialect)` gives is what the type is made of.
    ['super', { kind: 'path', path: '.super', line }],
  ]
  const inner = known.reduce<Scope>((scope, [name, value]) => withValue(scope, name, value), {
    ...home,
    depth: home.depth + 1,
  })
  const value = returnedBy(statement.body, inner)
  return value?.kind === 'opaque' ? undefined : value
}

/** `get_col_spec(self, **kw)` that gives a plain text. */
function specified({ statement, home }: Member, call: Call | undefined): Value | undefined {
  const takesArguments = call !== undefined && (call.positional.length > 0 || call.keywords.size > 0)
  if (statement.kind !== 'function' || takesArguments) return undefined
  const value = returnedBy(statement.body, home)
  return value?.kind === 'text'
    ? { kind: 'call', path: 'type.specification', positional: [value], keywords: new Map(), line: value.line }
    : undefined
}
