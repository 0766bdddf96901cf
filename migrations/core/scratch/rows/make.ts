import type { ClientBase } from 'pg'
import { onUserPath, qualifiedName, quoteIdent } from '../../postgres/index.ts'
import type { ConcernedTable } from './concerned.ts'
import { describeTables, type ReferenceShape, type Shapes, shapesOf, type TableShape } from './describe.ts'
import {
  draftOf,
  insertStatement,
  noAsks,
  type Reachable,
  type RowWish,
  rowValues,
  type TableDraft,
} from './draft.ts'
import { checkConstraints, hasSwitches, quietly } from './quiet.ts'
import { type Solution, solve } from './solve.ts'

/** A table in which no row could be made. */
export interface WithoutRows {
  readonly oid: string
  readonly schema: string
  readonly name: string
  /** PostgreSQL's word, or ours. */
  readonly reason: string
}

/** Why a partitioned table has no row. */
export const noPartition = 'it has no partition'

export const plainWish: RowWish = { count: 3, rich: true, nulls: 'mixed', shift: 0, asks: noAsks }

/**
 * Makes a few rows in each table that satisfy types, NOT NULL, checks, domains, keys, partitions and references, with
 * triggers and rules off. Columns that a sequence gives a value keep theirs, so that the sequence has a position. Rows
 * that are there already stay.
 * @param tables what {@link concernedTables} gives
 * @param known what `describeTables` says of them now, where that was asked already
 * @returns the tables that have no row at the end
 */
export async function makeRows(
  client: ClientBase,
  tables: readonly ConcernedTable[],
  wish: RowWish = plainWish,
  known?: Shapes,
): Promise<readonly WithoutRows[]> {
  const oids = tables.map(({ oid }) => oid)
  if (oids.length === 0) return []
  return inTransaction(client, async () => {
    const shapes = known === undefined ? await describeTables(client, oids) : shapesOf(known, oids)
    const works = await workList(client, shapes, wish)
    const isWhole =
      !(await hasSwitches(client, oids)) && (await fillAtOnce(client, works, wish, checkConstraints))
    if (!isWhole) return quietly(client, oids, (checked) => fill(client, shapes, works, { wish, checked }))
    for (const work of works) await followLater(client, work, true)
    return withoutRows(client, shapes.tables, new Map())
  })
}

/** Runs `body` in the transaction that is open, or in one of its own. */
export async function inTransaction<T>(client: ClientBase, body: () => Promise<T>): Promise<T> {
  if (client.getTransactionStatus() === 'T') return body()
  await client.query('BEGIN')
  try {
    const result = await body()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}

/** A table, what it may hold, and which of its references can be followed when its rows are made. */
interface Work {
  readonly draft: TableDraft
  readonly solved: readonly (readonly Solution[] | undefined)[]
  readonly reachable: Reachable
}

/** Makes all rows in one go; false where one of them is refused, and there is none then. */
async function fillAtOnce(
  client: ClientBase,
  works: readonly Work[],
  wish: RowWish,
  ...then: readonly string[]
): Promise<boolean> {
  const batch = works.map((work) => insertStatement(work.draft.table, rowsOf(work, wish)))
  return (await attempt(client, [...batch, ...then].join(';\n'))) === undefined
}

async function fill(
  client: ClientBase,
  shapes: Shapes,
  works: readonly Work[],
  { wish, checked }: { readonly wish: RowWish; readonly checked: boolean },
): Promise<readonly WithoutRows[]> {
  const failed = new Map<string, string>()
  if (!(await fillAtOnce(client, works, wish))) {
    for (const work of works) {
      const problem = await fillOne(client, work, wish)
      if (problem !== undefined) failed.set(work.draft.table.oid, problem)
    }
  }
  for (const work of works) await followLater(client, work, checked)
  return withoutRows(client, shapes.tables, failed)
}

async function workList(client: ClientBase, shapes: Shapes, wish: RowWish): Promise<readonly Work[]> {
  const tables = shapes.tables.map((table) => withAsked(table, shapes.tables, wish))
  const drafts = inOrder(tables).map(({ table, reachable }) => ({
    draft: draftOf(table, shapes, wish),
    reachable,
  }))
  const solved = await solve(
    client,
    drafts.flatMap(({ draft }) => draft.puzzles),
  )
  let at = 0
  return drafts.map(({ draft, reachable }) => {
    const own = solved.slice(at, at + draft.puzzles.length)
    at += draft.puzzles.length
    return { draft, reachable, solved: own }
  })
}

/** A table with the foreign keys that come, too, to tables that are there. */
function withAsked(table: TableShape, all: readonly TableShape[], { asks }: RowWish): TableShape {
  const own = asks.references.filter(
    ({ schema, table: name }) => schema === table.schema && name === table.name,
  )
  const found = own.flatMap((asked): readonly ReferenceShape[] => {
    const target = all.find(({ schema, name }) =>
      [`${schema}.${name}`, `${quoteIdent(schema)}.${quoteIdent(name)}`].includes(asked.target),
    )
    const has = ({ columns }: TableShape, names: readonly string[]) =>
      names.every((name) => columns.some((column) => column.name === name))
    if (target === undefined || !has(table, asked.columns) || !has(target, asked.targetColumns)) return []
    const { columns, targetColumns } = asked
    return [
      {
        columns,
        targetColumns,
        table: target.oid,
        target: qualifiedName(target.schema, target.name),
        full: false,
        deferred: false,
      },
    ]
  })
  return found.length === 0 ? table : { ...table, references: [...table.references, ...found] }
}

/** Referenced tables first. A reference to the table itself, or around a cycle, waits until all rows are there. */
export function inOrder(
  tables: readonly TableShape[],
): readonly { readonly table: TableShape; readonly reachable: Reachable }[] {
  const byOid = new Map(tables.map((table) => [table.oid, table]))
  const done = new Map<string, Reachable>()
  const under = new Set<string>()
  const visit = (table: TableShape): void => {
    under.add(table.oid)
    const now: ReferenceShape[] = []
    const later: ReferenceShape[] = []
    for (const reference of table.references) {
      const target = byOid.get(reference.table)
      if (target !== undefined && !done.has(target.oid) && !under.has(target.oid)) visit(target)
      const isReady = target !== undefined && done.has(target.oid)
      if (isReady) now.push(reference)
      else later.push(reference)
    }
    under.delete(table.oid)
    done.set(table.oid, { now, later })
  }
  for (const table of tables) if (!done.has(table.oid)) visit(table)
  return [...done].flatMap(([oid, reachable]) => {
    const table = byOid.get(oid)
    return table === undefined ? [] : [{ table, reachable }]
  })
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

/** Makes a table's rows one by one, each with other values while PostgreSQL refuses it. */
async function fillOne(client: ClientBase, work: Work, wish: RowWish): Promise<string | undefined> {
  const { table } = work.draft
  const whole = await attempt(client, insertStatement(table, rowsOf(work, wish)))
  if (whole === undefined) return undefined
  let made = 0
  let last = whole
  for (let row = 0; row < wish.count; row += 1) {
    const shifts = new Map<string, number>()
    let filled = wish
    for (let count = 0; count < mostAttempts; count += 1) {
      const values = rowValues(work.draft, work.solved, work.reachable, row, filled, shifts)
      const problem = await attempt(client, insertStatement(table, [values]))
      if (problem === undefined) {
        made += 1
        break
      }
      last = problem
      if (problem.code === '23502' || (problem.code === '23514' && count === mostAttempts / 2))
        filled = { ...filled, nulls: 'few' }
      shiftOn(shifts, columnsOf(table, problem), count)
    }
    // What no value satisfies for one row, none does for the next.
    if (made === 0) break
  }
  return made > 0 ? undefined : last.message
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

async function withoutRows(
  client: ClientBase,
  tables: readonly TableShape[],
  failed: ReadonlyMap<string, string>,
): Promise<readonly WithoutRows[]> {
  const parts = tables.map(
    ({ oid, schema, name }) =>
      `SELECT '${oid}' AS oid WHERE NOT EXISTS (SELECT FROM ${quoteIdent(schema)}.${quoteIdent(name)})`,
  )
  const { rows } = await client.query<{ oid: string }>(parts.join(' UNION ALL '))
  const empty = new Set(rows.map(({ oid }) => oid))
  return tables.flatMap((table) => {
    const { oid, schema, name } = table
    if (!empty.has(oid)) return []
    const hasNoPlace = table.partitioned && table.partitionBounds.length === 0
    const reason = hasNoPlace ? noPartition : (failed.get(oid) ?? 'its rows go elsewhere')
    return [{ oid, schema, name, reason }]
  })
}
