import { exitCodes, MigError } from '../../errors.ts'
import { stillLockedSql } from '../../ledger/index.ts'
import { asText, type OwnStatement, ownSql, quoteIdent, raw } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { sqlStateOf } from './statement-help.ts'

/** What the server says is not an integer, where something is wrong: errors that plain SQL can raise. */
const marks = { lock: 'just-mig: the lock is lost', schema: 'just-mig: the schema is gone' }

/**
 * A statement that fails unless the session still holds the lock of the step's target schema and, on the way up, the
 * schema is still there: without it search_path would mean the next one. It goes in front of what a commit writes, in
 * the same message, so that it costs no round trip.
 */
export function stillLocked(ledgerSchema: string, step: PlanStep): string {
  return asText(lockCheck(ledgerSchema, step))
}

/** As {@link stillLocked}, for a server that is sent many. */
export function lockCheck(
  ledgerSchema: string,
  { targetSchema, direction }: Pick<PlanStep, 'targetSchema' | 'direction'>,
): OwnStatement {
  const held = stillLockedSql(ledgerSchema, targetSchema)
  const there = ownSql`pg_catalog.to_regnamespace(${quoteIdent(targetSchema)}) IS NOT NULL`
  const gone =
    direction === 'upgrade' ? ownSql`WHEN NOT (${there}) THEN ${raw(`'${marks.schema}'`)} ` : raw('')
  return ownSql`SELECT CAST(CASE WHEN NOT (${held}) THEN ${raw(`'${marks.lock}'`)} ${gone}ELSE '0' END AS integer)`
}

/** The errors of `stillLocked` as ones for people; any other as it is. */
export function lockLostError(step: PlanStep, cause: unknown): unknown {
  if (sqlStateOf(cause) !== '22P02' || !(cause instanceof Error)) return cause
  if (cause.message.includes(marks.schema)) return schemaGone(step)
  if (!cause.message.includes(marks.lock)) return cause
  const { targetSchema, revision } = step
  return new MigError(
    'lock-lost',
    `the session no longer holds the lock of schema ${targetSchema}, so another run may be working there: a statement has released it (pg_advisory_unlock_all or DISCARD ALL), or a pooler has reset the session`,
    {
      help: `release advisory locks by their keys, with pg_advisory_unlock, and do not use DISCARD ALL: just mig-edit ${revision}; with a pooler, use the server's own port`,
      exitCode: exitCodes.stepFailed,
      place: { file: step.file.path },
      facts: { targetSchema },
    },
  )
}

function schemaGone({ targetSchema, file }: PlanStep): MigError {
  return new MigError('no-schema', `schema ${targetSchema} was dropped while the revision ran`, {
    help: 'create it again, or have no revision drop the schema of its own line',
    exitCode: exitCodes.stepFailed,
    place: { file: file.path },
    facts: { targetSchema },
  })
}
