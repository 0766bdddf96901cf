import { exitCodes, MigError } from '../errors.ts'
import { stillLockedSql } from '../ledger/index.ts'
import type { PlanStep } from './plan.ts'
import { sqlStateOf } from './statement-help.ts'

/** What the server says is no integer, where the lock is lost: an error that plain SQL can raise. */
const mark = 'just-mig: the lock is lost'

/**
 * A statement that fails unless the session still holds the lock of the step's target schema. It goes in front of
 * what a commit writes, in the same message, so that it costs no round trip.
 */
export function stillLocked(ledgerSchema: string, { targetSchema }: PlanStep): string {
  const held = stillLockedSql(ledgerSchema, targetSchema)
  return `SELECT CAST(CASE WHEN ${held} THEN '0' ELSE '${mark}' END AS integer)`
}

/** The error of `stillLocked` as one for people; any other as it is. */
export function lockLostError(step: PlanStep, cause: unknown): unknown {
  if (sqlStateOf(cause) !== '22P02' || !(cause instanceof Error && cause.message.includes(mark))) return cause
  const { targetSchema, revision } = step
  return new MigError(
    'lock-lost',
    `the session no longer holds the lock of schema ${targetSchema}, so another run may be at work there: a statement has released it (pg_advisory_unlock_all or DISCARD ALL), or a pooler has reset the session`,
    {
      help: `release advisory locks by their keys, with pg_advisory_unlock, and leave DISCARD ALL out: just mig-edit ${revision}; a pooler must keep the session: use the server's own port`,
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path },
      facts: { targetSchema },
      cause,
    },
  )
}
