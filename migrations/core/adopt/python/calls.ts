import { declaredType, enumMembers } from './declared-types.ts'
import { afterReflect, anyOfRows, inspected } from './inspection.ts'
import { definition, type FunctionStatement, type Scope, withValue } from './scope.ts'
import type { Branch, Expression, Statement } from './syntax.ts'
import { dedent, formatted, plainText, truth } from './text-values.ts'
import { assigned, type Call, evaluate, evaluateItems, type Method, type Value } from './values.ts'

export function callValue(expression: Extract<Expression, { kind: 'call' }>, scope: Scope): Value {
  const { line } = expression
  const called = evaluate(expression.function, scope)
  const [argument] = expression.arguments
  if (called.kind === 'path' && called.path === 'builtins.any' && argument?.kind === 'comprehension') {
    const sql = anyOfRows(argument, (part) => evaluate(part, scope))
    if (sql !== undefined) return { kind: 'condition', sql, line }
  }
  const positional = evaluateItems(expression.arguments, scope)
  const unpacked = expression.unpacked.map((value) => evaluate(value, scope))
  const keywords = new Map([
    ...[...expression.keywords].map(([name, value]) => [name, evaluate(value, scope)] as const),
    ...unpacked.flatMap(unpackedKeywords),
  ])
  if (called.kind === 'method') return textMethod({ ...called, positional, keywords, line })
  if (called.kind !== 'path')
    return called.kind === 'opaque' ? called : { kind: 'opaque', why: 'a call', line }
  const call: Call = withMembers({ kind: 'call', path: called.path, positional, keywords, line }, scope)
  const found = definition(call.path, scope)
  if (found?.kind === 'class') {
    const type = declaredType(found, call)
    return type === undefined ? call : { ...call, type }
  }
  return wrapper(call) ?? returned(call, scope) ?? call
}

/** `**{'name': value}`; what is not known stays an argument that no call takes. */
function unpackedKeywords(value: Value): readonly (readonly [string, Value])[] {
  const unknown: Value = { kind: 'opaque', why: 'unpacked arguments', line: value.line }
  if (value.kind !== 'dict') return [['**', unknown]]
  return value.entries.map(([name, item]) => (name.kind === 'text' ? [name.text, item] : ['**', unknown]))
}

/** `sa.Enum(PythonEnum)` as the names of its members (SQLAlchemy, `Enum`). */
function withMembers(call: Call, scope: Scope): Call {
  const [first, ...others] = call.positional
  if (!/^(sqlalchemy\.Enum|postgresql\.ENUM)$/.test(call.path) || first?.kind !== 'path') return call
  const found = definition(first.path, scope)
  const members = found?.kind === 'class' && others.length === 0 ? enumMembers(found) : undefined
  if (members === undefined || call.keywords.has('values_callable')) return call
  const name: Value = {
    kind: 'text',
    text: (first.path.split('.').at(-1) ?? '').toLowerCase(),
    line: call.line,
  }
  return { ...call, positional: members, keywords: new Map([['name', name], ...call.keywords]) }
}

/** What a function gives back, when it does nothing else; undefined when it does, or is not known. */
function returned(call: Call, scope: Scope): Value | undefined {
  const called = definition(call.path, scope)
  if (called?.kind !== 'function') return undefined
  const inner = calledScope(called.statement, call, scope, called.home)
  return inner && returnedBy(called.statement.body, inner)
}

/** What statements return, where that is all they do. */
export function returnedBy(statements: readonly Statement[], start: Scope): Value | undefined {
  let scope = start
  for (const statement of statements) {
    if (statement.kind === 'return') return statement.value && evaluate(statement.value, scope)
    const reflected = statement.kind === 'expression' ? afterReflect(statement.value, scope) : undefined
    if (reflected !== undefined) scope = reflected
    else if (statement.kind === 'assign' || statement.kind === 'unpack')
      scope = assigned(statement, evaluate(statement.value, scope), scope)
    else if (statement.kind === 'if') {
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

/**
 * The scope inside a function of the project, its parameters filled in; undefined when that cannot be known, or when
 * calls go too deep to end.
 */
export function calledScope(
  called: FunctionStatement,
  call: Call,
  caller: Scope,
  home: Scope,
): Scope | undefined {
  caller.budget.left -= 1
  if (caller.budget.left < 0 || caller.depth > 12) return undefined
  const plain = called.parameters.filter(({ rest }) => rest === undefined)
  const takes = (kind: 'list' | 'dict') => called.parameters.find(({ rest }) => rest === kind)
  const more = [...call.keywords].filter(([name]) => !plain.some((parameter) => parameter.name === name))
  const [list, dict] = [takes('list'), takes('dict')]
  if (more.some(([name]) => name === '**')) return undefined
  if (
    (more.length > 0 && dict === undefined) ||
    (call.positional.length > plain.length && list === undefined)
  )
    return undefined
  let inner: Scope = {
    ...home,
    globals: home.globals ?? home,
    depth: caller.depth + 1,
    budget: caller.budget,
  }
  for (const [at, parameter] of plain.entries()) {
    const value =
      call.positional[at] ??
      call.keywords.get(parameter.name) ??
      (parameter.default === undefined ? undefined : evaluate(parameter.default, home))
    if (value === undefined) return undefined
    inner = withValue(inner, parameter.name, value)
  }
  const { line } = call
  if (list !== undefined)
    inner = withValue(inner, list.name, { kind: 'list', items: call.positional.slice(plain.length), line })
  if (dict === undefined) return inner
  const entries = more.map(([text, value]) => [{ kind: 'text', text, line } as const, value] as const)
  return withValue(inner, dict.name, { kind: 'dict', entries, line })
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
  if (path === 'alembic.op.f' && first?.kind === 'text') return { ...first, exact: true }
  if (path === 'alembic.op.f' || path === 'sqlalchemy.quoted_name' || path === 'sqlalchemy.sql.quoted_name') {
    return first
  }
  if (path === 'builtins.str' && (first?.kind === 'text' || first?.kind === 'number')) {
    return { kind: 'text', text: first.text, line }
  }
  if (/^builtins\.(list|tuple|set)$/.test(path) && (first?.kind === 'list' || first?.kind === 'names'))
    return first
  if (path === 'builtins.len' && first?.kind === 'list')
    return { kind: 'number', text: String(first.items.length), line }
  if (path === 'builtins.enumerate' && first?.kind === 'list')
    return pairs(
      first.items.map((item, at) => [{ kind: 'number', text: String(at), line }, item]),
      line,
    )
  if (path === 'builtins.zip') {
    const lists = positional.map((list) => (list.kind === 'list' ? list.items : undefined))
    const [one] = lists
    if (one !== undefined && lists.every((list) => list?.length === one.length))
      return pairs(
        one.map((_, at) => lists.flatMap((list) => list?.[at] ?? [])),
        line,
      )
  }
  // The dialect's own form of a type, and a type whose values the ORM watches, are the type itself.
  if (/\.(type_descriptor|as_mutable)$/.test(path) && first !== undefined) return first
  if (path === 'alembic.context.is_offline_mode') return { kind: 'constant', value: false, line }
  if ((path === 'textwrap.dedent' || path === 'inspect.cleandoc') && first?.kind === 'text') {
    return { kind: 'text', text: dedent(first.text), line }
  }
  return undefined
}

function pairs(rows: readonly (readonly Value[])[], line: number): Value {
  return { kind: 'list', items: rows.map((items) => ({ kind: 'list', items, line })), line }
}

function textMethod(method: Method): Value {
  const { of, name, positional, keywords, line } = method
  const known = inspected(method)
  if (known !== undefined) return known
  if (of.kind === 'batch' && name === 'f') {
    const [text] = positional
    return text?.kind === 'text' ? { ...text, exact: true } : (text ?? method)
  }
  if (of.kind === 'text') {
    if (name === 'strip' && positional.length === 0) return { kind: 'text', text: of.text.trim(), line }
    if (name === 'lower') return { kind: 'text', text: of.text.toLowerCase(), line }
    if (name === 'upper') return { kind: 'text', text: of.text.toUpperCase(), line }
    if (name === 'join' && positional[0]?.kind === 'list') {
      const parts = positional[0].items.map(plainText)
      if (parts.every((part) => part !== undefined)) return { kind: 'text', text: parts.join(of.text), line }
    }
    const texts = positional.map(plainText)
    if (name === 'startswith' && texts[0] !== undefined)
      return { kind: 'constant', value: of.text.startsWith(texts[0]), line }
    if (name === 'endswith' && texts[0] !== undefined)
      return { kind: 'constant', value: of.text.endsWith(texts[0]), line }
    if (name === 'replace' && texts[0] !== undefined && texts[1] !== undefined && texts.length === 2)
      return { kind: 'text', text: of.text.replaceAll(texts[0], () => texts[1] ?? ''), line }
    if (name === 'split' && (texts.length === 0 || texts[0]))
      return {
        kind: 'list',
        items: splitText(of.text, texts[0]).map((text) => ({ kind: 'text', text, line })),
        line,
      }
    if (name === 'format') return formatted(of.text, positional, keywords, line)
  }
  if (of.kind === 'names' && !of.isRows && name === 'keys') return of
  if (of.kind === 'dict' && positional.length === 0) {
    if (name === 'keys') return { kind: 'list', items: of.entries.map(([key]) => key), line }
    if (name === 'values') return { kind: 'list', items: of.entries.map(([, item]) => item), line }
    if (name === 'items')
      return { kind: 'list', items: of.entries.map((entry) => ({ kind: 'list', items: entry, line })), line }
  }
  if (of.kind === 'opaque') return { ...of, line }
  return method
}

/** `str.split`: at spaces without an argument. */
function splitText(text: string, separator: string | undefined): readonly string[] {
  return separator === undefined ? text.split(/\s+/).filter((part) => part !== '') : text.split(separator)
}
