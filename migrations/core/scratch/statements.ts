import { quoteIdent, quoteLiteral } from '../postgres/sql/quote.ts'
import { splitStatements } from '../postgres/sql/statements.ts'
import { type Word, wordsOf } from '../postgres/sql/words.ts'

/** A statement as a scratch database runs it. */
export interface ScratchStatement {
  readonly sql: string
  /** Offset in the text that it is of. */
  readonly start: number
  /** Whether it is BEGIN or START TRANSACTION, so that its transaction outlives the text. */
  readonly isBegin: boolean
  /** Whether the maker of scratch databases runs it, and what: its statements as they are to be run. */
  readonly byMaker?: MakerTask
}

/** What only the user that makes scratch databases may do. */
export type MakerTask =
  | {
      readonly task: 'create-roles' | 'drop-roles' | 'know-roles'
      readonly roles: readonly string[]
      readonly isOptional: boolean
    }
  | { readonly task: 'extension'; readonly extension: string; readonly creates: boolean }
  | { readonly task: 'as-is' }

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

/** What a statement must hold to be of interest here; only what may be is looked at word by word. */
const telling =
  /\b(?:role|user|group|extension|owner|grant|revoke|authorization|owned|policy|privileges|leakproof|event|database|session_replication_role)\b/i

/**
 * The statements of a text as a scratch database has to run them: roles under the names of their stand-ins, and what only
 * the maker of the database may do marked as such. Undefined where the text can run as it is.
 */
export async function scratchStatements(
  text: string,
  names: ScratchNames,
): Promise<readonly ScratchStatement[] | undefined> {
  if (!telling.test(text)) return undefined
  let isChanged = false
  const statements: ScratchStatement[] = []
  for (const { text: sql, start } of splitStatements(text)) {
    // Queries name no role, and those that read catalogs are long and many.
    const words = /^(?:select|with)\b/i.test(sql) ? [] : wordsOf(sql)
    const byMaker = makerTask(words)
    // Statements after this one name the role.
    if (byMaker?.task === 'create-roles') for (const role of byMaker.roles) await names.makeStandIn(role)
    const own =
      byMaker?.task === 'as-is' || byMaker === undefined ? await withStandIns(sql, words, names) : sql
    // An owner without a stand-in is somebody whom the server may have.
    const isMapped = byMaker?.task !== 'as-is' || !isOwnerChange(words) || own !== sql
    const task = isMapped ? byMaker : undefined
    isChanged ||= task !== undefined || own !== sql
    statements.push({
      sql: own,
      start,
      isBegin: begins(words, transactionStart),
      ...(task === undefined ? {} : { byMaker: task }),
    })
  }
  return isChanged ? statements : undefined
}

const transactionStart = new Set(['begin', 'start'])
const roleWords = new Set(['role', 'user', 'group'])
const roleOptions = new Set(
  `with superuser nosuperuser createdb nocreatedb createrole nocreaterole inherit noinherit login nologin replication
  noreplication bypassrls nobypassrls connection limit encrypted password null valid until in role group admin user sysid`.split(
    /\s+/,
  ),
)

/** Whether a statement begins with these words. */
function begins(words: readonly Word[], ...first: readonly (string | ReadonlySet<string>)[]): boolean {
  return first.every((word, at) => {
    const found = words[at]?.lower ?? ''
    return typeof word === 'string' ? found === word : word.has(found)
  })
}

function isRoleStatement(words: readonly Word[]): boolean {
  return begins(words, new Set(['create', 'alter', 'drop']), roleWords) && words[2]?.lower !== 'mapping'
}

function makerTask(words: readonly Word[]): MakerTask | undefined {
  if (isRoleStatement(words)) return roleTask(words)
  const [first, second] = [words[0]?.lower, words[1]?.lower]
  if ((first === 'comment' || first === 'security') && words.some(({ lower }) => lower === 'role')) {
    const at = words.findIndex(({ lower }) => lower === 'role')
    if (words[at - 1]?.lower === 'on')
      return { task: 'know-roles', roles: namesAt(words, at + 1), isOptional: false }
  }
  if (
    (first === 'grant' || first === 'revoke') &&
    !words.some(({ lower, kind }) => kind === 'word' && lower === 'on')
  ) {
    const roles = words.slice(1).flatMap((word) => nameOf(word) ?? [])
    return {
      task: 'know-roles',
      roles: roles.filter((role) => !membershipWords.has(role)),
      isOptional: false,
    }
  }
  if (second === 'extension' && (first === 'create' || first === 'drop' || first === 'alter')) {
    const name = namesAt(words, afterExists(words, 2))[0]
    return name === undefined
      ? undefined
      : { task: 'extension', extension: name, creates: first === 'create' }
  }
  return isAsIs(words) ? { task: 'as-is' } : undefined
}

/** Those that the maker's own statements cause, which fire none; `login`, in quotes or not, is another. */
const events = new Set(['ddl_command_start', 'ddl_command_end', 'sql_drop', 'table_rewrite'])

/**
 * Whether a statement takes a superuser and evaluates nothing: an expression of it would run with the maker's rights, and
 * so would a routine that is left to the maker, or an event trigger that fires for what the maker does.
 */
function isAsIs(words: readonly Word[]): boolean {
  const has = (...any: readonly string[]) =>
    words.some(({ lower, kind }) => kind === 'word' && any.includes(lower))
  if (begins(words, new Set(['create', 'alter', 'drop']), 'event', 'trigger'))
    return !has('always', 'replica') && (words[0]?.lower !== 'create' || events.has(words[5]?.lower ?? ''))
  if (begins(words, 'set', new Set(['local', 'session']), 'session_replication_role'))
    return words.length === 5
  if (begins(words, 'set', 'session_replication_role')) return words.length === 4
  // The new owner would need rights on the schema, which a superuser does not ask for.
  if (isOwnerChange(words)) return true
  return isLeakproof(words, has)
}

function isOwnerChange(words: readonly Word[]): boolean {
  const owner = nameOf(words.at(-1))
  return (
    begins(words, 'alter') &&
    // Those are the server's, and a scratch database has none of its own.
    words[1]?.lower !== 'tablespace' &&
    words.at(-3)?.lower === 'owner' &&
    words.at(-2)?.lower === 'to' &&
    owner !== undefined &&
    !noRole.has(owner) &&
    !owner.startsWith('pg_') &&
    !hasOuterComma(words)
  )
}

/** Whether it is a list, as of what ALTER TABLE does. */
function hasOuterComma(words: readonly Word[]): boolean {
  let depth = 0
  return words.some(({ kind, text }) => {
    if (kind === 'open') depth += 1
    if (kind === 'close') depth -= 1
    return depth === 0 && text === ','
  })
}

function isLeakproof(words: readonly Word[], has: (...any: readonly string[]) => boolean): boolean {
  if (!has('leakproof')) return false
  if (begins(words, 'alter', new Set(['function', 'routine']))) return true
  const at = begins(words, 'create', 'or', 'replace', 'function') ? 4 : 2
  if (at === 2 && !begins(words, 'create', 'function')) return false
  const name = nameOf(words[at])
  const languages = words.flatMap(({ lower }, place) =>
    lower === 'language' ? [words[place + 1]?.lower ?? ''] : [],
  )
  return (
    name !== undefined &&
    name !== 'pg_catalog' &&
    languages.length === 1 &&
    languages.every((language) => language === 'sql' || language === 'plpgsql')
  )
}

const membershipWords = new Set(
  `with admin inherit set option true false to from for granted by cascade restrict current_user current_role session_user`.split(
    /\s+/,
  ),
)

function roleTask(words: readonly Word[]): MakerTask | undefined {
  const [verb] = words
  const roles = namesAt(words, afterExists(words, 2))
  if (verb?.lower === 'drop') return { task: 'drop-roles', roles, isOptional: words[2]?.lower === 'if' }
  if (verb?.lower === 'alter')
    return { task: 'know-roles', roles: roles.slice(0, 1), isOptional: roles[0] === 'all' }
  // What is not an option of CREATE ROLE is for PostgreSQL to refuse.
  const options = words.slice(3).filter(({ kind }) => kind === 'word')
  const isKnown = options.every(
    ({ lower }, at) => roleOptions.has(lower) || isListed(options[at - 1]?.lower, roleOptions),
  )
  return isKnown && roles[0] !== undefined
    ? { task: 'create-roles', roles: roles.slice(0, 1), isOptional: false }
    : undefined
}

/** The names of IN ROLE, ROLE, ADMIN and USER. */
function isListed(before: string | undefined, options: ReadonlySet<string>): boolean {
  return before !== undefined && (['role', 'group', 'admin', 'user'].includes(before) || !options.has(before))
}

function afterExists(words: readonly Word[], at: number): number {
  if (words[at]?.lower !== 'if') return at
  return words[at + 1]?.lower === 'not' ? at + 3 : at + 2
}

/** The names from a place on, with commas between them. */
function namesAt(words: readonly Word[], from: number): readonly string[] {
  return spotsAt(words, from).map((word) => nameOf(word) ?? '')
}

function spotsAt(words: readonly Word[], from: number): readonly Word[] {
  const spots: Word[] = []
  for (let at = from; at < words.length; at += 2) {
    const word = words[words[at]?.lower === 'group' && nameOf(words[at + 1]) !== undefined ? ++at : at]
    if (word === undefined || nameOf(word) === undefined) break
    spots.push(word)
    if (words[at + 1]?.text !== ',') break
  }
  return spots
}

function nameOf(word: Word | undefined): string | undefined {
  if (word === undefined) return undefined
  if (word.kind === 'word') return word.lower
  return word.kind === 'quoted' && word.text.startsWith('"')
    ? word.text.slice(1, -1).replaceAll('""', '"')
    : undefined
}

/** Names that stand for no role by themselves. */
const noRole = new Set(['public', 'none', 'default', 'current_user', 'current_role', 'session_user'])

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

/** A statement with roles under the names of their stand-ins. */
async function withStandIns(sql: string, words: readonly Word[], names: ScratchNames): Promise<string> {
  if (words[0]?.lower === 'do') return withBlock(sql, words, names)
  const changes = await changesAt(roleSpots(words), names.findStandIn)
  const databases = databaseSpots(words).map(({ start, end }) => ({
    start,
    end,
    text: quoteIdent(names.database),
  }))
  return changed(sql, [...changes, ...databases])
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
  for (const { start, end, ...word } of spots) {
    const name = nameOf({ start, end, ...word })
    if (name === undefined || noRole.has(name) || name.startsWith('pg_')) continue
    const stand = await find(name)
    if (stand !== undefined) changes.push({ start, end, text: quoteIdent(stand) })
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
