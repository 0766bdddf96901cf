import { quoteIdent, quoteLiteral } from '../postgres/sql/quote.ts'
import { type Word, wordsOf } from '../postgres/sql/words.ts'
import {
  afterExists,
  isRoleStatement,
  nameOf,
  namesAt,
  noRole,
  roleWords,
  spotsAt,
} from './statement-words.ts'

/** What a statement of a scratch database goes by there. */
export interface ScratchNames {
  /** The name of the scratch database, which stands for every other. */
  readonly database: string
  /** Makes a stand-in for a role of the server. */
  readonly findStandIn: FindStandIn
  /** Makes one for a role that a statement or a DO block may create. */
  readonly makeStandIn: (role: string) => Promise<string>
}

/** Finds the name that a role goes by on a scratch database; undefined for one that nobody knows. */
export type FindStandIn = (role: string) => Promise<string | undefined>

/** A statement with roles under the names of their stand-ins. */
export async function withStandIns(
  sql: string,
  words: readonly Word[],
  names: ScratchNames,
): Promise<string> {
  if (words[0]?.lower === 'do') return withBlock(sql, words, names)
  const changes = await changesAt(roleSpots(words), names.findStandIn)
  const databases = databaseSpots(words).map(({ start, end }) => ({
    start,
    end,
    text: quoteIdent(names.database),
  }))
  return changed(sql, [...changes, ...databases])
}

/** The places where a statement names roles. */
function roleSpots(words: readonly Word[]): readonly Word[] {
  const first = words[0]?.lower ?? ''
  const isGrant = first === 'grant' || first === 'revoke'
  const isPolicy = (first === 'create' || first === 'alter') && words[1]?.lower === 'policy'
  const isDefault = first === 'alter' && words[1]?.lower === 'default' && words[2]?.lower === 'privileges'
  return words.flatMap(({ lower, kind }, at): readonly Word[] => {
    if (kind !== 'word') return []
    const before = words[at - 1]?.lower
    const precedes =
      (lower === 'to' &&
        ((before === 'owner' && !isRenamed(words[at - 2])) ||
          isGrant ||
          isPolicy ||
          isDefault ||
          first === 'reassign')) ||
      (lower === 'from' && (isGrant || isDefault)) ||
      (lower === 'authorization' && (first === 'create' || first === 'set')) ||
      (lower === 'by' &&
        (before === 'granted' || (before === 'owned' && (first === 'reassign' || first === 'drop')))) ||
      (roleWords.has(lower) && before === 'for' && isDefault) ||
      (lower === 'role' && first === 'set') ||
      (lower === 'for' && before === 'mapping')
    return precedes ? spotsAt(words, at + 1) : []
  })
}

/** `RENAME owner TO …` and `RENAME COLUMN owner TO …` name no role. */
function isRenamed(before: Word | undefined): boolean {
  return before?.lower === 'rename' || before?.lower === 'column'
}

/** Where a statement names the database that it is about: `GRANT … ON DATABASE d`, `ALTER DATABASE d`, `COMMENT ON DATABASE d`. */
function databaseSpots(words: readonly Word[]): readonly Word[] {
  const at = words.findIndex(({ lower, kind }) => kind === 'word' && lower === 'database')
  const first = words[0]?.lower ?? ''
  const isAbout =
    (at === 1 && first === 'alter') ||
    (words[at - 1]?.lower === 'on' && ['grant', 'revoke', 'comment', 'security'].includes(first))
  return isAbout ? spotsAt(words, at + 1).slice(0, 1) : []
}

interface TextChange {
  readonly start: number
  readonly end: number
  readonly text: string
}

async function changesAt(spots: readonly Word[], find: FindStandIn): Promise<readonly TextChange[]> {
  const changes: TextChange[] = []
  for (const spot of spots) {
    const name = nameOf(spot)
    if (name === undefined || noRole.has(name) || name.startsWith('pg_')) continue
    const stand = await find(name)
    if (stand !== undefined) changes.push({ start: spot.start, end: spot.end, text: quoteIdent(stand) })
  }
  return changes
}

function changed(text: string, changes: readonly TextChange[]): string {
  return changes
    .toSorted((one, other) => other.start - one.start)
    .reduce((out, { start, end, text: by }) => out.slice(0, start) + by + out.slice(end), text)
}

/**
 * A DO block that names roles: those that it may make are made before it, so that a guard finds them there; what makes, alters
 * or drops roles itself is left out of it.
 */
async function withBlock(
  sql: string,
  words: readonly Word[],
  { findStandIn: find, makeStandIn: make }: ScratchNames,
): Promise<string> {
  const body = words.find(({ kind, text }) => kind === 'quoted' && text.startsWith('$'))
  if (body === undefined) return sql
  const tag = /^\$[^$]*\$/.exec(body.text)?.[0] ?? '$$'
  const inner = body.text.slice(tag.length, -tag.length)
  const inside = wordsOf(inner)
  const changes: TextChange[] = []
  const named = new Set<string>()
  for (const statement of statementsOf(inside)) {
    if (isRoleStatement(statement)) {
      for (const role of namesAt(statement, afterExists(statement, 2)).slice(0, 1)) {
        if (statement[0]?.lower === 'create') await make(role)
        named.add(role)
      }
      const [head] = statement
      const last = statement.at(-1)
      if (head !== undefined && last !== undefined)
        changes.push({ start: head.start, end: last.end, text: 'NULL' })
      continue
    }
    changes.push(...(await changesAt(roleSpots(statement), find)))
  }
  for (const { kind, text, start, end } of inside) {
    if (kind !== 'quoted' || !text.startsWith("'")) continue
    const content = text.slice(1, -1)
    const within = wordsOf(content)
    if (isRoleStatement(within)) {
      for (const role of namesAt(within, afterExists(within, 2)).slice(0, 1)) {
        if (within[0]?.lower === 'create' && /^[\w$]+$/.test(role)) await make(role)
        named.add(role)
      }
      changes.push({ start, end, text: "'SELECT 1'" })
    } else if (roleSpots(within).length > 0) {
      const text = changed(content, await changesAt(roleSpots(within), find))
      changes.push({ start, end, text: quoteLiteral(text) })
    }
  }
  if (changes.length === 0) return sql
  for (const { kind, text, start, end } of inside) {
    const content = kind === 'quoted' && text.startsWith("'") ? text.slice(1, -1) : undefined
    if (content === undefined || !named.has(content)) continue
    const stand = await find(content)
    if (stand !== undefined) changes.push({ start, end, text: quoteLiteral(stand) })
  }
  return sql.slice(0, body.start + tag.length) + changed(inner, changes) + sql.slice(body.end - tag.length)
}

/** The statements of a block as far as words tell: between semicolons, THEN, ELSE, BEGIN and LOOP. */
function statementsOf(words: readonly Word[]): readonly (readonly Word[])[] {
  const statements: Word[][] = [[]]
  for (const word of words) {
    const isEdge =
      word.kind === 'semicolon' ||
      (word.kind === 'word' && ['then', 'else', 'begin', 'loop'].includes(word.lower))
    if (isEdge) statements.push([])
    else statements.at(-1)?.push(word)
  }
  return statements
}
