import { literalValue, type TypeScriptToken, tokenAfter } from './typescript-tokens.ts'

/** The names of the target schema that a text may take, as `op` has them. */
export interface SchemaNames {
  readonly schema: string
  readonly schemaName: string
}

/** A TypeScript revision that is nothing but `await op.execute('…')` over and over, so that it need not be compiled. */
export interface PlainStatements {
  /** What each function executes, in its order; it has no result that anything depends on. */
  readonly bodies: ReadonlyMap<string, readonly ((op: SchemaNames) => string)[]>
  /** The values of its constants, as text. */
  readonly constants: ReadonlyMap<string, string>
}

/**
 * Reads a TypeScript revision that has types, constants and the two functions, each of which does nothing but execute
 * texts that are written there. What this does not know, be it a mistake, is for the compiler.
 * @returns undefined where the file is, or may be, anything else
 */
export function plainStatements(source: string): PlainStatements | undefined {
  // To JavaScript these are ends of a line too, and of a comment.
  if (/\r(?!\n)|[\u2028\u2029]/.test(source)) return undefined
  const tokens = tokenReader(source)
  const bodies = new Map<string, readonly ((op: SchemaNames) => string)[]>()
  const constants = new Map<string, string>()
  const names = new Set<string>()
  for (;;) {
    const token = tokens.next()
    if (token.kind === 'end') return { bodies, constants }
    if (token.text === ';') continue
    if (token.text === 'import') {
      if (!readTypeImport(tokens)) return undefined
      continue
    }
    const kind = token.text === 'export' ? tokens.next().text : ''
    if (kind === 'async' && tokens.next().text !== 'function') return undefined
    const { kind: nameKind, text: name } = tokens.next()
    if (nameKind !== 'word' || names.has(name)) return undefined
    names.add(name)
    const isSide = name === 'upgrade' || name === 'downgrade'
    if (kind === 'const' && !isSide) {
      const value = readConstant(tokens)
      if (value === undefined) return undefined
      if (value !== null) constants.set(name, value)
    } else if (kind === 'async' && isSide) {
      const body = readFunction(tokens)
      if (body === undefined) return undefined
      bodies.set(name, body)
    } else return undefined
  }
}

interface TokenReader {
  /** The next token that is not a comment. */
  readonly next: () => TypeScriptToken
  readonly peek: () => TypeScriptToken
  /** Takes the tokens with these texts; false, having taken some, where others come. */
  readonly take: (...texts: readonly string[]) => boolean
  /** Takes the end of a statement: a semicolon, or what may follow without one. */
  readonly takeEnd: () => boolean
}

function tokenReader(source: string): TokenReader {
  let at = source.startsWith('\uFEFF') ? 1 : 0
  let ahead: TypeScriptToken | undefined
  const peek = () => {
    ahead ??= tokenAfter(source, at)
    return ahead
  }
  const next = () => {
    const token = peek()
    at = token.end
    ahead = undefined
    return token
  }
  return {
    next,
    peek,
    take: (...texts) => texts.every((text) => next().text === text),
    takeEnd() {
      const end = at
      const { kind, text, start } = peek()
      if (text === ';') next()
      const isNewLine = kind === 'word' && source.slice(end, start).includes('\n')
      return text === ';' || text === '}' || kind === 'end' || isNewLine
    },
  }
}

/** `type { Operations } from '…'` after `import`. */
function readTypeImport(tokens: TokenReader): boolean {
  if (!tokens.take('type')) return false
  for (;;) {
    const token = tokens.next()
    if (token.kind === 'string') return tokens.takeEnd()
    if (!isOf(token, '{},*')) return false
  }
}

/** Whether a token is a word or one of the marks. */
function isOf({ kind, text }: TypeScriptToken, marks: string): boolean {
  return kind === 'word' || (kind === 'mark' && marks.includes(text))
}

/** `: annotation = literal` after a name; null for undefined. */
function readConstant(tokens: TokenReader): string | null | undefined {
  if (![':', '='].includes(tokens.peek().text)) return undefined
  for (let token = tokens.next(); token.text !== '='; token = tokens.next()) {
    if (!isOf(token, ':[]|<>')) return undefined
  }
  const token = tokens.next()
  const value = token.text === '[' ? readList(tokens) : readScalar(token)
  if (tokens.peek().text === 'as' && !tokens.take('as', 'const')) return undefined
  return tokens.takeEnd() ? value : undefined
}

function readScalar(token: TypeScriptToken): string | null | undefined {
  if (token.text === 'undefined') return null
  return /^(?:\d{1,15}|null|true|false)$/.test(token.text) ? token.text : textValue(token)
}

function readList(tokens: TokenReader): string | undefined {
  const items: string[] = []
  for (;;) {
    const token = tokens.next()
    if (token.text === ']') return JSON.stringify(items)
    const item = token.text === ',' ? undefined : textValue(token)
    if (item !== undefined) items.push(item)
    else if (token.text !== ',') return undefined
  }
}

/** `(op: Operations): Promise<void> { … }` after the name of a function. */
function readFunction(tokens: TokenReader): readonly ((op: SchemaNames) => string)[] | undefined {
  if (!tokens.take('(')) return undefined
  let op = ''
  if (tokens.peek().kind === 'word') {
    op = tokens.next().text
    if (tokens.peek().text === ':' && !(tokens.take(':') && tokens.next().kind === 'word')) return undefined
  }
  if (!tokens.take(')')) return undefined
  if (tokens.peek().text === ':' && !tokens.take(':', 'Promise', '<', 'void', '>')) return undefined
  if (!tokens.take('{')) return undefined
  const texts: ((op: SchemaNames) => string)[] = []
  while (tokens.peek().text !== '}') {
    if (op === '' || !tokens.take('await', op, '.', 'execute', '(')) return undefined
    const text = executedText(tokens.next(), op)
    if (tokens.peek().text === ',') tokens.next()
    if (text === undefined || !tokens.take(')') || !tokens.takeEnd()) return undefined
    texts.push(text)
  }
  tokens.next()
  return texts
}

function executedText(token: TypeScriptToken, op: string): ((op: SchemaNames) => string) | undefined {
  const whole = textValue(token)
  if (whole !== undefined) return () => whole
  // Behind a backslash it is no substitution.
  if (token.kind !== 'template' || token.text.includes('\\$')) return undefined
  const parts = token.text.slice(1, -1).split(/\$\{\s*(\w+)\s*\.\s*(schema|schemaName)\s*\}/)
  const values: ((op: SchemaNames) => string)[] = []
  for (let at = 0; at < parts.length; at += 3) {
    const value = textValue({ ...token, text: `\`${parts[at] ?? ''}\`` })
    if (value === undefined || (at > 0 && parts[at - 2] !== op)) return undefined
    const name = parts[at - 1]
    values.push(({ schema, schemaName }) =>
      at === 0 ? value : `${name === 'schema' ? schema : schemaName}${value}`,
    )
  }
  return (names) => values.map((value) => value(names)).join('')
}

/** A backslash and what it may stand before; the compiler refuses others, or knows what they mean. */
const escapes = /\\(?:u\{[\da-fA-F]{1,5}\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|0(?!\d)|[nrtbfv'"`$\\{]|\r?\n)/g

function textValue(token: TypeScriptToken): string | undefined {
  return token.text.replaceAll(escapes, '').includes('\\') ? undefined : literalValue(token)
}
