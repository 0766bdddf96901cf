import type { BodyPart } from '../history.ts'
import { namesSet, type Statement } from '../python/syntax.ts'
import {
  type Call,
  calledScope,
  emptyScope,
  evaluate,
  type Method,
  type Scope,
  takenBranch,
  type Value,
  withImports,
  withValue,
} from '../python/values.ts'
import { outsideTransactions } from '../sql-body.ts'
import { batchOf, batchOperation } from './batch.ts'
import { enumAct, enumType } from './enum-types.ts'
import { literalSql, textSql } from './expressions.ts'
import { operations } from './operations/index.ts'
import { statementSql } from './operations/statement.ts'
import { impure } from './purity.ts'
import { entriesOf, listOf, textOf, Unconverted, unknownValue } from './reading.ts'

/** A file's text by lines, to show what could not be converted. */
export interface Source {
  readonly lines: readonly string[]
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
  return outsideTransactions(convertAll(statements, scope, source, 0).parts)
}

function convertAll(
  statements: readonly Statement[],
  start: Scope,
  source: Source,
  depth: number,
): Converted {
  const parts: BodyPart[] = []
  let scope = start
  for (const statement of statements) {
    try {
      const converted = convert(statement, scope, source, depth)
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

/** The names that a statement sets are not known after it. */
function forget(statement: Statement, scope: Scope): Scope {
  const names = namesSet(statement).filter((name) => scope.values.has(name) || !scope.imports.has(name))
  return names.reduce(
    (known, name) =>
      withValue(known, name, { kind: 'opaque', why: `the value of ${name}`, line: statement.line }),
    scope,
  )
}

/** What the module's own statements set; later ones win, as when Python runs them. */
export function moduleScope(statements: readonly Statement[]): Scope {
  let scope: Scope = emptyScope
  for (const statement of statements) {
    if (statement.kind === 'import') scope = withImports(scope, statement.names)
    else if (statement.kind === 'function')
      scope = { ...scope, functions: new Map([...scope.functions, [statement.name, statement]]) }
    else if (statement.kind === 'assign') {
      const value = evaluate(statement.value, scope)
      for (const name of statement.names) scope = withValue(scope, name, value)
    } else scope = forget(statement, scope)
  }
  return scope
}

function convert(statement: Statement, scope: Scope, source: Source, depth: number): Converted {
  switch (statement.kind) {
    case 'pass':
      return { parts: [], scope }
    case 'import':
      return { parts: [], scope: withImports(scope, statement.names) }
    case 'function':
      return {
        parts: [],
        scope: { ...scope, functions: new Map([...scope.functions, [statement.name, statement]]) },
      }
    case 'assign': {
      const value = evaluate(statement.value, scope)
      const parts = assignedParts(value)
      const after = statement.names.reduce((known, name) => withValue(known, name, value), scope)
      return { parts, scope: after }
    }
    case 'expression':
      return { parts: expressionParts(evaluate(statement.value, scope), scope, source, depth), scope }
    case 'with':
      return convertWith(statement, scope, source, depth)
    case 'for':
      return convertFor(statement, scope, source, depth)
    case 'if': {
      const branch = takenBranch(statement.branches, scope)
      if (branch === undefined) throw new Unconverted('if', statement.line)
      return convertAll(branch, scope, source, depth)
    }
    case 'return':
      if (statement.value !== undefined && impure(evaluate(statement.value, scope)) !== undefined)
        throw new Unconverted('return', statement.line)
      return { parts: [], scope, ends: true }
    case 'other':
      throw new Unconverted(statement.what, statement.line)
  }
}

function sqlParts(statements: readonly string[]): readonly BodyPart[] {
  return statements.filter((sql) => sql !== '').map((sql) => ({ kind: 'sql', sql }))
}

/** An assignment does something only when its value is an operation; a value that Python must fetch is not known. */
function assignedParts(value: Value): readonly BodyPart[] {
  if (value.kind === 'call' && isOperation(value)) return sqlParts(operationOf(value)(value))
  const unknown = impure(value)
  if (unknown !== undefined) throw unknownValue(unknown)
  return []
}

function isOperation(call: Call): boolean {
  return call.path.startsWith('alembic.op.') && operations.has(call.path.slice('alembic.op.'.length))
}

function operationOf(call: Call) {
  const operation = operations.get(call.path.slice('alembic.op.'.length))
  if (operation === undefined) throw unknownValue(call)
  return operation
}

function expressionParts(value: Value, scope: Scope, source: Source, depth: number): readonly BodyPart[] {
  if (value.kind === 'text' || value.kind === 'path' || value.kind === 'constant') return []
  if (value.kind === 'method') return methodParts(value)
  if (value.kind !== 'call') throw unknownValue(value)
  if (isOperation(value)) return sqlParts(operationOf(value)(value))
  if (value.path.startsWith('.')) return calledParts(value, scope, source, depth)
  if (value.path === 'builtins.print' && value.positional.every((part) => impure(part) === undefined))
    return []
  throw unknownValue(value)
}

function methodParts(method: Method): readonly BodyPart[] {
  const { of, name } = method
  if (of.kind === 'batch') {
    const call = batchOperation(method)
    if (call === undefined) throw unknownValue(method)
    return sqlParts(operationOf(call)(call))
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
  if (of.path === 'logging.getLogger') return []
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

/** A function of the same file, with its parameters filled in. */
function calledParts(call: Call, scope: Scope, source: Source, depth: number): readonly BodyPart[] {
  const called = scope.functions.get(call.path.slice(1))
  const inner = called === undefined || depth > 8 ? undefined : calledScope(called, call, scope)
  if (called === undefined || inner === undefined) throw unknownValue(call)
  return convertAll(called.body, inner, source, depth + 1).parts
}

function convertWith(
  statement: Extract<Statement, { kind: 'with' }>,
  scope: Scope,
  source: Source,
  depth: number,
): Converted {
  const context = evaluate(statement.context, scope)
  if (context.kind === 'call' && context.path === 'alembic.op.batch_alter_table') {
    const batch = batchOf(context)
    if (batch.kind === 'opaque') throw unknownValue(batch)
    return convertAll(
      statement.body,
      statement.name === undefined ? scope : withValue(scope, statement.name, batch),
      source,
      depth,
    )
  }
  const isAutocommit =
    context.kind === 'method' &&
    context.name === 'autocommit_block' &&
    context.of.kind === 'call' &&
    context.of.path === 'alembic.op.get_context'
  if (!isAutocommit) throw unknownValue(context)
  const inner = convertAll(statement.body, scope, source, depth)
  return {
    ...inner,
    parts: inner.parts.length === 0 ? [] : [{ kind: 'autocommit', parts: inner.parts }],
  }
}

/** A loop over a list that stands in the file is its body once for each item. */
function convertFor(
  statement: Extract<Statement, { kind: 'for' }>,
  scope: Scope,
  source: Source,
  depth: number,
): Converted {
  const items = evaluate(statement.items, scope)
  if (items.kind !== 'list' || impure(items) !== undefined)
    throw new Unconverted('a loop over what only Python knows', statement.line)
  const parts: BodyPart[] = []
  let after = scope
  for (const item of items.items) {
    const converted = convertAll(statement.body, bindTarget(statement, item, after), source, depth)
    parts.push(...converted.parts)
    after = converted.scope
    if (converted.ends) return { parts, scope: after, ends: true }
  }
  return { parts, scope: after }
}

function bindTarget({ target, line }: Extract<Statement, { kind: 'for' }>, item: Value, scope: Scope): Scope {
  if (target.kind === 'name') return withValue(scope, target.name, item)
  if (target.kind !== 'list') throw new Unconverted('a loop', line)
  const values = listOf(item)
  return target.items.reduce((known, name, at) => {
    const value = values[at]
    if (name.kind !== 'name' || value === undefined) throw new Unconverted('a loop', line)
    return withValue(known, name.name, value)
  }, scope)
}
