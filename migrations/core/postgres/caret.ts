import { eastAsianWidth } from 'get-east-asian-width'

const widest = 100

/**
 * The line of a statement that an error points at, with a caret beneath, as psql shows it:
 *
 *     LINE 3: ALTER TABLE nowhere ADD COLUMN x int
 *                         ^
 *
 * @param position 0-based offset in UTF-16 units, as in `ErrorPlace`
 */
export function renderCaret(statement: string, position: number): string {
  const at = Math.max(0, Math.min(position, statement.length))
  const lineStart = statement.lastIndexOf('\n', at - 1) + 1
  const lineEnd = statement.indexOf('\n', at)
  const number = statement.slice(0, lineStart).split('\n').length
  const line = statement.slice(lineStart, lineEnd === -1 ? undefined : lineEnd)
  const before = printable(line.slice(0, at - lineStart))
  const after = printable(line.slice(at - lineStart))
  const shownBefore = width(before) > widest / 2 ? `…${lastColumns(before, widest / 2)}` : before
  const room = widest - width(shownBefore)
  const shownAfter = width(after) > room ? `${firstColumns(after, room)}…` : after
  const label = `LINE ${number}: `
  return `${label}${shownBefore}${shownAfter}\n${' '.repeat(label.length + width(shownBefore))}^`
}

function printable(text: string): string {
  return text.replace(/[\t\r\f\v]/g, ' ')
}

function width(text: string): number {
  return [...text].reduce((sum, character) => sum + characterWidth(character), 0)
}

function characterWidth(character: string): number {
  if (/^[\p{Mark}\p{Cf}]$/u.test(character)) return 0
  return eastAsianWidth(character.codePointAt(0) ?? 0x20)
}

function firstColumns(text: string, columns: number): string {
  let used = 0
  return [...text]
    .filter((character) => {
      used += characterWidth(character)
      return used <= columns
    })
    .join('')
}

function lastColumns(text: string, columns: number): string {
  return [...firstColumns([...text].reverse().join(''), columns)].reverse().join('')
}
