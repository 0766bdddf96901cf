import { textWidth } from '../text-width.ts'
import { visible } from './printable.ts'

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

/** The first names of a list, and how many more there are. */
export function namesText(names: readonly string[], shown: number): string {
  const more = names.length - shown
  return names.slice(0, shown).map(oneLine).join(', ') + (more > 0 ? ` and ${more} more` : '')
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
