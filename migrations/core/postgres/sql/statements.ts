import { MigError } from '../../errors.ts'
import { textWidth } from '../../text-width.ts'
import { tokenAt } from './tokens.ts'

/** One statement of a script: its text without the semicolon, and where it starts. */
export interface SqlPiece {
  readonly text: string
  /** Offset in the script, in UTF-16 units. */
  readonly start: number
}

/**
 * The statements of an SQL script, split at the semicolons where psql splits: not in strings, quoted names,
 * dollar quotes, comments, parentheses (the actions of a rule) or a routine's BEGIN ATOMIC … END. Comments
 * before a statement and empty statements are left out. pg_dump's `\restrict` and `\unrestrict` are read over.
 * @throws MigError `psql-command` for any other backslash command, `copy-from-stdin` for data in the script
 */
export function splitStatements(sql: string): SqlPiece[] {
  const pieces: SqlPiece[] = []
  let open = noStatement()
  let at = sql.startsWith('\uFEFF') ? 1 : 0
  while (at < sql.length) {
    const token = tokenAt(sql, at)
    if (token.kind === 'semicolon' && open.parentheses === 0 && open.blocks === 0) {
      close()
    } else if (token.kind === 'backslash') {
      at = endOfCommand(sql, at, open.start === undefined)
      continue
    } else if (token.kind !== 'space') {
      open.start ??= at
      open.end = token.end
      if (token.kind === 'word') readWord(sql, at, token.end, open)
      if (token.kind === 'open') open.parentheses += 1
      if (token.kind === 'close' && open.parentheses > 0) open.parentheses -= 1
    }
    at = token.end
  }
  close()
  return pieces

  function close(): void {
    if (open.start !== undefined) pieces.push({ text: sql.slice(open.start, open.end), start: open.start })
    open = noStatement()
  }
}

/** Line and column of an offset, both 1-based. */
export function lineAndColumn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset)
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') }
}

interface OpenStatement {
  start: number | undefined
  end: number
  parentheses: number
  /** BEGIN ATOMIC and CASE that wait for their END. */
  blocks: number
  /** Its first words, in small letters. */
  readonly words: string[]
  lastWord: string
}

function noStatement(): OpenStatement {
  return { start: undefined, end: 0, parentheses: 0, blocks: 0, words: [], lastWord: '' }
}

function readWord(sql: string, start: number, end: number, open: OpenStatement): void {
  const word = sql.slice(start, end).toLowerCase()
  if (open.words.length < 4) open.words.push(word)
  if (open.words[0] === 'copy' && open.lastWord === 'from' && word === 'stdin')
    throw copyFromStdin(sql, open.start ?? start)
  if (open.parentheses === 0 && createsRoutine(open.words)) {
    if (word === 'atomic' && open.lastWord === 'begin') open.blocks += 1
    else if (word === 'case' && open.blocks > 0) open.blocks += 1
    else if (word === 'end' && open.blocks > 0) open.blocks -= 1
  }
  open.lastWord = word
}

function createsRoutine(words: readonly string[]): boolean {
  return /^create (or replace )?(function|procedure)\b/.test(words.join(' '))
}

function endOfCommand(sql: string, at: number, isBetweenStatements: boolean): number {
  const command = /^\\[^\s;'"\\]*/.exec(sql.slice(at, at + 64))?.[0] ?? '\\'
  if (isBetweenStatements && (command === '\\restrict' || command === '\\unrestrict')) {
    const end = sql.indexOf('\n', at)
    return end === -1 ? sql.length : end
  }
  const place = lineAndColumn(sql, at)
  throw new MigError(
    'psql-command',
    `line ${place.line} has ${command}, which is a command of psql, not SQL`,
    {
      help: `remove ${command}, or write it as SQL`,
      place,
    },
  )
}

function copyFromStdin(sql: string, at: number): MigError {
  const place = lineAndColumn(sql, at)
  return new MigError(
    'copy-from-stdin',
    `line ${place.line} has COPY … FROM stdin, whose rows only psql can send`,
    {
      help: 'write the rows as INSERT: pg_dump --inserts, or leave them out: pg_dump --schema-only',
      place,
    },
  )
}

const widest = 100

/**
 * The line of a statement that an error points at, with a caret beneath, as psql shows it:
 *
 *     LINE 3: ALTER TABLE nowhere ADD COLUMN x int
 *                         ^
 *
 * @param position 0-based offset in UTF-16 units, as in `ErrorPlace`
 */
export function renderCaret(statement: string, position: number): string {
  const at = Math.max(0, Math.min(position, statement.length))
  const lineStart = statement.lastIndexOf('\n', at - 1) + 1
  const lineEnd = statement.indexOf('\n', at)
  const number = statement.slice(0, lineStart).split('\n').length
  const line = statement.slice(lineStart, lineEnd === -1 ? undefined : lineEnd)
  const before = printable(line.slice(0, at - lineStart))
  const after = printable(line.slice(at - lineStart))
  const shownBefore = textWidth(before) > widest / 2 ? `…${lastColumns(before, widest / 2)}` : before
  const room = widest - textWidth(shownBefore)
  const shownAfter = textWidth(after) > room ? `${firstColumns(after, room)}…` : after
  const label = `LINE ${number}: `
  return `${label}${shownBefore}${shownAfter}\n${' '.repeat(label.length + textWidth(shownBefore))}^`
}

function printable(text: string): string {
  return text.replace(/[\t\r\f\v]/g, ' ')
}

function firstColumns(text: string, columns: number): string {
  let used = 0
  return [...text]
    .filter((character) => {
      used += textWidth(character)
      return used <= columns
    })
    .join('')
}

function lastColumns(text: string, columns: number): string {
  return [...firstColumns([...text].reverse().join(''), columns)].reverse().join('')
}
