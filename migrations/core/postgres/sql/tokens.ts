/** A piece of SQL text that must not be cut. */
export interface Token {
  readonly kind: 'space' | 'word' | 'quoted' | 'open' | 'close' | 'semicolon' | 'backslash' | 'other'
  /** Offset after it. */
  readonly end: number
}

const space = /[ \t\n\r\f\v]+/y
const lineComment = /--[^\n\r]*/y
const escapeString = /[eE]'/y
const word = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/y
/** PostgreSQL 14 reads `1a$$` as a number and a name; later ones refuse it. */
const number = /\d[\d_.]*(?:[eE][+-]?\d[\d_]*)?(?:[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)?/y
const continuation = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y

/**
 * The token that starts at an offset, by the rules of PostgreSQL's own lexer (manual, section 4.1). Comments
 * count as space. What is not closed reaches to the end: PostgreSQL will say so better.
 */
export function tokenAt(sql: string, at: number): Token {
  const kind = singles[sql[at] ?? '']
  if (kind !== undefined) return { kind, end: at + 1 }
  // Most are words: without a look at what else they might be.
  if (sql[at + 1] !== "'") {
    const plain = matchEnd(word, sql, at)
    if (plain !== undefined) return { kind: 'word', end: plain }
  }
  const blank = matchEnd(space, sql, at) ?? matchEnd(lineComment, sql, at) ?? blockCommentEnd(sql, at)
  if (blank !== undefined) return { kind: 'space', end: blank }
  const quoted = quotedEnd(sql, at)
  if (quoted !== undefined) return { kind: 'quoted', end: quoted }
  const named = matchEnd(word, sql, at)
  if (named !== undefined) return { kind: 'word', end: named }
  return { kind: 'other', end: matchEnd(number, sql, at) ?? at + 1 }
}

const singles: Readonly<Record<string, Token['kind']>> = {
  '(': 'open',
  ')': 'close',
  ';': 'semicolon',
  '\\': 'backslash',
}

function quotedEnd(sql: string, at: number): number | undefined {
  if (matchEnd(escapeString, sql, at) !== undefined) return escapeStringEnd(sql, at + 2)
  const first = sql[at]
  // A doubled quote reads as two strings side by side, which end at the same place.
  if (first === "'" || first === '"') return endAfter(sql, first, at + 1)
  const tagEnd = matchEnd(dollarTag, sql, at)
  return tagEnd === undefined ? undefined : endAfter(sql, sql.slice(at, tagEnd), tagEnd)
}

/** E'…' to its end; a further string on a new line continues it, backslashes included (section 4.1.2.2). */
function escapeStringEnd(sql: string, from: number): number {
  for (let at = from; at < sql.length; at += 1) {
    if (sql[at] === '\\') at += 1
    else if (sql[at] === "'" && sql[at + 1] === "'") at += 1
    else if (sql[at] === "'") {
      const more = matchEnd(continuation, sql, at + 1)
      if (more === undefined) return at + 1
      at = more - 1
    }
  }
  return sql.length
}

/** Block comments nest (section 4.1.5). */
function blockCommentEnd(sql: string, at: number): number | undefined {
  if (!sql.startsWith('/*', at)) return undefined
  const edge = /\/\*|\*\//g
  edge.lastIndex = at
  let depth = 0
  for (let found = edge.exec(sql); found !== null; found = edge.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return edge.lastIndex
  }
  return sql.length
}

function endAfter(sql: string, closing: string, from: number): number {
  const found = sql.indexOf(closing, from)
  return found === -1 ? sql.length : found + closing.length
}

function matchEnd(pattern: RegExp, sql: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : undefined
}
