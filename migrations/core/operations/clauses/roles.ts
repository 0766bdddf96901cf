import { quoteIdent } from '../../postgres/sql/quote.ts'

/**
 * A role by its unquoted name. `public`, `CURRENT_USER`, `SESSION_USER` and `CURRENT_ROLE` are PostgreSQL's words
 * (the first is reserved as a role name, too).
 */
export type Role = string

const words: ReadonlySet<string> = new Set(['CURRENT_USER', 'SESSION_USER', 'CURRENT_ROLE'])

export function rolesSql(roles: Role | readonly Role[]): string {
  return (typeof roles === 'string' ? [roles] : roles).map(roleSql).join(', ')
}

function roleSql(role: Role): string {
  if (role === 'public') return 'PUBLIC'
  return words.has(role) ? role : quoteIdent(role)
}
