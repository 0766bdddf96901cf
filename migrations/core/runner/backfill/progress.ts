import type { ClientBase } from 'pg'
import type { BackfillCursor } from '../../ledger/index.ts'
import type { SectionContext } from '../section/section.ts'
import type { BackfillShape } from './sql.ts'

/** What one batch has done. */
export interface Batch {
  readonly cursor: BackfillCursor
  /** Rows that it updated. */
  readonly rows: number
  /** Whether it reached the end of the table. */
  readonly last: boolean
}

/** The planner's estimate, which looks at the table's size and reads no row. */
async function estimatedRows(client: ClientBase, tableSql: string): Promise<number | null> {
  const { rows } = await client.query<{
    'QUERY PLAN': readonly { readonly Plan: { 'Plan Rows': number } }[]
  }>(`EXPLAIN (FORMAT JSON) SELECT FROM ${tableSql}`)
  return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? null
}

/** Tells once a second, and at the end of a pass, how far it is. */
export async function progressTeller(
  { context, step }: SectionContext,
  { tableSql }: BackfillShape,
  batchSize: number,
): Promise<(batch: Batch) => void> {
  const estimate = await estimatedRows(context.session.client, tableSql)
  const started = performance.now()
  let told = started
  let seen = 0
  return ({ cursor, last, rows }) => {
    seen += batchSize
    const now = performance.now()
    if (!last && now - told < 1000) return
    told = now
    // The last batch may be smaller; and an estimate that was passed says nothing more.
    const done = last ? seen - batchSize + rows : seen
    const total = last ? done : estimate === null || estimate < seen ? null : estimate
    const perSecond = Math.round(seen / Math.max((now - started) / 1000, 0.001))
    context.session.emit({
      event: 'progress',
      revision: step.revision,
      targetSchema: step.targetSchema,
      what: `backfill ${tableSql}, ${cursor.rows} updated${cursor.pass > 1 && !last ? `, pass ${cursor.pass}` : ''}`,
      done,
      total,
      unit: 'rows',
      perSecond,
      secondsLeft: total === null ? null : Math.round((total - done) / Math.max(perSecond, 1)),
    })
  }
}
