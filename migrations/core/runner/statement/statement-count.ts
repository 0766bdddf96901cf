import { createHash } from 'node:crypto'
import type { Progress } from '../../ledger/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { whereFrom } from '../session/session.ts'
import type { StepStart } from './step-context.ts'
import { resumeDiffers } from './step-error.ts'

export type StatementCount = ReturnType<typeof statementCount>

/**
 * The statements of one attempt at a revision, counted from its start, so that a later attempt knows those that are done.
 * @param start with the progress that an earlier attempt has left, if any
 * @param words as `targetWords` makes them
 */
export function statementCount(step: PlanStep, start: StepStart, words: string) {
  const doneBefore = start.progress?.statement ?? 0
  const { targetSchema, revision, direction, line } = step
  let stored: Progress = start.progress ?? {
    ...{ targetSchema, revision, direction, line, checksum: start.checksum, host: whereFrom },
    ...{ statement: 0, digest: '', pending: null, backfill: null },
  }
  let inLedger = start.progress !== undefined
  let counted = 0
  let digest = ''
  return {
    /**
     * Counts a statement; true when an earlier attempt has done it.
     * @throws MigError `resume-differs` when another statement was done in its place
     */
    isDone(text: string): boolean {
      counted += 1
      digest = createHash('sha256').update(`${digest}\n${text}`).digest('hex').slice(0, 32)
      if (counted === doneBefore && digest !== start.progress?.digest)
        throw resumeDiffers(step, doneBefore, words)
      return counted <= doneBefore
    },
    /** The progress row as it would be with all counted statements done. */
    reached: (): Progress => ({
      ...stored,
      ...{ checksum: start.checksum, host: whereFrom, statement: counted, digest },
      ...{ pending: null, backfill: null },
    }),
    /** The progress row as the ledger has it, or would have it before the first statement. */
    stored: () => stored,
    inLedger: () => inLedger,
    noteSaved(progress: Progress) {
      stored = progress
      inLedger = true
    },
    /** @throws MigError `resume-differs` when the revision ends before what was done */
    checkAllMet() {
      if (counted < doneBefore) throw resumeDiffers(step, doneBefore, words)
    },
  }
}
