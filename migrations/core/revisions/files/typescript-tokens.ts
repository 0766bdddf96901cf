/** A piece of a TypeScript module. */
export interface TypeScriptToken {
  readonly kind: 'comment' | 'string' | 'template' | 'word' | 'mark' | 'broken' | 'end'
  readonly text: string
  readonly start: number
  readonly end: number
}

const space = /\s*/y
const patterns = {
  comment: /\/\/[^\n]*|\/\*[\s\S]*?\*\//y,
  string: /'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y,
  template: /`(?:[^`\\]|\\[\s\S])*`/y,
  word: /[\p{L}\p{N}_$#]+/uy,
  mark: /=>|[^\s'"`]/uy,
} as const

/**
 * The token at an offset; `broken` where a comment, a string or a template does not end.
 * Enough of the language for imports, type annotations and literals; a regular expression or a template with
 * nested templates is not told apart, and stands in no header of a revision.
 */
export function typeScriptToken(text: string, offset: number): TypeScriptToken {
  space.lastIndex = offset
  space.test(text)
  const start = space.lastIndex
  if (start >= text.length) return { kind: 'end', text: '', start, end: start }
  const kind = kindAt(text, start)
  const pattern = patterns[kind]
  pattern.lastIndex = start
  if (!pattern.test(text))
    return { kind: 'broken', text: text.slice(start, start + 1), start, end: start + 1 }
  const end = pattern.lastIndex
  return { kind, text: text.slice(start, end), start, end }
}

function kindAt(text: string, at: number): keyof typeof patterns {
  const first = text[at] ?? ''
  if (first === "'" || first === '"') return 'string'
  if (first === '`') return 'template'
  if (first === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) return 'comment'
  return /[\w$#]/.test(first) || /^[\p{L}\p{N}]/u.test(text.slice(at, at + 2)) ? 'word' : 'mark'
}

/** The next token that is not a comment. */
export function tokenAfter(text: string, offset: number): TypeScriptToken {
  let token = typeScriptToken(text, offset)
  while (token.kind === 'comment') token = typeScriptToken(text, token.end)
  return token
}

/** The line of an offset, 1-based. */
export function lineOf(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1
  return line
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
}

/** The value of a string literal, or of a template without substitutions; undefined when it has some. */
export function literalValue({ kind, text }: TypeScriptToken): string | undefined {
  if (kind !== 'string' && kind !== 'template') return undefined
  // A template has line feeds alone (ECMAScript, "Static Semantics: TV and TRV").
  const inner = kind === 'template' ? text.slice(1, -1).replaceAll(/\r\n?/g, '\n') : text.slice(1, -1)
  if (kind === 'template' && /(?<!\\)(?:\\\\)*\$\{/.test(inner)) return undefined
  if (!inner.includes('\\')) return inner
  return inner.replace(
    /\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|\r\n|([\s\S]))/g,
    (
      _,
      point: string | undefined,
      unit: string | undefined,
      byte: string | undefined,
      char: string | undefined,
    ) => {
      const code = point ?? unit ?? byte
      if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
      if (char === undefined || char === '\n') return ''
      return escapes[char] ?? char
    },
  )
}
