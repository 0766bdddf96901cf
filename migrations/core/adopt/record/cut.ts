import { splitStatements } from '../../postgres/sql/statements.ts'
import { tokenAt } from '../../postgres/sql/tokens.ts'
import type { LogRow } from './log.ts'
import { type Sent, stretches, withValues } from './transactions.ts'

/** How a tool's ledger is known in what the server was sent. */
export interface LedgerNames {
  /** The table that has a row for each migration. */
  readonly table: string
  /** Others that only the tool itself uses, such as its lock: what names one is left out. */
  readonly ownTables: readonly string[]
  /** The migrations, as the table names them; undefined where a run that failed has left none. */
  readonly names: readonly string[] | undefined
}

/** What one migration sent in one direction. */
export interface CutPiece {
  readonly name: string
  readonly direction: 'upgrade' | 'downgrade'
  readonly statements: readonly Sent[]
}

export interface Cut {
  /** In the order of the ledger's writes. */
  readonly pieces: readonly CutPiece[]
  /** What was sent after the last write: a migration that did not come to its end. */
  readonly rest: readonly Sent[]
  /** What the server said last in it. */
  readonly lastError: string | undefined
  /** `search_path` of the sessions when the first migration began, where the tool has set it. */
  readonly searchPath: string | undefined
}

const setUp = 'set up'

/**
 * Cuts what a server was sent where the tool writes a migration's name into its ledger, or removes it: what stands
 * before is that migration's. The ledger's own statements are left out, and so is all before its last one ahead of
 * the first migration: there the tool looks where it stands.
 */
export function cutAtLedger(rows: readonly LogRow[], ledger: LedgerNames): Cut {
  const ownTables = [ledger.table, ...ledger.ownTables]
  const marked: LogRow[] = []
  const skipped = new Set<number>()
  let [writes, begin, searchPath] = [0, 0, undefined as string | undefined]
  for (const row of rows.flatMap((each) => apart(each, ownTables))) {
    if (row.kind === 'mark') continue
    if (row.kind === 'error' && skipped.has(row.session)) continue
    skipped.delete(row.session)
    if (row.kind !== 'statement' || !names(row.text, ownTables)) {
      marked.push(row)
      continue
    }
    skipped.add(row.session)
    const name = writeOf(withValues(row.text, row.parameters), ledger)
    if (name !== undefined) {
      marked.push({ ...row, kind: 'mark', text: name, parameters: [] })
      writes += 1
    } else if (writes === 0 && names(row.text, [ledger.table])) begin = marked.length
  }
  for (const { kind, text } of marked.slice(0, begin)) {
    if (kind === 'statement') searchPath = searchPathOf(text) ?? searchPath
  }
  // A transaction that was begun there goes on: only what it did is not a migration's.
  marked.splice(begin, 0, { session: 0, kind: 'mark', text: setUp, parameters: [], sqlState: undefined })
  const found = stretches(marked)
  const pieces = found.slice(2).flatMap(({ mark }, at): readonly CutPiece[] => {
    const [direction, name] = splitMark(mark)
    return [{ direction, name, statements: found[at + 1]?.statements ?? [] }]
  })
  const lastWrite = marked.findLastIndex(({ kind }) => kind === 'mark')
  return {
    pieces,
    rest: found.at(-1)?.statements ?? [],
    lastError: marked.slice(lastWrite).findLast(isCause)?.text,
    searchPath,
  }
}

function splitMark(mark: string): readonly [direction: CutPiece['direction'], name: string] {
  return mark.startsWith('upgrade ')
    ? ['upgrade', mark.slice('upgrade '.length)]
    : ['downgrade', mark.slice('downgrade '.length)]
}

/** A row with several statements of which one is the ledger's, statement by statement. */
function apart(row: LogRow, ownTables: readonly string[]): readonly LogRow[] {
  if (row.kind !== 'statement' || row.parameters.length > 0 || !names(row.text, ownTables)) return [row]
  return splitStatements(row.text).map(({ text }) => ({ ...row, text }))
}

/** Whether a statement names one of some tables. */
function names(sql: string, tables: readonly string[]): boolean {
  if (!tables.some((table) => sql.includes(table))) return false
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = tokenAt(sql, at)
    const text = sql.slice(at, end)
    const name = kind === 'quoted' && text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text
    if ((kind === 'word' || text.startsWith('"')) && tables.includes(name)) return true
    at = end
  }
  return false
}

/** `upgrade NAME` or `downgrade NAME` for a statement that writes a name that the ledger knows. */
function writeOf(sql: string, { table, names: known }: LedgerNames): string | undefined {
  const [, verb = ''] = /^\s*(INSERT\s+INTO|DELETE\s+FROM)\b/i.exec(sql) ?? []
  if (verb === '') return undefined
  const target = sql.slice(0, sql.search(/\(|\bWHERE\b|\bVALUES\b/i) >>> 0)
  if (!names(target, [table])) return undefined
  const texts = literalsOf(sql)
  const name = known === undefined ? [...texts].find(isName) : known.find((each) => texts.has(each))
  if (name === undefined) return undefined
  return `${/^I/i.test(verb) ? 'upgrade' : 'downgrade'} ${name}`
}

/** An error of its own, and not the echo of an earlier one in the same transaction (25P02). */
function isCause({ kind, sqlState }: LogRow): boolean {
  return kind === 'error' && sqlState !== '25P02'
}

/** No number, and no time. */
function isName(text: string): boolean {
  return /[A-Za-z_]{2}/.test(text)
}

function literalsOf(sql: string): ReadonlySet<string> {
  const found = new Set<string>()
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = tokenAt(sql, at)
    const text = sql.slice(at, end)
    if (kind === 'quoted' && text.startsWith("'")) found.add(text.slice(1, -1).replaceAll("''", "'"))
    at = end
  }
  return found
}

function searchPathOf(sql: string): string | undefined {
  return /^\s*SET\s+(?:SESSION\s+)?search_path\s*(?:TO|=)\s*([^;]+?)\s*;?\s*$/i.exec(sql)?.[1]
}
