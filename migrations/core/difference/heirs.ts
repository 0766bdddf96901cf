import type { Catalog } from './catalog.ts'
import { idKey } from './ids.ts'
import { parentsOf, type TableName } from './parents.ts'
import { tableColumns } from './table-columns.ts'

/**
 * The columns that tables lose because one that they inherit from loses its own, or goes (manual, section 5.11). Partitions
 * hold no column of their own.
 * @param from the state in which they have them
 * @param to the state in which they do not; tables that are gone by then are not among these
 */
export function columnsLostByHeirs(
  from: Pick<Catalog, 'facts'>,
  to: Pick<Catalog, 'facts'>,
  parent: TableName,
): readonly (readonly [schema: string, table: string, column: string])[] {
  return heirsOf(from, parent).flatMap((heir) => columnsGone(from, to, heir))
}

/** The tables that inherit from a table, however far; partitions hold no column of their own. */
export function heirsOf({ facts }: Pick<Catalog, 'facts'>, parent: TableName): readonly TableName[] {
  const root = tableKey(parent)
  const heirs = new Map<string, TableName>([[root, parent]])
  const tables = facts.facts().filter(({ id }) => id.kind === 'table')
  for (let count = 0; count !== heirs.size; ) {
    count = heirs.size
    for (const { id, payload } of tables) {
      if (id.kind !== 'table' || payload.partitionBound != null) continue
      if (parentsOf(facts, id).some((each) => heirs.has(tableKey(each)))) heirs.set(idKey(id), id)
    }
  }
  heirs.delete(root)
  return [...heirs.values()]
}

/** The columns of a table that both states have, and that one of them does not; by name. */
export function columnsGone(
  from: Pick<Catalog, 'facts'>,
  to: Pick<Catalog, 'facts'>,
  { schema, name }: TableName,
): readonly (readonly [schema: string, table: string, column: string])[] {
  const id = { kind: 'table', schema, name } as const
  if (!from.facts.has(id) || !to.facts.has(id)) return []
  const left = new Set(tableColumns(to, id).map((column) => column.name))
  return tableColumns(from, id).flatMap((column) =>
    left.has(column.name) || column.generated ? [] : [[schema, name, column.name] as const],
  )
}

function tableKey({ schema, name }: TableName): string {
  return idKey({ kind: 'table', schema, name })
}
