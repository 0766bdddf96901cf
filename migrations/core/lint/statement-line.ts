import { anyItem, inPieces } from '../wildcard.ts'

/**
 * The line of a file on which a statement begins, 1-based, by the statement's first line; undefined for what a directive
 * has made. In a template what stands in `${…}` is any text.
 */
export function statementLine(source: string, sql: string): number | undefined {
  const first = sql
    .split('\n')
    .find((text) => text.trim() !== '')
    ?.trim()
  if (first === undefined) return undefined
  const lines = source.split('\n')
  const exact = lines.findIndex((text) => text.includes(first))
  const at = exact === -1 ? lines.findIndex((text) => text.includes('${') && isMadeBy(text, first)) : exact
  return at === -1 ? undefined : at + 1
}

/** Could the line of a template have given this text? The template may begin or end on it. */
function isMadeBy(line: string, text: string): boolean {
  return line.split('`').some((piece) => {
    const parts = piece.trim().split(/\$\{[^}]{0,2000}\}/)
    // A line of names alone would fit anything.
    if (!/\w\w/.test(parts.join(''))) return false
    const pieces = parts.map((part, at) => [...part, ...(at < parts.length - 1 ? [anyItem] : [])])
    return inPieces(pieces)([...text])
  })
}
