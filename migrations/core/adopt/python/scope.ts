import type { Expression, Statement } from './syntax.ts'
import type { Value } from './values.ts'

export type FunctionStatement = Extract<Statement, { kind: 'function' }>
export type ClassStatement = Extract<Statement, { kind: 'class' }>

/** Finds what a module of the project defines, by its full name; undefined for a module that is not there. */
export type Modules = (name: string) => Scope | undefined

/** The names that an expression may use. */
export interface Scope {
  /** The module's full name; empty for a revision file, which no other file imports. */
  readonly name: string
  /** Its file, for `__file__`. */
  readonly file?: string
  /** Name → full name of what was imported. */
  readonly imports: ReadonlyMap<string, string>
  readonly values: ReadonlyMap<string, Value>
  /** What the module's own statements assign, for a run that knows more of it. */
  readonly expressions: ReadonlyMap<string, Expression>
  readonly functions: ReadonlyMap<string, FunctionStatement>
  readonly classes: ReadonlyMap<string, ClassStatement>
  /** Functions behind `contextlib.contextmanager`. */
  readonly contextManagers: ReadonlyMap<string, FunctionStatement>
  readonly modules: Modules
  /** What the module itself defines, for a scope inside one of its functions. */
  readonly globals?: Scope
  /** How many calls are being followed. */
  readonly depth: number
  /** What reading one file may cost, and what it has found out. */
  readonly budget: Budget
}

export interface Budget {
  /** How many more calls are followed: what computes more than that is not known. */
  left: number
  /** The class outside the project that a class extends in the end; null for none. */
  readonly bases: Map<ClassStatement, string | null>
}

const callsPerFile = 20_000

const noModules: Modules = () => undefined

export function emptyScope(name = '', modules = noModules): Scope {
  return {
    name,
    imports: new Map(),
    values: new Map(),
    expressions: new Map(),
    functions: new Map(),
    classes: new Map(),
    contextManagers: new Map(),
    modules,
    depth: 0,
    budget: { left: callsPerFile, bases: new Map() },
  }
}

export function withValue(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, values: new Map([...scope.values, [name, value]]) }
}

export function withImports(scope: Scope, names: ReadonlyMap<string, string>): Scope {
  return { ...scope, imports: new Map([...scope.imports, ...names]) }
}

export function withFunction(scope: Scope, statement: FunctionStatement): Scope {
  return { ...scope, functions: new Map([...scope.functions, [statement.name, statement]]) }
}

/** What a full name stands for. */
export type Definition =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'function'; readonly statement: FunctionStatement; readonly home: Scope }
  | { readonly kind: 'class'; readonly statement: ClassStatement; readonly home: Scope }

/**
 * What `module.name` is: defined there, or imported there from elsewhere. `.name` is of the revision file itself.
 * Undefined for what stands in no file that can be read.
 */
export function definition(path: string, scope: Scope, hops = 0): Definition | undefined {
  const at = path.lastIndexOf('.')
  if (at < 0 || hops > 8) return undefined
  const [module, name] = [path.slice(0, at), path.slice(at + 1)]
  const home = module === scope.name ? scope : module === '' ? undefined : scope.modules(module)
  if (home === undefined) return undefined
  const value = home.values.get(name)
  if (value !== undefined && home !== scope) return { kind: 'value', value }
  const called = home.functions.get(name)
  if (called !== undefined) {
    const isGlobal = home.globals?.functions.get(name) === called
    return { kind: 'function', statement: called, home: (isGlobal ? home.globals : undefined) ?? home }
  }
  const type = home.classes.get(name)
  if (type !== undefined) return { kind: 'class', statement: type, home }
  const imported = home.imports.get(name)
  if (imported !== undefined) return definition(imported, home, hops + 1)
  for (const [key, from] of home.imports) {
    const found = key.startsWith('*') ? definition(`${from}.${name}`, home, hops + 1) : undefined
    if (found !== undefined) return found
  }
  return undefined
}
