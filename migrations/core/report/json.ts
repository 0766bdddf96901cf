import { type ErrorPlace, MigError, messageOf } from '../errors.ts'
import type { MigEvent } from '../events.ts'
import { withoutSecrets } from '../secrets.ts'
import { causesOf, type ErrorValues, placeShown } from './error.ts'
import type { LookLine } from './json-look.ts'
import type { MadeLine } from './json-made.ts'

/** The first line of a command that uses a database. */
export interface EnvironmentLine {
  readonly event: 'environment'
  /** Its URL, password masked. */
  readonly database: string
  /** Where the URL came from: a variable's name, `env.ts`, `embedded` or `argument`. */
  readonly source: string
  /** The schema keys of the filter. */
  readonly lines: readonly string[]
  /** Their schemas. */
  readonly schemas: readonly string[]
}

/** The last line of a command that ran, or had nothing to run or to list. */
export interface DoneLine {
  readonly event: 'done'
  readonly direction?: 'upgrade' | 'downgrade'
  readonly steps: number
  readonly ms: number
  /** The results for the tenants of a line. */
  readonly tenants?: {
    readonly line: string
    readonly done: number
    readonly failed: number
    readonly left: number
    readonly groups: readonly {
      readonly code: string
      readonly message: string
      readonly tenants: readonly string[]
    }[]
  }
  /** The state of the lines, if there was nothing to do. */
  readonly lines?: readonly {
    readonly line: string
    readonly targetSchema: string
    readonly revisions: readonly string[]
  }[]
}

/** The line of a command that found nothing to do or to list. */
export const nothingLine: DoneLine = { event: 'done', steps: 0, ms: 0 }

/** The lines of a list; an empty one has a line too, so that a reader knows that it has read it. */
export function listLines<Line>(lines: readonly Line[]): readonly (Line | DoneLine)[] {
  return lines.length === 0 ? [nothingLine] : lines
}

/** The last line of a command that failed; `exitCode` is what the process exits with. */
export interface ErrorLine {
  readonly event: 'error'
  /** Without the `MIG-` prefix; `internal` for an unexpected error. */
  readonly code: string
  readonly message: string
  /** The next command to type. */
  readonly help?: string
  /** What the process exits with. */
  readonly exitCode: number
  readonly place?: ErrorPlace
  /** By `code`; with `--show-data` also `data`: what else the server says. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Messages, the nearest first. */
  readonly causes: readonly string[]
}

export type ResultLine = EnvironmentLine | LookLine | MadeLine | DoneLine | ErrorLine

/** The exit code of an error that is not a MigError. */
const internalExitCode = 1

/** An error as `--json` shows it; with `values.shown` the facts have what the server says of values of rows. */
export function errorLine(error: unknown, values?: ErrorValues): ErrorLine {
  const textOf = values?.messageWithout ?? messageOf
  const causes = causesOf(error).map(textOf)
  const withheld = values?.shown === true ? values.withheld(error) : {}
  const data = Object.keys(withheld).length === 0 ? {} : { data: withheld }
  if (!(error instanceof MigError)) {
    const message = textOf(error)
    return { event: 'error', code: 'internal', message, exitCode: internalExitCode, facts: data, causes }
  }
  const { code, message, help, exitCode } = error
  const place = placeShown(error, values)
  return { event: 'error', code, message, help, exitCode, place, facts: { ...error.facts, ...data }, causes }
}

/** Printed unchanged: the purpose of these lines is the URL, the data, the script. */
const verbatim: readonly string[] = ['database', 'rows', 'sql']

/**
 * An event or a result as one line of JSON, as docs/reference/json.md describes it, without its line break. Dates are ISO 8601,
 * big integers are texts, passwords are masked.
 */
export function jsonLine(value: MigEvent | ResultLine): string {
  const masks = !verbatim.includes(value.event)
  const text = JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'bigint') return String(part)
    return masks && typeof part === 'string' ? withoutSecrets(part) : part
  })
  return text.replace(escaped, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Valid in JSON, but not harmless in a terminal or a CI log: control characters from DEL on, those that reorder text, and
 * the second `#` of `##[`, which is a command for a runner anywhere in a line.
 */
const escaped = /[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|(?<=#)#/g
