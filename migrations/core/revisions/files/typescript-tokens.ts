/** A piece of a TypeScript module. */
export interface TypeScriptToken {
  readonly kind: 'comment' | 'string' | 'template' | 'word' | 'mark' | 'broken' | 'end'
  readonly text: string
  readonly start: number
  readonly end: number
}

const space = /\s*/y
const token =
  /(?<comment>\/\/[^\n]*|\/\*[\s\S]*?\*\/)|(?<string>'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*")|(?<template>`(?:[^`\\]|\\[\s\S])*`)|(?<word>[\p{L}\p{N}_$#]+)|(?<mark>=>|[^\s'"`])/uy

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
  token.lastIndex = start
  const groups = token.exec(text)?.groups
  const end = token.lastIndex
  const part = text.slice(start, end)
  if (groups === undefined || (part === '/' && text.startsWith('/*', start))) {
    return { kind: 'broken', text: text.slice(start, start + 1), start, end: start + 1 }
  }
  const kind = kinds.find((each) => groups[each] !== undefined) ?? 'mark'
  return { kind, text: part, start, end }
}

const kinds = ['comment', 'string', 'template', 'word'] as const

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
