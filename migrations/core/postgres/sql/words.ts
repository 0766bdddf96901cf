import { type Token, tokenAt } from './tokens.ts'

export interface Word extends Token {
  readonly start: number
  readonly text: string
  /** A keyword or a name in small letters; other tokens as they are. */
  readonly lower: string
}

/** The tokens of an SQL text, without spaces and comments. */
export function wordsOf(sql: string): readonly Word[] {
  const words: Word[] = []
  for (let at = 0; at < sql.length; ) {
    const token = tokenAt(sql, at)
    if (token.kind !== 'space') {
      const text = sql.slice(at, token.end)
      words.push({ ...token, start: at, text, lower: token.kind === 'word' ? text.toLowerCase() : text })
    }
    at = token.end
  }
  return words
}
