import { catalogName } from '../sql/quote.ts'
import { type Word, wordsOf } from '../sql/words.ts'

/** A name with the schema that a statement gives it. */
export interface SchemaName {
  readonly schema: string | undefined
  readonly name: string
}

/**
 * Reads a statement from left to right, by the tokens that PostgreSQL's lexer makes of it: no name, string or comment is
 * taken for a keyword. A method that finds what it is asked for goes on after it, another one stays where it is.
 */
export class Reader {
  readonly #sql: string
  readonly #words: readonly Word[]
  #at = 0

  constructor(sql: string) {
    this.#sql = sql
    this.#words = wordsOf(sql).filter(({ kind }) => kind !== 'semicolon')
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#words.length
  }

  /** The offset of the next token; of the end, after the last one. */
  get offset(): number {
    return this.#words[this.#at]?.start ?? this.#sql.length
  }

  /** Whether these keywords come next. */
  sees(...keywords: readonly string[]): boolean {
    return keywords.every((keyword, at) => this.#words[this.#at + at]?.lower === keyword)
  }

  /** Whether these keywords came next. */
  takes(...keywords: readonly string[]): boolean {
    if (!this.sees(...keywords)) return false
    this.#at += keywords.length
    return true
  }

  skipExistence(): void {
    if (!this.takes('if', 'exists')) this.takes('if', 'not', 'exists')
  }

  /** A name as the catalog has it. */
  name(): string | undefined {
    const word = this.#words[this.#at]
    const isName = word?.kind === 'word' || (word?.kind === 'quoted' && word.text.startsWith('"'))
    if (word === undefined || !isName) return undefined
    this.#at += 1
    return catalogName(word.text)
  }

  schemaName(): SchemaName | undefined {
    const first = this.name()
    if (first === undefined || !this.takes('.')) return first === undefined ? undefined : withoutSchema(first)
    const name = this.name()
    return name === undefined ? undefined : { schema: first, name }
  }

  /** The text of a string constant, also of one with backslashes that stand for themselves: `E'\\\\'`. */
  string(): string | undefined {
    const word = this.#words[this.#at]
    if (word?.kind !== 'quoted' || !/^[eE]?'/.test(word.text)) return undefined
    const isEscaped = !word.text.startsWith("'")
    const text = isEscaped ? word.text.slice(1).replaceAll('\\\\', '\\') : word.text
    this.#at += 1
    return text.slice(1, -1).replaceAll("''", "'")
  }

  number(): boolean {
    const isNumber = /^[\d.]/.test(this.#words[this.#at]?.text ?? '') && !this.sees('.')
    if (isNumber) this.#at += 1
    return isNumber
  }

  /** The text within parentheses. */
  group(): string | undefined {
    if (!this.sees('(')) return undefined
    const start = this.#words[this.#at]?.end ?? 0
    this.skip()
    return this.#sql.slice(start, this.#words[this.#at - 1]?.start).trim()
  }

  /** The parts between commas, up to the end or to what closes parentheses around them. */
  parts(): readonly string[] {
    const parts: string[] = []
    do parts.push(this.until((reader) => reader.sees(',') || reader.sees(')')))
    while (this.takes(','))
    return parts
  }

  /** The text up to where `stops` says, outside of parentheses, or to the end; `stops` is not asked of the first token. */
  until(stops: (reader: Reader) => boolean): string {
    const start = this.offset
    let end = start
    while (!this.isAtEnd && (end === start || !stops(this))) {
      this.skip()
      end = this.#words[this.#at - 1]?.end ?? end
    }
    return this.#sql.slice(start, end)
  }

  rest(): string {
    return this.until(() => false)
  }

  /** Goes over a token, or over all that is in parentheses. */
  skip(): void {
    let depth = 0
    do {
      const kind = this.#words[this.#at]?.kind
      if (kind === 'open') depth += 1
      if (kind === 'close') depth -= 1
      this.#at += 1
    } while (depth > 0 && !this.isAtEnd)
  }
}

function withoutSchema(name: string): SchemaName {
  return { schema: undefined, name }
}

/** Names between commas, as the catalog has them; undefined where something else is among them. */
export function namesIn(list: string): readonly string[] | undefined {
  const reader = new Reader(list)
  const names: string[] = []
  do {
    const name = reader.name()
    if (name === undefined) return undefined
    names.push(name)
  } while (reader.takes(','))
  return reader.isAtEnd ? names : undefined
}
