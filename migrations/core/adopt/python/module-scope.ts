import { emptyScope, type Modules, type Scope, withFunction, withImports, withValue } from './scope.ts'
import { type Expression, namesSet, type Statement } from './syntax.ts'
import { assigned, evaluate } from './values.ts'

export interface ModuleName {
  /** Full name; empty for a file that no other imports. */
  readonly name: string
  /** The package that its relative imports start from. */
  readonly home: string
  readonly modules: Modules
  /** Where it stands. */
  readonly file?: string
}

/** What a module's own statements set; later ones win, as when Python runs them. */
export function moduleScope(statements: readonly Statement[], module?: ModuleName): Scope {
  const file = module?.file === undefined ? {} : { file: module.file }
  const expressions = new Map(
    statements.flatMap((one) =>
      one.kind === 'assign' ? one.names.map((name) => [name, one.value] as const) : [],
    ),
  )
  let scope: Scope = { ...emptyScope(module?.name, module?.modules), ...file, expressions }
  for (const statement of statements) scope = afterStatement(statement, scope, module?.home ?? '')
  return scope
}

function afterStatement(statement: Statement, scope: Scope, home: string): Scope {
  switch (statement.kind) {
    case 'import':
      return withImports(scope, absoluteImports(statement.names, home))
    case 'function':
      return withFunction(scope, statement)
    case 'class':
      return withClass(scope, statement)
    case 'decorated':
      return afterDecorated(statement, scope)
    case 'assign':
    case 'unpack':
      return assigned(statement, evaluate(statement.value, scope), scope)
    default:
      return forget(statement, scope)
  }
}

/** The names that a statement sets are not known after it. */
export function forget(statement: Statement, scope: Scope): Scope {
  const names = namesSet(statement).filter((name) => {
    const value = scope.values.get(name)
    // A method of a batch changes the table, not the batch.
    return value === undefined ? !scope.imports.has(name) : value.kind !== 'batch'
  })
  return names.reduce(
    (known, name) =>
      withValue(known, name, { kind: 'opaque', why: `the value of ${name}`, line: statement.line }),
    scope,
  )
}

export function withClass(scope: Scope, statement: Extract<Statement, { kind: 'class' }>): Scope {
  return { ...scope, classes: new Map([...scope.classes, [statement.name, statement]]) }
}

/** Decorators that leave a function what it does. */
const transparent = /^(public\.public|functools\.(cache|lru_cache))$/

/** A decorator of a class leaves a type what it is; one of a function may do anything. */
function afterDecorated(statement: Extract<Statement, { kind: 'decorated' }>, scope: Scope): Scope {
  const { decorator, of } = statement
  const inner = of.kind === 'decorated' ? afterDecorated(of, scope) : scope
  if (of.kind === 'class') return withClass(inner, of)
  const path = decorator.kind === 'name' ? inner.imports.get(decorator.name) : undefined
  if (of.kind === 'function' && path !== undefined && transparent.test(path)) return withFunction(inner, of)
  if (of.kind === 'function' && isContextManager(decorator, inner)) {
    const contextManagers = new Map([...inner.contextManagers, [of.name, of]])
    return { ...forget(of, inner), contextManagers }
  }
  const compiled = compiledType(decorator, inner)
  return compiled === undefined ? forget(of, inner) : forgetType(compiled, of, inner)
}

export function isContextManager(decorator: Expression, scope: Scope): boolean {
  const value = evaluate(decorator, scope)
  return value.kind === 'path' && value.path === 'contextlib.contextmanager'
}

/** `@compiles(Type)` and `@compiles(Type, 'postgresql')`: the type gets SQL of its own. */
function compiledType(decorator: Parameters<typeof evaluate>[0], scope: Scope): string | undefined {
  const call = evaluate(decorator, scope)
  if (call.kind !== 'call' || call.path !== 'sqlalchemy.ext.compiler.compiles') return undefined
  const [, ...dialects] = call.positional
  const isOurs =
    dialects.length === 0 ||
    dialects.some((dialect) => dialect.kind !== 'text' || dialect.text === 'postgresql')
  const type = decorator.kind === 'call' ? decorator.arguments[0] : undefined
  return isOurs && type?.kind === 'name' ? type.name : undefined
}

/** A type with SQL of its own is not known, unless that is the SQL of what it is made of. */
function forgetType(name: string, statement: Statement, scope: Scope): Scope {
  const [only, ...others] =
    statement.kind === 'function' ? statement.body.filter((one) => !isDocstring(one)) : []
  const given = only?.kind === 'return' && others.length === 0 ? only.value : undefined
  const visited =
    given?.kind === 'call' && given.function.kind === 'attribute' && given.function.of.kind === 'name'
      ? /^visit_(\w+)$/.exec(given.function.name)?.[1]
      : undefined
  const impl = scope.classes
    .get(name)
    ?.body.find((one) => one.kind === 'assign' && one.names.includes('impl'))
  const value = impl?.kind === 'assign' ? impl.value : undefined
  const made = value?.kind === 'name' || value?.kind === 'attribute' ? value.name : undefined
  if (visited !== undefined && visited.toLowerCase() === made?.toLowerCase()) return scope
  const classes = new Map([...scope.classes].filter(([known]) => known !== name))
  return withValue({ ...scope, classes }, name, {
    kind: 'opaque',
    why: `the type ${name}`,
    line: statement.line,
  })
}

export function isDocstring(statement: Statement): boolean {
  return statement.kind === 'expression' && statement.value.kind === 'string'
}

/** `from ..sibling import name`, by the package that it stands in. */
function absoluteImports(names: ReadonlyMap<string, string>, home: string): ReadonlyMap<string, string> {
  return new Map(
    [...names].map(([name, path]) => {
      const dots = /^\.+/.exec(path)?.[0].length ?? 0
      if (dots === 0) return [name, path]
      const packages = home.split('.')
      const base = packages.slice(0, packages.length - dots + 1).join('.')
      const rest = path.slice(dots)
      return [name, home === '' || base === '' ? `relative.${rest}` : `${base}.${rest}`.replace(/\.$/, '')]
    }),
  )
}
