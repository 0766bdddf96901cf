import { definition, type Scope } from '../scope.ts'
import { fullPath, type Value } from '../values.ts'
import { functionOf, managerOf } from './calls.ts'
import { classOf } from './classes.ts'
import { evaluateIn } from './expressions.ts'
import type { Frame, Machine } from './machine.ts'
import { fromValue, type Py, Unfollowed } from './objects.ts'

const builtins =
  /^(print|str|int|bool|len|list|tuple|set|frozenset|dict|enumerate|zip|range|any|all|sorted|reversed|next|min|max|open|isinstance|hasattr|getattr|callable|[A-Z]\w*(Error|Exception|Warning)|Exception|StopIteration)$/

/** What a name stands for, from the inside out. */
export async function lookUp(name: string, frame: Frame, machine: Machine, line: number): Promise<Py> {
  if (name === 'None') return null
  if (name === 'True' || name === 'False') return name === 'True'
  if (name === '__file__' && frame.home.file !== undefined) return frame.home.file
  if (name === '__name__') return frame.home.name
  for (let at: Frame | undefined = frame; at !== undefined; at = at.up) {
    const value = at.names.get(name)
    if (value !== undefined) return value
  }
  const found = await moduleName(name, frame.home, machine, line)
  if (found !== undefined) return found
  if (builtins.test(name)) return { kind: 'term', value: { kind: 'path', path: `builtins.${name}`, line } }
  throw new Unfollowed(`the value of ${name}`, line)
}

/** A name that a module sets, once for all that runs. */
async function moduleName(
  name: string,
  home: Scope,
  machine: Machine,
  line: number,
): Promise<Py | undefined> {
  const names = machine.modules.get(home.name) ?? new Map<string, Py>()
  machine.modules.set(home.name, names)
  const known = names.get(name)
  if (known !== undefined) return known
  const value = await defined(name, home, machine, line)
  if (value !== undefined) names.set(name, value)
  return value
}

async function defined(name: string, home: Scope, machine: Machine, line: number): Promise<Py | undefined> {
  const manager = home.contextManagers.get(name)
  if (manager !== undefined)
    return managerOf(manager, { names: new Map(), up: undefined, home, depth: 0 }, machine)
  const value = home.values.get(name)
  if (value !== undefined) return assignedValue(name, value, home, machine)
  const called = home.functions.get(name)
  if (called !== undefined)
    return functionOf(called, { names: new Map(), up: undefined, home, depth: 0 }, machine)
  const type = home.classes.get(name)
  if (type !== undefined) return classOf(type, home, machine)
  const path = home.imports.get(name)
  if (path !== undefined) return named(fullPath(path), home, machine, line)
  for (const [key, from] of home.imports) {
    if (key.startsWith('*') && definition(`${from}.${name}`, home) !== undefined)
      return named(`${from}.${name}`, home, machine, line)
  }
  return undefined
}

/** What a module assigns, followed where that goes further than reading it. */
async function assignedValue(name: string, value: Value, home: Scope, machine: Machine): Promise<Py> {
  const expression = home.expressions.get(name)
  if (expression === undefined) return fromValue(value)
  try {
    return await evaluateIn(expression, { names: new Map(), up: undefined, home, depth: 0 }, machine)
  } catch (error) {
    if (!(error instanceof Unfollowed)) throw error
    return fromValue(value)
  }
}

/** What a full name stands for: something of a module of the project, or a term. */
export async function named(path: string, home: Scope, machine: Machine, line: number): Promise<Py> {
  const found = definition(path, home)
  if (found?.kind === 'value') {
    const at = path.lastIndexOf('.')
    const module = home.modules(path.slice(0, at))
    const own = module && (await moduleName(path.slice(at + 1), module, machine, line))
    return own ?? fromValue(found.value)
  }
  if (found?.kind === 'function')
    return functionOf(
      found.statement,
      { names: new Map(), up: undefined, home: found.home, depth: 0 },
      machine,
    )
  if (found?.kind === 'class') return classOf(found.statement, found.home, machine)
  return { kind: 'term', value: { kind: 'path', path, line } }
}
