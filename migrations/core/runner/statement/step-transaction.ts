import type { PlanStep } from '../plan/plan.ts'
import type { Session } from '../session/session.ts'
import { roleStatements, searchPathStatement } from './own-sql.ts'
import type { StepStart } from './step-context.ts'
import { transactionEnded } from './step-error.ts'

/** The transaction of a revision; outside `op.autocommit` there is always one. */
export interface StepTransaction {
  /** @param first whether it is the first of the revision */
  readonly begin: (first: boolean) => Promise<void>
  /**
   * Runs the statements and commits; with one transaction for the whole run it leaves the COMMIT to the run.
   * @throws MigError `transaction-control` where there is no transaction any more
   */
  readonly commit: (statements: readonly string[]) => Promise<void>
  /** Whether a COMMIT is on its way. */
  readonly isCommitting: () => boolean
}

export function stepTransaction(
  { client }: Pick<Session, 'client'>,
  step: PlanStep,
  start: StepStart,
): StepTransaction {
  let committing = false
  return {
    async begin(first) {
      const statements = [
        ...(start.ownTransaction ? ['BEGIN'] : []),
        ...(first ? start.opening : []),
        ...roleStatements(start.role, 'transaction'),
        searchPathStatement(step, 'transaction'),
        `SET LOCAL lock_timeout = ${start.lockTimeout}`,
        `SET LOCAL statement_timeout = ${start.statementTimeout}`,
      ]
      await client.query(statements.join('; '))
    },
    async commit(statements) {
      if (start.ownTransaction && client.getTransactionStatus() === 'I') throw transactionEnded(step)
      committing = start.ownTransaction
      await client.query([...statements, ...(start.ownTransaction ? ['COMMIT'] : [])].join('; '))
      committing = false
    },
    isCommitting: () => committing,
  }
}
