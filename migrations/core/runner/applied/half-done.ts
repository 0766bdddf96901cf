import { exitCodes, MigError } from '../../errors.ts'
import type { Progress } from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import { stampTarget, targetWords } from './trouble.ts'

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
  return files.has(revision) ? command : `deploy the code with the file of ${revision}, then ${command}`
}

/** A half-done revision stands in the way of another. */
export function halfDoneFirst(
  halfDone: Pick<Progress, 'revision' | 'line' | 'direction' | 'statement' | 'targetSchema'>,
  applied: readonly string[],
  { env, files }: Pick<Project, 'env' | 'files'>,
): MigError {
  const { revision, direction, statement, targetSchema } = halfDone
  const words = targetWords(env, halfDone)
  return new MigError(
    'half-done',
    `${direction} ${revision} on ${targetSchema} is half done (${statementsDone(statement)}), so nothing else can run there`,
    {
      help: `finish it: ${finishHelp(halfDone, files, words)}; or undo those statements by hand, then forget them: just mig-stamp ${stampTarget(applied)} ${words}`,
      exitCode: exitCodes.stepFailed,
      facts: { revision, targetSchema, direction, statementsDone: statement },
    },
  )
}

/** How many statements of a revision are done, in words. */
export function statementsDone(count: number): string {
  return `${count} ${count === 1 ? 'statement' : 'statements'} done`
}
