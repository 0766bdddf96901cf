import type { BodyPart } from '../history.ts'
import { runsOutsideTransaction } from '../sql-body.ts'
import { kindOf } from './reads.ts'
import type { Sent } from './transactions.ts'

/** What one revision did in one direction, as SQL. */
export interface Piece {
  readonly parts: readonly BodyPart[]
  /** It asked for rows of the user's tables, or for what an INSERT returned: on other rows it might do something else. */
  readonly readsRows: boolean
  /** A statement failed, and the tool went on. */
  readonly caught: boolean
  /** It sent rows by COPY, which the server's log does not have. */
  readonly copies: boolean
  /** It turned the log off. */
  readonly hides: boolean
}

/** The state of the tool's session when a piece begins, where it is not what a new session has. */
export interface PieceSession {
  readonly searchPath?: string | undefined
  readonly role?: string | undefined
}

/** A unit of a piece that is kept apart: a transaction, or one statement outside of any. */
interface Unit {
  readonly inTransaction: boolean
  readonly statements: string[]
}

/**
 * The statements of one revision as the body of ours: what only asked is left out, what ran in a transaction runs in
 * ours, what ran outside of one, or must be committed before the next is run, stays outside.
 */
export function pieceOf(
  sent: readonly Sent[],
  builtIn: ReadonlySet<string>,
  session: PieceSession = {},
): Piece {
  let [readsRows, lastUnit] = [false, -1]
  const units: Unit[] = []
  for (const one of sent) {
    const kind = kindOf(one.sql, builtIn)
    readsRows ||= kind.readsRows || /\bRETURNING\b/i.test(one.sql)
    if (one.undone || kind.kind !== 'kept') continue
    if (one.unit !== lastUnit) units.push({ inTransaction: one.inTransaction, statements: [] })
    lastUnit = one.unit
    units.at(-1)?.statements.push(one.sql)
  }
  return {
    parts: partsOf(units, session),
    readsRows,
    caught: sent.some(({ failed }) => failed),
    copies: sent.some(({ sql }) => /^COPY\b[\s\S]*\bFROM\s+STDIN\b/i.test(sql)),
    hides: sent.some(({ sql }) => /\bSET\b[^;]*\blog_statement\b/i.test(sql)),
  }
}

function partsOf(units: readonly Unit[], session: PieceSession): readonly BodyPart[] {
  const apart = units.map((unit, at) => ({ ...unit, isApart: isApart(unit, at === units.length - 1) }))
  const parts: BodyPart[] = []
  for (const { statements, isApart: outside } of apart) {
    const last = parts.at(-1)
    if (!outside) parts.push(...statements.map((sql) => sqlPart(localSetting(sql))))
    else if (last?.kind === 'autocommit')
      parts[parts.length - 1] = { ...last, parts: [...last.parts, ...statements.map(sqlPart)] }
    else parts.push({ kind: 'autocommit', parts: statements.map(sqlPart) })
  }
  return withSession(parts, session)
}

/** A value that a type was given cannot be used in the transaction that gave it (manual, ALTER TYPE). */
function isApart({ inTransaction, statements }: Unit, isLast: boolean): boolean {
  if (!inTransaction) return true
  if (statements.some(runsOutsideTransaction)) return true
  return !isLast && statements.every((sql) => /^ALTER\s+TYPE\b[\s\S]*\bADD\s+VALUE\b/i.test(sql))
}

const sqlPart = (sql: string): BodyPart => ({ kind: 'sql', sql })

/** A setting ends with its revision: the next one may be run on another day. */
function localSetting(sql: string): string {
  return sql.replace(
    /^SET\s+(?:SESSION\s+(?!AUTHORIZATION|CHARACTERISTICS))?(?!LOCAL\b|CONSTRAINTS\b)(?=\w)/i,
    'SET LOCAL ',
  )
}

function withSession(parts: readonly BodyPart[], { searchPath, role }: PieceSession): readonly BodyPart[] {
  const settings = (local: string) => [
    ...(searchPath === undefined ? [] : [sqlPart(`SET ${local}search_path TO ${searchPath}`)]),
    ...(role === undefined ? [] : [sqlPart(`SET ${local}ROLE ${role}`)]),
  ]
  if (parts.length === 0 || settings('').length === 0) return parts
  const within = parts.map(
    (part): BodyPart =>
      part.kind === 'autocommit' ? { ...part, parts: [...settings(''), ...part.parts] } : part,
  )
  return parts.every(({ kind }) => kind === 'autocommit') ? within : [...settings('LOCAL '), ...within]
}
