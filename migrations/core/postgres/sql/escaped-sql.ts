import { type Token, tokenAt } from './tokens.ts'

/** What a terminal or a CI server would obey: control characters but tab and line end, and commands of a runner. */
const obeyed = /(?!\r\n)[^\P{Cc}\t\n]|^[ \t]*::[^\n]*::|##(?:vso|teamcity)?\[/mu

/**
 * A script that means the same, whose names and strings hold nothing that a terminal or a CI server obeys: such a one
 * is written with Unicode escapes (`U&"…"`, `U&'…'`: manual, 4.1.1 and 4.1.2.3). Every other byte stays.
 */
export function escapedSql(sql: string): string {
  if (!obeyed.test(sql)) return sql
  const parts: string[] = []
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = wholeToken(sql, at)
    const text = sql.slice(at, end)
    // A prefix that is a token of its own, as of U&'…' and B'…', says how the string is read.
    const isPlain = !/[&\w]$/.test(sql.slice(Math.max(0, at - 1), at))
    parts.push(kind === 'quoted' && isPlain && obeyed.test(text) ? escapedToken(text) : text)
    at = end
  }
  return parts.join('')
}

/** A doubled quote reads as two strings side by side. */
function wholeToken(sql: string, at: number): Token {
  let token = tokenAt(sql, at)
  const quote = sql[at]
  while (token.kind === 'quoted' && (quote === '"' || quote === "'") && sql[token.end] === quote)
    token = { kind: 'quoted', end: tokenAt(sql, token.end).end }
  return token
}

function escapedToken(text: string): string {
  const quote = text[0] ?? ''
  if (quote === '"' || quote === "'") return `U&${quote}${unicodeEscaped(text.slice(1, -1))}${quote}`
  if (quote === '$') {
    const tag = text.slice(0, text.indexOf('$', 1) + 1)
    const body = text.slice(tag.length, -tag.length)
    return `U&'${unicodeEscaped(body).replaceAll("'", "''")}'`
  }
  // E'…' has escapes of its own; a backslash before a line end stands for the line end.
  return text.replace(/\\?[^\P{Cc}\t]|##/gu, (found) =>
    found === '##' ? '#\\x23' : `\\x${hex(found.at(-1) ?? '', 2)}`,
  )
}

function unicodeEscaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/(?!\r\n)[^\P{Cc}\t\n]/gu, (character) => `\\${hex(character, 4)}`)
    .replace(/\r?\n(?=[ \t]*::[^\n]*::)/g, (lineEnd) =>
      [...lineEnd].map((each) => `\\${hex(each, 4)}`).join(''),
    )
    .replaceAll('##', '#\\0023')
}

const hex = (character: string, digits: number): string =>
  character.charCodeAt(0).toString(16).padStart(digits, '0')
