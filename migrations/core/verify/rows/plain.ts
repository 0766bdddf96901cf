import { splitStatements } from '../../postgres/index.ts'
import { wordsOf } from '../../postgres/sql/words.ts'

const made = new Set(['table', 'index', 'type', 'domain', 'sequence'])
const dropped = new Set([...made, 'view'])

/**
 * Whether statements make, index, comment or drop what they name and do nothing else: then they touch no rows of what they do not
 * name. What runs code (DO, CALL, a query, CREATE TABLE … AS) may touch any.
 */
export function arePlain(statements: readonly string[]): boolean {
  const all = statements.flatMap((sql) => splitStatements(sql).map(({ text }) => text))
  return all.length > 0 && all.every(isPlain)
}

function isPlain(sql: string): boolean {
  const words = wordsOf(sql).map(({ lower }) => lower)
  const [verb, ...rest] = words
  if (verb === 'comment') return true
  const kind = rest.find((word) => !['unique', 'unlogged'].includes(word)) ?? ''
  if (verb === 'drop') return dropped.has(kind)
  return verb === 'create' && made.has(kind) && !isFilled(rest)
}

/** CREATE TABLE … AS: the word inside of parentheses is that of a generated column. */
function isFilled(words: readonly string[]): boolean {
  let depth = 0
  for (const word of words) {
    if (word === '(') depth += 1
    else if (word === ')') depth -= 1
    else if (word === 'as' && depth === 0 && words[0] !== 'type' && words[0] !== 'domain') return true
  }
  return false
}
