import { catalogName } from './quote.ts'
import { type Token, tokenAt } from './tokens.ts'

export interface Word extends Token {
  readonly start: number
  readonly text: string
  /** A keyword or a name in small letters; other tokens as they are. */
  readonly lower: string
}

/**
 * The tokens of an SQL text, without spaces and comments. To the lexer a doubled quote ends a string or name, and begins
 * another one at once; here it is one.
 * @param most that many of the first are enough
 */
export function wordsOf(sql: string, most: number = Number.POSITIVE_INFINITY): readonly Word[] {
  if (sql.length > longestKept) return lexed(sql, most)
  const words = kept.get(sql) ?? lexed(sql, Number.POSITIVE_INFINITY)
  if (!kept.has(sql)) keep(sql, words)
  return words.length > most ? words.slice(0, most) : words
}

/** Of short statements: a run asks for the same ones again and again, for what they are and for each tenant. */
const kept = new Map<string, readonly Word[]>()
const longestKept = 2_000
/** Characters in all. */
const mostKept = 300_000
let keptLength = 0

function keep(sql: string, words: readonly Word[]): void {
  keptLength += sql.length
  if (keptLength > mostKept) {
    kept.clear()
    keptLength = sql.length
  }
  kept.set(sql, words)
}

function lexed(sql: string, most: number): readonly Word[] {
  const words: Word[] = []
  for (let at = 0; at < sql.length && words.length <= most; ) {
    const token = tokenAt(sql, at)
    const text = sql.slice(at, token.end)
    const last = words.at(-1)
    const isQuoted = token.kind === 'quoted' && last?.kind === 'quoted' && /^["']/.test(text)
    if (isQuoted && last.end === at && last.text.endsWith(text[0] ?? '')) {
      const whole = `${last.text}${text}`
      words[words.length - 1] = { ...last, end: token.end, text: whole, lower: whole }
    } else if (token.kind !== 'space') {
      words.push({ ...token, start: at, text, lower: token.kind === 'word' ? text.toLowerCase() : text })
    }
    at = token.end
  }
  return words.length > most ? words.slice(0, most) : words
}

/** Is it a name, or a word, and no sign, number or string? */
export function isName(token: string | undefined): token is string {
  return token !== undefined && /^["A-Za-z_\u0080-\uffff]/.test(token)
}

/** What a statement begins with, one space between words, comments left out. */
export function opening(sql: string): string {
  return sql
    .replace(/\/\*[\s\S]*?\*\/|--[^\n]*/g, ' ')
    .trim()
    .slice(0, 300)
    .replace(/\s+/g, ' ')
}

const name = '(?:"(?:[^"]|"")+"|[\\w$]+)'
const madePattern = new RegExp(
  `^create (?:or replace )?(?:unlogged |foreign |materialized |recursive |constraint )*(table|view|type|domain|sequence|function|procedure|index|trigger)(?: if not exists)? (${name}(?:\\.${name})?)`,
  'i',
)

/** The object that a CREATE statement makes, as `schema.name` without quotes; undefined for other statements. */
export function madeName(sql: string): string | undefined {
  const match = madePattern.exec(opening(sql))
  if (match?.[2] === undefined) return undefined
  return match[2]
    .split(/\.(?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map(catalogName)
    .join('.')
}

/** Whether a statement says CONCURRENTLY, not in a name or a text of it. */
export function isConcurrent(sql: string): boolean {
  return keywordIn(sql) !== undefined
}

/** The statement without its CONCURRENTLY, for where no application waits. */
export function withoutConcurrently(sql: string): string {
  const keyword = keywordIn(sql)
  if (keyword === undefined) return sql
  return sql.slice(0, keyword.start) + sql.slice(keyword.end).replace(/^ /, '')
}

function keywordIn(sql: string): Word | undefined {
  if (!/\bconcurrently\b/i.test(sql)) return undefined
  return wordsOf(sql).find(({ kind, lower }) => kind === 'word' && lower === 'concurrently')
}
