import { callValue } from './calls.ts'
import { comprehensionItems } from './comprehension.ts'
import { classMember, declaredType } from './declared-types.ts'
import { isAmong, isBind, namesOfRows, reflectedNames, reflectedTable } from './inspection.ts'
import { definition, type Scope, withValue } from './scope.ts'
import type { Expression } from './syntax.ts'
import { comparison, percentValue, plainText, truth } from './text-values.ts'

/** What an expression stands for, as far as the file itself says it. */
export type Value = {
  readonly line: number
} /** `exact` for a name from `op.f(…)`, which a naming convention leaves as it is. */ & (
  | { readonly kind: 'text'; readonly text: string; readonly exact?: boolean }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: true | false | null }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Value, Value])[] }
  /** Something imported, by full name: `sqlalchemy.Integer`. */
  | { readonly kind: 'path'; readonly path: string; readonly type?: Value }
  | Call
  | Method
  /** Known when the revision runs: an expression that gives true or false. */
  | { readonly kind: 'condition'; readonly sql: string }
  /** What an inspector's method gives; `isRows` while it is whole rows and not their names. */
  | {
      readonly kind: 'names'
      readonly from: string
      readonly table: string | undefined
      readonly schema: string | undefined
      readonly isRows: boolean
    }
  /** What `op.batch_alter_table` gives. */
  | { readonly kind: 'batch'; readonly table: string; readonly schema: string | undefined }
  /** Known only when Python runs; `why` ends the sentence "… needs Python: ". */
  | { readonly kind: 'opaque'; readonly why: string }
)

/** A call of something imported, or of a function of the file. */
export interface Call extends Given {
  readonly kind: 'call'
  readonly path: string
  /** For a column type that the project declares: the type of SQLAlchemy that it is in PostgreSQL. */
  readonly type?: Value
}

/** A call of a method of a value. */
export interface Method extends Given {
  readonly kind: 'method'
  readonly of: Value
  readonly name: string
}

export interface Given {
  readonly line: number
  readonly positional: readonly Value[]
  readonly keywords: ReadonlyMap<string, Value>
}

/** The value of an expression. It runs nothing: what only Python could tell is `opaque`. */
export function evaluate(expression: Expression, scope: Scope): Value {
  const { line } = expression
  switch (expression.kind) {
    case 'string':
      return { kind: 'text', text: expression.value, line }
    case 'number':
      return { kind: 'number', text: expression.text, line }
    case 'name':
      return { ...nameValue(expression.name, scope, line), line }
    case 'list':
      return { kind: 'list', items: evaluateItems(expression.items, scope), line }
    case 'starred':
      return { kind: 'opaque', why: 'an unpacked value', line }
    case 'dict': {
      const entries = expression.entries.map(
        ([key, value]) => [evaluate(key, scope), evaluate(value, scope)] as const,
      )
      return { kind: 'dict', entries, line }
    }
    case 'attribute':
      return attributeValue(evaluate(expression.of, scope), expression.name, scope, line)
    case 'call':
      return callValue(expression, scope)
    case 'format':
      return formatValue(expression, scope)
    case 'binary':
      return binaryValue(expression, scope)
    case 'unary':
      return unaryValue(expression, scope)
    case 'index':
      return indexValue(evaluate(expression.of, scope), evaluate(expression.index, scope), line)
    case 'conditional': {
      const taken = truth(evaluate(expression.test, scope))
      if (taken === undefined) return { kind: 'opaque', why: 'a conditional expression', line }
      return evaluate(taken ? expression.value : expression.otherwise, scope)
    }
    case 'comprehension': {
      const names = namesOfRows(expression, (part) => evaluate(part, scope))
      if (names !== undefined) return { ...names, line }
      const items = comprehensionItems(expression, scope)
      return items === undefined
        ? { kind: 'opaque', why: 'a comprehension', line }
        : { kind: 'list', items, line }
    }
    case 'unknown':
      return { kind: 'opaque', why: expression.what, line }
  }
}

/** Items with what `*` unpacks. */
export function evaluateItems(items: readonly Expression[], scope: Scope): readonly Value[] {
  return items.flatMap((item): readonly Value[] => {
    if (item.kind !== 'starred') return [evaluate(item, scope)]
    const value = evaluate(item.value, scope)
    return value.kind === 'list'
      ? value.items
      : [value.kind === 'opaque' ? value : { kind: 'opaque', why: 'an unpacked value', line: item.line }]
  })
}

function nameValue(name: string, scope: Scope, line: number): Value {
  if (name === 'None') return { kind: 'constant', value: null, line }
  if (name === 'True' || name === 'False') return { kind: 'constant', value: name === 'True', line }
  const value = scope.values.get(name)
  if (value !== undefined) return value
  const path = scope.imports.get(name)
  if (path !== undefined) return pathValue(fullPath(path), scope, line)
  if (scope.functions.has(name) || scope.classes.has(name))
    return pathValue(`${scope.name}.${name}`, scope, line)
  for (const [key, from] of scope.imports) {
    if (key.startsWith('*') && definition(`${from}.${name}`, scope) !== undefined)
      return pathValue(`${from}.${name}`, scope, line)
  }
  if (builtins.has(name)) return { kind: 'path', path: `builtins.${name}`, line }
  return { kind: 'opaque', why: `the value of ${name}`, line }
}

/** What a full name stands for: a constant of a module of the project, or the name itself. */
function pathValue(path: string, scope: Scope, line: number): Value {
  const found = definition(path, scope)
  if (found?.kind === 'value') return { ...found.value, line }
  const value: Value = { kind: 'path', path, line }
  const type = found?.kind === 'class' ? declaredType(found, undefined) : undefined
  return type === undefined ? value : { ...value, type }
}

const builtins = new Set([
  'print',
  'str',
  'tuple',
  'list',
  'set',
  'dict',
  'int',
  'len',
  'enumerate',
  'zip',
  'any',
])

/** SQLAlchemy gives the same thing under several names; one is enough here. */
export function fullPath(path: string): string {
  return path
    .replace(
      /^sqlalchemy\.(types|schema|sql|sql\.sqltypes|sql\.schema|sql\.expression|sql\.functions)(?=\.[a-zA-Z])/,
      'sqlalchemy',
    )
    .replace(/^sqlalchemy\.(sqltypes|schema|expression|types)(?=\.[a-zA-Z])/, 'sqlalchemy')
    .replace(/^sqlalchemy\.dialects\.postgresql(\.[a-z_0-9]+)*(?=\.[A-Za-z])/, 'postgresql')
    .replace(/^sqlalchemy\.dialects\.postgresql$/, 'postgresql')
    .replace(/^alembic\.operations\.op(?=\.|$)/, 'alembic.op')
    .replace(/^alembic\.context\.(get_bind|get_context)(?=\.|$)/, 'alembic.op.$1')
}

function attributeValue(of: Value, name: string, scope: Scope, line: number): Value {
  // Revisions run on PostgreSQL: what SQLAlchemy's dialect says of itself is known.
  if (name === 'name' && isDialect(of)) return { kind: 'text', text: 'postgresql', line }
  if (name === 'dialect_description' && isDialect(of))
    return { kind: 'text', text: 'postgresql+psycopg2', line }
  const names = reflectedNames(of, name)
  if (names !== undefined) return names
  if (of.kind === 'path') {
    const owner = definition(of.path, scope)
    const member = owner?.kind === 'class' ? classMember(owner, name) : undefined
    return member ?? pathValue(fullPath(`${of.path}.${name}`), scope, line)
  }
  if (of.kind === 'opaque') return { ...of, line }
  return { kind: 'method', of, name, positional: [], keywords: new Map(), line }
}

/** `op.get_bind().dialect`, `op.get_context().dialect`, `op.get_bind().engine` and the like. */
function isDialect(value: Value): boolean {
  if (value.kind === 'path') return value.path === 'alembic.context.dialect'
  if (isBind(value)) return true
  if (value.kind !== 'method' || value.name !== 'dialect') return false
  return isBind(value.of) || (value.of.kind === 'call' && value.of.path === 'alembic.op.get_context')
}

function formatValue(expression: Extract<Expression, { kind: 'format' }>, scope: Scope): Value {
  const { line } = expression
  let text = ''
  for (const part of expression.parts) {
    if (typeof part === 'string') text += part
    else {
      const value = evaluate(part, scope)
      const plain = plainText(value)
      if (plain === undefined)
        return { kind: 'opaque', why: value.kind === 'opaque' ? value.why : 'a part of an f-string', line }
      text += plain
    }
  }
  return { kind: 'text', text, line }
}

const sqlOperators = new Set(['==', '!=', '<', '>', '<=', '>=', '&', '|'])

function binaryValue(expression: Extract<Expression, { kind: 'binary' }>, scope: Scope): Value {
  const { line, operator } = expression
  const left = evaluate(expression.left, scope)
  const right = evaluate(expression.right, scope)
  if (operator === 'and' || operator === 'or') {
    const known = truth(left)
    if (known !== undefined) return known === (operator === 'and') ? right : left
  }
  const asked = askedOf(operator, left, right)
  if (asked !== undefined) return { kind: 'condition', sql: asked, line }
  if (left.kind === 'opaque') return left
  if (right.kind === 'opaque') return right
  const compared = comparison(operator, left, right)
  if (compared !== undefined) return { kind: 'constant', value: compared, line }
  if (operator === '+' && left.kind === 'text' && right.kind === 'text')
    return { kind: 'text', text: left.text + right.text, line }
  if (operator === '+' && left.kind === 'list' && right.kind === 'list')
    return { kind: 'list', items: [...left.items, ...right.items], line }
  // SQLAlchemy's columns take operators: the expression stands for itself.
  if (left.kind === 'method' && sqlOperators.has(operator))
    return { kind: 'method', of: left, name: operator, positional: [right], keywords: new Map(), line }
  if (operator === '%' && left.kind === 'text') return percentValue(left.text, right, line)
  return { kind: 'opaque', why: `the operator ${operator}`, line }
}

/** A question that the database answers when the revision runs. */
function askedOf(operator: string, left: Value, right: Value): string | undefined {
  if (right.kind === 'names' && left.kind === 'text' && (operator === 'in' || operator === 'not')) {
    const among = isAmong(left.text, right)
    return among === undefined || operator === 'in' ? among : `NOT ${among}`
  }
  if (left.kind !== 'condition' || (operator !== 'and' && operator !== 'or')) return undefined
  const other = right.kind === 'condition' ? right.sql : truth(right)
  return other === undefined ? undefined : `(${left.sql} ${operator.toUpperCase()} ${other})`
}

function unaryValue(expression: Extract<Expression, { kind: 'unary' }>, scope: Scope): Value {
  const { line, operator } = expression
  const operand = evaluate(expression.operand, scope)
  if (operator === '-' && operand.kind === 'number') return { kind: 'number', text: `-${operand.text}`, line }
  if (operator === 'not' && operand.kind === 'constant')
    return { kind: 'constant', value: !operand.value, line }
  if (operator === 'not' && operand.kind === 'condition')
    return { kind: 'condition', sql: `NOT (${operand.sql})`, line }
  return operand.kind === 'opaque' ? operand : { kind: 'opaque', why: `the operator ${operator}`, line }
}

/** The scope after an assignment: each name has the value, or one item of it. */
export function assigned(
  statement: { readonly kind: 'assign' | 'unpack'; readonly names: readonly string[] },
  value: Value,
  scope: Scope,
): Scope {
  if (statement.kind === 'assign')
    return statement.names.reduce((known, name) => withValue(known, name, value), scope)
  const items = value.kind === 'list' && value.items.length === statement.names.length ? value.items : []
  return statement.names.reduce((known, name, at) => {
    const unknown: Value = { kind: 'opaque', why: `the value of ${name}`, line: value.line }
    return withValue(known, name, items[at] ?? unknown)
  }, scope)
}

function indexValue(of: Value, index: Value, line: number): Value {
  if (of.kind === 'list' && index.kind === 'number') {
    const item = of.items.at(Number(index.text))
    if (item !== undefined) return item
  }
  if (of.kind === 'dict') {
    const key = plainText(index)
    const entry = of.entries.findLast(([name]) => key !== undefined && plainText(name) === key)
    if (entry !== undefined) return entry[1]
  }
  if (of.kind === 'names' && index.kind === 'text') {
    const table = reflectedTable(of, index.text)
    if (table !== undefined) return table
  }
  return { kind: 'opaque', why: 'an item of a value', line }
}
