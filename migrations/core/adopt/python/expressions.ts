import { MigError } from '../../errors.ts'
import { type Cursor, cursor, isWord, Unreadable } from './cursor.ts'
import { stringValue } from './string-token.ts'
import type { Clause, Expression, Parameter } from './syntax.ts'
import { pythonTokens, type Token } from './tokens.ts'

/** Binary operators from loosest to tightest (Language Reference 6.17). */
const binaryLevels: readonly (readonly string[])[] = [
  ['or'],
  ['and'],
  ['==', '!=', '<', '>', '<=', '>=', 'in', 'is', 'not'],
  ['|'],
  ['^'],
  ['&'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '//', '%', '@'],
]

/**
 * Reads one expression. What has no value that a reader could know (a lambda, a slice) is read over as `unknown`.
 * @throws Unreadable for what is no expression.
 */
export function readExpression(at: Cursor): Expression {
  const { line } = at.peek()
  if (isWord(at.peek(), 'lambda')) return readLambda(at)
  const value = readBinary(at, 0)
  if (isWord(at.peek(), 'if')) {
    at.next()
    const test = readBinary(at, 0)
    at.expect('else')
    return { kind: 'conditional', test, value, otherwise: readExpression(at), line }
  }
  if (value.kind === 'name' && at.take(':=')) {
    const detail = { kind: 'named', name: value.name, value: readExpression(at) } as const
    return { kind: 'unknown', what: 'an assignment expression', detail, line }
  }
  return value
}

function readLambda(at: Cursor): Expression {
  const { line } = at.expect('lambda')
  const parameters: Parameter[] = []
  while (!at.take(':')) {
    const rest = at.take('**') ? 'dict' : at.take('*') ? 'list' : undefined
    const name = at.next()
    if (name.type !== 'name') throw new Unreadable(name.text)
    const value = at.take('=') ? readExpression(at) : undefined
    parameters.push({ name: name.text, default: value, ...(rest === undefined ? {} : { rest }) })
    if (!isWord(at.peek(), ':')) at.expect(',')
  }
  return {
    kind: 'unknown',
    what: 'a lambda',
    detail: { kind: 'lambda', parameters, value: readExpression(at) },
    line,
  }
}

/** An expression, or several with commas between them as a tuple. */
export function readExpressionList(at: Cursor): Expression {
  const first = readExpression(at)
  if (!isWord(at.peek(), ',')) return first
  const items = [first]
  while (at.take(',')) {
    if (endsList(at.peek())) break
    items.push(readExpression(at))
  }
  return { kind: 'list', items, line: first.line }
}

function endsList(token: Token): boolean {
  return token.type === 'newline' || token.type === 'end' || [')', ']', '}', '=', ':'].includes(token.text)
}

function readBinary(at: Cursor, level: number): Expression {
  const operators = binaryLevels[level]
  if (operators === undefined) return readUnary(at)
  const { line } = at.peek()
  if (level === 2 && at.take('not'))
    return { kind: 'unary', operator: 'not', operand: readBinary(at, 2), line }
  let left = readBinary(at, level + 1)
  for (;;) {
    const token = at.peek()
    const operator = operators.find((text) => isWord(token, text))
    if (operator === undefined) return left
    at.next()
    const isNot = operator === 'is' && at.take('not')
    if (operator === 'not') at.expect('in')
    left = {
      kind: 'binary',
      operator: isNot ? 'is not' : operator,
      left,
      right: readBinary(at, level + 1),
      line: left.line,
    }
  }
}

function readUnary(at: Cursor): Expression {
  const { line, text, type } = at.peek()
  if (type === 'op' && ['-', '+', '~'].includes(text)) {
    at.next()
    return { kind: 'unary', operator: text, operand: readUnary(at), line }
  }
  if (isWord(at.peek(), 'await') || isWord(at.peek(), 'yield')) throw new Unreadable(text)
  const base = readPrimary(at)
  if (!at.take('**')) return base
  return { kind: 'binary', operator: '**', left: base, right: readUnary(at), line }
}

function readPrimary(at: Cursor): Expression {
  let value = readAtom(at)
  for (;;) {
    const { line } = at.peek()
    if (at.take('.')) value = { kind: 'attribute', of: value, name: at.next().text, line }
    else if (isWord(at.peek(), '(')) value = readCall(at, value)
    else if (at.take('[')) {
      const index = readIndex(at)
      at.expect(']')
      value = { kind: 'index', of: value, index, line }
    } else return value
  }
}

function readIndex(at: Cursor): Expression {
  const { line } = at.peek()
  const from = isWord(at.peek(), ':') ? undefined : readExpressionList(at)
  if (from !== undefined && !isWord(at.peek(), ':')) return from
  at.expect(':')
  const to = [']', ':'].includes(at.peek().text) ? undefined : readExpression(at)
  if (isWord(at.peek(), ':')) return unknown(at, 'a slice')
  return { kind: 'unknown', what: 'a slice', detail: { kind: 'slice', from, to }, line }
}

function readCall(at: Cursor, called: Expression): Expression {
  at.expect('(')
  const positional: Expression[] = []
  const keywords = new Map<string, Expression>()
  const unpacked: Expression[] = []
  while (!at.take(')')) {
    const token = at.peek()
    if (at.take('**')) unpacked.push(readExpression(at))
    else if (token.type === 'name' && isWord(at.peek(1), '=')) {
      at.next()
      at.next()
      keywords.set(token.text, readExpression(at))
    } else positional.push(readItem(at))
    if (!isWord(at.peek(), ')')) at.expect(',')
  }
  return { kind: 'call', function: called, arguments: positional, keywords, unpacked, line: called.line }
}

/** An item of brackets: an expression, or a comprehension. */
function readItem(at: Cursor): Expression {
  const { line } = at.peek()
  if (at.take('*')) return { kind: 'starred', value: readExpression(at), line }
  const item = readExpression(at)
  if (isWord(at.peek(), 'async')) return unknown(at, 'an asynchronous comprehension')
  const clauses: Clause[] = []
  while (at.take('for')) {
    const target = readTargets(at)
    at.expect('in')
    const items = readBinary(at, 0)
    const tests: Expression[] = []
    while (at.take('if')) tests.push(readBinary(at, 0))
    clauses.push({ target, items, tests })
  }
  return clauses.length === 0 ? item : { kind: 'comprehension', item, clauses, line }
}

/** The names that a loop sets: one, or several with commas, in parentheses or not. */
export function readTargets(at: Cursor): Expression {
  const { line } = at.peek()
  const items = [readTarget(at)]
  let isList = false
  while (at.take(',')) {
    isList = true
    if (isWord(at.peek(), 'in')) break
    items.push(readTarget(at))
  }
  const [only] = items
  return !isList && only !== undefined ? only : { kind: 'list', items, line }
}

function readTarget(at: Cursor): Expression {
  const { line } = at.peek()
  if (at.take('(')) {
    const items: Expression[] = []
    while (!at.take(')')) {
      items.push(readTarget(at))
      if (!isWord(at.peek(), ')')) at.expect(',')
    }
    return { kind: 'list', items, line }
  }
  const token = at.next()
  if (token.type !== 'name') throw new Unreadable(token.text)
  return { kind: 'name', name: token.text, line }
}

function readAtom(at: Cursor): Expression {
  const token = at.next()
  const { line } = token
  if (token.type === 'string') return readStrings(at, token)
  if (token.type === 'number') return { kind: 'number', text: token.text.replaceAll('_', ''), line }
  if (token.type === 'name') return { kind: 'name', name: token.text, line }
  if (token.type === 'op') {
    if (token.text === '(') return readParentheses(at, line)
    if (token.text === '[') {
      const items = readItems(at, ']')
      return items[0]?.kind === 'comprehension' ? items[0] : { kind: 'list', items, line }
    }
    if (token.text === '{') return readBraces(at, line)
    if (token.text === '...') return { kind: 'name', name: 'Ellipsis', line }
  }
  throw new Unreadable(token.text)
}

function readParentheses(at: Cursor, line: number): Expression {
  if (at.take(')')) return { kind: 'list', items: [], line }
  const first = readItem(at)
  if (at.take(')')) return first
  at.expect(',')
  return { kind: 'list', items: [first, ...readItems(at, ')')], line }
}

function readItems(at: Cursor, end: string): readonly Expression[] {
  const items: Expression[] = []
  while (!at.take(end)) {
    items.push(readItem(at))
    if (!isWord(at.peek(), end)) at.expect(',')
  }
  return items
}

function readBraces(at: Cursor, line: number): Expression {
  const entries: (readonly [Expression | undefined, Expression])[] = []
  const items: Expression[] = []
  while (!at.take('}')) {
    if (at.take('**')) entries.push([undefined, readExpression(at)])
    else {
      const key = readItem(at)
      if (at.take(':')) {
        const value = readItem(at)
        if (value.kind === 'comprehension') {
          const detail = {
            kind: 'dict-comprehension',
            key,
            value: value.item,
            clauses: value.clauses,
          } as const
          at.expect('}')
          return { kind: 'unknown', what: 'a dict comprehension', detail, line }
        }
        entries.push([key, value])
      } else items.push(key)
    }
    if (!isWord(at.peek(), '}')) at.expect(',')
  }
  const [only] = items
  if (only?.kind === 'comprehension') return { ...only, isSet: true }
  if (items.length > 0) return { kind: 'list', items, isSet: true, line }
  const plain = entries.flatMap(([key, value]) => (key === undefined ? [] : [[key, value] as const]))
  if (plain.length === entries.length) return { kind: 'dict', entries: plain, line }
  return { kind: 'unknown', what: 'an unpacked dict', detail: { kind: 'merged-dict', entries }, line }
}

/** String literals that follow each other are one (Language Reference 2.4.2). */
function readStrings(at: Cursor, first: Token): Expression {
  const { line } = first
  const parts: (string | Expression)[] = []
  for (let token = first; ; token = at.next()) {
    parts.push(...stringParts(token, at.file))
    if (at.peek().type !== 'string') break
  }
  if (parts.every((part) => typeof part === 'string')) return { kind: 'string', value: parts.join(''), line }
  return { kind: 'format', parts, line }
}

function stringParts(token: Token, file: string): readonly (string | Expression)[] {
  const raw = token.prefix.includes('r')
  if (token.prefix.includes('b') || token.prefix.includes('t'))
    return [{ kind: 'unknown', what: `a ${token.prefix}'…' literal`, line: token.line }]
  if (!token.prefix.includes('f')) return [textPart(token.text, raw, token.line)]
  return formatParts(token, raw, file)
}

function textPart(body: string, raw: boolean, line: number): string | Expression {
  return stringValue(body, raw) ?? { kind: 'unknown', what: 'a \\N{…} escape', line }
}

function formatParts(token: Token, raw: boolean, file: string): readonly (string | Expression)[] {
  const parts: (string | Expression)[] = []
  let text = ''
  const flush = () => {
    if (text !== '') parts.push(textPart(text, raw, token.line))
    text = ''
  }
  for (let at = 0; at < token.text.length; at += 1) {
    const char = token.text[at] ?? ''
    if ((char === '{' || char === '}') && token.text[at + 1] === char) {
      text += char
      at += 1
    } else if (char === '{') {
      flush()
      const close = closingBrace(token.text, at)
      parts.push(formatExpression(token.text.slice(at + 1, close), token.line, file))
      at = close
    } else text += char
  }
  flush()
  return parts
}

function closingBrace(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '{') depth += 1
    if (text[at] === '}') depth -= 1
    if (depth === 0) return at
  }
  return text.length
}

/** What stands between the braces of an f-string; a conversion or a format has no value here. */
function formatExpression(source: string, line: number, file: string): Expression {
  const formatted: Expression = { kind: 'unknown', what: `{${source}} with a format`, line }
  try {
    const at = cursor(pythonTokens(`(${source})`, file), file)
    at.expect('(')
    const value = readExpression(at)
    at.expect(')')
    return { ...value, line }
  } catch (error) {
    // `{name!r}` and `{number:,}` are no expressions.
    if (error instanceof Unreadable || (error instanceof MigError && error.code === 'bad-python'))
      return formatted
    throw error
  }
}

/** Reads over the rest of the item that the cursor stands in. */
function unknown(at: Cursor, what: string): Expression {
  const { line } = at.peek()
  for (let depth = 0; ; at.next()) {
    const token = at.peek()
    if (token.type === 'end' || token.type === 'newline') break
    if (token.type !== 'op') continue
    if (depth === 0 && [')', ']', '}', ','].includes(token.text)) break
    if ('([{'.includes(token.text)) depth += 1
    if (')]}'.includes(token.text)) depth -= 1
  }
  return { kind: 'unknown', what, line }
}
