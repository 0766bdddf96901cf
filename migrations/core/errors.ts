import { types } from 'node:util'

/** The exit codes of every command. */
export const exitCodes = {
  done: 0,
  differences: 1,
  usage: 2,
  stepFailed: 3,
  decisionNeeded: 4,
  proofFailed: 5,
  lockNotObtained: 6,
  someTenantsFailed: 7,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The exit code of a run that was aborted, from the signal's name as the reason: 128 and the signal's number. */
export function interruptExitCode(reason: unknown): ExitCode {
  if (reason === 'SIGTERM') return exitCodes.terminated
  return reason === 'SIGHUP' ? exitCodes.hungUp : exitCodes.interrupted
}

/** The place of an error: a file, and in it a line, or a statement with a position. */
export interface ErrorPlace {
  readonly file?: string
  /** 1-based. */
  readonly line?: number
  /** 1-based. */
  readonly column?: number
  readonly statement?: string
  /** 0-based offset in `statement`, in UTF-16 units. */
  readonly position?: number
}

export interface MigErrorOptions {
  readonly help?: string
  readonly exitCode?: ExitCode
  readonly place?: ErrorPlace
  /** The facts of the error, for `--json`; never a password. */
  readonly facts?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * An error that a person is meant to read: printed as `error MIG-<code>: <message>` with a `help:` line.
 * `code` is stable and written without the `MIG-` prefix (`ahead-of-code`).
 */
export class MigError extends Error {
  readonly code: string
  readonly help: string | undefined
  readonly exitCode: ExitCode
  readonly place: ErrorPlace | undefined
  readonly facts: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, options: MigErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'MigError'
    this.code = code
    this.help = options.help
    this.exitCode = options.exitCode ?? exitCodes.usage
    this.place = options.place
    this.facts = options.facts ?? {}
  }

  /** This error with other words or facts; what is not given stays, the stack too. */
  with({ message = this.message, ...options }: MigErrorOptions & { readonly message?: string }): MigError {
    const copy = new MigError(this.code, message, {
      help: this.help,
      exitCode: this.exitCode,
      place: this.place,
      facts: this.facts,
      cause: this.cause,
      ...options,
    })
    if (this.stack !== undefined) copy.stack = this.stack
    return copy
  }
}

/**
 * The code of an error of Node, PostgreSQL or a package; '' for one without. An error of Node itself is of another `Error`
 * than ours where a test runner has modules run in a context of their own.
 */
export function errorCode(error: unknown): string {
  return types.isNativeError(error) && 'code' in error ? String(error.code) : ''
}

/** What an error says; several in one, as of the addresses of a host name that Node has tried, each once. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message
  return error instanceof AggregateError ? [...new Set(error.errors.map(messageOf))].join('; ') : error.name
}
