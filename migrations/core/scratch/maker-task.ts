import type { Word } from '../postgres/sql/words.ts'
import { afterExists, begins, isRoleStatement, nameOf, namesAt, noRole } from './statement-words.ts'

/** What only the user that makes scratch databases may do. */
export type MakerTask =
  | {
      readonly task: 'create-roles' | 'drop-roles' | 'know-roles'
      readonly roles: readonly string[]
      readonly isOptional: boolean
    }
  | { readonly task: 'extension'; readonly extension: string; readonly creates: boolean }
  | { readonly task: 'as-is' }

const roleOptions = new Set(
  `with superuser nosuperuser createdb nocreatedb createrole nocreaterole inherit noinherit login nologin replication
  noreplication bypassrls nobypassrls connection limit encrypted password null valid until in role group admin user sysid`.split(
    /\s+/,
  ),
)

/** What of a statement is left to the maker of scratch databases; undefined for what the scratch role may run. */
export function makerTask(words: readonly Word[]): MakerTask | undefined {
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
  if (isMakersPublication(words, has)) return true
  if (begins(words, 'set', new Set(['local', 'session']), 'session_replication_role'))
    return words.length === 5
  if (begins(words, 'set', 'session_replication_role')) return words.length === 4
  // The new owner would need rights on the schema, which a superuser does not ask for.
  if (isOwnerChange(words)) return true
  return isLeakproof(words, has)
}

/** Whether it is about a publication that only a superuser may have; a WHERE is an expression. */
function isMakersPublication(words: readonly Word[], has: (...any: readonly string[]) => boolean): boolean {
  if (has('where')) return false
  if (begins(words, 'create', 'publication'))
    return begins(words.slice(3), 'for', 'all') || (has('tables') && has('schema'))
  return (
    begins(words, new Set(['alter', 'drop']), 'publication') || begins(words, 'comment', 'on', 'publication')
  )
}

/** Whether a statement gives one object to another owner, and does nothing else. */
export function isOwnerChange(words: readonly Word[]): boolean {
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
  const isKnown = options.every(({ lower }, at) => roleOptions.has(lower) || isListed(options[at - 1]?.lower))
  return isKnown && roles[0] !== undefined
    ? { task: 'create-roles', roles: roles.slice(0, 1), isOptional: false }
    : undefined
}

/** The names of IN ROLE, ROLE, ADMIN and USER. */
function isListed(before: string | undefined): boolean {
  return (
    before !== undefined && (['role', 'group', 'admin', 'user'].includes(before) || !roleOptions.has(before))
  )
}
