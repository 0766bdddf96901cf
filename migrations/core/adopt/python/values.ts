import type { Expression, Statement } from './syntax.ts'

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
      return { kind: 'list', items: expression.items.map((item) => evaluate(item, scope)), line }
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
  if (of.kind === 'path') return { kind: 'path', path: fullPath(`${of.path}.${name}`), line }
  if (of.kind === 'opaque') return { ...of, line }
  return { kind: 'method', of, name, positional: [], keywords: new Map(), line }
}

function callValue(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): Value {
  const { line } = expression
  const called = evaluate(expression.function, scope)
  const positional = expression.arguments.map((argument) => evaluate(argument, scope))
  const keywords = new Map(
    [...expression.keywords].map(([name, value]) => [name, evaluate(value, scope)] as const),
  )
  if (called.kind === 'method') return textMethod({ ...called, positional, keywords, line })
  if (called.kind !== 'path')
    return called.kind === 'opaque' ? called : { kind: 'opaque', why: 'a call', line }
  const call: Call = { kind: 'call', path: called.path, positional, keywords, line }
  return wrapper(call) ?? call
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

/** `textwrap.dedent`: takes the leading space that all lines share. */
function dedent(text: string): string {
  const lines = text.split('\n').map((line) => (line.trim() === '' ? '' : line))
  const margins = lines.flatMap((line) => (line === '' ? [] : [/^[ \t]*/.exec(line)?.[0].length ?? 0]))
  const margin = margins.length === 0 ? 0 : Math.min(...margins)
  return lines.map((line) => line.slice(margin)).join('\n')
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

/** `str.format` with fields that are names or numbers. */
function formatted(
  text: string,
  positional: readonly Value[],
  keywords: ReadonlyMap<string, Value>,
  line: number,
): Value {
  let next = 0
  let whole = true
  const result = text.replace(/\{\{|\}\}|\{(\w*)\}|[{}]/g, (match, field: string | undefined) => {
    if (match === '{{' || match === '}}') return match.slice(1)
    if (field === undefined) whole = false
    const value = /^\d*$/.test(field ?? '')
      ? positional[field ? Number(field) : next++]
      : keywords.get(field ?? '')
    const part = value && plainText(value)
    if (part === undefined) whole = false
    return part ?? ''
  })
  return whole ? { kind: 'text', text: result, line } : { kind: 'opaque', why: 'str.format', line }
}

/** A text, or a number or constant as `str()` gives it. */
export function plainText(value: Value): string | undefined {
  if (value.kind === 'text' || value.kind === 'number') return value.text
  if (value.kind !== 'constant') return undefined
  return value.value === null ? 'None' : value.value ? 'True' : 'False'
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

function binaryValue(expression: Extract<Expression, { kind: 'binary' }>, scope: Scope): Value {
  const { line, operator } = expression
  const left = evaluate(expression.left, scope)
  const right = evaluate(expression.right, scope)
  if (left.kind === 'opaque') return left
  if (right.kind === 'opaque') return right
  if (operator === '+' && left.kind === 'text' && right.kind === 'text')
    return { kind: 'text', text: left.text + right.text, line }
  if (operator === '+' && left.kind === 'list' && right.kind === 'list')
    return { kind: 'list', items: [...left.items, ...right.items], line }
  if (operator === '%' && left.kind === 'text') return percentValue(left.text, right, line)
  return { kind: 'opaque', why: `the operator ${operator}`, line }
}

/** `'… %s' % value`, with `%s` and `%d` only. */
function percentValue(text: string, right: Value, line: number): Value {
  const given = right.kind === 'list' ? [...right.items] : [right]
  const named = new Map(
    right.kind === 'dict' ? right.entries.map(([key, value]) => [plainText(key), value] as const) : [],
  )
  let whole = true
  const result = text.replace(/%(?:\((\w+)\))?(.)/gs, (_, name: string | undefined, type: string) => {
    if (type === '%') return '%'
    const value = name === undefined ? given.shift() : named.get(name)
    const part = value && plainText(value)
    if (part === undefined || !['s', 'd'].includes(type)) whole = false
    return part ?? ''
  })
  return whole ? { kind: 'text', text: result, line } : { kind: 'opaque', why: 'the operator %', line }
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
