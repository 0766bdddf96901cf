import { isContextManager } from '../module-scope.ts'
import type { Expression, Statement, StatementDetail } from '../syntax.ts'
import type { Value } from '../values.ts'
import { functionOf, managerOf } from './calls.ts'
import { classOf } from './classes.ts'
import { attributeOf, callWith, evaluateIn } from './expressions.ts'
import { type Frame, type Machine, setName, spend } from './machine.ts'
import { named } from './names.ts'
import { isTrue, itemsOf, keyOf, type Py, type PyObject, Raised, Unfollowed } from './objects.ts'
import { applied } from './operators.ts'
import { bindTarget } from './targets.ts'

/** How a block ended before its last statement. */
export type End =
  | { readonly kind: 'return'; readonly value: Py }
  | { readonly kind: 'break' }
  | { readonly kind: 'continue' }
  | undefined

/** Follows the statements of a block. @throws Unfollowed, Raised */
export async function runBlock(
  statements: readonly Statement[],
  frame: Frame,
  machine: Machine,
): Promise<End> {
  for (const statement of statements) {
    const end = await run(statement, frame, machine)
    if (end !== undefined) return end
  }
  return undefined
}

async function run(statement: Statement, frame: Frame, machine: Machine): Promise<End> {
  const { line } = statement
  spend(machine, line)
  const of = (expression: Expression) => evaluateIn(expression, frame, machine)
  switch (statement.kind) {
    case 'pass':
      return undefined
    case 'import':
      for (const [name, path] of statement.names)
        if (!name.startsWith('*')) frame.names.set(name, await named(path, frame.home, machine, line))
      return undefined
    case 'function':
      frame.names.set(statement.name, functionOf(statement, frame, machine))
      return undefined
    case 'class':
      frame.names.set(statement.name, classOf(statement, frame.home, machine))
      return undefined
    case 'decorated': {
      const { of: inner, decorator } = statement
      if (inner.kind !== 'function' || !isContextManager(decorator, frame.home))
        throw new Unfollowed('a decorator', line)
      frame.names.set(inner.name, managerOf(inner, frame, machine))
      return undefined
    }
    case 'assign': {
      const value = await of(statement.value)
      for (const name of statement.names) setName(frame, name, value)
      return undefined
    }
    case 'unpack': {
      const items = statement.names.map((name): Expression => ({ kind: 'name', name, line }))
      await bindTarget({ kind: 'list', items, line }, await of(statement.value), frame)
      return undefined
    }
    case 'expression': {
      const value = await of(statement.value)
      // What stands for itself as a statement would have done something that is not known here.
      if (typeof value === 'object' && value?.kind === 'term' && isUnknownAct(value.value))
        throw new Unfollowed('a call of SQLAlchemy', line)
      return undefined
    }
    case 'return':
      return { kind: 'return', value: statement.value === undefined ? null : await of(statement.value) }
    case 'if':
      for (const { test, body } of statement.branches)
        if (test === undefined || isTrue(await of(test), line)) return runBlock(body, frame, machine)
      return undefined
    case 'for':
      for (const item of await itemsOf(await of(statement.items), line)) {
        await bindTarget(statement.target, item, frame)
        const end = await runBlock(statement.body, frame, machine)
        if (end?.kind === 'break') break
        if (end?.kind === 'return') return end
      }
      return undefined
    case 'with': {
      const context = await of(statement.context)
      if (typeof context === 'object' && context?.kind === 'object' && context.around !== undefined)
        return runManaged(statement, context, frame, machine)
      const { value, leave } = await machine.world.enter(context, line)
      if (statement.name !== undefined) frame.names.set(statement.name, value)
      const end = await runBlock(statement.body, frame, machine)
      leave()
      return end
    }
    case 'other':
      if (statement.detail === undefined) throw new Unfollowed(statement.what, line)
      return detailed(statement.detail, frame, machine, line)
  }
}

/** A `with` whose body runs where the function that manages it yields. */
async function runManaged(
  { name, body }: Extract<Statement, { kind: 'with' }>,
  context: PyObject,
  frame: Frame,
  machine: Machine,
): Promise<End> {
  let end: End
  await context.around?.(async (value) => {
    if (name !== undefined) setName(frame, name, value)
    end = await runBlock(body, frame, machine)
  })
  return end
}

function isUnknownAct(value: Value): boolean {
  return value.kind === 'method' || (value.kind === 'call' && value.path !== 'sqlalchemy.Table')
}

async function detailed(detail: StatementDetail, frame: Frame, machine: Machine, line: number): Promise<End> {
  switch (detail.kind) {
    case 'jump':
      return { kind: detail.to }
    case 'yield':
      if (frame.yields === undefined) throw new Unfollowed('yield', line)
      await frame.yields(detail.value === undefined ? null : await evaluateIn(detail.value, frame, machine))
      return undefined
    case 'global':
      for (const name of detail.names) frame.shared?.set(name, moduleNames(frame, machine))
      return undefined
    case 'raise':
      throw new Raised(await typeOfRaised(detail.value, frame, machine))
    case 'while':
      while (isTrue(await evaluateIn(detail.test, frame, machine), line)) {
        spend(machine, line)
        const end = await runBlock(detail.body, frame, machine)
        if (end?.kind === 'break') break
        if (end?.kind === 'return') return end
      }
      return undefined
    case 'try':
      return runTry(detail, frame, machine)
    case 'delete':
      for (const target of detail.targets) await remove(target, frame, machine)
      return undefined
    case 'store': {
      const value = await evaluateIn(detail.value, frame, machine)
      for (const target of detail.targets) {
        const before = detail.operator === undefined ? undefined : await evaluateIn(target, frame, machine)
        // `list += more` changes the list itself.
        if (
          detail.operator === '+' &&
          typeof before === 'object' &&
          before?.kind === 'list' &&
          !before.isTuple
        )
          before.items.push(...(await itemsOf(value, line)))
        else
          await store(
            target,
            before === undefined ? value : await applied(detail.operator ?? '', before, value, line),
            frame,
            machine,
          )
      }
      return undefined
    }
  }
}

function moduleNames({ home }: Frame, { modules }: Machine): Map<string, Py> {
  const names = modules.get(home.name) ?? new Map<string, Py>()
  modules.set(home.name, names)
  return names
}

async function typeOfRaised(value: Expression | undefined, frame: Frame, machine: Machine): Promise<string> {
  if (value === undefined) return 'raise'
  const called = value.kind === 'call' ? value.function : value
  const type = await evaluateIn(called, frame, machine)
  if (typeof type === 'object' && type?.kind === 'term' && type.value.kind === 'path')
    return type.value.path.split('.').at(-1) ?? ''
  if (typeof type === 'object' && type?.kind === 'object') return type.type.replace(/^class /, '')
  throw new Unfollowed('raise', value.line)
}

/**
 * A `try`. Only what Python itself raises can be caught: after an error of the database the transaction is lost, so
 * that nothing could follow it.
 */
async function runTry(
  { body, handlers, otherwise, last }: Extract<StatementDetail, { kind: 'try' }>,
  frame: Frame,
  machine: Machine,
): Promise<End> {
  let end: End
  try {
    end = await runBlock(body, frame, machine)
    end ??= await runBlock(otherwise, frame, machine)
  } catch (error) {
    if (!(error instanceof Raised)) throw error
    const handler = handlers.find(
      ({ type }) => type === undefined || namesOf(type).some((name) => catches(name, error)),
    )
    if (handler === undefined) throw error
    if (handler.name !== undefined) frame.names.set(handler.name, error.type)
    end = await runBlock(handler.body, frame, machine)
  }
  return (await runBlock(last, frame, machine)) ?? end
}

function namesOf(type: Expression): readonly string[] {
  if (type.kind === 'list') return type.items.flatMap(namesOf)
  if (type.kind === 'name' || type.kind === 'attribute') return [type.name]
  return []
}

const families: Readonly<Record<string, readonly string[]>> = {
  LookupError: ['KeyError', 'IndexError'],
  NoSuchTableError: [],
  InvalidRequestError: ['NoSuchTableError'],
  SQLAlchemyError: ['NoSuchTableError'],
}

function catches(name: string, { type }: Raised): boolean {
  return name === type || /^(Base)?Exception$/.test(name) || (families[name]?.includes(type) ?? false)
}

async function store(target: Expression, value: Py, frame: Frame, machine: Machine): Promise<void> {
  const { line } = target
  if (target.kind === 'index') {
    const of = await evaluateIn(target.of, frame, machine)
    const key = await evaluateIn(target.index, frame, machine)
    if (typeof of === 'object' && of?.kind === 'dict') of.entries.set(keyOf(key, line), [key, value])
    else if (typeof of === 'object' && of?.kind === 'list' && typeof key === 'number') of.items[key] = value
    else throw new Unfollowed('an assignment to an item', line)
    return
  }
  if (target.kind === 'attribute') {
    const of = await evaluateIn(target.of, frame, machine)
    if (typeof of !== 'object' || of?.kind !== 'object' || of.set === undefined)
      throw new Unfollowed('an assignment to an attribute', line)
    of.set(target.name, value)
    return
  }
  await bindTarget(target, value, frame)
}

async function remove(target: Expression, frame: Frame, machine: Machine): Promise<void> {
  if (target.kind === 'name') frame.names.delete(target.name)
  else if (target.kind === 'index') {
    const of = await evaluateIn(target.of, frame, machine)
    const pop = await attributeOf(of, 'pop', frame, machine, target.line)
    const key = await evaluateIn(target.index, frame, machine)
    await callWith(pop, { positional: [key], keywords: new Map(), line: target.line }, machine)
  } else throw new Unfollowed('del', target.line)
}
