import { setTimeout as sleep } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import type { BackfillCursor } from '../../ledger/index.ts'
import type { BackfillResult, BackfillSpec } from '../../operations/index.ts'
import { inTransaction, type SectionContext } from '../section/section.ts'
import { runStatement } from '../statement/statement.ts'
import { fullBackfillSpec, mostPasses } from './spec.ts'
import {
  type BackfillShape,
  backfillShape,
  batchSettings,
  edgeSql,
  hasNullKey,
  isLeft,
  neverDone,
  nullKey,
  remainingSql,
  stuck,
  updateSql,
} from './sql.ts'

/**
 * Updates a table in batches of consecutive keys, each in a transaction with the cursor, so that every batch costs
 * the same and a later run resumes after the last one. Rows that came behind the cursor are taken in another pass;
 * it ends when no row is left that `where` finds.
 * @throws MigError `bad-backfill`, `no-key`, `null-key` when rows that need it have a NULL in the key,
 *   `backfill-stuck` when `where` still finds the rows that were updated, `backfill-never-done` when new rows that
 *   need it keep coming, `database-error`.
 */
export async function runBackfill(at: SectionContext, spec: BackfillSpec): Promise<BackfillResult> {
  const { session } = at.context
  const { client, signal } = session
  const { batchSize, pause, throttle, ...named } = fullBackfillSpec(spec)
  const shape = await backfillShape(client, at.step.targetSchema, named)
  if (await hasNullKey(client, shape)) throw nullKey(at.step, shape)
  const tell = await progressTeller(at, shape, batchSize)
  let cursor = cursorOn(shape, at.stored().backfill)
  // What a pass that an earlier run has begun has updated is not known.
  let passRows = cursor.batches === 0 ? 0 : 1
  let passes = 1
  for (;;) {
    if (cursor.after === null && cursor.pass > 1) {
      if (!(await isLeft(client, shape))) break
      if (await hasNullKey(client, shape)) throw nullKey(at.step, shape)
      if (passRows === 0) throw stuck(at.step, shape)
      if (passes === mostPasses) throw neverDone(at.step, shape)
      passRows = 0
      passes += 1
    }
    at.checkNotOver()
    const batch = await runBatch(at, shape, cursor, batchSize, passRows === 0)
    cursor = batch.cursor
    passRows += batch.rows
    tell(batch)
    if (batch.rows > 0 && pause > 0) await sleep(pause, undefined, { signal })
    await throttle?.({ rows: cursor.rows, client: session.client })
    signal?.throwIfAborted()
  }
  await at.save(at.reached())
  return { rows: cursor.rows, batches: cursor.batches }
}

/** Where an earlier run has come to, or the start: the file may have been edited to go by another key. */
function cursorOn({ key }: BackfillShape, stored: BackfillCursor | null): BackfillCursor {
  const names = key.map(({ name }) => name)
  const same = JSON.stringify(stored?.key) === JSON.stringify(names)
  return stored !== null && same ? stored : { key: names, after: null, pass: 1, rows: 0, batches: 0 }
}

async function runBatch(
  at: SectionContext,
  shape: BackfillShape,
  cursor: BackfillCursor,
  batchSize: number,
  checked: boolean,
): Promise<Batch> {
  const { session } = at.context
  const from = cursor.after ?? []
  const after = from.length > 0
  const run = async (lockTimeout: number): Promise<Batch> => {
    const settings = Object.entries(batchSettings).map(([name, value]) => `SET LOCAL ${name} = ${value}`)
    await session.client.query(settings.join('; '))
    const { rows: edges } = await session.client.query<{ edge: readonly string[] }>(
      edgeSql(shape, after, batchSize),
      [...from],
    )
    const edge = edges[0]?.edge
    const values = [...from, ...(edge ?? [])]
    const sql = updateSql(shape, after, edge !== undefined)
    const rows = (await runStatement(session, at.step, { sql, values }, lockTimeout)).rowCount ?? 0
    if (checked && rows > 0)
      await checkMoved(at, shape, remainingSql(shape, after, edge !== undefined), values, rows)
    const done = { key: cursor.key, rows: cursor.rows + rows, batches: cursor.batches + 1 }
    return edge === undefined
      ? { rows, last: true, cursor: { ...done, after: null, pass: cursor.pass + 1 } }
      : { rows, last: false, cursor: { ...done, after: edge, pass: cursor.pass } }
  }
  return inTransaction(at, run, (batch) => ({
    ...at.stored(),
    checksum: at.start.checksum,
    pending: null,
    backfill: batch.cursor,
  }))
}

/** The first batch that changes rows shows whether they stop matching; otherwise the passes would never end. */
async function checkMoved(
  at: SectionContext,
  shape: BackfillShape,
  sql: string,
  values: readonly string[],
  rows: number,
): Promise<void> {
  const found = await at.context.session.client.query<{ rows: number }>(sql, [...values])
  if ((found.rows[0]?.rows ?? 0) >= rows) throw stuck(at.step, shape)
}

/** What one batch has done. */
interface Batch {
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
async function progressTeller(
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
