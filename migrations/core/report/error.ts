import { type ErrorPlace, MigError } from '../errors.ts'
import { plainStyle, type Style } from './style.ts'
import { withoutPasswords } from './text.ts'

/** Draws a statement's lines around a position (0-based, in UTF-16 units) with a caret under it. */
export type RenderCaret = (statement: string, position: number) => string

export interface ErrorTextOptions {
  /** Adds the stack, for errors that nobody wrote a text for. */
  readonly verbose?: boolean
  readonly style?: Style
  readonly renderCaret?: RenderCaret
}

/**
 * An error as a person reads it: `error MIG-<code>: <message>`, where it stands, the statement with a caret, what
 * caused it, and a `help:` line. What is not a MigError is `MIG-internal`, with its stack when verbose. Passwords
 * in connection URLs are masked. No line break at the end.
 */
export function errorText(error: unknown, options: ErrorTextOptions = {}): string {
  const style = options.style ?? plainStyle
  const known = error instanceof MigError
  const message = messageOf(error)
  const place = known ? error.place : undefined
  const lines = [
    `${style.error(`error MIG-${known ? error.code : 'internal'}:`)} ${message}`,
    ...placeLines(place, options),
    ...causesOf(error, message).map((cause) => indent(`cause: ${cause}`)),
  ]
  if (!known && options.verbose && error instanceof Error && error.stack !== undefined)
    lines.push(style.dim(error.stack))
  const help = known
    ? error.help
    : options.verbose
      ? undefined
      : 'run it again with --verbose to see the stack'
  if (help !== undefined) lines.push(`${style.help('help:')} ${help.replaceAll('\n', '\n      ')}`)
  return withoutPasswords(lines.join('\n'))
}

/** A place as editors and terminals link it: `file:line:column`. */
export function placeText(place: ErrorPlace): string | undefined {
  if (place.file === undefined) return undefined
  const column = place.line === undefined || place.column === undefined ? '' : `:${place.column}`
  return place.file + (place.line === undefined ? '' : `:${place.line}`) + column
}

function placeLines(place: ErrorPlace | undefined, options: ErrorTextOptions): readonly string[] {
  if (place === undefined) return []
  const at = placeText(place)
  const lines = at === undefined ? [] : [indent(`at ${at}`)]
  if (place.statement === undefined) return lines
  const drawn =
    place.position === undefined || options.renderCaret === undefined
      ? place.statement.trim()
      : options.renderCaret(place.statement, place.position)
  return [...lines, indent(drawn)]
}

/** The messages of the chain of causes that the message above does not hold already. */
function causesOf(error: unknown, message: string): readonly string[] {
  const causes: string[] = []
  const seen = new Set<unknown>([error])
  let said = message
  let cause = error instanceof Error ? error.cause : undefined
  while (cause !== undefined && cause !== null && !seen.has(cause)) {
    seen.add(cause)
    const text = messageOf(cause)
    if (text !== '' && !said.includes(text) && !isAbort(cause)) causes.push(text)
    said += `\n${text}`
    cause = cause instanceof Error ? cause.cause : undefined
  }
  return causes
}

/** "The operation was aborted" says nothing that `interrupted` does not. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message
  // A refused connection to a name with two addresses is an AggregateError without a message of its own.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(messageOf))].join('; ')
  return error.name
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
