import { type SchemaName, tableOfConcurrentBuild } from '../postgres/statement/index.ts'
import type { LiveSize } from './chosen.ts'
import { blockedBy, lockName, strengthOf } from './observation.ts'
import type { RecordedStatement } from './recording.ts'

/** What a statement does to a table that was there before the run. */
export interface TableEffect {
  /** `schema.name` as it is called before the run. */
  readonly table: string
  /** The measured mode, as in the PostgreSQL manual. */
  readonly lock: string
  /** Whether an earlier statement of the transaction took the lock, and this one works under it. */
  readonly heldBefore: boolean
  readonly blocks: 'reads and writes' | 'writes' | 'nothing'
  /** What it does to the whole table. */
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
    const earlier = statements.slice(0, at).filter(({ transaction }) => transaction === statement.transaction)
    const tables = statement.locks.flatMap(({ oid, strength }): readonly TableEffect[] => {
      const table = known.get(oid)
      // ACCESS SHARE is what every query takes.
      if (table === undefined || strength === 0) return []
      const size = sizes.get(table) ?? null
      return [
        {
          table,
          lock: lockName(strength),
          heldBefore: earlier.some(({ locks }) =>
            locks.some((lock) => lock.oid === oid && lock.strength >= strength),
          ),
          blocks: blockedBy(strength),
          work: workOn(statement, oid),
          heldMs: size === null ? null : heldMs,
          size,
        },
      ]
    })
    return { statement, tables: [...tables, ...alone(statement, known, sizes)] }
  })
}

function workOn({ sql, rewritten, scanned }: RecordedStatement, oid: string): Work | null {
  // TRUNCATE gives the table an empty file, which takes no time.
  if (rewritten.has(oid)) return /^\s*TRUNCATE\b/i.test(sql) ? null : 'rewrite'
  if (!scanned.has(oid)) return null
  if (/\bCREATE\s+(UNIQUE\s+)?INDEX\b|\bREINDEX\b|\b(UNIQUE|PRIMARY\s+KEY|EXCLUDE)\b/i.test(sql))
    return 'index build'
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
 * What runs in no transaction holds nothing any more when we look. A table that was rewritten was locked against
 * everyone; of an index that is built concurrently the lock is documented.
 */
function alone(
  { sql, locks, rewritten }: RecordedStatement,
  known: ReadonlyMap<string, string>,
  sizes: ReadonlyMap<string, LiveSize>,
): readonly TableEffect[] {
  if (locks.length > 0) return []
  const effect = (table: string, strength: number, work: Work): TableEffect => {
    const size = sizes.get(table) ?? null
    const heldMs = size === null ? null : (size.bytes / rates[work]) * 1000
    return {
      ...{ table, lock: lockName(strength), heldBefore: false, blocks: blockedBy(strength) },
      ...{ work, heldMs, size },
    }
  }
  // An index that is built concurrently keeps writers going (manual, section 13.3.1).
  const on = tableOfConcurrentBuild(sql)
  const table = [...known.values()].find((name) => on !== undefined && isNamed(name, on))
  if (table !== undefined) return [effect(table, strengthOf('ShareUpdateExclusiveLock'), 'index build')]
  return [...rewritten].flatMap((oid) => {
    const name = known.get(oid)
    return name === undefined ? [] : [effect(name, strengthOf('AccessExclusiveLock'), 'rewrite')]
  })
}

function isNamed(known: string, { schema, name }: SchemaName): boolean {
  return schema === undefined ? known.endsWith(`.${name}`) : known === `${schema}.${name}`
}
