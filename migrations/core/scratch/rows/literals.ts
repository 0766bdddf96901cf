/** What an expression gives away about the values that it allows. */
export interface Hints {
  readonly texts: readonly string[]
  readonly numbers: readonly number[]
}

/** The literals of SQL expressions, as pg_get_expr writes them, with the strings that their patterns describe. */
export function hintsIn(expressions: readonly string[]): Hints {
  const texts = new Set<string>()
  const numbers = new Set<number>()
  for (const expression of expressions) {
    for (const match of expression.matchAll(/(!?~~?\*?\s*)?(?:E)?'((?:[^']|'')*)'/g)) {
      const text = (match[2] ?? '').replaceAll("''", "'").replaceAll('\\\\', '\\')
      const operator = match[1]?.trim() ?? ''
      if (/^~~/.test(operator)) texts.add(ofLikePattern(text))
      else if (/^~/.test(operator)) for (const sample of ofRegularExpression(text)) texts.add(sample)
      texts.add(text)
      if (/^-?\d+(\.\d+)?$/.test(text)) addNumber(numbers, Number(text))
    }
    const bare = expression.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, ' ')
    for (const [number] of bare.matchAll(/(?<![\w.])\d+(?:\.\d+)?\b/g)) addNumber(numbers, Number(number))
  }
  if (expressions.some((text) => /length\(|octet_length/.test(text))) {
    for (const size of numbers)
      if (size > 0 && size <= 300 && Number.isInteger(size)) texts.add('x'.repeat(size))
  }
  return { texts: [...texts], numbers: withMiddles([...numbers]) }
}

function addNumber(numbers: Set<number>, value: number): void {
  for (const near of [value, value + 1, value - 1]) numbers.add(near)
}

/** Between two bounds lies a value that both allow. */
function withMiddles(numbers: readonly number[]): readonly number[] {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middles = sorted.flatMap((value, at) => {
    const next = sorted[at + 1]
    return next === undefined || next - value < 2 ? [] : [Math.round((value + next) / 2)]
  })
  const last = sorted.at(-1)
  const beyond =
    last === undefined || numbers.length < 4 ? [] : [1, 2, 3, 4, 5, 6, 7].map((step) => last + step)
  return [...new Set([...numbers, ...middles, ...beyond])].slice(0, 30)
}

/** A string that a LIKE pattern matches (manual, section 9.7.1). */
function ofLikePattern(pattern: string): string {
  return pattern.replace(/\\(.)|%|_/g, (all, escaped?: string) => escaped ?? (all === '%' ? 'ab' : 'a'))
}

/**
 * Strings that a plain regular expression is likely to match; none where it has what is not known here. The server
 * says whether they do, with the constraint: Node takes exponential time for some expressions.
 */
export function ofRegularExpression(pattern: string): readonly string[] {
  try {
    return [0, 1, 2].map((pick) => new Sampler(pattern, pick).sample())
  } catch (error) {
    if (error instanceof UnknownPattern || error instanceof SyntaxError) return []
    throw error
  }
}

class UnknownPattern extends Error {}

/** Characters of a sample. */
const longest = 10_000

const classes: Readonly<Record<string, string>> = {
  alpha: 'A-Za-z',
  digit: '0-9',
  alnum: 'A-Za-z0-9',
  lower: 'a-z',
  upper: 'A-Z',
  space: ' ',
  xdigit: '0-9a-f',
}
const escapes: Readonly<Record<string, string>> = { d: '0-9', w: 'a-z0-9_', s: ' ' }

/** Walks a pattern once and writes down what it would match; `pick` chooses among alternatives and letters. */
class Sampler {
  private readonly pattern: string
  private readonly pick: number
  private at = 0

  constructor(pattern: string, pick: number) {
    this.pattern = pattern.replace(/^\(\?[a-z]+\)/, '')
    this.pick = pick
  }

  sample(): string {
    const text = this.alternatives()
    if (this.at < this.pattern.length) throw new UnknownPattern()
    return text
  }

  private alternatives(): string {
    const all = [this.sequence()]
    while (this.pattern[this.at] === '|') {
      this.at += 1
      all.push(this.sequence())
    }
    return all[this.pick % all.length] ?? ''
  }

  private sequence(): string {
    let text = ''
    while (this.at < this.pattern.length && !/[|)]/.test(this.pattern[this.at] ?? '')) {
      const once = this.atom()
      const times = this.times()
      if (text.length + once.length * times > longest) throw new UnknownPattern()
      text += once.repeat(times)
    }
    return text
  }

  private atom(): string {
    const char = this.pattern[this.at] ?? ''
    this.at += 1
    if (char === '^' || char === '$') return ''
    if (char === '(') return this.group()
    if (char === '[') return this.set()
    if (char === '.') return 'a'
    if (char !== '\\') return char
    const escaped = this.pattern[this.at] ?? ''
    this.at += 1
    if (escapes[escaped] !== undefined) return this.oneOf(escapes[escaped])
    if (/[a-zA-Z]/.test(escaped)) throw new UnknownPattern()
    return escaped
  }

  private group(): string {
    if (this.pattern.startsWith('?:', this.at)) this.at += 2
    else if (this.pattern[this.at] === '?') throw new UnknownPattern()
    const text = this.alternatives()
    if (this.pattern[this.at] !== ')') throw new UnknownPattern()
    this.at += 1
    return text
  }

  private set(): string {
    const end = /^\^?\]?(?:\[:\w+:\]|\\.|[^\]\\])*\]/.exec(this.pattern.slice(this.at))?.[0]
    if (end === undefined) throw new UnknownPattern()
    this.at += end.length
    const inner = end
      .slice(0, -1)
      .replace(/\[:(\w+):\]/g, (_, name: string) => classes[name] ?? '')
      .replace(/\\([dws])/g, (_, name: string) => escapes[name] ?? '')
      .replace(/\\(.)/g, '$1')
    if (!inner.startsWith('^')) return this.oneOf(inner)
    const free = [...'aA0 _-'].find(
      (char) => !new RegExp(`[${inner.slice(1).replaceAll(']', '\\]')}]`).test(char),
    )
    if (free === undefined) throw new UnknownPattern()
    return free
  }

  private oneOf(range: string): string {
    const [from = '', dash, to] = range
    if (dash !== '-' || to === undefined) return from
    const code = from.charCodeAt(0) + this.pick
    return code <= to.charCodeAt(0) ? String.fromCharCode(code) : from
  }

  private times(): number {
    const [all = '', least] = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(this.pattern.slice(this.at)) ?? []
    this.at += all.length
    return least === undefined ? 1 : Number(least)
  }
}
