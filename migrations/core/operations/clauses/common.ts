import { quoteIdent } from '../../postgres/sql/quote.ts'
import { literalText } from '../sql-text.ts'

/** Storage parameters, the WITH (…) clause. Names may be dotted: `toast.autovacuum_enabled`. */
export type StorageParameters = Readonly<Record<string, string | number | boolean>>

/** `name = value` pairs, or undefined when there are none. */
export function parametersSql(parameters: StorageParameters | undefined): string | undefined {
  const entries = Object.entries(parameters ?? {})
  if (entries.length === 0) return undefined
  return entries
    .map(([name, value]) => `${name.split('.').map(quoteIdent).join('.')} = ${parameterValue(value)}`)
    .join(', ')
}

function parameterValue(value: string | number | boolean): string {
  return typeof value === 'string' ? literalText(value) : String(value)
}

/** Quoted names in parentheses. */
export function columnListSql(columns: readonly string[]): string {
  return `(${columns.map(quoteIdent).join(', ')})`
}

/** A comment on an object: the statement, or undefined when nothing is said about it. */
export function commentSql(target: string, comment: string | null | undefined): string | undefined {
  if (comment === undefined) return undefined
  return `COMMENT ON ${target} IS ${literalText(comment)}`
}
