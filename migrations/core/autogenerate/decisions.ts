import { MigError } from '../errors.ts'
import type { RenameDecisions } from './renames/settle.ts'
import type { CastDecisions } from './search/decisions.ts'

/** What a person decided. */
export interface Decisions {
  readonly casts: CastDecisions
  readonly renames: RenameDecisions
}

/**
 * Asks a person about what an error `decision-needed` says is open.
 * @returns what was decided on top of what was decided before
 * @throws the error itself, where nobody answers
 */
export type Decide = (open: MigError) => Promise<Decisions>

/** What a stage has made, and the decisions that it was made with. */
interface Decided<T> {
  readonly made: T
  readonly decisions: Decisions
}

/** Runs a stage of the generation; what it leaves open is asked about, and the stage alone runs again. */
export async function withDecisions<T>(
  { casts, renames, decide }: Decisions & { readonly decide?: Decide },
  stage: (decisions: Decisions) => Promise<T>,
): Promise<Decided<T>> {
  let decisions: Decisions = { casts, renames }
  for (;;) {
    try {
      return { made: await stage(decisions), decisions }
    } catch (error) {
      if (decide === undefined || !isOpen(error)) throw error
      decisions = joined(decisions, await decide(error))
    }
  }
}

/** Whether an error asks for a decision. */
export function isOpen(error: unknown): error is MigError {
  return error instanceof MigError && error.code === 'decision-needed'
}

function joined(before: Decisions, more: Decisions): Decisions {
  return {
    casts: {
      ...before.casts,
      using: { ...before.casts.using, ...more.casts.using },
      recreate: [...before.casts.recreate, ...more.casts.recreate],
      asked: [...(before.casts.asked ?? []), ...(more.casts.asked ?? [])],
    },
    renames: {
      ...before.renames,
      given: { ...before.renames.given, ...more.renames.given },
      denied: [...(before.renames.denied ?? []), ...(more.renames.denied ?? [])],
    },
  }
}
