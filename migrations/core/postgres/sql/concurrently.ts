import { type Word, wordsOf } from './words.ts'

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
