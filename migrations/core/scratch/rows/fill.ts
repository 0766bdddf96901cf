import type { ClientBase } from 'pg'
import { onUserPath, quoteIdent } from '../../postgres/index.ts'
import type { TableShape } from './describe.ts'
import { insertStatement, type Reachable, type RowWish, rowValues, type TableDraft } from './draft.ts'
import { checkConstraints } from './quiet.ts'
import type { Solution } from './solve.ts'

/** A table, what it may hold, and which of its references can be followed when its rows are made. */
export interface Work {
  readonly draft: TableDraft
  readonly solved: readonly (readonly Solution[] | undefined)[]
  readonly reachable: Reachable
}

/** Makes all rows in one go; where one of them is refused, there is none, and it says why. */
function fillAtOnce(
  client: ClientBase,
  works: readonly Work[],
  wish: RowWish,
  ...then: readonly string[]
): Promise<Problem | undefined> {
  const batch = works.map((work) => insertStatement(work.draft.table, rowsOf(work, wish)))
  return attempt(client, [...batch, ...then].join(';\n'))
}

/**
 * Makes rows while foreign keys are checked, in tables without triggers and rules.
 * @returns why tables have none, by oid; undefined where a foreign key refuses a row, and nothing is done then
 */
export async function fillChecked(
  client: ClientBase,
  works: readonly Work[],
  wish: RowWish,
): Promise<ReadonlyMap<string, string> | undefined> {
  const failed = new Map<string, string>()
  await client.query('SAVEPOINT mig_checked')
  let problem = await fillAtOnce(client, works, wish, checkConstraints)
  if (problem !== undefined && !isOfReference(problem)) {
    problem = undefined
    for (const work of works) {
      const refused = await fillOne(client, work, wish, isOfReference)
      if (refused !== undefined && isOfReference(refused)) problem = refused
      if (problem !== undefined) break
      if (refused !== undefined) failed.set(work.draft.table.oid, refused.message)
    }
    problem ??= await attempt(client, checkConstraints)
  }
  if (problem !== undefined) {
    await client.query('ROLLBACK TO SAVEPOINT mig_checked')
    return undefined
  }
  for (const work of works) await followLater(client, work, true)
  return failed
}

function isOfReference({ code }: Problem): boolean {
  return code === '23503'
}

/** Makes rows, of which one by one what does not go at once; why tables have none, by oid. */
export async function fill(
  client: ClientBase,
  works: readonly Work[],
  { wish, checked }: { readonly wish: RowWish; readonly checked: boolean },
): Promise<ReadonlyMap<string, string>> {
  const failed = new Map<string, string>()
  if ((await fillAtOnce(client, works, wish)) !== undefined) {
    for (const work of works) {
      const problem = await fillOne(client, work, wish)
      if (problem !== undefined) failed.set(work.draft.table.oid, problem.message)
    }
  }
  for (const work of works) await followLater(client, work, checked)
  return failed
}

function rowsOf({ draft, solved, reachable }: Work, wish: RowWish): readonly ReadonlyMap<string, string>[] {
  return Array.from({ length: wish.count }, (_, row) => rowValues(draft, solved, reachable, row, wish))
}

interface Problem {
  readonly code: string
  readonly message: string
  readonly constraint: string | undefined
  readonly column: string | undefined
}

/** Runs a statement that may fail; its error, if PostgreSQL has one. */
async function attempt(client: ClientBase, sql: string): Promise<Problem | undefined> {
  if (sql === '') return undefined
  await client.query('SAVEPOINT mig_rows')
  try {
    await client.query(`${onUserPath(sql)}; RELEASE SAVEPOINT mig_rows`)
    return undefined
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT mig_rows; RELEASE SAVEPOINT mig_rows')
    const part = (name: string) => {
      const value: unknown = Reflect.get(error, name)
      return typeof value === 'string' ? value : undefined
    }
    return {
      code: part('code') ?? '',
      message: error.message,
      constraint: part('constraint'),
      column: part('column'),
    }
  }
}

const mostAttempts = 40

/**
 * Makes a table's rows one by one, each with other values while PostgreSQL refuses it.
 * @param isFinal whether no other values are tried after a problem
 */
async function fillOne(
  client: ClientBase,
  work: Work,
  wish: RowWish,
  isFinal: (problem: Problem) => boolean = () => false,
): Promise<Problem | undefined> {
  const { table } = work.draft
  const whole = await attempt(client, insertStatement(table, rowsOf(work, wish)))
  // statement_too_complex: a function that calls itself without end takes long each time, whatever the values.
  if (whole === undefined || whole.code === '54001' || isFinal(whole)) return whole
  const refused = new Map<string, Problem>()
  let made = 0
  let last = whole
  for (let row = 0; row < wish.count; row += 1) {
    const shifts = new Map<string, number>()
    let filled = wish
    for (let count = 0; count < mostAttempts; count += 1) {
      const values = rowValues(work.draft, work.solved, work.reachable, row, filled, shifts)
      const sql = insertStatement(table, [values])
      // Where there are few values, they come around again.
      const problem = refused.get(sql) ?? (await attempt(client, sql))
      if (problem === undefined) {
        made += 1
        break
      }
      if (isFinal(problem)) return problem
      refused.set(sql, problem)
      last = problem
      if (problem.code === '23502' || (problem.code === '23514' && count === mostAttempts / 2))
        filled = { ...filled, nulls: 'few' }
      shiftOn(shifts, columnsOf(table, problem), count)
    }
    // What no value satisfies for one row, none does for the next.
    if (made === 0) break
  }
  return made > 0 ? undefined : last
}

function columnsOf(table: TableShape, { constraint, code, column }: Problem): readonly string[] {
  const named = [...table.keys, ...table.checks].find(({ name }) => name === constraint)?.columns
  if (named !== undefined && named.length > 0) return named
  if (column !== undefined) return [column]
  if (code === '23514' && table.partitioned && constraint === undefined) return table.partitionColumns
  return table.columns.map(({ name }) => name)
}

/** Counts on: the first column each time, the next ones more and more seldom. */
function shiftOn(shifts: Map<string, number>, columns: readonly string[], count: number): void {
  for (const [at, name] of columns.entries()) {
    if ((count + 1) % 3 ** at === 0) shifts.set(name, (shifts.get(name) ?? 0) + 1)
  }
}

/** Lets rows refer to their own table, or around a cycle, now that all are there; not to tables outside of the list. */
async function followLater(client: ClientBase, { draft, reachable }: Work, checked: boolean): Promise<void> {
  const { schema, name, columns } = draft.table
  const own = `${quoteIdent(schema)}.${quoteIdent(name)}`
  for (const reference of reachable.later) {
    const pairs = reference.columns.map((column, at) => ({
      column: quoteIdent(column),
      key: quoteIdent(reference.targetColumns[at] ?? ''),
    }))
    const needed = columns.some((column) => reference.columns.includes(column.name) && column.notNull)
    const open = needed ? 'true' : pairs.map(({ column }) => `t.${column} IS NULL`).join(' AND ')
    const keep = needed || reference.deferred ? '' : ' AND o.n <> 2'
    const update = `UPDATE ${own} t SET ${pairs.map(({ column, key }) => `${column} = p.${key}`).join(', ')}
      FROM (SELECT tableoid AS "#table", ctid AS "#at", row_number() OVER (ORDER BY tableoid, ctid) AS n FROM ${own}) o
      JOIN (SELECT *, row_number() OVER (ORDER BY tableoid, ctid) AS "#n" FROM ${reference.target}) p ON p."#n" = o.n
      WHERE t.tableoid = o."#table" AND t.ctid = o."#at" AND ${open}${keep}`
    const match = pairs.map(({ column, key }) => `p.${key} = t.${column}`).join(' AND ')
    const orphans = `DELETE FROM ${own} t WHERE NOT EXISTS (SELECT FROM ${reference.target} p WHERE ${match})`
    await attempt(client, needed && !checked ? `${update}; ${orphans}` : update)
  }
}
