import { type ErrorPlace, MigError } from '../errors.ts'

/** What `mig-verify` looks at, in its order. */
export const checkNames = [
  'files',
  'changed',
  'forks',
  'checksums',
  'fresh',
  'stairway',
  'row-tests',
  'offline',
] as const

export type CheckName = (typeof checkNames)[number]

/** The result of one check, of the whole project or of one revision. */
export interface CheckOutcome {
  readonly check: CheckName
  readonly status: 'ok' | 'failed' | 'skipped'
  readonly line?: string
  readonly revision?: string
  /** What was found, in one or more lines; of what is in order, what it was. */
  readonly message: string
  readonly help?: string
  readonly place?: ErrorPlace
  /** The lines that were written into the header of the revision file. */
  readonly announced?: readonly string[]
  /** Lines that the header of an imported revision lacks; elsewhere these are failures. */
  readonly unannounced?: readonly string[]
  readonly ms: number
}

/** What a check says; the time is taken around it where it says none. */
export type Found = Omit<CheckOutcome, 'check' | 'ms'> & Partial<Pick<CheckOutcome, 'ms'>>

/** Errors that say nothing about the revisions: no check goes on after them. */
const outsideErrors = new Set(['no-scratch', 'connection-lost', 'interrupted', 'no-server'])

/**
 * Runs a check. What it throws is what it found, unless the database or the user ended it.
 * @throws the signal's reason; errors about the server; what is not a MigError, since nobody foresaw it
 */
export async function checked(
  check: CheckName,
  signal: AbortSignal | undefined,
  body: () => readonly Found[] | Promise<readonly Found[]>,
): Promise<readonly CheckOutcome[]> {
  const started = performance.now()
  const found = await foundBy(signal, body)
  const ms = performance.now() - started
  return found.map((each) => ({ ms, ...each, check }))
}

async function foundBy(
  signal: AbortSignal | undefined,
  body: () => readonly Found[] | Promise<readonly Found[]>,
): Promise<readonly Found[]> {
  signal?.throwIfAborted()
  try {
    return await body()
  } catch (error) {
    signal?.throwIfAborted()
    if (!(error instanceof MigError) || outsideErrors.has(error.code)) throw error
    return [failure(error)]
  }
}

/** An error as what a check found. */
export function failure(error: MigError): Found {
  return {
    status: 'failed',
    message: error.message,
    ...(error.help === undefined ? {} : { help: error.help }),
    ...(error.place === undefined ? {} : { place: error.place }),
  }
}

/** `1 revision`, `2 revisions`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
