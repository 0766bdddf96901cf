import { tokenAt } from '../../../migrations/core/postgres/tokens.ts'

/**
 * SQL without what two writers may do differently and PostgreSQL does not see: spaces, quotes that a name does not
 * need, the case of words outside quotes.
 */
export function plainSql(sql: string): string {
  const parts: string[] = []
  for (let at = 0; at < sql.length; ) {
    const { end } = tokenAt(sql, at)
    const text = sql.slice(at, end)
    if (/^"[a-z_][a-z0-9_]*"$/.test(text)) parts.push(text.slice(1, -1))
    else if (!/^(\s+|--.*)$/s.test(text)) parts.push(/^['"$]/.test(text) ? text : text.toLowerCase())
    at = end
  }
  return parts.join(' ')
}
