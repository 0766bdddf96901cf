import { catalogName, isName, opening, wordsOf } from '../postgres/index.ts'

/** What a name in a list or an expression stands for: a column, an object, or the type of an argument. */
type Place = 'columns' | 'objects' | 'arguments'

/** Statements whose lists are of columns. */
const withColumns =
  /^(?:create (?:or replace )?(?:unlogged |temp |temporary |recursive |materialized |foreign )*(?:table|view|type)|alter (?:foreign )?table)\b/i

const placeAfter = new Map<string, Place>([
  ...['from', 'inherits'].map((word) => [word, 'objects'] as const),
  ...['select', 'where', 'having', 'by', 'on', 'set', 'values', 'using', 'check', 'when'].map(
    (word) => [word, 'columns'] as const,
  ),
])

/** Right after these comes no object. */
const beforeColumn = new Set(
  'select distinct where having by set when then else and or not column using add alter drop'.split(' '),
)

/**
 * The names in a statement that can stand for an object, and not for a column, by their places; one that is called also
 * with a parenthesis. What is in doubt counts.
 */
export function objectsNamed(sql: string): readonly string[] {
  const words = wordsOf(sql)
  const found: string[] = []
  let place: Place = withColumns.test(opening(sql)) ? 'columns' : 'arguments'
  let isQuery = false
  for (const [at, { text, lower }] of words.entries()) {
    const next = words[at + 1]?.text
    if (isName(text) && next !== '.') {
      let before = at - 1
      while (words[before]?.text === '.') before -= 2
      const name = catalogName(text)
      if (next === '(') found.push(name, `${name}(`)
      else if (isObject(words[before]?.lower, { place, next, isQuery })) found.push(name)
    }
    place = placeAfter.get(lower) ?? place
    isQuery ||= lower === 'select'
  }
  return found
}

interface Around {
  readonly place: Place
  readonly next: string | undefined
  readonly isQuery: boolean
}

function isObject(before: string | undefined, { place, next, isQuery }: Around): boolean {
  if (before === undefined) return false
  // `CAST (a AS t)`, and not the name that a query gives a column.
  if (before === 'as') return !isQuery || next === ')'
  // Of `::`, as the lexer may give it.
  if (before.endsWith(':')) return true
  if (isName(before)) return !beforeColumn.has(before)
  if (before !== '(' && before !== ',') return false
  // An argument that is followed by a name has one itself.
  if (place === 'arguments') return !isName(next) || next.toLowerCase() === 'default'
  return place === 'objects'
}
