/** What one item of a text must be: itself, or what a function says. */
export type WildcardItem = string | ((item: string) => boolean)

export const anyItem: WildcardItem = () => true

/**
 * Whether a text is what a pattern says: `*` for any run of characters, `?` for any one.
 * @returns the test, whose time grows with the text and the pattern, however many wildcards there are
 */
export function wildcard(pattern: string): (text: string) => boolean {
  const pieces = pattern
    .split(/\*+/)
    .map((piece) => [...piece].map((char) => (char === '?' ? anyItem : char)))
  const matches = inPieces(pieces)
  return (text) => matches([...text])
}

/**
 * Whether a list of items is these pieces with any run of items between each two. The first place of a piece is as good
 * as any later one, so nothing is tried again.
 */
export function inPieces(
  pieces: readonly (readonly WildcardItem[])[],
): (items: readonly string[]) => boolean {
  const [first = [], ...rest] = pieces
  const last = rest.pop()
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  const middle = rest.filter((piece) => piece.length > 0)
  return (items) => {
    if (last === undefined) return items.length === length && fitsAt(items, first, 0)
    const end = items.length - last.length
    if (items.length < length || !fitsAt(items, first, 0) || !fitsAt(items, last, end)) return false
    let from = first.length
    for (const piece of middle) {
      const after = endOf(piece, items, from)
      if (after === undefined) return false
      from = after
    }
    return from <= end
  }
}

function fitsAt(items: readonly string[], piece: readonly WildcardItem[], at: number): boolean {
  for (let offset = 0; offset < piece.length; offset += 1)
    if (!fits(piece[offset], items[at + offset])) return false
  return true
}

function fits(token: WildcardItem | undefined, item: string | undefined): boolean {
  if (token === undefined || item === undefined) return false
  return typeof token === 'string' ? token === item : token(item)
}

/** A piece that is shorter is looked for at each place, which costs less than to know beforehand. */
const short = 32

/** Where the first occurrence of a piece ends; undefined where there is none. */
function endOf(piece: readonly WildcardItem[], items: readonly string[], from: number): number | undefined {
  const plain = piece.length > short ? piece.filter((token) => typeof token === 'string') : []
  if (plain.length > short && plain.length === piece.length) return endOfPlain(plain, items, from)
  // What a function says of an item cannot be known beforehand.
  for (let at = from; at + piece.length <= items.length; at += 1)
    if (fitsAt(items, piece, at)) return at + piece.length
  return undefined
}

/** Knuth, Morris and Pratt: how much of the piece still fits where it breaks off is known beforehand. */
function endOfPlain(piece: readonly string[], items: readonly string[], from: number): number | undefined {
  const kept = [0]
  for (let at = 1, found = 0; at < piece.length; at += 1) {
    while (found > 0 && piece[at] !== piece[found]) found = kept[found - 1] ?? 0
    if (piece[at] === piece[found]) found += 1
    kept.push(found)
  }
  for (let at = from, found = 0; at < items.length; at += 1) {
    while (found > 0 && items[at] !== piece[found]) found = kept[found - 1] ?? 0
    if (items[at] === piece[found]) found += 1
    if (found === piece.length) return at + 1
  }
  return undefined
}
