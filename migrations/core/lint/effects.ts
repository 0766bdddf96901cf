import type { LiveSize } from './live.ts'
import { blockedBy, lockName, strengthOf } from './observation.ts'
import type { RecordedStatement } from './recording.ts'

/** What a statement does to a table that was there before the run. */
export interface TableEffect {
  /** `schema.name` as it is called before the run. */
  readonly table: string
  readonly lock: string
  readonly blocks: 'reads and writes' | 'writes' | 'nothing'
  readonly work: Work | null
  /** Milliseconds from here to the end of the transaction, by the sizes of the live database; null without one. */
  readonly heldMs: number | null
  readonly size: LiveSize | null
}

export type Work = 'rewrite' | 'index build' | 'scan' | 'update'

export interface StatementEffect {
  readonly statement: RecordedStatement
  /** Tables that were there before the run, the longest held first. */
  readonly tables: readonly TableEffect[]
}

/**
 * What a table on a modest server goes through, in bytes per second; an estimate is for the order of magnitude,
 * seconds or hours.
 */
const rates: Readonly<Record<Work, number>> = {
  scan: 400e6,
  'index build': 60e6,
  rewrite: 80e6,
  update: 20e6,
}

/**
 * The locks of recorded statements on tables that the run did not make, and how long each is held.
 * @param existing oid → name of the tables that were there before the statement's run
 */
export function statementEffects(
  statements: readonly RecordedStatement[],
  existing: (statement: RecordedStatement) => ReadonlyMap<string, string>,
  sizes: ReadonlyMap<string, LiveSize>,
): readonly StatementEffect[] {
  return statements.map((statement, at) => {
    const known = existing(statement)
    const rest = statements.slice(at).filter(({ transaction }) => transaction === statement.transaction)
    const heldMs = rest.reduce((sum, each) => sum + workMs(each, existing(each), sizes), 0)
    const tables = statement.locks.flatMap(({ oid, strength }): readonly TableEffect[] => {
      const table = known.get(oid)
      // ACCESS SHARE is what every query takes.
      if (table === undefined || strength === 0) return []
      const size = sizes.get(table) ?? null
      return [
        {
          table,
          lock: lockName(strength),
          blocks: blockedBy(strength),
          work: workOn(statement, oid),
          heldMs: size === null ? null : heldMs,
          size,
        },
      ]
    })
    return { statement, tables: [...tables, ...concurrently(statement, known, sizes)] }
  })
}

function workOn({ sql, rewritten, scanned }: RecordedStatement, oid: string): Work | null {
  if (rewritten.has(oid)) return 'rewrite'
  if (!scanned.has(oid)) return null
  if (/\bCREATE\s+(UNIQUE\s+)?INDEX\b|\b(UNIQUE|PRIMARY\s+KEY|EXCLUDE)\b/i.test(sql)) return 'index build'
  return /^\s*(UPDATE|DELETE|MERGE|WITH)\b/i.test(sql) ? 'update' : 'scan'
}

function workMs(
  statement: RecordedStatement,
  known: ReadonlyMap<string, string>,
  sizes: ReadonlyMap<string, LiveSize>,
): number {
  const oids = new Set([...statement.rewritten, ...statement.scanned])
  return [...oids].reduce((sum, oid) => {
    const work = workOn(statement, oid)
    const size = sizes.get(known.get(oid) ?? '')
    return work === null || size === undefined ? sum : sum + (size.bytes / rates[work]) * 1000
  }, 0)
}

/**
 * What runs in no transaction holds nothing any more when we look; of an index that is built or dropped
 * concurrently the lock is documented (manual, section 13.3.1).
 */
function concurrently(
  { sql, locks }: RecordedStatement,
  known: ReadonlyMap<string, string>,
  sizes: ReadonlyMap<string, LiveSize>,
): readonly TableEffect[] {
  if (locks.length > 0 || !/\bINDEX\s+CONCURRENTLY\b/i.test(sql)) return []
  const on = /\bON\s+(?:ONLY\s+)?([\w".]+)/i.exec(sql)?.[1]?.replaceAll('"', '')
  const table = [...known.values()].find((name) => name === on || name.endsWith(`.${on}`))
  if (table === undefined) return []
  const size = sizes.get(table) ?? null
  const strength = strengthOf('ShareUpdateExclusiveLock')
  const heldMs = size === null ? null : (size.bytes / rates['index build']) * 1000
  return [{ table, lock: lockName(strength), blocks: 'nothing', work: 'index build', heldMs, size }]
}
