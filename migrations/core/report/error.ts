import { type ErrorPlace, MigError, messageOf } from '../errors.ts'
import { withoutSecrets } from '../secrets.ts'
import { cutToSize, indentedRest } from './printable.ts'
import { plainStyle, type Style } from './style.ts'
import { oneLine } from './text.ts'

/** Draws a statement's lines around a position (0-based, in UTF-16 units) with a caret under it. */
export type RenderCaret = (statement: string, position: number) => string

/** How an error of the server is shown without values of rows. */
export interface ErrorValues {
  /** Whether they are shown: on a terminal, or as `--show-data` asks. */
  readonly shown: boolean
  readonly messageWithout: (error: unknown) => string
  /** What the message of an error leaves out, by field. */
  readonly withheld: (error: unknown) => Readonly<Record<string, string>>
  /** A statement without the values in its text, and its position in what is left. */
  readonly statementWithout: (
    sql: string,
    position?: number,
  ) => { readonly sql: string; readonly position: number | undefined }
}

export interface ErrorTextOptions {
  /** Adds the stack of an error that is not a MigError. */
  readonly verbose?: boolean
  readonly style?: Style
  readonly renderCaret?: RenderCaret
  /** Default: everything is shown. */
  readonly values?: ErrorValues
}

/**
 * An error as a person reads it: `error MIG-<code>: <message>`, its place, the statement with a caret, its
 * causes, and a `help:` line. What is not a MigError is `MIG-internal`, with its stack when verbose. Passwords
 * in connection URLs are masked. No line break at the end.
 */
export function errorText(error: unknown, options: ErrorTextOptions = {}): string {
  const style = options.style ?? plainStyle
  const known = error instanceof MigError
  const { values } = options
  const withheld = values?.withheld(error) ?? {}
  const message = known || values === undefined ? messageOf(error) : values.messageWithout(error)
  const lines = [
    `${style.error(`error MIG-${known ? error.code : 'internal'}:`)} ${indentedRest(cutToSize(message))}`,
    ...valueLines(withheld, values).map(indent),
    ...placeLines(placeShown(error, values), options),
    ...causeTexts(error, message, values).map((cause) => indent(cutToSize(`cause: ${cause}`))),
  ]
  if (!known && options.verbose && error instanceof Error && error.stack !== undefined)
    lines.push(style.dim(indentedRest(cutToSize(error.stack))))
  const help = known
    ? error.help
    : options.verbose
      ? undefined
      : 'run it again with --verbose to see the stack'
  if (help !== undefined) lines.push(`${style.help('help:')} ${help.replaceAll('\n', '\n      ')}`)
  return withoutSecrets(lines.join('\n'))
}

/** A place as editors and terminals link it: `file:line:column`. */
export function placeText(place: ErrorPlace): string | undefined {
  if (place.file === undefined) return undefined
  const column = place.line === undefined || place.column === undefined ? '' : `:${place.column}`
  return oneLine(place.file) + (place.line === undefined ? '' : `:${place.line}`) + column
}

const isEmpty = (fields: Readonly<Record<string, string>>): boolean => Object.keys(fields).length === 0

function valueLines(withheld: Readonly<Record<string, string>>, values: ErrorValues | undefined) {
  if (values?.shown === true)
    return Object.entries(withheld).map(([name, text]) => cutToSize(`${name}: ${text}`))
  return isEmpty(withheld) ? [] : ["values in the server's message are hidden; --show-data shows them"]
}

/** The place of an error, without the values in the statement where the error is about values that are not shown. */
export function placeShown(error: unknown, values: ErrorValues | undefined): ErrorPlace | undefined {
  const place = error instanceof MigError ? error.place : undefined
  if (place?.statement === undefined || values === undefined || values.shown) return place
  if (isEmpty(values.withheld(error))) return place
  const { position: _, statement: __, ...rest } = place
  const { sql, position } = values.statementWithout(place.statement, place.position)
  return { ...rest, statement: sql, position }
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
  return [...lines, indent(cutToSize(drawn))]
}

/** The causes of an error, the nearest first. */
export function causesOf(error: unknown): readonly unknown[] {
  const seen = new Set([error])
  let at = error
  while (at instanceof Error && at.cause !== undefined && at.cause !== null && !seen.has(at.cause)) {
    at = at.cause
    seen.add(at)
  }
  return [...seen].slice(1)
}

/** The messages of the causes that are not part of the message above. */
function causeTexts(error: unknown, message: string, values: ErrorValues | undefined): readonly string[] {
  let said = message
  return causesOf(error).flatMap((cause) => {
    const text = values === undefined ? messageOf(cause) : causeText(cause, values)
    const isNew = text !== '' && !said.includes(text) && !isAbort(cause)
    said += `\n${text}`
    return isNew ? [text] : []
  })
}

function causeText(cause: unknown, values: ErrorValues): string {
  return cause instanceof AggregateError ? messageOf(cause) : values.messageWithout(cause)
}

/** "The operation was aborted" says nothing that `interrupted` does not. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError'

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ')
}
