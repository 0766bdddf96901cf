import { formatSqlStatements } from '@supabase/pg-delta/sql-format'
import { quoteIdent } from '../../postgres/index.ts'
import { tokenAt } from '../../postgres/sql/tokens.ts'

/**
 * A statement as a person would write it: names in quotes only where PostgreSQL needs them, a table's columns
 * one to a line. Strings, dollar-quoted bodies and comments stay as they are, and so do routines and views,
 * whose text PostgreSQL keeps or gives.
 */
export function readableSql(sql: string): string {
  // pg_get_viewdef and pg_get_ruledef end with a semicolon.
  const plain = withoutDefaults(unquoted(sql.trim().replace(/;$/, '')))
  if (!/^(CREATE (UNLOGGED )?TABLE|CREATE TYPE)\b/.test(plain) || plain.length < 80) return plain
  const [formatted] = formatSqlStatements([plain], { keywordCase: 'preserve', indent: 2, maxWidth: 110 })
  return formatted === undefined || squeezed(formatted) !== squeezed(plain)
    ? plain
    : formatted.replace(/;\s*$/, '')
}

const viewHead = /^(CREATE (?:OR REPLACE )?(?:MATERIALIZED )?VIEW (?:"[^"]*"|[^"])*? AS) {2}(?=\S)/
const sequenceOptions =
  / AS (?:bigint INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807|integer INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647) (START WITH \d+) CACHE 1 NO CYCLE$/

/** What a person leaves out of CREATE SEQUENCE, and the query of a view on a line of its own, as pg_dump has it. */
function withoutDefaults(sql: string): string {
  if (!sql.startsWith('CREATE SEQUENCE ')) return sql.replace(viewHead, '$1\n ')
  return sql.replace(sequenceOptions, (options, start: string) => {
    const type = options.startsWith(' AS integer') ? ' AS integer' : ''
    return `${type}${start === 'START WITH 1' ? '' : ` ${start}`}`
  })
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
