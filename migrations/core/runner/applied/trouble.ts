import type { Environment } from '../../environment/index.ts'
import { shellWord } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import type { LastEntry } from '../../ledger/index.ts'
import type { AppliedState, Trouble } from './state.ts'

/** A state that has a trouble. */
export type Troubled = Pick<AppliedState, 'line' | 'targetSchema' | 'rows'> & { readonly trouble: Trouble }

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

/** What is wrong with a target schema's rows, in a sentence. */
export function troubleText({ targetSchema, rows, trouble }: Troubled): string {
  switch (trouble.kind) {
    case 'gone':
      return `there is no schema ${targetSchema}, and the ledger says that it is at ${headsText(rows)}`
    case 'emptied':
      return `schema ${targetSchema} is empty, and the ledger says that it is at ${headsText(rows)}: it was dropped and created again, or emptied`
    case 'disagrees':
      return `the log says that ${targetSchema} is at ${headsText(trouble.logged.heads)} (${entryText(trouble.last)}), and the version table says ${headsText(rows)}`
  }
}

/** What to type about it. */
export function troubleHelp(env: Lines, state: Troubled): string {
  const { line, targetSchema, trouble, rows } = state
  const words = targetWords(env, state)
  const startOver = `just mig-stamp base ${words}, then just mig-upgrade head ${words}`
  switch (trouble.kind) {
    case 'gone':
      return isTenant(env, line)
        ? `create it again: just mig-tenant-create ${shellWord(targetSchema)} ${line}; if it is gone for good, remove it from what env.ts lists`
        : `restore the schema from a backup, or start over: ${startOver}`
    case 'emptied':
      return `restore its objects from a backup, or start over: ${startOver}; if it is meant to be empty: just mig-stamp ${stampTarget(rows)} ${words}`
    case 'disagrees':
      return `if the log is right: just mig-stamp --from-log ${words}; if the version table is: just mig-stamp ${stampTarget(rows)} ${words}`
  }
}

/**
 * The refusal of a run on a target schema whose rows are not to be trusted.
 * Codes: `ledger-disagrees`, `no-schema`, `schema-emptied`.
 */
export function troubleError(env: Lines, state: Troubled): MigError {
  const { line, targetSchema, rows, trouble } = state
  const codes = { disagrees: 'ledger-disagrees', gone: 'no-schema', emptied: 'schema-emptied' } as const
  return new MigError(codes[trouble.kind], troubleText(state), {
    help: troubleHelp(env, state),
    exitCode: trouble.kind === 'gone' ? exitCodes.stepFailed : exitCodes.usage,
    facts: {
      ...{ line, targetSchema, applied: rows },
      ...(trouble.kind === 'disagrees' ? { logged: trouble.logged.heads } : {}),
    },
  })
}

/** What is wrong with the rows and what to type about it, for who asks where a target schema stands. */
export function troubleNote(
  env: Lines,
  state: AppliedState,
): { readonly what: string; readonly help: string } | null {
  return hasTrouble(state) ? { what: troubleText(state), help: troubleHelp(env, state) } : null
}

/** @throws MigError as `troubleError` makes it */
export function checkTrusted(env: Lines, state: AppliedState | undefined): void {
  if (state !== undefined && hasTrouble(state)) throw troubleError(env, state)
}

export function hasTrouble(state: AppliedState): state is AppliedState & Troubled {
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
