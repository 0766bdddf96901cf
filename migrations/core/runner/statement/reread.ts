import type { QueryResult } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import type { Statement } from '../../operations/index.ts'
import { isConnectionLost, undoing } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import type { Session } from '../session/session.ts'
import { onlySets } from '../session/settings.ts'

/**
 * The result of a statement that an earlier attempt has done. What only reads is read again, since the revision may
 * go by its rows, and what sets something for the session is set again; what writes is left out, and its rows are
 * not known any more.
 */
export async function doneResult(
  session: Session,
  step: PlanStep,
  { sql, values = [] }: Statement,
): Promise<QueryResult> {
  if (onlySets(sql)) return session.client.query(sql, [...values])
  if (!/^\s*(select|values|table|with|show)\b/i.test(sql)) return unknownResult(step, sql)
  const { client } = session
  return undoing(client, async () => {
    try {
      await client.query('SET LOCAL transaction_read_only = on')
      return await client.query(sql, [...values])
    } catch (error) {
      if (isConnectionLost(error)) throw error
      // A function that writes, or a table that a later statement has changed.
      return unknownResult(step, sql)
    }
  })
}

function unknownResult(step: PlanStep, sql: string): QueryResult {
  return {
    ...{ command: '', rowCount: null, oid: 0, fields: [] },
    get rows(): never {
      throw new MigError(
        'skipped-result',
        `a statement of ${step.revision} was done by an earlier run, so its rows are not available`,
        {
          help: 'read rows with op.client.query, which runs in every attempt',
          place: { file: step.file.path, statement: sql },
          exitCode: exitCodes.stepFailed,
        },
      )
    },
  }
}
