import { shellWord } from '../environment/index.ts'
import type { Progress } from '../ledger/index.ts'
import type { Project } from './project.ts'

type Files = Project['files']

/** A revision that a target schema is in the middle of, and what goes on with it. */
export interface HalfDone {
  readonly revision: string
  readonly direction: 'upgrade' | 'downgrade'
  /** How many of its statements are done, for good. */
  readonly statement: number
  /** What to do: the command to type, after the code with its file where that is not there. */
  readonly goOn: string
}

/**
 * What the ledger knows of a half-done revision, for who asks where a target schema stands.
 * @param tenant the target schema, where the line has many
 */
export function halfDoneOf(row: Progress, files: Files, tenant?: string): HalfDone {
  const { revision, direction, statement } = row
  const only = tenant === undefined ? '' : ` --tenants ${shellWord(tenant)}`
  return { revision, direction, statement, goOn: `${finishHelp(row, files)}${only}` }
}

/** What finishes a half-done revision, also where the code has no file of it. */
export function finishHelp(
  { direction, revision, line }: Pick<Progress, 'direction' | 'revision' | 'line'>,
  files: Files,
): string {
  const command =
    direction === 'upgrade' ? `just mig-upgrade ${revision} ${line}` : `just mig-downgrade -1 ${line}`
  return files.has(revision) ? command : `deploy the code that has the file of ${revision}, then ${command}`
}
