import type { ObservedColumn, ObservedTable, RowObservation } from './observation.ts'

/** Which names are the same thing before and after, beyond what oid and attnum say. */
export interface Renames {
  /** Old schema and name, and new ones; both as JSON arrays. */
  readonly tables: ReadonlyMap<string, string>
  /** Old schema, table and column, and the new ones. */
  readonly columns: ReadonlyMap<string, string>
}

export const noRenames: Renames = { tables: new Map(), columns: new Map() }

/** A column before, the place of its values, and where they are after. */
export interface Pair {
  readonly column: ObservedColumn
  readonly place: number
  readonly to: number
  /** False where another column has taken the name. */
  readonly same: boolean
  readonly filled: boolean
}

/** Names as one text that tells them apart. */
export function key(...parts: readonly string[]): string {
  return JSON.stringify(parts)
}

/** Tables that both states have, with the columns that both have, and what these are after. */
export function twins(
  before: RowObservation,
  after: RowObservation,
  renames: Renames,
): readonly {
  readonly table: ObservedTable
  readonly pairs: readonly (Pick<Pair, 'column' | 'place'> & { readonly wanted: ObservedColumn })[]
}[] {
  return before.tables.flatMap((table) => {
    const twin = twinOf(table, before, after, renames)
    if (twin === undefined) return []
    const pairs = pairsOf(table, twin, renames).flatMap(({ column, place, to }) => {
      const wanted = twin.columns[to]
      return wanted === undefined ? [] : [{ column, place, wanted }]
    })
    return [{ table, pairs }]
  })
}

/** The table that has a table's rows after the change. */
export function twinOf(
  table: ObservedTable,
  before: RowObservation,
  after: RowObservation,
  renames: Renames,
): ObservedTable | undefined {
  const same = after.tables.find(({ oid }) => oid === table.oid)
  if (same !== undefined) return same
  // A table that became a partition keeps its oid; its rows are read with the root.
  if (after.relations.has(table.oid)) {
    return after.tables.find(({ rows }) => rows.some(({ leaf }) => leaf === table.oid))
  }
  const old = key(table.schema, table.name)
  const name = renames.tables.get(old) ?? old
  const known = new Set(before.tables.map(({ oid }) => oid))
  const twin = after.tables.find((each) => key(each.schema, each.name) === name && !known.has(each.oid))
  if (twin !== undefined) return twin
  // One that was made again as a partition is read with the root, too.
  const [leaf] =
    [...after.relations].find(([oid, full]) => key(...full) === name && !before.relations.has(oid)) ?? []
  return leaf === undefined
    ? undefined
    : after.tables.find(({ rows }) => rows.some((row) => row.leaf === leaf))
}

/** The columns of a table that are in its successor too, by number or by name. */
export function pairsOf(table: ObservedTable, twin: ObservedTable, renames: Renames): readonly Pair[] {
  const isSame = table.oid === twin.oid
  return table.columns.flatMap((column, place): readonly Pair[] => {
    const byNumber = isSame ? twin.columns.findIndex(({ number }) => number === column.number) : -1
    const [, , renamed] = renamedTo(table.schema, table.name, column.name, renames)
    const byName = twin.columns.findIndex(({ name }) => name === renamed)
    const to = byNumber >= 0 ? byNumber : byName
    const other = twin.columns[to]
    if (other === undefined || (other.generated && (column.generated || byNumber < 0))) return []
    if (column.generated && byNumber < 0) return []
    return [{ column, place, to, same: byNumber >= 0 || !isSame, filled: other.notNull && !column.notNull }]
  })
}

/** The whole name of a column after the renames. */
export function renamedTo(
  schema: string,
  table: string,
  column: string,
  { tables, columns }: Renames,
): readonly [schema: string, table: string, column: string] {
  const [newSchema = schema, newTable = table] = parts(tables.get(key(schema, table)))
  const [, , newColumn = column] = parts(columns.get(key(schema, table, column)))
  return [newSchema, newTable, newColumn]
}

function parts(name: string | undefined): readonly string[] {
  return name === undefined ? [] : (JSON.parse(name) as string[])
}
