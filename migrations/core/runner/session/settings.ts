import { catalogName, quoteIdent, splitStatements, wordsOf } from '../../postgres/index.ts'

/**
 * Does a text set the role, or something for the rest of the session? What follows a revision (its ledger rows, the
 * next revision of the run) must not depend on it: another run would have a session of its own there.
 */
export function setsSession(sql: string): boolean {
  return maySet(sql) && splitStatements(sql).some(({ text }) => isSetting(text) && !isLocal(text))
}

/** Does a text set something and nothing else, so that it can be run again when a revision goes on? */
export function onlySets(sql: string): boolean {
  return maySet(sql) && splitStatements(sql).every(({ text }) => isSetting(text) && !/^\s*do\b/i.test(text))
}

/** The roles that a text sets, in its order, as the catalog has them. */
export function rolesSet(sql: string): readonly string[] {
  const pattern =
    /\bset\s+(?:(?:local|session)\s+)?(?:role|session\s+authorization)\s+(?:to\s+|=\s*)?("(?:[^"]|"")+"|'(?:[^']|'')+'|[\w$]+)/gi
  const names = [...sql.matchAll(pattern)].map(([, name = '']) => roleName(name))
  return names.filter((name) => name !== 'none' && name !== 'default')
}

function roleName(written: string): string {
  const [quote] = written
  if (quote === "'") return written.slice(1, -1).replaceAll("''", "'")
  return catalogName(written)
}

/**
 * Gives the role back before the ledger's rows are written, which the revision's role need not be allowed to.
 * @param login the role that the session began with; `none` for the login's own
 */
export function resetRole(login: string): readonly string[] {
  return login === 'none' ? ['RESET SESSION AUTHORIZATION', 'RESET ROLE'] : [`SET ROLE ${quoteIdent(login)}`]
}

/** Does a text set the role, or give it back? */
export function touchesRole(sql: string): boolean {
  if (!/\b(role|authorization|discard|set_config)\b/i.test(sql)) return false
  return splitStatements(sql).some(({ text }) => {
    const words = firstWords(text)
    const [first = '', second = ''] = words
    if (first === 'DO' || first === 'SELECT') return roleInside.test(text)
    if (first === 'DISCARD') return second === 'ALL'
    if (first !== 'SET' && first !== 'RESET') return false
    return words.slice(1).some((word) => word === 'ROLE' || word === 'AUTHORIZATION')
  })
}

const roleInside =
  /\b(?:re)?set\s+(?:(?:local|session)\s+)?(?:role|session\s+authorization)\b|\bset_config\s*\(\s*'(?:role|session_authorization)'/i

function maySet(sql: string): boolean {
  return /\b(re)?set(_config)?\b/i.test(sql)
}

/** What a DO block sets stays with the transaction or the session. */
const inBlock =
  /\bset\s+(?:(?:local|session)\s+)?(?:role|session\s+authorization|search_path)\b|\bset_config\s*\(/i

function isSetting(statement: string): boolean {
  const [first = '', second = ''] = firstWords(statement)
  if (first === 'SET') return second !== 'TRANSACTION' && second !== 'CONSTRAINTS'
  if (first === 'DO') return inBlock.test(statement)
  return first === 'RESET' || (first === 'SELECT' && /\bset_config\s*\(/i.test(statement))
}

/** SET LOCAL ends with the transaction by itself; but the ledger's rows are in it, and the role would write them. */
function isLocal(statement: string): boolean {
  const [, second, third] = firstWords(statement)
  return second === 'LOCAL' && third !== 'ROLE' && third !== 'SESSION'
}

function firstWords(statement: string): readonly string[] {
  return wordsOf(statement, 3).map(({ text }) => text.toUpperCase())
}
