import { stripVTControlCharacters } from 'node:util'
import { eastAsianWidth } from 'get-east-asian-width'

const zeroWidthJoiner = 0x200d
const emojiSelector = 0xfe0f

/**
 * How many terminal columns `text` takes: wide characters (UAX #11) two, combining marks, format characters and
 * colour codes none, a joined emoji sequence two. Loads no segmenter, since that alone costs a command 13 ms.
 */
export function textWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  let last = 0
  let before = 0
  for (const character of stripVTControlCharacters(text)) {
    const codePoint = character.codePointAt(0) ?? 0
    if (codePoint === emojiSelector && last === 1) width += 1
    if (before !== zeroWidthJoiner && !/^[\p{M}\p{Cf}\p{Cc}\p{Emoji_Modifier}]$/u.test(character)) {
      last = eastAsianWidth(codePoint)
      width += last
    }
    before = codePoint
  }
  return width
}

/** `text` filled with spaces to `width` columns. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'right' ? fill + text : text + fill
}

/**
 * `text` on one line: line breaks and other white space become one space, and control characters go, so that a
 * message out of a file or a database cannot move the cursor.
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\s+/g, ' ')
    .replace(/\p{Cc}/gu, '')
    .trim()
}

/** `text` cut to `width` columns, with `…` at its end where something was cut. Holds no colour codes. */
export function cutText(text: string, width: number): string {
  if (textWidth(text) <= width) return text
  if (width < 1) return ''
  const characters = [...text]
  let kept = Math.min(characters.length, width)
  while (kept > 0 && textWidth(characters.slice(0, kept).join('')) > width - 1) kept -= 1
  return `${characters.slice(0, kept).join('')}…`
}

/**
 * `text` without the passwords of connection URLs, of keyword/value strings and of SQL (`PASSWORD '…'` of a role or a
 * user mapping): a last guard over messages that others wrote, such as a driver's.
 */
export function withoutPasswords(text: string): string {
  return (
    text
      .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):\S*@/gi, '$1:***@')
      // A URL that ends within its password; a colon before digits is that of a port.
      .replace(
        /(\bpostgres(?:ql)?(?:\+\w+)?:\/\/[^\s:/?#@[]*):(?!\*\*\*|\d{1,5}(?:[^\w]|$))[^\s'"`]+/gi,
        '$1:***',
      )
      .replace(/\b((?:ssl)?password\s*=\s*)('(?:\\.|[^'\\])*'|[^\s&'"]+)/gi, '$1***')
      .replace(/\b(password\s+)(?:e'(?:\\.|''|[^'\\])*'|'(?:''|[^'])*'|\$(\w*)\$.*?\$\2\$)/gis, "$1'***'")
  )
}
