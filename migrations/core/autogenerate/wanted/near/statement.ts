import { catalogName, opening } from '../../../postgres/index.ts'

/** A statement of a model, by what it makes and which names it has. */
export interface Piece {
  readonly key: string
  readonly sql: string
  /** What it makes, as `schema.name`, or `?.name` where the statement gives no schema, in small letters; undefined where it makes nothing that others refer to. */
  readonly makes: string | undefined
  /** What it adds to; undefined where it stands for itself. */
  readonly about: string | undefined
  /** Made in every database: what has no name in the statements that follow from it. */
  readonly isAlways: boolean
  /** What it makes or adds to may have to change with what it uses. */
  readonly spreads: boolean
  /** It gives a table or a type what others can depend on. */
  readonly completes: boolean
  /** Every name in it, in code, strings and comments alike. */
  readonly names: ReadonlySet<string>
  /** Those that it has in more than foreign keys. */
  readonly uses: ReadonlySet<string>
  /** What it gives a table, without foreign keys; undefined for all else. */
  readonly unbound: string | undefined
  /** It gives a table what those that it names have: indexes, triggers, statistics. */
  readonly copies: boolean
}

// As PostgreSQL's scanner has it: every character beyond ASCII is a letter.
const plain = '[A-Za-z_\\u0080-\\u{10ffff}][\\w$\\u0080-\\u{10ffff}]*'
const ident = `(?:"(?:[^"]|"")+"|${plain})`
const chain = `${ident}(?:\\s*\\.\\s*${ident}){0,2}`
// Not the beginning of a longer one, as where a comment seems to begin in a name.
const end = '(?![\\w$"\\u0080-\\u{10ffff}]|\\s*\\.)'
const name = `${ident}(?:\\s*\\.\\s*${ident})?${end}`
const makes = new RegExp(
  `^create (?:or replace )?(?:unlogged |materialized |recursive |constraint |unique ){0,3}(table|view|type|domain|sequence|function|procedure|aggregate|collation|index|trigger|policy|rule|statistics)\\b(?: concurrently)?(?: if not exists)?(?: (?!on\\b)(${name}))?`,
  'iu',
)
const alters = new RegExp(
  `^alter (table|view|materialized view|type|domain|sequence|function|procedure|index|collation|trigger|policy) (?:if exists )?(?:only )?(${name})`,
  'iu',
)
const on = new RegExp(`\\bon (?:only )?(${name})`, 'iu')
const to = new RegExp(`\\bto (${name})`, 'iu')
const from = new RegExp(`\\bfrom (${name})`, 'iu')
const comments = new RegExp(`^comment on (?:materialized view|[a-z]+) (${chain}${end})`, 'iu')
const commentsPart = new RegExp(
  `^comment on (?:trigger|policy|rule|constraint) ${ident} on (?:domain )?(${name})`,
  'iu',
)
const always = /^(?:create extension|comment on schema)\b/i
const schemaAlone = new RegExp(`^create schema (?:if not exists )?(${ident}) ?;?$`, 'iu')
const chains = new RegExp(chain, 'gu')
const idents = new RegExp(ident, 'gu')
const words = new RegExp(`${plain}(?:\\.${plain})*`, 'gu')
const options =
  '(?:\\s+(?:on\\s+(?:delete|update)\\s+(?:cascade|restrict|no\\s+action|set\\s+null|set\\s+default)|match\\s+(?:full|simple)|(?:not\\s+)?deferrable|initially\\s+(?:deferred|immediate)))*'
const named = `(?:\\bconstraint\\s+${ident}\\s+)?`
const ofColumn = new RegExp(`${named}\\breferences\\s+${name}(?:\\s*\\([^()]*\\))?${options}`, 'giu')
const ofTable = new RegExp(
  `,\\s*${named}\\bforeign\\s+key\\s*\\([^()]*\\)\\s*references\\s+${name}(?:\\s*\\([^()]*\\))?${options}`,
  'giu',
)

/** The parts of a table: they have its schema, and names of their own only as parts of it. */
const parts: ReadonlySet<string> = new Set(['index', 'trigger', 'policy', 'rule', 'statistics'])

/**
 * Reads a statement of a model; undefined for one that can do more than its names say, as a block of code, another name
 * for what is there, or a cast, an operator and the multirange of a range, which are used without being named.
 */
export function pieceOf(key: string, sql: string, schemas: ReadonlySet<string>): Piece | undefined {
  // Names whose letters are written as numbers, and names with a quotation mark.
  if (/\bU&["']|""/i.test(sql) || (/\bE'/i.test(sql) && /\\[0-7xu]/i.test(sql))) return undefined
  const head = opening(sql)
  const unbound = withoutForeignKeys(sql)
  const names = namesIn(sql, schemas)
  const uses = unbound === sql ? names : namesIn(unbound, schemas)
  const whole = {
    key,
    sql,
    names,
    uses,
    unbound: undefined,
    completes: false,
    spreads: false,
    isAlways: false,
    copies: false,
  }
  const schema = schemaAlone.exec(head)?.[1]
  // It is there before the models are loaded.
  if (schema !== undefined)
    return schemas.has(partsOf(schema)[0] ?? '')
      ? { ...whole, makes: undefined, about: undefined }
      : undefined
  if (always.test(head)) return { ...whole, makes: undefined, about: undefined, isAlways: true }
  const create = makes.exec(head)
  if (create?.[1] !== undefined) {
    const kind = create[1].toLowerCase()
    const own = create[2] === undefined ? undefined : made(create[2], schemas)
    if (!parts.has(kind)) {
      if (own === undefined || (kind === 'type' && /\bas range\b/i.test(head))) return undefined
      const isTable = kind === 'table'
      return {
        ...whole,
        makes: own,
        about: undefined,
        spreads: true,
        unbound: isTable ? unbound : undefined,
        copies: isTable && /\b(?:like|inherits|partition\s+of)\b/i.test(sql),
      }
    }
    const rest = head.slice(create[0].length)
    const place = (kind === 'rule' ? to : kind === 'statistics' ? from : on).exec(rest)?.[1]
    if (place === undefined) return undefined
    const completes = kind === 'index' && /^create unique\b/i.test(head)
    // An index can be named without its table, in the schema of the table.
    const index = kind === 'index' && own !== undefined ? `?.${lastOf(own)}` : undefined
    return { ...whole, makes: index, about: made(place, schemas), completes }
  }
  const alter = alters.exec(head)
  if (alter?.[2] !== undefined) {
    if (/\b(?:rename|set\s+schema)\b/i.test(sql)) return undefined
    const kind = alter[1]?.toLowerCase() ?? ''
    const place = parts.has(kind) && kind !== 'index' ? on.exec(head.slice(alter[0].length))?.[1] : alter[2]
    if (place === undefined) return undefined
    const isTable = kind === 'table'
    return {
      ...whole,
      makes: undefined,
      about: made(place, schemas),
      spreads: true,
      completes: !isTable || !/\b(?:foreign\s+key|trigger|rule)\b/i.test(sql),
      unbound: isTable ? unbound : undefined,
      copies: /\b(?:inherit|attach)\b/i.test(sql),
    }
  }
  const comment = (commentsPart.exec(head) ?? comments.exec(head))?.[1]
  if (comment !== undefined) return { ...whole, makes: undefined, about: made(comment, schemas) }
  return undefined
}

/** A name without its schema. */
export function lastOf(name: string): string {
  return name.slice(name.indexOf('.') + 1)
}

function made(text: string, schemas: ReadonlySet<string>): string {
  const [first = '', second] = partsOf(text)
  return second !== undefined && schemas.has(first) ? `${first}.${second}` : `?.${first}`
}

function partsOf(chain: string): readonly string[] {
  if (/^[\w$.]{1,63}$/.test(chain)) return chain.toLowerCase().split('.')
  return [...chain.matchAll(idents)].map(([part]) => folded(part))
}

/** As {@link opening} has it, in small letters. */
function folded(part: string): string {
  return catalogName(part).replace(/\s+/g, ' ').toLowerCase()
}

function namesIn(text: string, schemas: ReadonlySet<string>): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { 0: found, index } of text.matchAll(chains)) {
    const parts = partsOf(found)
    addNames(names, parts, schemas)
    // The type of a column: its table can have the name of a schema.
    if (parts.length === 2 && /^\s*%/.test(text.slice(index + found.length))) names.add(`?.${parts[0]}`)
  }
  // In E'…' a letter can stand for the space before a name.
  const spaced = text.replace(/\\[bfnrt]/g, ' ')
  if (spaced !== text) for (const each of namesIn(spaced, schemas)) names.add(each)
  // A quotation mark of a string or a comment can hide the names after it.
  if (text.includes('"') && /['$]|--|\/\*/.test(text)) {
    for (const [word] of text.matchAll(words)) addNames(names, partsOf(word), schemas)
    for (const between of text.split('"')) names.add(`?.${folded(`"${between}"`)}`)
  }
  return names
}

function addNames(
  names: Set<string>,
  [first = '', second, ...rest]: readonly string[],
  schemas: ReadonlySet<string>,
): void {
  if (second !== undefined && schemas.has(first)) {
    names.add(`${first}.${second}`)
    for (const each of rest) names.add(`?.${each}`)
  } else for (const each of second === undefined ? [first] : [first, second, ...rest]) names.add(`?.${each}`)
}

/** A foreign key of a column, or of a table with the comma before it. A match in a string changes a table that is then not as it was kept. */
function withoutForeignKeys(sql: string): string {
  return sql.replace(ofTable, '').replace(ofColumn, '')
}
