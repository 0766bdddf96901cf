import { shellWord } from '../environment/index.ts'
import type { Progress } from '../ledger/index.ts'

/** A revision that a target schema is in the middle of, and what goes on with it. */
export interface HalfDone {
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  /** How many of its statements are done, for good. */
  readonly statement: number
  /** The command to type. */
  readonly goOn: string
}

/**
 * What the ledger knows of a half-done revision, for who asks where a target schema stands.
 * @param tenant the target schema, where the line has many
 */
export function halfDoneOf(row: Progress, tenant?: string): HalfDone {
  const { revision, direction, statement } = row
  const only = tenant === undefined ? '' : ` --tenants ${shellWord(tenant)}`
  return { revision, direction, statement, goOn: `${goOnCommand(row)}${only}` }
}

/** The command that goes on with a half-done revision. */
export function goOnCommand({
  direction,
  revision,
  line,
}: Pick<Progress, 'direction' | 'revision' | 'line'>): string {
  return direction === 'upgrade' ? `just mig-upgrade ${revision} ${line}` : `just mig-downgrade -1 ${line}`
}

/** What finishes a half-done revision, also where the code has no file of it. */
export function finishHelp(
  halfDone: Pick<Progress, 'direction' | 'revision' | 'line'>,
  files: ReadonlyMap<string, unknown>,
): string {
  const command = goOnCommand(halfDone)
  const { revision } = halfDone
  return files.has(revision) ? command : `deploy the code that has the file of ${revision}, then ${command}`
}
