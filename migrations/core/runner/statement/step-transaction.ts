import { asText, type OnDone, type OwnStatement, type Pipelined, pipelined } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Session } from '../session/session.ts'
import { enteringStatements } from './own-sql.ts'
import type { StepStart } from './step-context.ts'
import { transactionEnded } from './step-error.ts'

/** A statement of ours. */
export type Own = string | OwnStatement

export type StepTransaction = ReturnType<typeof stepTransaction>

/** The transaction of a revision; outside `op.autocommit` there is always one. */
export function stepTransaction({ client }: Pick<Session, 'client'>, step: PlanStep, start: StepStart) {
  let committing = false
  const beginning = (first: boolean) => [
    ...(start.ownTransaction ? ['BEGIN'] : []),
    ...(first ? start.opening : []),
    ...enteringStatements(step, start.role, 'transaction'),
    `SET LOCAL lock_timeout = ${start.lockTimeout}`,
    `SET LOCAL statement_timeout = ${start.statementTimeout}`,
  ]
  return {
    /** @param first whether it is the first of the revision */
    async begin(first: boolean) {
      committing = false
      await client.query(beginning(first).join('; '))
    },
    /**
     * Runs all of it, with what opens the first transaction before it and COMMIT after it, and awaits one answer.
     * @param onDone told of each of the statements, when it is done
     * @returns how many are done, without what opens the transaction
     */
    async whole(statements: readonly string[], ending: readonly Own[], onDone: OnDone): Promise<Pipelined> {
      const before = beginning(true)
      committing = true
      const isTold = (index: number) => index >= before.length && index < before.length + statements.length
      const tell: OnDone = (index, rows) => {
        if (isTold(index)) onDone(index - before.length, rows)
      }
      const { done, ...end } = await pipelined(
        client,
        [...before, ...statements, ...ending, 'COMMIT'],
        tell,
        isTold,
      )
      committing = 'failure' in end
      return { done: done - before.length, ...end }
    },
    /** As `commit`, of a transaction of its own, with one answer for all; where something fails, it is still open. */
    async commitPipelined(statements: readonly Own[]): Promise<Pipelined> {
      if (client.getTransactionStatus() === 'I') throw transactionEnded(step)
      committing = true
      const end = await pipelined(client, [...statements, 'COMMIT'])
      committing = 'failure' in end
      return end
    },
    /**
     * Runs the statements and commits; with one transaction for the whole run it leaves the COMMIT to the run.
     * @throws MigError `transaction-control` where there is no transaction any more
     */
    async commit(statements: readonly Own[]) {
      if (start.ownTransaction && client.getTransactionStatus() === 'I') throw transactionEnded(step)
      committing = start.ownTransaction
      const texts = statements.map((each) => (typeof each === 'string' ? each : asText(each)))
      await client.query([...texts, ...(start.ownTransaction ? ['COMMIT'] : [])].join('; '))
      committing = false
    },
    /** Whether a COMMIT is on its way. */
    isCommitting: () => committing,
  }
}
