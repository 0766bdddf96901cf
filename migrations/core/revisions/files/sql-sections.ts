import { MigError } from '../../errors.ts'
import { lineOf } from './head-tokens.ts'
import { blockCommentLines, type HeaderComment, headerComment } from './header-comment.ts'

/** The two sides of an SQL revision; null where the file has no such section. */
export interface SqlSections {
  readonly upgrade: string | null
  readonly downgrade: string | null
  /** Line of the file on which the section's text begins, 1-based. */
  readonly upgradeLine: number | null
  readonly downgradeLine: number | null
}

/** A part of a file below a comment that names it. */
export interface TextSection {
  readonly body: string
  /** Line of the file on which the text begins, 1-based. */
  readonly line: number
}

type Side = 'upgrade' | 'downgrade'

interface Piece {
  readonly kind: 'line-comment' | 'block-comment' | 'other'
  readonly text: string
  readonly start: number
}

// Strings, quoted names, dollar quotes and comments, as in "Lexical Structure" of the PostgreSQL manual.
const token =
  /(?<line>--[^\n]*)|\/\*|(?<![\w$])[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<![\w$])\$(?<tag>[\p{L}_][\p{L}\p{N}_]*)?\$[\s\S]*?\$\k<tag>\$|[\w$]+|\s+|[\s\S]/uy

/** The comments of a script, and what stands between them; marks inside strings are not comments. */
function* pieces(sql: string): Generator<Piece> {
  let at = 0
  while (at < sql.length) {
    token.lastIndex = at
    const groups = token.exec(sql)?.groups
    const end = sql.startsWith('/*', at) ? endOfBlock(sql, at) : Math.max(token.lastIndex, at + 1)
    const text = sql.slice(at, end)
    const kind =
      groups?.line !== undefined ? 'line-comment' : text.startsWith('/*') ? 'block-comment' : 'other'
    if (kind !== 'other' || text.trim() !== '') yield { kind, text, start: at }
    at = end
  }
}

/** Block comments nest. */
function endOfBlock(sql: string, start: number): number {
  let depth = 0
  for (const mark of sql.slice(start).matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return start + mark.index + 2
  }
  return sql.length
}

/**
 * The `-- upgrade` and `-- downgrade` sections of an SQL revision. Such a comment starts a section where it stands
 * alone on its line, after the `Revision:` line of the header.
 * @throws MigError `sql-sections` for a section that comes twice, or SQL before the first
 */
export function readSqlRevision(text: string): SqlSections {
  const found = new Map<Side, { start: number; from: number; to: number }>()
  let open: Side | undefined
  let headed = false
  for (const piece of pieces(text)) {
    if (!headed) headed = isComment(piece) && /^[ \t*-]*Revision:/im.test(piece.text)
    const side = headed ? sideOf(text, piece) : undefined
    if (side !== undefined) {
      if (found.has(side)) throw sectionError(text, piece.start, `the section -- ${side} comes twice`)
      const last = open === undefined ? undefined : found.get(open)
      if (last !== undefined) last.to = piece.start
      found.set(side, { start: piece.start, from: piece.start + piece.text.length, to: text.length })
      open = side
    } else if (!isComment(piece) && open === undefined) {
      throw sectionError(text, piece.start, 'there is SQL before the sections')
    }
  }
  const section = (side: Side) => {
    const place = found.get(side)
    return place === undefined
      ? { body: null, line: null }
      : { body: text.slice(place.from, place.to).replace(/^\r?\n/, ''), line: lineOf(text, place.from) + 1 }
  }
  const upgrade = section('upgrade')
  const downgrade = section('downgrade')
  return {
    upgrade: upgrade.body,
    downgrade: downgrade.body,
    upgradeLine: upgrade.line,
    downgradeLine: downgrade.line,
  }
}

/**
 * The sections of a script that begin at a comment with one of some names, alone on its line.
 * @param refuse the error for a section that comes twice, or SQL before the first
 */
export function markedSections(
  text: string,
  names: readonly string[],
  refuse: (message: string, line: number) => Error,
): ReadonlyMap<string, TextSection> {
  const marks: { readonly name: string; readonly start: number; readonly end: number }[] = []
  for (const piece of pieces(text)) {
    const name = names.find((each) => isMark(text, piece, each))
    const line = lineOf(text, piece.start)
    if (name === undefined && marks.length === 0 && !isComment(piece))
      throw refuse('there is SQL before the sections', line)
    if (name === undefined) continue
    if (marks.some((mark) => mark.name === name)) throw refuse(`the section -- ${name} comes twice`, line)
    marks.push({ name, start: piece.start, end: piece.start + piece.text.length })
  }
  return new Map(
    marks.map(({ name, end }, at) => [
      name,
      { body: text.slice(end, marks[at + 1]?.start).replace(/^\r?\n/, ''), line: lineOf(text, end) + 1 },
    ]),
  )
}

function isMark(text: string, { kind, text: comment, start }: Piece, name: string): boolean {
  const isAlone = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === ''
  const words = comment.replace(/^--/, '').trimEnd().replace(/:$/, '').trim().split(/\s+/)
  return kind === 'line-comment' && isAlone && words.join(' ').toLowerCase() === name
}

/** The header of an SQL revision: its comments before the first section or statement. */
export function sqlHeader(text: string): HeaderComment & { readonly complete: boolean } {
  const lines: string[] = []
  let headed = false
  let complete = false
  for (const piece of pieces(text)) {
    if (!headed) headed = isComment(piece) && /^[ \t*-]*Revision:/im.test(piece.text)
    complete = !isComment(piece) || (headed && sideOf(text, piece) !== undefined)
    if (complete) break
    const at = lineOf(text, piece.start) - 1
    while (lines.length < at) lines.push('')
    lines.push(
      ...(piece.kind === 'line-comment'
        ? [piece.text.replace(/^--+ ?/, '').replace(/\r$/, '')]
        : blockCommentLines(piece.text)),
    )
  }
  return { ...headerComment(lines, 1), complete }
}

/** SQL as it may stand in a section: a comment that would start one is written otherwise. */
export function inSection(sql: string): string {
  const marks = [...pieces(sql)].filter((piece) => sideOf(sql, piece) !== undefined)
  return marks.reduceRight(
    (text, { start }) =>
      `${text.slice(0, start)}-- (${text
        .slice(start + 2)
        .trimStart()
        .replace(/^(\w+):?/, '$1)')}`,
    sql,
  )
}

const isComment = ({ kind }: Piece): boolean => kind !== 'other'

function sideOf(text: string, { kind, text: comment, start }: Piece): Side | undefined {
  if (kind !== 'line-comment' || text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() !== '')
    return undefined
  const side = /^--\s*(upgrade|downgrade):?\s*$/i.exec(comment)?.[1]?.toLowerCase()
  return side === 'upgrade' || side === 'downgrade' ? side : undefined
}

function sectionError(text: string, offset: number, message: string): MigError {
  return new MigError('sql-sections', message, {
    help: 'an SQL revision is its header, then -- upgrade and -- downgrade, each once, and the SQL of each below',
    place: { line: lineOf(text, offset) },
  })
}
