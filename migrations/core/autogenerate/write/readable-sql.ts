import { formatSqlStatements } from '@supabase/pg-delta/sql-format'
import { quoteIdent } from '../../postgres/index.ts'
import { tokenAt } from '../../postgres/tokens.ts'

/**
 * A statement as a person would write it: names in quotes only where PostgreSQL needs them, a table's columns
 * one to a line. Strings, dollar-quoted bodies and comments stay as they are, and so do routines and views,
 * whose text PostgreSQL keeps or gives.
 */
export function readableSql(sql: string): string {
  // pg_get_viewdef and pg_get_ruledef end with a semicolon.
  const plain = unquoted(sql.trim().replace(/;$/, ''))
  if (!/^(CREATE (UNLOGGED )?TABLE|CREATE TYPE)\b/.test(plain) || plain.length < 80) return plain
  const [formatted] = formatSqlStatements([plain], { keywordCase: 'preserve', indent: 2, maxWidth: 110 })
  return formatted === undefined || squeezed(formatted) !== squeezed(plain)
    ? plain
    : formatted.replace(/;\s*$/, '')
}

/** Equal for texts that differ only in white space outside of strings. */
function squeezed(sql: string): string {
  let out = ''
  for (let at = 0; at < sql.length; ) {
    const token = tokenAt(sql, at)
    if (token.kind !== 'space' && token.kind !== 'semicolon') out += sql.slice(at, token.end)
    at = token.end
  }
  return out
}

function unquoted(sql: string): string {
  let out = ''
  for (let at = 0; at < sql.length; ) {
    const name = sql[at] === '"' ? quotedName(sql, at) : undefined
    const end = name === undefined ? tokenAt(sql, at).end : at + name.length
    out += name === undefined ? sql.slice(at, end) : quoteIdent(name.slice(1, -1).replaceAll('""', '"'))
    at = end
  }
  return out
}

const quotedNamePattern = /"(?:[^"]|"")+"/y

function quotedName(sql: string, at: number): string | undefined {
  quotedNamePattern.lastIndex = at
  return quotedNamePattern.exec(sql)?.[0]
}
