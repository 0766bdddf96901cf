import { type Progress, progressStatement } from '../../ledger/index.ts'
import { isConnectionLost } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { rollBack } from '../session/session.ts'
import { pausingStatements, stillLocked } from '../statement/own-sql.ts'
import { retrying } from '../statement/retry.ts'
import type { StatementCount } from '../statement/statement-count.ts'
import type { StepContext, StepStart } from '../statement/step-context.ts'

/** What a statement that is done outside the transaction needs to know, with the count of the revision's statements. */
export interface SectionContext extends StatementCount {
  readonly context: StepContext
  readonly step: PlanStep
  readonly start: StepStart
  readonly save: (progress: Progress) => Promise<void>
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
