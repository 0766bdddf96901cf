import { statementTable } from '../postgres/statement/index.ts'
import type { StatementEffect } from './effects.ts'
import type { Finding, FindingLevel } from './finding.ts'
import { saferForm } from './safer-form.ts'
import { type SquawkViolation, unreadRule } from './squawk.ts'

/** Squawk's rules about types and style: as good on a new table, and never urgent. */
const taste = /^(prefer-|ban-char-field|require-enum-value-ordering)/

/** Squawk's rules about locks and scans: how bad they are depends on the table. */
const aboutLocks = new Set([
  'adding-field-with-default',
  'adding-foreign-key-constraint',
  'adding-not-nullable-field',
  'adding-serial-primary-key-field',
  'changing-column-type',
  'constraint-missing-not-valid',
  'disallowed-unique-constraint',
  'require-concurrent-index-creation',
  'require-concurrent-index-deletion',
  'require-concurrent-reindex',
])

/** Of these the measured work is the whole truth: what rewrites and reads nothing is what the rule asks for. */
const measurable = new Set(['adding-field-with-default', 'adding-not-nullable-field', 'changing-column-type'])

const noMatter = 1000

/**
 * A violation as a finding; undefined when it is a false alarm: it is about a table that the same run makes, which
 * nobody else can see yet, or about work that the server was seen not to do.
 * @param made bare names of the tables that the run has made
 */
export function squawkFinding(
  violation: SquawkViolation,
  { statement, tables }: StatementEffect,
  made: ReadonlySet<string>,
): Omit<Finding, 'place'> | undefined {
  const { rule, message } = violation
  const isTaste = taste.test(rule)
  if (!isTaste && tables.every(({ blocks }) => blocks === 'nothing') && isAboutMade(statement.sql, made))
    return undefined
  // DROP INDEX names no table; what it locks tells.
  if (aboutLocks.has(rule) && statement.held.length > 0 && tables.length === 0) return undefined
  if (measurable.has(rule) && statement.held.length > 0 && tables.every(({ work }) => work === null))
    return undefined
  const { line, revision, sql } = statement
  const help = isTaste ? violation.help : (saferForm(sql)?.replace('RULE', rule) ?? violation.help)
  const held = Math.max(...tables.map(({ heldMs }) => heldMs ?? Number.POSITIVE_INFINITY))
  const small = aboutLocks.has(rule) && tables.length > 0 && held < noMatter
  const level: FindingLevel = isTaste || small || rule === unreadRule ? 'advice' : violation.level
  return {
    ...{ rule, level, line, revision, statement: sql },
    message: small ? `${message} The table is small: it takes less than a second here.` : message,
    ...(help === null ? {} : { help }),
  }
}

/** Whether a rule of squawk's is about what the measured locks say better. */
export function isAboutLocks(rule: string): boolean {
  return aboutLocks.has(rule)
}

/** Is the table that a statement is about one that the run has made? */
function isAboutMade(sql: string, made: ReadonlySet<string>): boolean {
  const table = statementTable(sql)
  if (table !== undefined) return made.has(table.name)
  const words = new Set(sql.match(/[\w$]+/g))
  return [...made].some((table) => words.has(table))
}

/** The name of a table without its schema. */
export function bareName(name: string): string {
  return (name.split('.').at(-1) ?? name).replaceAll('"', '')
}
