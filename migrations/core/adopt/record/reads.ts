import { wordsOf } from '../../postgres/sql/words.ts'

/** What a statement is for a new database. */
export interface Kind {
  /** `read`: it only asks; `own`: it is about the tool's session and nothing else; `kept`: it does something. */
  readonly kind: 'read' | 'own' | 'kept'
  /** Whether it asked for rows of the user's tables. */
  readonly readsRows: boolean
}

const catalog = /^(pg_catalog|information_schema|pg_\w+)$/i
const changing = /^(insert|update|delete|merge|into|create|alter|drop|truncate)$/i
/** Functions of PostgreSQL's own that change something (manual, chapter 9). */
const acting =
  /^(nextval|setval|set_config|pg_notify|lo_\w+|pg_(replication|logical)\w*|pg_(create|drop)\w*|pg_(restore|clear)_\w+_stats|pg_import_system_collations)$/i
const ownSettings =
  /^(SET|RESET)\s+(SESSION\s+|LOCAL\s+)?(client_encoding|names|application_name|extra_float_digits|datestyle|intervalstyle|bytea_output|statement_timeout|lock_timeout|idle_in_transaction_session_timeout|client_min_messages|(default_)?transaction_(isolation|read_only|deferrable))\b/i

/**
 * Tells what only asks from what does something. `builtIn` are the functions of `pg_catalog`, and keywords, which a parenthesis
 * may follow: a function of the user's or of an extension's may do anything, so that a SELECT with one is kept.
 */
export function kindOf(sql: string, builtIn: ReadonlySet<string>): Kind {
  const words = readWords(sql)
  const first = words[0]?.text.toLowerCase() ?? ''
  if (ownSettings.test(sql) || /^(discard|listen|unlisten)$/.test(first) || isAdvisoryLock(sql))
    return { kind: 'own', readsRows: false }
  if (['show', 'explain', 'fetch', 'move', 'close'].includes(first)) return { kind: 'read', readsRows: false }
  const asks = ['select', 'with', 'values', 'table', 'declare'].includes(first)
  if (!asks) return { kind: 'kept', readsRows: false }
  const acts = words.some(({ text, isName, isBuiltIn, calls }) =>
    calls
      ? acting.test(text) || !(isBuiltIn || builtIn.has(text.toLowerCase()))
      : !isName && changing.test(text),
  )
  return { kind: acts ? 'kept' : 'read', readsRows: readsTables(words) }
}

function isAdvisoryLock(sql: string): boolean {
  return /^SELECT\s+(pg_catalog\.)?pg_(try_)?advisory_\w+\s*\([^)]*\)(\s+AS\s+\w+)?$/i.test(sql)
}

interface Word {
  readonly text: string
  /** In double quotes, or after a dot. */
  readonly isName: boolean
  /** Followed by an opening parenthesis. */
  readonly opens: boolean
  /** The name of a function that is called. */
  readonly calls: boolean
  /** After `pg_catalog.`. */
  readonly isBuiltIn: boolean
}

function readWords(sql: string): readonly Word[] {
  const tokens = wordsOf(sql)
  return tokens.flatMap(({ kind, text }, at) => {
    const isQuoted = kind === 'quoted' && text.startsWith('"')
    if (kind !== 'word' && !isQuoted) return []
    const behindDot = tokens[at - 1]?.text === '.'
    const isName = isQuoted || behindDot
    const name = isQuoted ? text.slice(1, -1) : text
    const opens = tokens[at + 1]?.kind === 'open'
    // `FROM t (a, b)` and `AS x (a, b)` name columns; so does `WITH c (a, b)`.
    const namesColumns = /^(into|as|with|recursive)$/i.test(tokens[at - 1]?.text ?? '')
    const calls = opens && !namesColumns
    const isBuiltIn = behindDot && tokens[at - 2]?.text.toLowerCase() === 'pg_catalog'
    return [{ text: name, isName: isName || tokens[at + 1]?.text === '.', opens, calls, isBuiltIn }]
  })
}

/** Whether a table that is not of the catalog stands after FROM or JOIN. */
function readsTables(words: readonly Word[]): boolean {
  const parts = words.flatMap(({ text }, at) => {
    const next = words[at + 1]
    return next !== undefined && /^as$/i.test(next.text) && next.opens ? [text.toLowerCase()] : []
  })
  return words.some(({ text, isName, opens }, at) => {
    if (isName || opens || !/^(from|join)$/i.test(text)) return false
    const isDistinct = /^distinct$/i.test(words[at - 1]?.text ?? '')
    const next = words.slice(at + 1).find((word) => !/^(only|lateral)$/i.test(word.text))
    if (isDistinct || next === undefined || next.opens) return false
    return !catalog.test(next.text) && !parts.includes(next.text.toLowerCase())
  })
}
