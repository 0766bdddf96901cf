import { textWidth } from '../../text-width.ts'

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
  const shownBefore = textWidth(before) > widest / 2 ? `…${lastColumns(before, widest / 2)}` : before
  const room = widest - textWidth(shownBefore)
  const shownAfter = textWidth(after) > room ? `${firstColumns(after, room)}…` : after
  const label = `LINE ${number}: `
  return `${label}${shownBefore}${shownAfter}\n${' '.repeat(label.length + textWidth(shownBefore))}^`
}

function printable(text: string): string {
  return text.replace(/[\t\r\f\v]/g, ' ')
}

function firstColumns(text: string, columns: number): string {
  let used = 0
  return [...text]
    .filter((character) => {
      used += textWidth(character)
      return used <= columns
    })
    .join('')
}

function lastColumns(text: string, columns: number): string {
  return [...firstColumns([...text].reverse().join(''), columns)].reverse().join('')
}
