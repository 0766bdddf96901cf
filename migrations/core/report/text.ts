import { stripVTControlCharacters } from 'node:util'
import stringWidth from 'string-width'

/** How many terminal columns `text` takes: wide characters two, combining marks and colour codes none. */
export function textWidth(text: string): number {
  return stringWidth(text)
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
  let cut = ''
  let used = 1
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    used += textWidth(segment)
    if (used > width) break
    cut += segment
  }
  return width < 1 ? '' : `${cut}…`
}

/**
 * `text` without the passwords of connection URLs and keyword/value strings: a last guard under messages that
 * others wrote, such as a driver's.
 */
export function withoutPasswords(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@]*):\S*@/gi, '$1:***@')
    .replace(/\b((?:ssl)?password\s*=\s*)('(?:\\.|[^'\\])*'|[^\s&'"]+)/gi, '$1***')
}
