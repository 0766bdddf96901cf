import { quoteLiteral } from '../../postgres/sql/quote.ts'
import { tokenAt } from '../../postgres/sql/tokens.ts'

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
