import { catalogName } from './quote.ts'

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
