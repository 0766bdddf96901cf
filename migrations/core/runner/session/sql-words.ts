import { tokenAt } from '../../postgres/sql/tokens.ts'

/** The first words, names, strings and signs of a statement, without space and comments. */
export function significantTokens(sql: string, most: number = Number.POSITIVE_INFINITY): readonly string[] {
  const tokens: string[] = []
  for (let at = 0; at < sql.length && tokens.length < most; ) {
    const { kind, end } = tokenAt(sql, at)
    const text = sql.slice(at, end)
    // A doubled quote inside a name reads as two names side by side.
    if (text.startsWith('"') && sql[at - 1] === '"') tokens.push(`${tokens.pop() ?? ''}${text}`)
    else if (kind !== 'space') tokens.push(text)
    at = end
  }
  return tokens
}

/** Is it a name, or a word, and no sign, number or string? */
export function isName(token: string | undefined): token is string {
  return token !== undefined && /^["A-Za-z_\u0080-\uffff]/.test(token)
}

/**
 * A name as SQL writes it, as the catalog has it: without its quotes, or in small letters, of which PostgreSQL makes
 * those of ASCII only, and cut to 63 bytes (manual, section 4.1.1).
 */
export function catalogName(name: string): string {
  const full = name.startsWith('"')
    ? name.slice(1, -1).replaceAll('""', '"')
    : name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  const bytes = Buffer.from(full)
  if (bytes.length <= 63) return full
  let end = 63
  // Not inside a character.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return bytes.subarray(0, end).toString()
}
