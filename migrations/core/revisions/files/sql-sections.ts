import { MigError } from '../../errors.ts'
import { tokenAt } from '../../postgres/sql/tokens.ts'
import { blockCommentLines, type HeaderComment, headerComment } from './header-comment.ts'
import { lineOf } from './typescript-tokens.ts'

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

interface Piece {
  readonly kind: 'line-comment' | 'block-comment' | 'other'
  readonly text: string
  readonly start: number
}

/** The comments of a script, and what stands between them; marks inside strings are not comments. */
function* pieces(sql: string): Generator<Piece> {
  for (let start = 0, end: number; start < sql.length; start = end) {
    end = tokenAt(sql, start).end
    const text = sql.slice(start, end)
    const kind = text.startsWith('--') ? 'line-comment' : text.startsWith('/*') ? 'block-comment' : 'other'
    if (text.trim() !== '') yield { kind, text, start }
  }
}

const sides = ['upgrade', 'downgrade']
const revisionField = /^[ \t*-]*Revision:/im

/**
 * The `-- upgrade` and `-- downgrade` sections of an SQL revision. Such a comment starts a section where it stands
 * alone on its line, after the `Revision:` line of the header.
 * @throws MigError `sql-sections` for a section that comes twice, or SQL before the first
 */
export function readSqlRevision(text: string): SqlSections {
  const refuse = (message: string, line: number) =>
    new MigError('sql-sections', message, {
      help: 'an SQL revision is its header, then -- upgrade and -- downgrade, each once, and the SQL of each below',
      place: { line },
    })
  const sections = markedSections(text, sides, refuse, revisionField)
  const [upgrade, downgrade] = sides.map((side) => sections.get(side))
  return {
    upgrade: upgrade?.body ?? null,
    downgrade: downgrade?.body ?? null,
    upgradeLine: upgrade?.line ?? null,
    downgradeLine: downgrade?.line ?? null,
  }
}

/**
 * The sections of a script that begin at a comment with one of some names, alone on its line.
 * @param refuse the error for a section that comes twice, or SQL before the first
 * @param after what a comment says before the first
 */
export function markedSections(
  text: string,
  names: readonly string[],
  refuse: (message: string, line: number) => Error,
  after = /(?:)/,
): ReadonlyMap<string, TextSection> {
  const marks: { readonly name: string; readonly start: number; readonly end: number }[] = []
  let isOpen = false
  for (const piece of pieces(text)) {
    isOpen ||= isComment(piece) && after.test(piece.text)
    const name = isOpen ? names.find((each) => isMark(text, piece, each)) : undefined
    if (name === undefined && marks.length === 0 && !isComment(piece))
      throw refuse('there is SQL before the sections', lineOf(text, piece.start))
    if (name === undefined) continue
    if (marks.some((mark) => mark.name === name))
      throw refuse(`the section -- ${name} comes twice`, lineOf(text, piece.start))
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
  if (kind !== 'line-comment') return false
  const words = comment.replace(/^--/, '').trimEnd().replace(/:$/, '').trim().split(/\s+/)
  if (words.join(' ').toLowerCase() !== name) return false
  return text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === ''
}

/** The header of an SQL revision: its comments before the first section or statement. */
export function sqlHeader(text: string): HeaderComment & { readonly complete: boolean } {
  const lines: string[] = []
  let hasRevision = false
  let complete = false
  for (const piece of pieces(text)) {
    hasRevision ||= isComment(piece) && revisionField.test(piece.text)
    complete = !isComment(piece) || (hasRevision && isSide(text, piece))
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
  const marks = [...pieces(sql)].filter((piece) => isSide(sql, piece))
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

function isSide(text: string, piece: Piece): boolean {
  return sides.some((side) => isMark(text, piece, side))
}
