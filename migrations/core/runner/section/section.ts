import { type Progress, progressStatement } from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { rollBack } from '../session/session.ts'
import { pausingStatements } from '../statement/own-sql.ts'
import { retrying } from '../statement/retry.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'
import { stillLocked } from '../statement/still-locked.ts'

/** What a statement that is done outside the transaction needs to know. */
export interface SectionContext {
  readonly context: StepContext
  readonly step: PlanStep
  readonly start: StepStart
  /** The progress row as it would be with the statement under way done. */
  readonly reached: () => Progress
  /** The progress row as the ledger has it. */
  readonly stored: () => Progress
  readonly save: (progress: Progress) => Promise<void>
  /** Notes a row that the caller has committed. */
  readonly noteSaved: (progress: Progress) => void
  /** Looks at what the transaction has made. @throws MigError `lands-elsewhere` */
  readonly beforeCommit: () => Promise<void>
  /** @throws MigError `not-awaited` once the revision has ended */
  readonly checkNotOver: () => void
}

/** Runs a piece of work and notes its progress in one transaction, again while it meets a lock. */
export async function inTransaction<Result>(
  { context, step, start, reached, noteSaved, beforeCommit }: SectionContext,
  body: (lockTimeout: number) => Promise<Result>,
  progressAfter: (result: Result) => Progress = reached,
): Promise<Result> {
  const { session, project } = context
  return retrying(context, step, async () => {
    session.signal?.throwIfAborted()
    await session.client.query('BEGIN')
    try {
      const result = await body(start.lockTimeout)
      const progress = progressAfter(result)
      await beforeCommit()
      const { ledgerSchema } = project.env
      const saved = [stillLocked(ledgerSchema, step), progressStatement(ledgerSchema, progress)]
      await session.client.query([...pausingStatements(start), ...saved, 'COMMIT'].join('; '))
      noteSaved(progress)
      return result
    } catch (error) {
      if (!isConnectionLost(error)) await rollBack(session)
      throw error
    }
  })
}
