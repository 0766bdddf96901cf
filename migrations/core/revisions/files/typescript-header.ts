import { type LossField, lossField } from './header-comment.ts'
import {
  lineOf,
  literalValue,
  type TypeScriptToken,
  tokenAfter,
  typeScriptToken,
} from './typescript-tokens.ts'

type MetadataValue = string | readonly string[] | null

/** What the header of a TypeScript revision says, or why it cannot be read. */
export type TypeScriptHeader =
  | {
      readonly comment: string | undefined
      /** The line on which the comment begins, 1-based. */
      readonly commentLine: number
      readonly values: ReadonlyMap<string, { readonly value: MetadataValue; readonly line: number }>
      /** What `//` comments announce. */
      readonly losses: readonly LossField[]
      /** Whether a function was reached: then the header is complete. */
      readonly complete: boolean
    }
  | {
      readonly problem: string
      readonly code: 'metadata-not-literal' | 'unreadable-revision'
      readonly line: number
    }

const metadata = new Set(['revision', 'downRevision', 'dependsOn', 'branchLabels', 'irreversible'])
const bodies = new Set(['upgrade', 'downgrade'])

/** Reads the metadata constants and the doc comment at the top of a module, up to its first function. */
export function typeScriptHeader(text: string): TypeScriptHeader {
  const values = new Map<string, { value: MetadataValue; line: number }>()
  let comment: string | undefined
  let commentLine = 1
  const losses: LossField[] = []
  let at = text.startsWith('\uFEFF') ? 1 : 0
  let depth = 0
  for (;;) {
    const token = typeScriptToken(text, at)
    if (token.kind === 'end') {
      if (depth > 0) return unreadable(text, token, 'a bracket is never closed')
      return { comment, commentLine, values, losses, complete: false }
    }
    if (token.kind === 'broken') return unreadable(text, token, 'a comment or a string never ends')
    at = token.end
    if (token.kind === 'comment') {
      if (values.size === 0 && comment === undefined && token.text.startsWith('/**')) {
        comment = token.text
        commentLine = lineOf(text, token.start)
      }
      const loss = token.text.startsWith('//')
        ? lossField(token.text.slice(2), lineOf(text, token.start))
        : undefined
      if (loss !== undefined && depth === 0) losses.push(loss)
      continue
    }
    if (token.kind === 'mark') {
      if ('([{'.includes(token.text)) depth += 1
      if (')]}'.includes(token.text)) depth -= 1
      if (depth < 0) return unreadable(text, token, `'${token.text}' closes nothing`)
      continue
    }
    if (token.kind !== 'word' || depth > 0) continue
    if (['function', 'async', 'class'].includes(token.text))
      return { comment, commentLine, values, losses, complete: true }
    if (!['const', 'let', 'var'].includes(token.text)) continue
    const name = tokenAfter(text, at)
    if (bodies.has(name.text)) return { comment, commentLine, values, losses, complete: true }
    if (!metadata.has(name.text)) continue
    const read = readConstant(text, name)
    if ('problem' in read) return read
    if (values.has(name.text)) return unreadable(text, name, `${name.text} is declared twice`)
    values.set(name.text, { value: read.value, line: lineOf(text, name.start) })
    at = read.end
  }
}

type Problem = Extract<TypeScriptHeader, { problem: string }>

/** `: annotation = literal as const` after a name. */
function readConstant(text: string, name: TypeScriptToken): { value: MetadataValue; end: number } | Problem {
  let token = tokenAfter(text, name.end)
  while (token.text !== '=' && token.kind !== 'end' && token.text !== ';') token = tokenAfter(text, token.end)
  if (token.text !== '=') return notLiteral(text, name)
  const first = tokenAfter(text, token.end)
  if (first.kind === 'broken') return unreadable(text, first, `the value of ${name.text} never ends`)
  const read = first.text === '[' ? readList(text, first.end) : readScalar(first)
  if (read === undefined) return notLiteral(text, name)
  const after = tokenAfter(text, read.end)
  const onNewLine = text.slice(read.end, after.start).includes('\n')
  const ends = after.kind === 'end' || after.text === ';' || after.text === 'as' || after.text === 'satisfies'
  const starts = onNewLine && after.kind === 'word'
  return ends || starts ? read : notLiteral(text, name)
}

function readScalar(token: TypeScriptToken): { value: MetadataValue; end: number } | undefined {
  if (token.text === 'null' || token.text === 'undefined') return { value: null, end: token.end }
  const value = literalValue(token)
  return value === undefined ? undefined : { value, end: token.end }
}

function readList(text: string, from: number): { value: MetadataValue; end: number } | undefined {
  const value: string[] = []
  let token = tokenAfter(text, from)
  while (token.text !== ']') {
    const item = literalValue(token)
    if (item === undefined) return undefined
    value.push(item)
    token = tokenAfter(text, token.end)
    if (token.text === ',') token = tokenAfter(text, token.end)
    else if (token.text !== ']') return undefined
  }
  return { value, end: token.end }
}

function notLiteral(text: string, name: TypeScriptToken): Problem {
  return {
    code: 'metadata-not-literal',
    problem:
      name.text === 'irreversible'
        ? 'irreversible is not a string literal with the reason'
        : `${name.text} is not a plain literal`,
    line: lineOf(text, name.start),
  }
}

function unreadable(text: string, token: TypeScriptToken, problem: string): Problem {
  return { code: 'unreadable-revision', problem, line: lineOf(text, token.start) }
}
