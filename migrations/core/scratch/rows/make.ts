import type { ClientBase } from 'pg'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import type { ConcernedTable } from './concerned.ts'
import { describeTables, type ReferenceShape, type Shapes, shapesOf, type TableShape } from './describe.ts'
import { draftOf, noAsks, type Reachable, type RowWish } from './draft.ts'
import { fill, fillChecked, type Work } from './fill.ts'
import { quietly, switchedOff } from './quiet.ts'
import { solve } from './solve.ts'

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
    const failed =
      (await switchedOff(client, oids, () => fillChecked(client, works, wish))) ??
      (await quietly(client, oids, (checked) => fill(client, works, { wish, checked })))
    return withoutRows(client, shapes.tables, failed)
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
