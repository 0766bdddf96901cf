import type { QueryResult } from 'pg'
import type { PendingStatement } from '../../ledger/index.ts'
import type { Statement } from '../../operations/index.ts'
import { doneResult } from '../statement/reread.ts'
import { retrying } from '../statement/retry.ts'
import { runStatement } from '../statement/statement.ts'
import type { StatementKind } from '../statement/statement-kind.ts'
import { dropInvalidIndexes, indexesOf, isDoneInCatalog } from './in-doubt.ts'
import type { SectionContext } from './section.ts'

/**
 * Runs a statement that PostgreSQL runs in no transaction. That it is begun is noted before, and that it is done
 * after it; a later run that finds it begun looks into the catalog, drops an INVALID index that a failed build has
 * left, and runs it again when it is not done. What leaves no trace (VACUUM, REINDEX, a procedure that commits by
 * itself) is run again.
 */
export async function runAlone(
  at: SectionContext,
  statement: Statement,
  found: StatementKind,
): Promise<QueryResult> {
  const { context, step } = at
  const { session } = context
  return retrying(context, step, async () => {
    session.signal?.throwIfAborted()
    const { statement: number } = at.reached()
    const doubt = at.stored().pending?.statement === number ? at.stored().pending : null
    if (doubt !== null && (await isDoneInCatalog(at, found, doubt))) {
      await at.save(at.reached())
      return doneResult(session, step, statement)
    }
    if (doubt !== null && found.kind === 'alone') sayRunAgain(at, doubt)
    return unhurried(at, found, async (lockTimeout) => {
      await dropInvalidIndexes(at, found, doubt, lockTimeout)
      if (doubt === null) {
        const indexes = await indexesOf(session.client, found)
        await at.save({
          ...at.stored(),
          checksum: at.start.checksum,
          pending: { statement: number, indexes },
        })
      }
      const result = await runStatement(session, step, statement, lockTimeout)
      await at.save(at.reached())
      return result
    })
  })
}

/**
 * An index build that works concurrently waits for old transactions, and keeps no reader or writer waiting
 * meanwhile (manual, CREATE INDEX, "Building Indexes Concurrently"): a lock timeout would only throw the work away.
 */
async function unhurried<Result>(
  { context, start }: SectionContext,
  { kind }: StatementKind,
  body: (lockTimeout: number) => Promise<Result>,
): Promise<Result> {
  const { client } = context.session
  const builds = kind === 'create-index' || kind === 'drop-index' || kind === 'reindex'
  if (!builds || start.explicitLockTimeout) return body(start.lockTimeout)
  await client.query('SET lock_timeout = 0')
  const result = await body(0)
  await client.query(`SET lock_timeout = ${start.lockTimeout}`)
  return result
}

function sayRunAgain({ context, step }: SectionContext, doubt: PendingStatement): void {
  context.session.emit({
    event: 'notice',
    severity: 'INFO',
    message: `${step.revision} on ${step.targetSchema}: statement ${doubt.statement} was under way when an earlier run ended; it is run again`,
  })
}
