import type { Action } from '../../difference/index.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { type ConstraintFacts, indexFacts } from '../../postgres/statement/index.ts'
import type { RowsBefore } from './rows-before.ts'

/** A table as a constraint names it. */
interface Table {
  readonly schema: string
  readonly table: string
}

/**
 * The query that finds the rows of a table which a constraint or a unique index of an action does not allow; it shows the
 * values of a key, and the whole rows for a check. Undefined for what no query tells in short: an exclusion constraint,
 * an index on an expression or on a part of the rows, a check that calls routines of the database, and what names no columns.
 */
export function breakingRows(
  action: Action,
  { schema, table }: Table,
  before: RowsBefore,
): string | undefined {
  const name = qualifiedName(schema, table)
  const constraint = before.constraintOf(action)
  if (constraint !== undefined) return rowsAgainst(constraint, name, before)
  const index = indexFacts(action.sql)
  if (index?.isUnique !== true || index.isPartial || index.nullsNotDistinct) return undefined
  return index.columns && duplicates(before.withKey(name, index.columns), index.columns)
}

function rowsAgainst(
  { kind, columns, expression, references, nullsNotDistinct, isPlainKey }: ConstraintFacts,
  table: string,
  before: RowsBefore,
): string | undefined {
  if (kind === 'check')
    return callsOthers(expression)
      ? undefined
      : `SELECT * FROM ${before.withNew(table)} AS t WHERE NOT (${expression})`
  const rows = before.withKey(table, columns)
  if (kind === 'foreign key') return references && orphans(rows, columns, references, before)
  return isPlainKey && !nullsNotDistinct ? duplicates(rows, columns) : undefined
}

/** Whether an expression may name routines or operators of the database, which must not run in it only to look. */
function callsOthers(expression = ''): boolean {
  return /\w"?\.["a-z_]/i.test(expression)
}

function duplicates(rows: string, columns: readonly string[]): string {
  const names = columns.map(quoteIdent)
  const filled = names.map((column) => `${column} IS NOT NULL`).join(' AND ')
  const list = names.join(', ')
  return `SELECT ${list}, count(*) FROM ${rows} AS t WHERE ${filled} GROUP BY ${list} HAVING count(*) > 1`
}

/** Rows of which one column of the key is NULL refer to nothing (manual, CREATE TABLE, MATCH SIMPLE). */
function orphans(
  rows: string,
  columns: readonly string[],
  { table: to, columns: keys }: NonNullable<ConstraintFacts['references']>,
  before: RowsBefore,
): string | undefined {
  if (to.schema === undefined || keys.length !== columns.length) return undefined
  const names = columns.map((column) => `a.${quoteIdent(column)}`)
  const same = names.map((name, at) => `b.${quoteIdent(keys[at] ?? '')} = ${name}`).join(' AND ')
  const filled = names.map((name) => `${name} IS NOT NULL`).join(' AND ')
  const from = `SELECT ${names.join(', ')} FROM ${rows} AS a WHERE ${filled}`
  if (before.isEmpty(to)) return from
  return `${from} AND NOT EXISTS (SELECT FROM ${qualifiedName(to.schema, to.name)} AS b WHERE ${same})`
}
