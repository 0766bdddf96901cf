import { tokenAt } from './tokens.ts'

/** A statement whose values are hidden, and where in it a position of the original is. */
export interface HiddenLiterals {
  readonly sql: string
  readonly position: number | undefined
}

/**
 * A statement with `…` for the contents of its strings, for places where values of rows must not be seen. Bodies in
 * dollar quotes stay, without the strings in them. Names stay as they are.
 * @param position 0-based offset in UTF-16 units
 */
export function withoutLiterals(sql: string, position?: number): HiddenLiterals {
  const parts: string[] = []
  let length = 0
  let moved = position
  for (let at = 0; at < sql.length; ) {
    const { kind, end } = tokenAt(sql, at)
    const text = sql.slice(at, end)
    const part = kind === 'quoted' ? hidden(text) : text
    if (position !== undefined && at <= position && position < end)
      moved = length + Math.min(position - at, part.length - 1)
    parts.push(part)
    length += part.length
    at = end
  }
  return { sql: parts.join(''), position: position !== undefined && position >= sql.length ? length : moved }
}

/** What a session has run, without the values in it. */
export function withoutQueryValues<Holder extends { readonly query: string }>(holder: Holder): Holder {
  return { ...holder, query: withoutLiterals(holder.query).sql }
}

function hidden(text: string): string {
  if (text.startsWith('"')) return text
  if (!text.startsWith('$')) return text === "''" ? text : `${/^[eE]/.test(text) ? 'E' : ''}'…'`
  const tag = text.slice(0, text.indexOf('$', 1) + 1)
  const closed = text.length >= 2 * tag.length && text.endsWith(tag)
  const body = text.slice(tag.length, closed ? -tag.length : undefined)
  return `${tag}${withoutLiterals(body).sql}${closed ? tag : ''}`
}
