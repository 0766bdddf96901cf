/** What differs in an object as a person reads it, and the same in the other direction. */
export interface ChangeWords {
  readonly detail: string
  readonly back: string
}

type Pair = readonly [what: string, from: string, to: string]

/** `type integer → bigint`, of each of several properties. */
export function changeWords(pairs: readonly Pair[]): ChangeWords {
  const parts = pairs.map(([what, from, to]): Pair => [what, ...whereTheyDiffer(oneLine(from), oneLine(to))])
  const text = ([what, from, to]: Pair) =>
    from === to ? `${what} (white space alone)` : `${what} ${from} → ${to}`
  return {
    detail: parts.map(text).join(', '),
    back: parts.map(([what, from, to]) => text([what, to, from])).join(', '),
  }
}

/** What differs in a property of the engine's. */
export function propertyChange(name: string, from: unknown, to: unknown): ChangeWords {
  return changeWords(pairsOf(name, from, to))
}

/** A property of an object, whose own properties differ one by one. */
function pairsOf(name: string, from: unknown, to: unknown): readonly Pair[] {
  if (!isRecord(from) || !isRecord(to) || isName(from) || isName(to))
    return [[propertyWord(name), valueText(name, from), valueText(name, to)]]
  const names = Object.keys({ ...from, ...to }).filter((each) => !isSame(from[each], to[each]))
  return names.flatMap((each) =>
    pairsOf(each, from[each], to[each]).map(
      ([what, ...sides]): Pair => [`${propertyWord(name)} ${what}`, ...sides],
    ),
  )
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null)
}

const words: Readonly<Record<string, string>> = {
  def: 'definition',
  expr: 'expression',
  reloptions: 'storage parameters',
  usingExpr: 'using',
  checkExpr: 'with check',
  cmd: 'command',
}

/** `notNull` → `not null`. */
function propertyWord(name: string): string {
  return words[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** What letters of the catalogs stand for (manual, "System Catalogs"). */
const letters: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  generation: { a: 'always', d: 'by default' },
  persistence: { p: 'permanent', u: 'unlogged', t: 'temporary' },
  replicaIdentity: { d: 'default', n: 'nothing', f: 'full', i: 'index' },
  enabled: { O: 'yes', D: 'no', R: 'on replicas', A: 'always' },
  cmd: { r: 'select', a: 'insert', w: 'update', d: 'delete', '*': 'all' },
}

/** A value of a property in one line. */
export function valueText(name: string, value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (Array.isArray(value))
    return value.length === 0 ? 'none' : value.map((each) => valueText('', each)).join(', ')
  if (!isRecord(value)) return letters[name]?.[String(value)] ?? String(value)
  if (isName(value)) return Object.values(value).join('.')
  // Of an identity column the rest is as PostgreSQL chooses, or follows from the column.
  if ('generation' in value) return valueText('generation', value.generation)
  return Object.entries(value)
    .map(([part, each]) => `${propertyWord(part)} ${valueText(part, each)}`)
    .join(', ')
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `{ schema, table, column }` */
function isName(value: Readonly<Record<string, unknown>>): boolean {
  return 'schema' in value && Object.values(value).every((each) => typeof each === 'string')
}

const mostShown = 120
/** What is shorter is read as a whole. */
const short = 60
const wordsAround = 2

/** Two long texts without what they begin and end with alike, but for some words. */
function whereTheyDiffer(from: string, to: string): readonly [string, string] {
  if (Math.max(from.length, to.length) <= short) return [from, to]
  const [a, b] = [from.split(' '), to.split(' ')]
  const least = Math.min(a.length, b.length)
  let same = 0
  while (same < least && a[same] === b[same]) same += 1
  let end = 0
  while (end < least - same && a.at(-1 - end) === b.at(-1 - end)) end += 1
  const [begin, rest] = [Math.max(0, same - wordsAround), Math.max(0, end - wordsAround)]
  const middle = (all: readonly string[]) => all.slice(begin, all.length - rest).join(' ')
  const [one, other] = withinWords(middle(a), middle(b))
  const part = (text: string) => `${begin > 0 ? '… ' : ''}${cut(text)}${rest > 0 ? ' …' : ''}`
  return [part(one), part(other)]
}

/** Two texts from shortly before their first difference on, where it would be cut off. */
function withinWords(one: string, other: string): readonly [string, string] {
  let at = 0
  while (at < one.length && one[at] === other[at]) at += 1
  if (one === other || at < mostShown / 2) return [one, other]
  const from = at - mostShown / 4
  return [`…${one.slice(from)}`, `…${other.slice(from)}`]
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

export function cut(line: string): string {
  return line.length > mostShown ? `${line.slice(0, mostShown - 1)}…` : line
}
