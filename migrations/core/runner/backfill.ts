import { setTimeout as pause } from 'node:timers/promises'
import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../errors.ts'
import type { BackfillCursor } from '../ledger/index.ts'
import type { BackfillResult, BackfillSpec } from '../operations/index.ts'
import { qualifiedName } from '../postgres/index.ts'
import {
  type BackfillShape,
  edgeSql,
  type KeyColumn,
  leftSql,
  remainingSql,
  updateSql,
} from './backfill-sql.ts'
import { inTransaction, type SectionContext } from './section.ts'
import { runStatement } from './statement.ts'

/** Rows per batch where the backfill names no size. */
export const defaultBatchSize = 1000

/** How many passes one run makes before it says that rows come faster than it takes them. */
const mostPasses = 10

const start: BackfillCursor = { after: null, pass: 1, rows: 0, batches: 0 }

interface Batch {
  readonly cursor: BackfillCursor
  /** Rows that it updated. */
  readonly rows: number
  /** Whether it reached the end of the table. */
  readonly last: boolean
}

/**
 * Updates a table in batches of consecutive keys, each in a transaction with the cursor, so that every batch costs
 * the same and a later run goes on behind the last one. Rows that came behind the cursor are taken in another pass;
 * it ends when no row is left that `where` finds.
 * @throws MigError `no-key`, `backfill-stuck` when `where` still finds the rows that were updated,
 *   `backfill-never-done` when new rows that need it keep coming, `database-error`.
 */
export async function runBackfill(at: SectionContext, spec: BackfillSpec): Promise<BackfillResult> {
  const { session } = at.context
  const { client, signal } = session
  const shape = await backfillShape(client, at.step.targetSchema, spec)
  const batchSize = spec.batchSize ?? defaultBatchSize
  const telling = progressTeller(at, shape, await estimatedRows(client, shape.tableSql), batchSize)
  let cursor = at.stored().backfill ?? start
  // What a pass that an earlier run has begun has updated is not known.
  let passRows = cursor === start ? 0 : 1
  let passes = 1
  for (;;) {
    if (cursor.after === null && cursor.pass > 1) {
      if (!(await isLeft(client, shape))) break
      if (passRows === 0) throw stuck(at, shape)
      if (passes === mostPasses) throw neverDone(at, shape)
      passRows = 0
      passes += 1
    }
    const batch = await runBatch(at, shape, cursor, batchSize, passRows === 0)
    cursor = batch.cursor
    passRows += batch.rows
    telling(batch)
    if (batch.rows > 0 && spec.pause) await pause(spec.pause, undefined, { signal })
    await spec.throttle?.({ rows: cursor.rows, client: session.client })
    signal?.throwIfAborted()
  }
  await at.save(at.reached())
  return { rows: cursor.rows, batches: cursor.batches }
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
    // Without statistics the planner might read the whole table for each batch.
    await session.client.query('SET LOCAL enable_seqscan = off')
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
    const done = { rows: cursor.rows + rows, batches: cursor.batches + 1 }
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
  if ((found.rows[0]?.rows ?? 0) >= rows) throw stuck(at, shape)
}

async function isLeft(client: ClientBase, shape: BackfillShape): Promise<boolean> {
  const { rows } = await client.query<{ left: boolean }>(leftSql(shape))
  return rows[0]?.left ?? false
}

async function backfillShape(
  client: ClientBase,
  targetSchema: string,
  { table, set, where, key }: BackfillSpec,
): Promise<BackfillShape> {
  const tableSql =
    typeof table === 'string' ? qualifiedName(targetSchema, table) : qualifiedName(table.schema, table.name)
  const { rows } = await client.query<KeyColumn>(
    `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type
     FROM pg_attribute AS a LEFT JOIN pg_index AS i ON i.indrelid = a.attrelid AND i.indisprimary
     WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped
       AND CASE WHEN $2::name[] IS NULL THEN a.attnum = ANY(i.indkey) ELSE a.attname = ANY($2) END
     ORDER BY CASE WHEN $2 IS NULL THEN array_position(i.indkey::int2[], a.attnum) ELSE array_position($2, a.attname) END`,
    [tableSql, key === undefined ? null : [...key]],
  )
  const missing = key?.filter((name) => !rows.some((row) => row.name === name)) ?? []
  if (rows.length === 0 || missing.length > 0) throw noKey(tableSql, missing)
  return { tableSql, set, where, key: rows }
}

/** The planner's estimate, which looks at the table's size and reads no row. */
async function estimatedRows(client: ClientBase, tableSql: string): Promise<number | null> {
  const { rows } = await client.query<{
    'QUERY PLAN': readonly { readonly Plan: { 'Plan Rows': number } }[]
  }>(`EXPLAIN (FORMAT JSON) SELECT FROM ${tableSql}`)
  return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? null
}

/** Tells once a second, and at the end of a pass, how far it is. */
function progressTeller(
  { context, step }: SectionContext,
  { tableSql }: BackfillShape,
  estimate: number | null,
  batchSize: number,
): (batch: Batch) => void {
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

function stuck({ step }: SectionContext, { tableSql, where }: BackfillShape): MigError {
  return new MigError(
    'backfill-stuck',
    `the backfill of ${tableSql} would never end: rows that it has updated still match its where (${where})`,
    {
      help: `write where so that a row stops matching once it is updated: just mig-edit ${step.revision}`,
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

function neverDone({ step }: SectionContext, { tableSql }: BackfillShape): MigError {
  return new MigError(
    'backfill-never-done',
    `new rows of ${tableSql} that need the backfill keep coming: ${mostPasses} passes have not taken the last of them`,
    {
      help: 'have new rows come with the value, by a DEFAULT, a trigger or the application, then run the same command again',
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

function noKey(tableSql: string, missing: readonly string[]): MigError {
  const message =
    missing.length > 0
      ? `the backfill's key names ${missing.join(', ')}, which ${tableSql} does not have`
      : `${tableSql} has no primary key to go through it by`
  return new MigError('no-key', message, {
    help: "name columns with a unique index: op.backfill({ …, key: ['id'] })",
    exitCode: exitCodes.stepFailed,
  })
}
