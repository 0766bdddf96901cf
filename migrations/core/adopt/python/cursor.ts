import type { Token } from './tokens.ts'

/** A place in a list of tokens. */
export interface Cursor {
  readonly file: string
  peek(ahead?: number): Token
  next(): Token
  /** Takes the token when it is this operator or keyword. */
  take(text: string): boolean
  /** @throws Unreadable when another token comes. */
  expect(text: string): Token
  /** The place, to come back to. */
  mark(): number
  reset(mark: number): void
}

/** Python that this reader has no rule for; the statement around it becomes one that is not understood. */
export class Unreadable extends Error {
  readonly what: string

  constructor(what: string) {
    super(what)
    this.what = what
  }
}

export function cursor(tokens: readonly Token[], file: string): Cursor {
  let at = 0
  const end: Token = { type: 'end', text: '', prefix: '', line: tokens.at(-1)?.line ?? 1, endLine: 1 }
  const peek = (ahead = 0) => tokens[at + ahead] ?? end
  const take = (text: string) => {
    const found = isWord(peek(), text)
    if (found) at += 1
    return found
  }
  return {
    file,
    peek,
    take,
    next() {
      const token = peek()
      at += 1
      return token
    },
    expect(text) {
      const token = peek()
      if (!take(text)) throw new Unreadable(`${JSON.stringify(token.text)} where ${text} was expected`)
      return token
    },
    mark: () => at,
    reset(mark) {
      at = mark
    },
  }
}

/** Whether a token is this operator or keyword; a string never is. */
export function isWord(token: Token, text: string): boolean {
  return (token.type === 'op' || token.type === 'name') && token.text === text
}
