import { quoteLiteral } from '../../postgres/sql/quote.ts'
import { splitStatements } from '../../postgres/sql/statements.ts'
import { tokenAt } from '../../postgres/sql/tokens.ts'
import type { LogRow } from './log.ts'

/** One statement that a tool has sent, where and how it ran. */
export interface Sent {
  readonly sql: string
  readonly session: number
  /** What ran together has the same number: a transaction; outside of one each statement has its own. */
  readonly unit: number
  readonly inTransaction: boolean
  /** It failed, or was rolled back before the next mark. */
  undone: boolean
  /** The server refused it. */
  failed: boolean
}

/** What stands between two marks, with the name of the mark before it. */
export interface Stretch {
  readonly mark: string
  readonly statements: readonly Sent[]
}

interface OpenTransaction {
  readonly unit: number
  readonly statements: Sent[]
  readonly savepoints: { readonly name: string; readonly from: number }[]
}

interface SessionState {
  open: OpenTransaction | undefined
  /** What the last row of the session has sent, for the error that may follow. */
  last: readonly Sent[]
}

/**
 * The statements of a log between its marks, each with its transaction; what was rolled back is marked so. A rollback
 * after a mark leaves what stands before the mark: it ran, and its undoing is not part of it.
 */
export function stretches(rows: readonly LogRow[]): readonly Stretch[] {
  const found: { mark: string; statements: Sent[] }[] = [{ mark: '', statements: [] }]
  const sessions = new Map<number, SessionState>()
  let unit = 0
  for (const row of rows) {
    const current = found.at(-1)
    if (row.kind === 'mark') {
      found.push({ mark: row.text, statements: [] })
      for (const { open } of sessions.values()) {
        if (open === undefined) continue
        open.statements.length = 0
        for (const [at, { name }] of open.savepoints.entries()) open.savepoints[at] = { name, from: 0 }
      }
      continue
    }
    const state = sessions.get(row.session) ?? { open: undefined, last: [] }
    sessions.set(row.session, state)
    if (row.kind === 'end') {
      undo(state.open?.statements ?? [])
      sessions.delete(row.session)
    } else if (row.kind === 'error') {
      for (const sent of state.last) sent.failed = true
      undo(state.last)
      state.last = []
    } else {
      const text = withValues(row.text, row.parameters)
      state.last = statementsIn(text).flatMap((sql) => {
        if (followTransaction(sql, state, () => ++unit)) return []
        const { open } = state
        const inTransaction = open !== undefined
        const sent = { sql, session: row.session, unit: open?.unit ?? ++unit, inTransaction }
        const one: Sent = { ...sent, undone: false, failed: false }
        open?.statements.push(one)
        current?.statements.push(one)
        return [one]
      })
    }
  }
  return found
}

/** A COPY comes alone, and its rows are not in the log: that is for who reads it to say. */
function statementsIn(text: string): readonly string[] {
  return /^\s*COPY\b/i.test(text) ? [text.trim()] : splitStatements(text).map((piece) => piece.text)
}

/** Whether a statement begins or ends a transaction or a savepoint, which is taken note of. */
function followTransaction(sql: string, state: SessionState, newUnit: () => number): boolean {
  const { open } = state
  if (/^(BEGIN|START\s+TRANSACTION)\b/i.test(sql)) {
    state.open ??= { unit: newUnit(), statements: [], savepoints: [] }
    return true
  }
  const [, toSavepoint] =
    /^ROLLBACK\s+(?:(?:WORK|TRANSACTION)\s+)?TO\s+(?:SAVEPOINT\s+)?(\S+)$/i.exec(sql) ?? []
  if (toSavepoint !== undefined) {
    const from = open?.savepoints.findLast(({ name }) => name === toSavepoint)?.from
    if (open !== undefined && from !== undefined) undo(open.statements.splice(from))
    return true
  }
  const [, savepoint] = /^SAVEPOINT\s+(\S+)$/i.exec(sql) ?? []
  if (savepoint !== undefined) {
    open?.savepoints.push({ name: savepoint, from: open.statements.length })
    return true
  }
  if (/^RELEASE\b/i.test(sql)) return true
  const ends = /^(COMMIT|END|ROLLBACK|ABORT)(?:\s+(?:WORK|TRANSACTION))?(?:\s+AND\s+(NO\s+)?CHAIN)?$/i.exec(
    sql,
  )
  if (ends === null) return /^SET\s+(TRANSACTION|SESSION\s+CHARACTERISTICS)\b/i.test(sql)
  if (/^(ROLLBACK|ABORT)$/i.test(ends[1] ?? '')) undo(open?.statements ?? [])
  state.open =
    /CHAIN$/i.test(sql) && ends[2] === undefined
      ? { unit: newUnit(), statements: [], savepoints: [] }
      : undefined
  return true
}

function undo(statements: readonly Sent[]): void {
  for (const sent of statements) sent.undone = true
}

/** A statement with its parameters written as values: `$1` outside of strings and names. */
export function withValues(sql: string, parameters: readonly (string | null)[]): string {
  if (parameters.length === 0) return sql
  const parts: string[] = []
  for (let at = 0; at < sql.length; ) {
    const number = /^\$(\d+)/.exec(sql.slice(at, at + 8))?.[1]
    const end = number === undefined ? tokenAt(sql, at).end : at + 1 + number.length
    const value = number === undefined ? undefined : parameters[Number(number) - 1]
    if (value === undefined) parts.push(sql.slice(at, end))
    else parts.push(value === null ? 'NULL' : quoteLiteral(value))
    at = end
  }
  return parts.join('')
}
