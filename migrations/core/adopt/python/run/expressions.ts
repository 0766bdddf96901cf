import type { Clause, Expression } from '../syntax.ts'
import { fullPath, type Value } from '../values.ts'
import { lambdaOf } from './calls.ts'
import { fileFunctions } from './files.ts'
import { type Frame, type Machine, spend } from './machine.ts'
import { builtinFunctions, libraryFunctions, methodOf } from './methods.ts'
import { lookUp, named } from './names.ts'
import {
  dict,
  isTrue,
  itemsOf,
  keyOf,
  list,
  numberOf,
  type Py,
  type PyArguments,
  plain,
  Raised,
  set,
  textOfPy,
  toValue,
  Unfollowed,
} from './objects.ts'
import { applied } from './operators.ts'
import { bindTarget } from './targets.ts'

/** The value of an expression, as Python would have it. @throws Unfollowed, Raised */
export async function evaluateIn(expression: Expression, frame: Frame, machine: Machine): Promise<Py> {
  const { line } = expression
  const of = (part: Expression) => evaluateIn(part, frame, machine)
  switch (expression.kind) {
    case 'string':
      return expression.value
    case 'number':
      return numberOf(expression.text, line)
    case 'name':
      return lookUp(expression.name, frame, machine, line)
    case 'list': {
      const items = await several(expression.items, frame, machine)
      return expression.isSet ? set(items, line) : list(items)
    }
    case 'dict': {
      const entries: (readonly [Py, Py])[] = []
      for (const [key, value] of expression.entries) entries.push([await of(key), await of(value)])
      return dict(entries, line)
    }
    case 'attribute':
      return attributeOf(await of(expression.of), expression.name, frame, machine, line)
    case 'call':
      return callOf(expression, frame, machine)
    case 'format':
      return format(expression, frame, machine)
    case 'binary':
      return binary(expression, frame, machine)
    case 'unary': {
      const operand = await of(expression.operand)
      if (expression.operator === 'not') return !isTrue(operand, line)
      if (expression.operator === '-' && typeof operand === 'number') return -operand
      throw new Unfollowed(`the operator ${expression.operator}`, line)
    }
    case 'index':
      return itemOf(await of(expression.of), expression.index, frame, machine)
    case 'conditional':
      return isTrue(await of(expression.test), line) ? of(expression.value) : of(expression.otherwise)
    case 'comprehension': {
      const items: Py[] = []
      await loop(expression.clauses, frame, machine, async (inner) => {
        items.push(await evaluateIn(expression.item, inner, machine))
      })
      return expression.isSet ? set(items, line) : list(items)
    }
    case 'starred':
      throw new Unfollowed('an unpacked value', line)
    case 'unknown':
      return detailed(expression, frame, machine)
  }
}

/** An f-string. One that cannot be known stays so, since most are only printed. */
async function format(
  { parts, line }: Extract<Expression, { kind: 'format' }>,
  frame: Frame,
  machine: Machine,
): Promise<Py> {
  let text = ''
  try {
    for (const part of parts)
      text += typeof part === 'string' ? part : textOfPy(await evaluateIn(part, frame, machine), line)
    return text
  } catch (error) {
    if (!(error instanceof Unfollowed)) throw error
    return { kind: 'term', value: { kind: 'opaque', why: error.reason, line } }
  }
}

async function detailed(
  { detail, what, line }: Extract<Expression, { kind: 'unknown' }>,
  frame: Frame,
  machine: Machine,
): Promise<Py> {
  switch (detail?.kind) {
    case 'lambda':
      return lambdaOf(detail.parameters, detail.value, frame, machine)
    case 'named': {
      const value = await evaluateIn(detail.value, frame, machine)
      frame.names.set(detail.name, value)
      return value
    }
    case 'merged-dict': {
      const entries: (readonly [Py, Py])[] = []
      for (const [key, part] of detail.entries) {
        const value = await evaluateIn(part, frame, machine)
        if (key !== undefined) entries.push([await evaluateIn(key, frame, machine), value])
        else if (typeof value === 'object' && value?.kind === 'dict') entries.push(...value.entries.values())
        else throw new Unfollowed('an unpacked value', line)
      }
      return dict(entries, line)
    }
    case 'dict-comprehension': {
      const entries: (readonly [Py, Py])[] = []
      await loop(detail.clauses, frame, machine, async (inner) => {
        entries.push([
          await evaluateIn(detail.key, inner, machine),
          await evaluateIn(detail.value, inner, machine),
        ])
      })
      return dict(entries, line)
    }
    default:
      throw new Unfollowed(what, line)
  }
}

/** Runs something for each item of a comprehension. */
async function loop(
  clauses: readonly Clause[],
  frame: Frame,
  machine: Machine,
  each: (inner: Frame) => Promise<void>,
): Promise<void> {
  const [clause, ...others] = clauses
  if (clause === undefined) return each(frame)
  const { line } = clause.items
  for (const item of await itemsOf(await evaluateIn(clause.items, frame, machine), line)) {
    spend(machine, line)
    const inner: Frame = { ...frame, names: new Map(), up: frame }
    await bindTarget(clause.target, item, inner)
    let isKept = true
    for (const test of clause.tests) isKept &&= isTrue(await evaluateIn(test, inner, machine), line)
    if (isKept) await loop(others, inner, machine, each)
  }
}

async function several(items: readonly Expression[], frame: Frame, machine: Machine): Promise<readonly Py[]> {
  const values: Py[] = []
  for (const item of items) {
    if (item.kind !== 'starred') values.push(await evaluateIn(item, frame, machine))
    else values.push(...(await itemsOf(await evaluateIn(item.value, frame, machine), item.line)))
  }
  return values
}

export async function attributeOf(
  of: Py,
  name: string,
  frame: Frame,
  machine: Machine,
  line: number,
): Promise<Py> {
  if (typeof of === 'object' && of !== null) {
    if (of.kind === 'object') {
      const value = await of.get(name)
      if (value === undefined) throw new Unfollowed(`${name} of a ${of.type}`, line)
      return value
    }
    if (of.kind === 'term') return termAttribute(of.value, name, frame, machine, line)
  }
  const method =
    typeof of === 'string' ||
    (typeof of === 'object' && (of?.kind === 'list' || of?.kind === 'dict' || of?.kind === 'set'))
      ? methodOf(of, name)
      : undefined
  if (method === undefined) throw new Unfollowed(`.${name}`, line)
  return method
}

async function termAttribute(
  of: Value,
  name: string,
  frame: Frame,
  machine: Machine,
  line: number,
): Promise<Py> {
  const known = await machine.world.attribute(of, name, line)
  if (known !== undefined) return known
  if (of.kind === 'text') {
    const method = methodOf(of.text, name)
    if (method !== undefined) return method
  }
  if (of.kind === 'path') {
    return named(fullPath(`${of.path}.${name}`), frame.home, machine, line)
  }
  return { kind: 'term', value: { kind: 'method', of, name, positional: [], keywords: new Map(), line } }
}

async function callOf(
  expression: Extract<Expression, { kind: 'call' }>,
  frame: Frame,
  machine: Machine,
): Promise<Py> {
  const { line } = expression
  spend(machine, line)
  const called = await evaluateIn(expression.function, frame, machine)
  const keywords = new Map<string, Py>()
  const positional = await several(expression.arguments, frame, machine)
  for (const [name, value] of expression.keywords) keywords.set(name, await evaluateIn(value, frame, machine))
  for (const part of expression.unpacked) {
    const value = await evaluateIn(part, frame, machine)
    if (typeof value !== 'object' || value?.kind !== 'dict') throw new Unfollowed('unpacked arguments', line)
    for (const [key, item] of value.entries.values()) keywords.set(textOfPy(key, line), item)
  }
  return callWith(called, { positional, keywords, line }, machine)
}

/** Calls a function, a class of a package, or a method of a term. */
export async function callWith(called: Py, given: PyArguments, machine: Machine): Promise<Py> {
  const { line } = given
  if (typeof called === 'object' && called !== null) {
    if (called.kind === 'callable') return called.call(given)
    if (called.kind === 'object' && called.call !== undefined) return called.call(given)
    if (called.kind === 'term') return callTerm(called.value, given, machine)
  }
  throw new Unfollowed('a call', line)
}

async function callTerm(called: Value, given: PyArguments, machine: Machine): Promise<Py> {
  const { line } = given
  if (called.kind === 'path') {
    const file = Object.hasOwn(fileFunctions, called.path) ? fileFunctions[called.path] : undefined
    if (file !== undefined) return file(given, machine.readable)
    const name = called.path.replace(/^builtins\./, '')
    if (name !== called.path) {
      if (name === 'isinstance') return isInstance(given, machine)
      if (name === 'hasattr' || name === 'getattr' || name === 'callable') throw new Unfollowed(name, line)
      const body = Object.hasOwn(builtinFunctions, name) ? builtinFunctions[name] : undefined
      if (body !== undefined) return body(given)
      // An exception that may be raised.
      return { kind: 'term', value: { ...called, line } }
    }
    const library = Object.hasOwn(libraryFunctions, called.path) ? libraryFunctions[called.path] : undefined
    if (library !== undefined) return library(given)
    const known = await machine.world.call(called.path, given)
    if (known !== undefined) return known
    throw new Unfollowed(`${called.path.replace(/^\./, '')}(…)`, line)
  }
  if (called.kind === 'method') {
    const known = await machine.world.method(called.of, called.name, given)
    if (known !== undefined) return known
    throw new Unfollowed(`.${called.name}(…)`, line)
  }
  throw new Unfollowed('a call', line)
}

async function isInstance({ positional, line }: PyArguments, { world }: Machine): Promise<boolean> {
  const [value = null, types = null] = positional
  const all = typeof types === 'object' && types?.kind === 'list' ? types.items : [types]
  return all.some((type) => {
    return world.isInstance(value, toValue(type, line), line)
  })
}

async function itemOf(of: Py, index: Expression, frame: Frame, machine: Machine): Promise<Py> {
  const { line } = index
  if (index.kind === 'unknown' && index.detail?.kind === 'slice') {
    const at = async (part: Expression | undefined) =>
      part === undefined ? undefined : Number(await evaluateIn(part, frame, machine))
    const [from, to] = [await at(index.detail.from), await at(index.detail.to)]
    const text = plain(of)
    if (text !== undefined) return text.slice(from, to)
    if (typeof of === 'object' && of?.kind === 'list') return list(of.items.slice(from, to), of.isTuple)
    throw new Unfollowed('a slice', line)
  }
  const key = await evaluateIn(index, frame, machine)
  if (typeof of === 'object' && of !== null) {
    if (of.kind === 'list' && typeof key === 'number') {
      const item = of.items.at(key)
      if (item === undefined) throw new Raised('IndexError', key)
      return item
    }
    if (of.kind === 'dict') {
      const entry = of.entries.get(keyOf(key, line))
      if (entry !== undefined) return entry[1]
      if (of.missing === undefined) throw new Raised('KeyError', key)
      const made = await of.missing()
      of.entries.set(keyOf(key, line), [key, made])
      return made
    }
    if (of.kind === 'object' && of.item !== undefined) {
      const item = await of.item(key)
      if (item === undefined) throw new Raised('KeyError', key)
      return item
    }
    const name = plain(key)
    // `table.c['name']` and `table.columns['name']`.
    if (of.kind === 'term' && of.value.kind === 'method' && name !== undefined)
      return attributeOf(of, name, frame, machine, line)
  }
  if (typeof of === 'string' && typeof key === 'number') return of.at(key) ?? ''
  throw new Unfollowed('an item of a value', line)
}

async function binary(
  expression: Extract<Expression, { kind: 'binary' }>,
  frame: Frame,
  machine: Machine,
): Promise<Py> {
  const { operator, line } = expression
  const left = await evaluateIn(expression.left, frame, machine)
  if (operator === 'and' || operator === 'or') {
    if (isTrue(left, line) === (operator === 'or')) return left
    return evaluateIn(expression.right, frame, machine)
  }
  return applied(operator, left, await evaluateIn(expression.right, frame, machine), line)
}
