import type { Branch, Expression, Statement } from './syntax.ts'
import { comparison, dedent, formatted, percentValue, plainText, truth } from './text-values.ts'

/** What an expression stands for, as far as the file itself says it. */
export type Value = { readonly line: number } & (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'constant'; readonly value: true | false | null }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'dict'; readonly entries: readonly (readonly [Value, Value])[] }
  /** Something imported, by full name: `sqlalchemy.Integer`. */
  | { readonly kind: 'path'; readonly path: string }
  | Call
  | Method
  /** What `op.batch_alter_table` gives. */
  | { readonly kind: 'batch'; readonly table: string; readonly schema: string | undefined }
  /** Known only when Python runs; `why` ends the sentence "… needs Python: ". */
  | { readonly kind: 'opaque'; readonly why: string }
)

/** A call of something imported, or of a function of the file. */
export interface Call extends Given {
  readonly kind: 'call'
  readonly path: string
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

type FunctionStatement = Extract<Statement, { kind: 'function' }>

/** The names that an expression may use. */
export interface Scope {
  /** Name → full name of what was imported. */
  readonly imports: ReadonlyMap<string, string>
  readonly values: ReadonlyMap<string, Value>
  readonly functions: ReadonlyMap<string, FunctionStatement>
}

export const emptyScope: Scope = { imports: new Map(), values: new Map(), functions: new Map() }

export function withValue(scope: Scope, name: string, value: Value): Scope {
  return { ...scope, values: new Map([...scope.values, [name, value]]) }
}

export function withImports(scope: Scope, names: ReadonlyMap<string, string>): Scope {
  return { ...scope, imports: new Map([...scope.imports, ...names]) }
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
      return attributeValue(evaluate(expression.of, scope), expression.name, line)
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
    case 'unknown':
      return { kind: 'opaque', why: expression.what, line }
  }
}

/** Items with what `*` unpacks. */
function evaluateItems(items: readonly Expression[], scope: Scope): readonly Value[] {
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
  if (path !== undefined) return { kind: 'path', path: fullPath(path), line }
  if (scope.functions.has(name)) return { kind: 'path', path: `.${name}`, line }
  if (builtins.has(name)) return { kind: 'path', path: `builtins.${name}`, line }
  return { kind: 'opaque', why: `the value of ${name}`, line }
}

const builtins = new Set(['print', 'str', 'tuple', 'list', 'dict', 'int', 'len'])

/** SQLAlchemy gives the same thing under several names; one is enough here. */
function fullPath(path: string): string {
  return path
    .replace(
      /^sqlalchemy\.(types|schema|sql|sql\.sqltypes|sql\.schema|sql\.expression|sql\.functions)(?=\.[a-zA-Z])/,
      'sqlalchemy',
    )
    .replace(/^sqlalchemy\.(sqltypes|schema|expression|types)(?=\.[a-zA-Z])/, 'sqlalchemy')
    .replace(/^sqlalchemy\.dialects\.postgresql(\.[a-z_0-9]+)*(?=\.[A-Za-z])/, 'postgresql')
    .replace(/^sqlalchemy\.dialects\.postgresql$/, 'postgresql')
    .replace(/^alembic\.operations\.op(?=\.|$)/, 'alembic.op')
}

function attributeValue(of: Value, name: string, line: number): Value {
  // Revisions run on PostgreSQL: what SQLAlchemy's dialect says of itself is known.
  if (name === 'name' && isDialect(of)) return { kind: 'text', text: 'postgresql', line }
  if (of.kind === 'path') return { kind: 'path', path: fullPath(`${of.path}.${name}`), line }
  if (of.kind === 'opaque') return { ...of, line }
  return { kind: 'method', of, name, positional: [], keywords: new Map(), line }
}

/** `op.get_bind().dialect`, `op.get_context().dialect`, `op.get_bind().engine` and the like. */
function isDialect(value: Value): boolean {
  if (value.kind === 'call') return value.path === 'alembic.op.get_bind'
  if (value.kind === 'path') return value.path === 'alembic.context.dialect'
  if (value.kind !== 'method' || !['dialect', 'engine', 'bind', 'connection'].includes(value.name))
    return false
  return isDialect(value.of) || (value.of.kind === 'call' && value.of.path === 'alembic.op.get_context')
}

function callValue(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): Value {
  const { line } = expression
  const called = evaluate(expression.function, scope)
  const positional = evaluateItems(expression.arguments, scope)
  const keywords = new Map(
    [...expression.keywords].map(([name, value]) => [name, evaluate(value, scope)] as const),
  )
  if (called.kind === 'method') return textMethod({ ...called, positional, keywords, line })
  if (called.kind !== 'path')
    return called.kind === 'opaque' ? called : { kind: 'opaque', why: 'a call', line }
  const call: Call = { kind: 'call', path: called.path, positional, keywords, line }
  return wrapper(call) ?? returned(call, scope) ?? call
}

/** What a function of the file gives back, when it does nothing else; undefined when it does. */
function returned(call: Call, scope: Scope): Value | undefined {
  const called = call.path.startsWith('.') ? scope.functions.get(call.path.slice(1)) : undefined
  const inner = called && calledScope(called, call, scope)
  if (called === undefined || inner === undefined) return undefined
  // A function that calls itself has no value that could be known.
  const functions = new Map([...scope.functions].filter(([name]) => name !== called.name))
  return returnedBy(called.body, { ...inner, functions })
}

function returnedBy(statements: readonly Statement[], start: Scope): Value | undefined {
  let scope = start
  for (const statement of statements) {
    if (statement.kind === 'return') return statement.value && evaluate(statement.value, scope)
    if (statement.kind === 'assign') {
      const value = evaluate(statement.value, scope)
      scope = statement.names.reduce((known, name) => withValue(known, name, value), scope)
    } else if (statement.kind === 'if') {
      const branch = takenBranch(statement.branches, scope)
      if (branch === undefined) return undefined
      const value = returnedBy(branch, scope)
      if (value !== undefined) return value
      if (branch.length > 0) return undefined
    } else if (
      statement.kind !== 'pass' &&
      !(statement.kind === 'expression' && statement.value.kind === 'string')
    ) {
      return undefined
    }
  }
  return undefined
}

/** The scope inside a function of the file, its parameters filled in; undefined when that cannot be known. */
export function calledScope(called: FunctionStatement, call: Call, scope: Scope): Scope | undefined {
  if (called.parameters.some((parameter) => parameter.name === '*')) return undefined
  let inner = scope
  for (const [at, parameter] of called.parameters.entries()) {
    const value =
      call.positional[at] ??
      call.keywords.get(parameter.name) ??
      (parameter.default === undefined ? undefined : evaluate(parameter.default, scope))
    if (value === undefined) return undefined
    inner = withValue(inner, parameter.name, value)
  }
  return inner
}

/** The body of the branch that is taken, empty for none; undefined when only Python knows. */
export function takenBranch(branches: readonly Branch[], scope: Scope): readonly Statement[] | undefined {
  for (const { test, body } of branches) {
    const value: Value | undefined = test && evaluate(test, scope)
    const taken = value === undefined ? true : truth(value)
    if (taken === undefined) return undefined
    if (taken) return body
  }
  return []
}

/** Calls that only wrap a text or a list. */
function wrapper({ path, positional, line }: Call): Value | undefined {
  const [first] = positional
  if (path === 'alembic.op.f' || path === 'sqlalchemy.quoted_name' || path === 'sqlalchemy.sql.quoted_name') {
    return first
  }
  if (path === 'builtins.str' && (first?.kind === 'text' || first?.kind === 'number')) {
    return { kind: 'text', text: first.text, line }
  }
  if ((path === 'builtins.list' || path === 'builtins.tuple') && first?.kind === 'list') return first
  if ((path === 'textwrap.dedent' || path === 'inspect.cleandoc') && first?.kind === 'text') {
    return { kind: 'text', text: dedent(first.text), line }
  }
  return undefined
}

function textMethod(method: Method): Value {
  const { of, name, positional, keywords, line } = method
  if (of.kind === 'batch' && name === 'f') return positional[0] ?? method
  if (of.kind === 'text') {
    if (name === 'strip' && positional.length === 0) return { kind: 'text', text: of.text.trim(), line }
    if (name === 'lower') return { kind: 'text', text: of.text.toLowerCase(), line }
    if (name === 'upper') return { kind: 'text', text: of.text.toUpperCase(), line }
    if (name === 'join' && positional[0]?.kind === 'list') {
      const parts = positional[0].items.map(plainText)
      if (parts.every((part) => part !== undefined)) return { kind: 'text', text: parts.join(of.text), line }
    }
    if (name === 'format') return formatted(of.text, positional, keywords, line)
  }
  if (of.kind === 'opaque') return { ...of, line }
  return method
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

function unaryValue(expression: Extract<Expression, { kind: 'unary' }>, scope: Scope): Value {
  const { line, operator } = expression
  const operand = evaluate(expression.operand, scope)
  if (operator === '-' && operand.kind === 'number') return { kind: 'number', text: `-${operand.text}`, line }
  if (operator === 'not' && operand.kind === 'constant')
    return { kind: 'constant', value: !operand.value, line }
  return operand.kind === 'opaque' ? operand : { kind: 'opaque', why: `the operator ${operator}`, line }
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
  return { kind: 'opaque', why: 'an item of a value', line }
}
