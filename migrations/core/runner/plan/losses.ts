import type { ClientBase } from 'pg'
import type { StepLoss } from '../../events.ts'
import { quoteIdent, runsOthersCode } from '../../postgres/index.ts'
import { type Loss, lossText, qualifiedLoss, type RevisionFile } from '../../revisions/index.ts'
import type { Session } from '../session/session.ts'

/** Bounds of counting: it is for the eye of whoever reads a plan, and must not keep a command waiting. */
const limits = { rows: 10_000, statementMs: 500, allMs: 2000 }

/** A step whose losses can be counted. */
interface LosingStep {
  readonly file: RevisionFile
  readonly direction: 'upgrade' | 'downgrade'
  readonly targetSchema: string
  readonly losses?: readonly StepLoss[]
}

/** What the header of a revision says that a step loses, with names in the target schema; nothing where it is silent. */
export function stepLosses(step: LosingStep): Pick<LosingStep, 'losses'> {
  const losses = announcedLosses(step).map((loss) => lossText(qualifiedLoss(loss, step.targetSchema)))
  return losses.length === 0 ? {} : { losses: losses.map((loss) => ({ loss })) }
}

/** The losses of a step as its file says them. */
export function announcedLosses({ file, direction }: LosingStep): readonly Loss[] {
  return file.losses?.[direction] ?? []
}

/** Losses, which have their schema, with the rows that hold them, within the bounds. */
export async function countedLosses(
  session: Pick<Session, 'client' | 'signal'>,
  losses: readonly Loss[],
): Promise<readonly StepLoss[]> {
  const count = rowCounter()
  const counted: StepLoss[] = []
  for (const loss of losses)
    counted.push({ loss: lossText(loss), ...(await count(session, loss, [loss.name[0] ?? ''])) })
  return counted
}

/** A number of rows; none where nobody knows. */
export type Rows = Pick<StepLoss, 'rows' | 'estimated'>

/** Counts the rows that hold a loss, in the tables of that name in some schemas. The loss has its schema. */
export type RowCounter = (
  session: Pick<Session, 'client' | 'signal'>,
  loss: Loss,
  schemas: readonly string[],
) => Promise<Rows>

/** Counts within the bounds, which all counts of it share. */
export function rowCounter(): RowCounter {
  const until = performance.now() + limits.allMs
  return async ({ client, signal }, { kind, name }, schemas) => {
    const [, table = '', last] = name
    const column = kind === 'column' || kind === 'values' ? last : undefined
    const found = await estimatedRows(client, schemas, table)
    let rows = 0
    let estimated = false
    let unknown = found.length === 0
    for (const { schema, estimate } of found) {
      const ms = Math.min(limits.statementMs, Math.floor(until - performance.now()))
      const exact = ms < 1 ? undefined : await boundedCount(client, signal, { schema, table, column, ms })
      const isExact = exact !== undefined && exact <= limits.rows
      const about = Math.max(estimate, exact ?? 0)
      rows += isExact ? exact : about
      estimated ||= !isExact
      unknown ||= !isExact && about === 0
    }
    if (rows === 0 && unknown) return {}
    return estimated ? { rows, estimated } : { rows }
  }
}

/** The planner's estimates (pg_class.reltuples; of a partitioned table those of its partitions) where there is a table. */
async function estimatedRows(
  client: ClientBase,
  schemas: readonly string[],
  table: string,
): Promise<readonly { readonly schema: string; readonly estimate: number }[]> {
  const { rows } = await client.query<{ schema: string; estimate: number }>(
    `SELECT n.nspname AS schema, CASE c.relkind WHEN 'r' THEN greatest(c.reltuples, 0)::float8 ELSE coalesce((
       SELECT sum(greatest(p.reltuples, 0)) FROM pg_catalog.pg_partition_tree(c.oid) AS t
       JOIN pg_catalog.pg_class AS p ON p.oid = t.relid WHERE t.isleaf), 0)::float8 END AS estimate
     FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
     WHERE n.nspname = ANY ($1) AND c.relname = $2 AND c.relkind IN ('r', 'p')`,
    [schemas, table],
  )
  return rows
}

interface CountRequest {
  readonly schema: string
  readonly table: string
  /** Rows in which it is NULL are not counted. */
  readonly column: string | undefined
  /** How long it may take. */
  readonly ms: number
}

/** Counts up to one row more than the limit; undefined where it may not, takes too long, or would run code of others. */
async function boundedCount(
  client: ClientBase,
  signal: AbortSignal | undefined,
  { schema, table, column, ms }: CountRequest,
): Promise<number | undefined> {
  const where = column === undefined ? '' : ` WHERE ${quoteIdent(column)} IS NOT NULL`
  if (await runsOthersCode(client, schema, table)) return undefined
  await client.query(
    `BEGIN READ ONLY; SET LOCAL statement_timeout = ${ms}; SET LOCAL lock_timeout = ${ms}; SET LOCAL row_security = off`,
  )
  try {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM (SELECT FROM ${quoteIdent(schema)}.${quoteIdent(table)}${where} LIMIT ${limits.rows + 1}) AS counted`,
    )
    return rows[0]?.count
  } catch (error) {
    signal?.throwIfAborted()
    // 42501 no right to read, 42703 no such column, 55P03 and 57014 not in time: a plan does not fail for that.
    if (error instanceof Error && 'code' in error && /^(?:42501|42703|55P03|57014)$/.test(String(error.code)))
      return undefined
    throw error
  } finally {
    await client.query('ROLLBACK')
  }
}

/** Whether rows that are there may be lost: only a count of none says that they are not. */
export function losesRows({ rows }: StepLoss): boolean {
  return rows !== 0
}
