import { type Cursor, cursor, isWord, Unreadable } from './cursor.ts'
import { readDetail } from './detail.ts'
import { readExpression, readExpressionList, readTargets } from './expressions.ts'
import type { Branch, Expression, Parameter, Statement } from './syntax.ts'
import { pythonTokens } from './tokens.ts'

/** A Python file: its docstring and its statements. */
export interface PythonFile {
  readonly path: string
  readonly docstring: string
  readonly statements: readonly Statement[]
}

/**
 * Reads a Python file without running it. A statement that this reader does not know becomes one of kind `other`.
 * @throws MigError `bad-python` when it cannot be split into tokens.
 */
export function readPython(source: string, path: string): PythonFile {
  const at = cursor(pythonTokens(source, path), path)
  const statements: Statement[] = []
  while (at.peek().type !== 'end') statements.push(...readLine(at))
  const first = statements[0]
  const docstring =
    first?.kind === 'expression' && first.value.kind === 'string' ? first.value.value.trim() : ''
  return { path, docstring, statements }
}

type Other = Extract<Statement, { kind: 'other' }>

const compound = new Set(['while', 'async', 'match'])

/** The statements of one logical line, with the block below it. */
function readLine(at: Cursor): readonly Statement[] {
  const first = at.peek()
  const mark = at.mark()
  try {
    if (first.type === 'name' || first.text === '@') {
      if (first.text === 'def') return [readFunction(at)]
      if (first.text === 'class') return [readClass(at)]
      if (first.text === '@') return [readDecorated(at)]
      if (first.text === 'for') return [readFor(at)]
      if (first.text === 'with') return [readWith(at)]
      if (first.text === 'if') return [readIf(at)]
      if (first.text === 'try') return readTry(at)
      if (compound.has(first.text) && !isAssigned(at)) return [readOther(at, first.text)]
    }
    return readSimple(at)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    at.reset(mark)
    return [readOther(at, error.what)]
  }
}

/** A statement that is read over, with what a run needs to know of it where that can be read. */
function readOther(at: Cursor, what: string): Statement {
  const start = at.mark()
  const other = readOver(at, what)
  const end = at.mark()
  at.reset(start)
  try {
    const detail = readDetail(at, readBlock)
    return at.mark() === end ? { ...other, detail } : other
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    return other
  } finally {
    at.reset(end)
  }
}

/** `match` is a keyword only at the head of a match statement. */
function isAssigned(at: Cursor): boolean {
  return at.peek().text === 'match' && ['=', '.', '(', ':'].includes(at.peek(1).text)
}

function readSimple(at: Cursor): readonly Statement[] {
  const statements: Statement[] = []
  for (;;) {
    const { line } = at.peek()
    const read = readSmall(at)
    const last = at.peek(-1)
    statements.push({ ...read, line, endLine: last.endLine })
    if (at.take(';') && at.peek().type !== 'newline') continue
    if (at.peek().type !== 'newline') throw new Unreadable(at.peek().text)
    at.next()
    return statements
  }
}

type Small = Statement extends infer One
  ? One extends Statement
    ? Omit<One, 'line' | 'endLine'>
    : never
  : never

function readSmall(at: Cursor): Small {
  const { text } = at.peek()
  if (at.take('pass')) return { kind: 'pass' }
  if (text === 'import' || text === 'from') return { kind: 'import', names: readImport(at) }
  if (at.take('return')) {
    return { kind: 'return', value: at.peek().type === 'newline' ? undefined : readExpressionList(at) }
  }
  if (['raise', 'del', 'global', 'nonlocal', 'assert', 'break', 'continue'].includes(text))
    throw new Unreadable(text)
  const first = readExpressionList(at)
  if (at.take(':')) {
    readExpression(at)
    if (!at.take('=')) return { kind: 'pass' }
    return { kind: 'assign', names: [nameOf(first)], value: readExpressionList(at) }
  }
  if (!isWord(at.peek(), '=')) return { kind: 'expression', value: first }
  const names: string[] = []
  let value = first
  while (at.take('=')) {
    if (names.length === 0 && value.kind === 'list') {
      const several = value.items.map(nameOf)
      const unpacked = readExpressionList(at)
      if (isWord(at.peek(), '=')) throw new Unreadable('an assignment to more than a name')
      return { kind: 'unpack', names: several, value: unpacked }
    }
    names.push(nameOf(value))
    value = readExpressionList(at)
  }
  return { kind: 'assign', names, value }
}

function nameOf(target: Expression): string {
  if (target.kind === 'name') return target.name
  throw new Unreadable('an assignment to more than a name')
}

function readImport(at: Cursor): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  const from = at.take('from') ? readDotted(at) : undefined
  at.expect('import')
  const parenthesis = at.take('(')
  do {
    if (parenthesis && isWord(at.peek(), ')')) break
    if (at.take('*')) {
      names.set(`*${from ?? ''}`, from ?? '')
      continue
    }
    const path = readDotted(at)
    const alias = at.take('as') ? at.next().text : undefined
    if (from !== undefined)
      names.set(alias ?? path, from.endsWith('.') ? `${from}${path}` : `${from}.${path}`)
    else if (alias !== undefined) names.set(alias, path)
    else {
      const root = path.split('.')[0] ?? path
      names.set(root, root)
    }
  } while (at.take(','))
  if (parenthesis) at.expect(')')
  return names
}

function readDotted(at: Cursor): string {
  let path = ''
  while (at.peek().type === 'name' || ['.', '...'].includes(at.peek().text)) {
    if (['import', 'as'].includes(at.peek().text)) break
    path += at.next().text
  }
  return path
}

function readFunction(at: Cursor): Statement {
  const { line } = at.expect('def')
  const name = at.next().text
  at.expect('(')
  const parameters: Parameter[] = []
  while (!at.take(')')) {
    const rest = at.take('**') ? 'dict' : at.take('*') ? 'list' : undefined
    if (rest !== undefined && at.peek().type === 'name') {
      parameters.push({ name: at.next().text, default: undefined, rest })
      if (at.take(':')) readExpression(at)
    } else if (rest === undefined && !at.take('/')) {
      const parameter = at.next().text
      if (at.take(':')) readExpression(at)
      parameters.push({ name: parameter, default: at.take('=') ? readExpression(at) : undefined })
    }
    if (!isWord(at.peek(), ')')) at.expect(',')
  }
  if (at.take('->')) readExpression(at)
  const { body, endLine } = readBlock(at)
  return { kind: 'function', name, parameters, body, line, endLine }
}

function readClass(at: Cursor): Statement {
  const { line } = at.expect('class')
  const name = at.next().text
  const bases: Expression[] = []
  if (at.take('(')) {
    while (!at.take(')')) {
      const isKeyword = at.peek().type === 'name' && isWord(at.peek(1), '=')
      if (isKeyword) {
        at.next()
        at.next()
      }
      const value = readExpression(at)
      if (!isKeyword) bases.push(value)
      if (!isWord(at.peek(), ')')) at.expect(',')
    }
  }
  const { body, endLine } = readBlock(at)
  return { kind: 'class', name, bases, body, line, endLine }
}

function readDecorated(at: Cursor): Statement {
  const { line } = at.expect('@')
  const decorator = readExpression(at)
  if (at.peek().type !== 'newline') throw new Unreadable(at.peek().text)
  at.next()
  const [of] = readLine(at)
  if (of === undefined) throw new Unreadable('a decorator')
  return { kind: 'decorated', decorator, of, line, endLine: of.endLine }
}

function readFor(at: Cursor): Statement {
  const { line } = at.expect('for')
  const target = readTargets(at)
  at.expect('in')
  const items = readExpressionList(at)
  const { body, endLine } = readBlock(at)
  if (isWord(at.peek(), 'else')) throw new Unreadable('for with else')
  return { kind: 'for', target, items, body, line, endLine }
}

function readIf(at: Cursor): Statement {
  const { line } = at.peek()
  const branches: Branch[] = []
  let endLine = line
  while (branches.length === 0 ? at.take('if') : at.take('elif')) {
    const test = readExpression(at)
    const block = readBlock(at)
    branches.push({ test, body: block.body })
    endLine = block.endLine
  }
  if (at.take('else')) {
    const block = readBlock(at)
    branches.push({ test: undefined, body: block.body })
    endLine = block.endLine
  }
  return { kind: 'if', branches, line, endLine }
}

/**
 * A `try` whose handlers all raise again: an error ends the revision with it as without it, so that its statements
 * stand for themselves.
 */
function readTry(at: Cursor): readonly Statement[] {
  at.expect('try')
  const body = [...readBlock(at).body]
  while (at.take('except')) {
    if (!isWord(at.peek(), ':')) readExpressionList(at)
    if (at.take('as')) at.next()
    const last = readBlock(at).body.at(-1)
    if (last?.kind !== 'other' || last.what !== 'raise') throw new Unreadable('try')
  }
  for (const word of ['else', 'finally']) if (at.take(word)) body.push(...readBlock(at).body)
  return body
}

function readWith(at: Cursor): Statement {
  const { line } = at.expect('with')
  const context = readExpression(at)
  const name = at.take('as') ? at.next().text : undefined
  if (isWord(at.peek(), ',')) throw new Unreadable('with of several contexts')
  const { body, endLine } = readBlock(at)
  return { kind: 'with', context, name, body, line, endLine }
}

function readBlock(at: Cursor): { readonly body: readonly Statement[]; readonly endLine: number } {
  at.expect(':')
  const body: Statement[] = []
  if (at.peek().type !== 'newline') body.push(...readLine(at))
  else {
    at.next()
    if (at.peek().type !== 'indent') throw new Unreadable('a block without a body')
    at.next()
    while (at.peek().type !== 'dedent' && at.peek().type !== 'end') body.push(...readLine(at))
    if (at.peek().type === 'dedent') at.next()
  }
  return { body, endLine: body.at(-1)?.endLine ?? at.peek().line }
}

/** Reads over a statement with its block, and the `else`, `except` and the like that go with it. */
function readOver(at: Cursor, what: string): Other {
  const { line } = at.peek()
  const sets: string[] = []
  let endLine = line
  do {
    while (at.peek().type !== 'newline' && at.peek().type !== 'end') {
      if (setsName(at)) sets.push(at.peek().text)
      endLine = at.next().endLine
    }
    at.next()
    if (at.peek().type === 'indent') {
      let depth = 0
      do {
        if (setsName(at)) sets.push(at.peek().text)
        const { type, endLine: end } = at.next()
        if (type === 'indent') depth += 1
        else if (type === 'dedent') depth -= 1
        else if (type !== 'newline') endLine = end
      } while (depth > 0 && at.peek().type !== 'end')
    }
  } while (['else', 'elif', 'except', 'finally'].some((word) => isWord(at.peek(), word)))
  return { kind: 'other', what, sets, line, endLine }
}

/** Whether the cursor stands at a name that is assigned, imported or defined: rather too often than too seldom. */
function setsName(at: Cursor): boolean {
  if (at.peek().type !== 'name') return false
  return (
    /^([-+*/%&|^@]|\/\/|\*\*|<<|>>|:)?=$/.test(at.peek(1).text) ||
    ['for', 'as', 'def', 'import', 'del', ','].includes(at.peek(-1).text)
  )
}
