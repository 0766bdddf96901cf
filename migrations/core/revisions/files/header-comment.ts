/** What the comment at the top of a revision file says: the message, and `Name: value` lines by small name. */
export interface HeaderComment {
  readonly message: string
  readonly fields: ReadonlyMap<string, { readonly value: string; readonly line: number }>
  /** The `Upgrade loses:` and `Downgrade loses:` lines, in their order. */
  readonly losses: readonly LossField[]
  /** Whether an import has written the file: it says `Imported from FILE.` below the fields. */
  readonly imported: boolean
}

export interface LossField {
  readonly side: 'upgrade' | 'downgrade'
  readonly value: string
  /** 1-based. */
  readonly line: number
}

/** How the line begins that an import writes into the header of a file. */
export const importedFrom = 'Imported from '

const known = ['revision', 'revises', 'depends on', 'labels', 'created', 'irreversible']

/**
 * Reads a header from its lines, comment marks taken off. A first line with a blank one below is a message, even if
 * it looks like a field. The message is the text before the first blank line or
 * field, its lines joined with a space. The fields end at the next blank line, but for `Irreversible:` and the losses,
 * which must not be passed over; the first of a name counts, and every loss.
 * @param firstLine line number of the first line in the file, 1-based
 */
export function headerComment(lines: readonly string[], firstLine: number): HeaderComment {
  const fields = new Map<string, { value: string; line: number }>()
  const losses: LossField[] = []
  const message: string[] = []
  let inMessage = true
  let ended = false
  let imported = false
  for (const [at, line] of lines.entries()) {
    const text = line.trim()
    const field = /^([A-Za-z]+(?: [a-z]+)?):(?:\s+(.*))?$/.exec(text)
    const name = field?.[1]?.toLowerCase() ?? ''
    const opensHeader = inMessage && message.length === 0 && (lines[at + 1] ?? '').trim() === ''
    const loss = opensHeader ? undefined : lossField(line, firstLine + at)
    if (loss !== undefined) losses.push(loss)
    const isField = (!ended || name === 'irreversible') && known.includes(name) && !opensHeader
    ended ||= fields.size > 0 && text === ''
    imported ||= ended && text.startsWith(importedFrom)
    if (isField && !fields.has(name))
      fields.set(name, { value: field?.[2]?.trim() ?? '', line: firstLine + at })
    if (isField || loss !== undefined || (text === '' && message.length > 0)) inMessage = false
    if (inMessage && text !== '') message.push(text)
  }
  return { message: message.join(' '), fields, losses, imported }
}

/** What a line of a comment says that a side loses, comment marks taken off; undefined for any other line. */
export function lossField(text: string, line: number): LossField | undefined {
  const [, name, value = ''] = /^(upgrade|downgrade) loses:(?:\s+(.*))?$/i.exec(text.trim()) ?? []
  if (name === undefined) return undefined
  return { side: name.toLowerCase() === 'upgrade' ? 'upgrade' : 'downgrade', value: value.trim(), line }
}

/** The lines of a block comment without its stars, `*\/` read as the end mark that it stands for. */
export function blockCommentLines(comment: string): readonly string[] {
  return comment
    .replace(/^\/\*+/, '')
    .replace(/(?<!\*)\*+\/$/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*\*? ?/, '').replace(/\*\\(\\*)\//g, '*$1/'))
}

/** A text as it may stand in a block comment; `blockCommentLines` reads it back. */
export function inBlockComment(text: string): string {
  return text.replace(/\*(\\*)\//g, '*\\$1/')
}

/**
 * A message as files keep it: one line, no control or direction characters, well-formed; `empty message` when
 * nothing is left, as in Alembic.
 */
export function oneLineMessage(message: string): string {
  const line = message
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
  return line === '' ? 'empty message' : line
}
