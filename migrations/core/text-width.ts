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
