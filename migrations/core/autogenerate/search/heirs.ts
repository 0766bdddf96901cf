import {
  type Action,
  type Catalog,
  type Difference,
  hasPlainTable,
  idKey,
  type ObjectId,
  parentsOf,
} from '../../difference/index.ts'
import type { TableId } from './set-aside.ts'

/**
 * The drops of tables that inherit from a table and do not come back: they go first, so that the rows of the table
 * itself can wait beside it while it is recreated.
 */
export function dropsOfHeirs(
  planned: Difference | Error,
  current: Catalog,
  table: TableId,
): readonly Action[] {
  // The rows of a partition are the partitioned table's own.
  if (planned instanceof Error || !hasPlainTable(current, table)) return []
  const made = new Set(planned.actions.flatMap(({ produces }) => produces.map(idKey)))
  return planned.actions.filter(({ verb, destroys: [id] }) => {
    if (verb !== 'drop' || id?.kind !== 'table' || made.has(idKey(id))) return false
    return inheritsFrom(current, id, table)
  })
}

function inheritsFrom({ facts }: Pick<Catalog, 'facts'>, id: ObjectId, table: TableId): boolean {
  return parentsOf(facts, id).some(({ schema, name }) => {
    const parent: TableId = { kind: 'table', schema, name }
    return idKey(parent) === idKey(table) || inheritsFrom({ facts }, parent, table)
  })
}
