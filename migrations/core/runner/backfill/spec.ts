import { exitCodes, MigError } from '../../errors.ts'
import type { BackfillSpec } from '../../operations/index.ts'
import { catalogName } from '../../postgres/index.ts'
import { isName, wordsOf } from '../../postgres/sql/words.ts'

/** How many passes one run makes before it says that rows come faster than it takes them. */
export const mostPasses = 10

/** A backfill with everything said. */
interface FullBackfillSpec extends BackfillSpec {
  readonly batchSize: number
  /** Milliseconds. */
  readonly pause: number
}

/**
 * A backfill with its defaults, once its numbers and its key make sense.
 * @throws MigError `bad-backfill`
 */
export function fullBackfillSpec(spec: BackfillSpec): FullBackfillSpec {
  const { batchSize = 1000, pause = 0, key } = spec
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw badBackfill(
      `batchSize is ${batchSize}, which is not a row count`,
      'write a whole number, 1 or more',
    )
  }
  // What a timer takes.
  if (!Number.isInteger(pause) || pause < 0 || pause >= 2 ** 31) {
    throw badBackfill(
      `pause is ${pause}, which is not a time in milliseconds`,
      'write a whole number, 0 or more',
    )
  }
  if (key?.length === 0) {
    throw badBackfill('key names no column', 'leave it out for the primary key, or name the columns')
  }
  return { ...spec, batchSize, pause }
}

/**
 * The batches go by the key, so a row whose key changes would be met again, or never.
 * @param key the columns of the key
 * @throws MigError `bad-backfill`
 */
export function checkKeyStays(set: string, key: readonly string[]): void {
  const moved = assignedColumns(set).find((column) => key.includes(column))
  if (moved === undefined) return
  throw badBackfill(
    `set changes ${moved}, which the batches are ordered by`,
    'choose other columns with a unique index, key: [...], or write one UPDATE with op.execute',
  )
}

/** The columns that the SET list of an UPDATE assigns: `a = 1, (b, "C") = (SELECT 2, 3), d[1] = 4`. */
export function assignedColumns(set: string): readonly string[] {
  const columns: string[] = []
  let depth = 0
  let isTarget = true
  for (const { text: token } of wordsOf(set)) {
    if (token === '(' || token === '[') depth += 1
    else if (token === ')' || token === ']') depth -= 1
    else if (token === '=' && depth === 0) isTarget = false
    else if (token === ',' && depth === 0) isTarget = true
    else if (isTarget && isName(token)) columns.push(catalogName(token))
  }
  return columns
}

function badBackfill(what: string, help: string): MigError {
  return new MigError('bad-backfill', `op.backfill: ${what}`, { help, exitCode: exitCodes.stepFailed })
}
