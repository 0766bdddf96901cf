import { splitStatements } from '../postgres/index.ts'
import { significantTokens } from './sql-words.ts'

/**
 * Does a text set the role, or something for the rest of the session? What follows a revision (its ledger rows, the
 * next revision of the run) must not depend on it: another run would have a session of its own there.
 */
export function setsSession(sql: string): boolean {
  return maySet(sql) && splitStatements(sql).some(({ text }) => isSetting(text) && !isLocal(text))
}

/** Does a text set something and nothing else, so that it can be run again when a revision goes on? */
export function onlySets(sql: string): boolean {
  return maySet(sql) && splitStatements(sql).every(({ text }) => isSetting(text))
}

/** Gives the role back before the ledger's rows are written, which the revision's role need not be allowed to. */
export const resetRole = ['RESET SESSION AUTHORIZATION', 'RESET ROLE'] as const

/** Gives back the settings that the session began with. */
export const resetSettings = 'RESET ALL'

function maySet(sql: string): boolean {
  return /\b(re)?set(_config)?\b/i.test(sql)
}

function isSetting(statement: string): boolean {
  const [first = '', second = ''] = firstWords(statement)
  if (first === 'SET') return second !== 'TRANSACTION' && second !== 'CONSTRAINTS'
  return first === 'RESET' || (first === 'SELECT' && /\bset_config\s*\(/i.test(statement))
}

/** SET LOCAL ends with the transaction by itself; but the ledger's rows are in it, and the role would write them. */
function isLocal(statement: string): boolean {
  const [, second, third] = firstWords(statement)
  return second === 'LOCAL' && third !== 'ROLE' && third !== 'SESSION'
}

function firstWords(statement: string): readonly string[] {
  return significantTokens(statement, 3).map((word) => word.toUpperCase())
}
