import type { StatementEffect, TableEffect, Work } from './effects.ts'
import type { Level } from './finding.ts'
import { saferForm } from './safer-form.ts'

/** A finding before it is known where it stands. */
export interface LockFinding {
  readonly rule: 'table-rewrite' | 'blocking-scan' | 'long-lock'
  readonly level: Level
  readonly message: string
  readonly help?: string
}

const second = 1000
const verbs: Readonly<Record<Work, string>> = {
  rewrite: 'writes the table anew',
  'index build': 'builds an index',
  scan: 'reads the whole table',
  update: 'goes through the whole table',
}

/**
 * What a statement's own locks mean. With the live size known, the level is by the time that others would wait:
 * from a second a warning, from ten an error; without it, work on the whole table under a lock is a warning.
 */
export function lockFindings(
  { statement, tables }: StatementEffect,
  durationText: (ms: number) => string,
): readonly LockFinding[] {
  return tables.flatMap((effect): readonly LockFinding[] => {
    const level = levelOf(effect)
    if (level === undefined) return []
    const { table, lock, blocks, work, heldMs, size } = effect
    const facts = size === null ? '' : ` (${sizeText(size.bytes)}${rowsText(size.rows)})`
    const time = heldMs === null ? '' : `, held for about ${durationText(heldMs)}`
    const doing = work === null ? 'and its transaction goes on' : `and ${verbs[work]}`
    const help = saferForm(statement.sql)
    return [
      {
        rule: work === null ? 'long-lock' : work === 'rewrite' ? 'table-rewrite' : 'blocking-scan',
        level,
        message: `takes ${lock} on ${table}${facts}, which blocks ${blocks}${time}, ${doing}`,
        ...(help === undefined ? {} : { help }),
      },
    ]
  })
}

function levelOf({ blocks, work, heldMs }: TableEffect): Level | undefined {
  if (blocks === 'nothing') return undefined
  if (heldMs === null) return work === null ? undefined : 'warning'
  if (heldMs >= 10 * second) return 'error'
  return heldMs >= second ? 'warning' : undefined
}

/** A size in bytes for people, as `pg_size_pretty` writes it. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 10_240 && unit < units.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${Math.round(value)} ${units[unit]}`
}

function rowsText(rows: number | null): string {
  return rows === null ? '' : `, ${Math.round(rows)} rows`
}
