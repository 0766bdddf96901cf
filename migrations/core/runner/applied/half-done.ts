import type { Progress } from '../../ledger/index.ts'
import type { Project } from '../project.ts'

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
 * @param words the words after a command that name the target schema, as `targetWords` makes them
 */
export function halfDoneOf(row: Progress, files: Files, words: string): HalfDone {
  const { revision, direction, statement } = row
  return { revision, direction, statement, goOn: finishHelp(row, files, words) }
}

/** What finishes a half-done revision, also where the code has no file of it. @param words as for `halfDoneOf` */
export function finishHelp(
  { direction, revision }: Pick<Progress, 'direction' | 'revision'>,
  files: Files,
  words: string,
): string {
  const command =
    direction === 'upgrade' ? `just mig-upgrade ${revision} ${words}` : `just mig-downgrade -1 ${words}`
  return files.has(revision) ? command : `deploy the code that has the file of ${revision}, then ${command}`
}
