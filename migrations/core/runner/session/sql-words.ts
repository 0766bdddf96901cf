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
