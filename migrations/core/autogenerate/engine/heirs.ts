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
  const root = tableKey(parent)
  const heirs = new Set<string>([root])
  const tables = from.facts.facts().filter(({ id }) => id.kind === 'table')
  for (let count = 0; count !== heirs.size; ) {
    count = heirs.size
    for (const { id, payload } of tables) {
      if (id.kind !== 'table' || payload.partitionBound != null) continue
      if (parentsOf(from.facts, id).some((each) => heirs.has(tableKey(each)))) heirs.add(idKey(id))
    }
  }
  return tables.flatMap(({ id }) => {
    if (id.kind !== 'table' || idKey(id) === root || !heirs.has(idKey(id))) return []
    return columnsGone(from, to, id)
  })
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
