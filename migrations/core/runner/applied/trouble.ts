import { type Environment, shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { LastEntry, Progress } from '../../ledger/index.ts'
import type { Project } from '../project.ts'
import type { AppliedState, Trouble } from './state.ts'

/** A state that has a trouble. */
type Troubled = Pick<AppliedState, 'line' | 'targetSchema' | 'rows'> & { readonly trouble: Trouble }

type Lines = Pick<Environment, 'lines'>

/** The words after a command that name a target schema: its key, or the key and the tenant. */
export function targetWords(
  { lines }: Lines,
  { line, targetSchema }: Pick<AppliedState, 'line' | 'targetSchema'>,
): string {
  return isTenant({ lines }, line) ? `${line} --tenants ${shellWord(targetSchema)}` : line
}

export function isTenant({ lines }: Lines, line: string): boolean {
  return lines.some(({ key, tenants }) => key === line && tenants !== null)
}

/**
 * The refusal of a run on a target schema whose rows are not to be trusted.
 * Codes: `ledger-disagrees`, `no-schema`, `schema-emptied`.
 */
function troubleError(env: Lines, state: Troubled): MigError {
  const { line, targetSchema, rows, trouble } = state
  const words = targetWords(env, state)
  const startOver = `just mig-stamp base ${words}, then just mig-upgrade head ${words}`
  const facts = { line, targetSchema, applied: rows }
  const ledger = `the ledger says that it is at ${headsText(rows)}`
  switch (trouble.kind) {
    case 'gone':
      return new MigError('no-schema', `there is no schema ${targetSchema}, and ${ledger}`, {
        help: isTenant(env, line)
          ? `create it again: just mig-tenant-create ${shellWord(targetSchema)} ${line}; if it is gone for good, remove it from the list in env.ts`
          : `restore the schema from a backup, or start over: ${startOver}`,
        exitCode: exitCodes.stepFailed,
        facts,
      })
    case 'emptied':
      return new MigError(
        'schema-emptied',
        `schema ${targetSchema} is empty, and ${ledger}: it was emptied, or dropped and created again`,
        {
          help: `restore its objects from a backup, or start over: ${startOver}; if it is meant to be empty: just mig-stamp ${stampTarget(rows)} ${words}`,
          facts,
        },
      )
    case 'disagrees': {
      const { heads } = trouble.logged
      return new MigError(
        'ledger-disagrees',
        `the log says that ${targetSchema} is at ${headsText(heads)} (${entryText(trouble.last)}), and the version table says ${headsText(rows)}`,
        {
          help: `if the log is right: just mig-stamp --from-log ${words}; if the version table is: just mig-stamp ${stampTarget(rows)} ${words}`,
          facts: { ...facts, logged: heads },
        },
      )
    }
  }
}

/** What is wrong with the rows and what to type about it, for who asks where a target schema stands. */
export function troubleNote(
  env: Lines,
  state: AppliedState,
): { readonly what: string; readonly help: string } | null {
  if (!hasTrouble(state)) return null
  const { message, help = '' } = troubleError(env, state)
  return { what: message, help }
}

/** @throws MigError `ledger-disagrees`, `no-schema`, `schema-emptied` where the rows are not to be trusted */
export function checkTrusted(env: Lines, state: AppliedState | undefined): void {
  if (state !== undefined && hasTrouble(state)) throw troubleError(env, state)
}

function hasTrouble(state: AppliedState): state is AppliedState & Troubled {
  return state.trouble !== null
}

function headsText(rows: readonly string[]): string {
  return rows.join(', ') || 'base'
}

/** Rows as the target of a stamp to type. */
export function stampTarget(rows: readonly string[]): string {
  return rows.length > 1 ? `"${rows.join(' ')}"` : (rows[0] ?? 'base')
}

function entryText({ direction, revision, at, who }: LastEntry): string {
  const what = direction === 'stamp' ? 'stamped' : `${direction} ${revision}`
  return `${what} at ${at.slice(0, 19)}Z by ${who}`
}

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
