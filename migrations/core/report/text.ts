import { stripVTControlCharacters } from 'node:util'
import { eastAsianWidth } from 'get-east-asian-width'
import { visible } from './printable.ts'

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
 * `text` on one line: line breaks and other white space become one space, and control characters are visible, so that
 * a message out of a file or a database cannot move the cursor.
 */
export function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim())
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
