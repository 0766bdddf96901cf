import type { BodyPart } from '../history.ts'
import { calledScope } from '../python/calls.ts'
import { bound } from '../python/comprehension.ts'
import { afterReflect } from '../python/inspection.ts'
import { forget, withClass } from '../python/module-scope.ts'
import { definition, type Scope, withFunction, withImports, withValue } from '../python/scope.ts'
import type { Statement } from '../python/syntax.ts'
import { assigned, type Call, evaluate, type Method, type Value } from '../python/values.ts'
import { outsideTransactions } from '../sql-body.ts'
import { batchOf, batchOperation } from './batch.ts'
import { choicesOf, conditionalSql } from './conditional.ts'
import { enumAct, enumType } from './enum-types.ts'
import { literalSql, textSql } from './expressions.ts'
import { type NamingConvention, withNames } from './naming.ts'
import { operations } from './operations/index.ts'
import { statementSql } from './operations/statement.ts'
import { impure } from './purity.ts'
import { entriesOf, textOf, Unconverted, unknownValue } from './reading.ts'

/** A file's text by lines, to show what could not be converted. */
export interface Source {
  readonly lines: readonly string[]
  /** Names for constraints that the revision leaves without one. */
  readonly naming: NamingConvention
}

interface Converted {
  readonly parts: readonly BodyPart[]
  readonly scope: Scope
  /** True after a `return`: what follows is not run. */
  readonly ends?: boolean
}

/**
 * What the body of `upgrade()` or `downgrade()` does, as SQL. Each statement stands for itself: one that has no
 * SQL that the file alone determines becomes an `unconverted` part.
 */
export function convertBody(
  statements: readonly Statement[],
  scope: Scope,
  source: Source,
): readonly BodyPart[] {
  return outsideTransactions(convertAll(statements, { ...scope, globals: scope }, source).parts)
}

function convertAll(statements: readonly Statement[], start: Scope, source: Source): Converted {
  const parts: BodyPart[] = []
  let scope = start
  for (const [at, statement] of statements.entries()) {
    try {
      const converted =
        statement.kind === 'if'
          ? convertIf(statement, statements.slice(at + 1), scope, source)
          : convert(statement, scope, source)
      parts.push(...converted.parts)
      scope = converted.scope
      if (converted.ends) return { parts, scope, ends: true }
    } catch (error) {
      if (!(error instanceof Unconverted)) throw error
      parts.push(unconverted(statement, error.reason, source))
      scope = forget(statement, scope)
    }
  }
  return { parts, scope }
}

function unconverted({ line, endLine }: Statement, reason: string, source: Source): BodyPart {
  return {
    kind: 'unconverted',
    line,
    endLine,
    reason,
    source: source.lines.slice(line - 1, endLine).join('\n'),
  }
}

function convert(statement: Exclude<Statement, { kind: 'if' }>, scope: Scope, source: Source): Converted {
  switch (statement.kind) {
    case 'pass':
      return { parts: [], scope }
    case 'import':
      return { parts: [], scope: withImports(scope, statement.names) }
    case 'function':
      return { parts: [], scope: withFunction(scope, statement) }
    case 'class':
      return { parts: [], scope: withClass(scope, statement) }
    case 'decorated':
      throw new Unconverted('a decorator', statement.line)
    case 'assign':
    case 'unpack': {
      const value = evaluate(statement.value, scope)
      return { parts: assignedParts(value, source), scope: assigned(statement, value, scope) }
    }
    case 'expression': {
      const reflected = afterReflect(statement.value, scope)
      if (reflected !== undefined) return { parts: [], scope: reflected }
      return { parts: expressionParts(evaluate(statement.value, scope), scope, source), scope }
    }
    case 'with':
      return convertWith(statement, scope, source)
    case 'for':
      return convertFor(statement, scope, source)
    case 'return':
      if (statement.value !== undefined && impure(evaluate(statement.value, scope)) !== undefined)
        throw new Unconverted('return', statement.line)
      return { parts: [], scope, ends: true }
    case 'other':
      throw new Unconverted(statement.what, statement.line)
  }
}

/**
 * An `if`: the branch that the file settles, or all of them, to be chosen when the revision runs. After a branch that
 * returns, what follows belongs to the others.
 */
function convertIf(
  statement: Extract<Statement, { kind: 'if' }>,
  rest: readonly Statement[],
  scope: Scope,
  source: Source,
): Converted {
  const choices = choicesOf(statement, scope)
  const [only, ...others] = choices
  if (only !== undefined && others.length === 0) return convertAll(only.body, scope, source)
  const branches = choices.map(({ condition, body }) => ({ condition, ...convertAll(body, scope, source) }))
  const ends = branches.some((branch) => branch.ends)
  const chosen = branches.map((branch) => {
    if (!ends || branch.ends) return branch
    const after = convertAll(rest, branch.scope, source)
    return { ...branch, parts: [...branch.parts, ...after.parts] }
  })
  const parts = sqlParts([conditionalSql(chosen, statement.line)])
  return { parts, scope: forget(statement, scope), ends }
}

function sqlParts(statements: readonly string[]): readonly BodyPart[] {
  return statements.filter((sql) => sql !== '').map((sql) => ({ kind: 'sql', sql }))
}

/** An assignment does something only when its value is an operation; a value that Python must fetch is not known. */
function assignedParts(value: Value, source: Source): readonly BodyPart[] {
  if (value.kind === 'call' && isOperation(value)) return operationParts(value, source)
  const unknown = impure(value)
  if (unknown !== undefined) throw unknownValue(unknown)
  return []
}

function isOperation(call: Call): boolean {
  return call.path.startsWith('alembic.op.') && operations.has(call.path.slice('alembic.op.'.length))
}

function operationParts(call: Call, { naming }: Source): readonly BodyPart[] {
  const operation = operations.get(call.path.slice('alembic.op.'.length))
  if (operation === undefined) throw unknownValue(call)
  return sqlParts(operation(withNames(call, naming)))
}

function expressionParts(value: Value, scope: Scope, source: Source): readonly BodyPart[] {
  if (['text', 'number', 'path', 'constant'].includes(value.kind)) return []
  if (value.kind === 'method') return methodParts(value, source)
  if (value.kind !== 'call') throw unknownValue(value)
  if (isOperation(value)) return operationParts(value, source)
  if (definition(value.path, scope)?.kind === 'function') return calledParts(value, scope, source)
  if (
    /^(builtins\.print|warnings\.\w+)$/.test(value.path) &&
    value.positional.every((part) => impure(part) === undefined)
  )
    return []
  throw unknownValue(value)
}

function methodParts(method: Method, source: Source): readonly BodyPart[] {
  const { of, name } = method
  if (of.kind === 'batch') {
    const call = batchOperation(method)
    if (call === undefined) throw unknownValue(method)
    return operationParts(call, source)
  }
  if (of.kind !== 'call') throw unknownValue(method)
  if (of.path === 'alembic.op.get_bind' && name === 'execute') return sqlParts([boundStatement(method)])
  if (/^(sqlalchemy\.Enum|postgresql\.ENUM)$/.test(of.path) && (name === 'create' || name === 'drop')) {
    const checkFirst = method.keywords.get('checkfirst') ?? method.positional[1]
    const type = enumType(of)
    if (type === undefined) return []
    const asked = checkFirst?.kind === 'constant' ? checkFirst.value === true : of.path === 'postgresql.ENUM'
    return sqlParts([enumAct(type, name, asked)])
  }
  if (/(^|\.)getLogger$/.test(of.path) && /^(debug|info|warn|warning|error|exception|critical)$/.test(name))
    return []
  throw unknownValue(method)
}

/** `op.get_bind().execute(statement, {name: value})`, its result not looked at. */
function boundStatement(method: Method): string {
  const [statement, parameters, ...rest] = method.positional
  if (statement === undefined || rest.length > 0) throw unknownValue(method)
  const entries = [...(parameters === undefined ? [] : entriesOf(parameters)), ...method.keywords]
  if (entries.length === 0) return statementSql(statement)
  if (
    statement.kind !== 'call' ||
    statement.path !== 'sqlalchemy.text' ||
    statement.positional[0] === undefined
  )
    throw unknownValue(statement)
  const bound = new Map(entries.map(([name, value]) => [name, literalSql(value)] as const))
  return textSql(textOf(statement.positional[0]), statement.line, bound).trim()
}

/** A function of the project, with its parameters filled in. */
function calledParts(call: Call, scope: Scope, source: Source): readonly BodyPart[] {
  const called = definition(call.path, scope)
  if (called?.kind !== 'function') throw unknownValue(call)
  const { statement, home } = called
  const inner = calledScope(statement, call, scope, home)
  if (inner === undefined) throw unknownValue(call)
  const { parts } = convertAll(statement.body, inner, source)
  return home.name === scope.name ? parts : placedAt(parts, call.line, home.name, source)
}

/** What could not be converted in another file, at the place that calls it: once for what stands together there. */
function placedAt(
  parts: readonly BodyPart[],
  line: number,
  module: string,
  source: Source,
): readonly BodyPart[] {
  const placed: BodyPart[] = []
  for (const part of parts) {
    if (part.kind === 'sql') placed.push(part)
    else if (part.kind === 'autocommit')
      placed.push({ ...part, parts: placedAt(part.parts, line, module, source) })
    else if (placed.at(-1)?.kind !== 'unconverted') {
      const isDeeper = part.reason.includes(', line ')
      const reason = isDeeper ? part.reason : `${part.reason} in ${module}, line ${part.line}`
      placed.push({ ...part, line, endLine: line, reason, source: source.lines[line - 1] ?? '' })
    }
  }
  return placed
}

function convertWith(
  statement: Extract<Statement, { kind: 'with' }>,
  scope: Scope,
  source: Source,
): Converted {
  const context = evaluate(statement.context, scope)
  if (context.kind === 'call' && context.path === 'alembic.op.batch_alter_table') {
    const batch = batchOf(context)
    if (batch.kind === 'opaque') throw unknownValue(batch)
    return convertAll(
      statement.body,
      statement.name === undefined ? scope : withValue(scope, statement.name, batch),
      source,
    )
  }
  const isQuiet = context.kind === 'call' && context.path === 'warnings.catch_warnings'
  if (isQuiet) return convertAll(statement.body, scope, source)
  const isAutocommit =
    context.kind === 'method' &&
    context.name === 'autocommit_block' &&
    context.of.kind === 'call' &&
    context.of.path === 'alembic.op.get_context'
  if (!isAutocommit) throw unknownValue(context)
  const inner = convertAll(statement.body, scope, source)
  return {
    ...inner,
    parts: inner.parts.length === 0 ? [] : [{ kind: 'autocommit', parts: inner.parts }],
  }
}

/** A loop over a list that stands in the file is its body once for each item. */
function convertFor(statement: Extract<Statement, { kind: 'for' }>, scope: Scope, source: Source): Converted {
  const items = evaluate(statement.items, scope)
  if (items.kind !== 'list' || impure(items) !== undefined)
    throw new Unconverted('a loop over what only Python knows', statement.line)
  const parts: BodyPart[] = []
  let after = scope
  for (const item of items.items) {
    const inner = bound(statement.target, item, after)
    if (inner === undefined) throw new Unconverted('a loop', statement.line)
    const converted = convertAll(statement.body, inner, source)
    parts.push(...converted.parts)
    after = converted.scope
    if (converted.ends) return { parts, scope: after, ends: true }
  }
  return { parts, scope: after }
}
