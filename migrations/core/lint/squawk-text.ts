import { wordsOf } from '../postgres/sql/words.ts'

/** A statement for squawk, with its semicolon, on a line of its own where a comment ends the text. */
export function squawkText(sql: string): string {
  const text = withJoinedStrings(sql.trimEnd())
  if (text.endsWith(';')) return `${text}\n`
  return text.includes('--', text.lastIndexOf('\n') + 1) ? `${text}\n;\n` : `${text};\n`
}

const escapeOrContinuation =
  /\\[\s\S]|''|'[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/g

/**
 * A string E'…' that continues on another line in one piece: squawk takes a backslash in the continuation for a plain
 * character, and so a quote after it for the end of the string, after which it misreads all that follows.
 */
function withJoinedStrings(sql: string): string {
  const parts: string[] = []
  let from = 0
  for (const { kind, start, end, text } of wordsOf(sql)) {
    if (kind !== 'quoted' || !/^e'/i.test(text)) continue
    const inner = text
      .slice(2, -1)
      .replace(escapeOrContinuation, (found) => (/^(?:\\|''$)/.test(found) ? found : ''))
    parts.push(sql.slice(from, start), text.slice(0, 2), inner, text.slice(-1))
    from = end
  }
  return [...parts, sql.slice(from)].join('')
}
