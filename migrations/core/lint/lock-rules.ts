import type { StatementEffect, TableEffect, Work } from './effects.ts'
import type { FindingLevel } from './finding.ts'
import { saferForm } from './safer-form.ts'

/** A finding before it is known where it stands. */
export interface LockFinding {
  readonly rule: 'table-rewrite' | 'blocking-scan' | 'long-lock' | 'long-update'
  readonly level: FindingLevel
  readonly message: string
  readonly help?: string
}

const second = 1000
const verbs: Readonly<Record<Work, string>> = {
  rewrite: 'rewrites the table',
  'index build': 'builds an index',
  scan: 'reads the whole table',
  update: 'reads the whole table',
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
    const rule = ruleOf(effect)
    const level = rule === undefined ? undefined : levelOf(effect)
    if (rule === undefined || level === undefined) return []
    const help = saferForm(statement.sql)
    return [{ rule, level, message: messageOf(effect, durationText), help }]
  })
}

function ruleOf({ blocks, work, heldBefore }: TableEffect): LockFinding['rule'] | undefined {
  if (blocks === 'nothing') return work === 'update' ? 'long-update' : undefined
  if (work === null) return heldBefore ? undefined : 'long-lock'
  return work === 'rewrite' ? 'table-rewrite' : 'blocking-scan'
}

function levelOf({ blocks, work, heldMs }: TableEffect): FindingLevel | undefined {
  if (heldMs !== null) return heldMs >= 10 * second ? 'error' : heldMs >= second ? 'warning' : undefined
  if (work === null) return undefined
  return blocks === 'nothing' ? 'advice' : 'warning'
}

function messageOf(effect: TableEffect, durationText: (ms: number) => string): string {
  const { table, lock, heldBefore, blocks, work, heldMs, size } = effect
  const facts = size === null ? table : `${table} (${sizeText(size.bytes)}${rowsText(size.rows)})`
  const about = heldMs === null ? '' : `, for about ${durationText(heldMs)}`
  if (blocks === 'nothing') {
    return `reads the whole table ${facts}${about}: changed rows stay locked until its transaction ends`
  }
  const takes = heldBefore ? `still holds ${lock} on ${facts}` : `takes ${lock} on ${facts}`
  const doing = work === null ? 'and its transaction goes on' : `and ${verbs[work]}`
  const held = heldMs === null ? '' : `, held for about ${durationText(heldMs)}`
  return `${takes}, which blocks ${blocks}${held}, ${doing}`
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
