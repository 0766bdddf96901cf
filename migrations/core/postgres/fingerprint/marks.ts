import type { ClientBase } from 'pg'
import { isLeftOut } from './digest.ts'
import type { CatalogShape } from './inventory.ts'
import { pinnedQuery, type SearchPathState } from './sql.ts'

/** Catalog → the column with the object that a row belongs to, whose definitions are read by this object. */
const ofObjects: Readonly<Record<string, string>> = {
  pg_aggregate: 'aggfnoid',
  pg_attrdef: 'oid',
  pg_attribute: 'attrelid',
  pg_class: 'oid',
  pg_constraint: 'oid',
  pg_depend: 'objid',
  pg_description: 'objoid',
  pg_enum: 'enumtypid',
  pg_foreign_table: 'ftrelid',
  pg_index: 'indexrelid',
  pg_inherits: 'inhrelid',
  pg_partitioned_table: 'partrelid',
  pg_policy: 'oid',
  pg_proc: 'oid',
  pg_range: 'rngtypid',
  pg_rewrite: 'oid',
  pg_seclabel: 'objoid',
  pg_sequence: 'seqrelid',
  pg_statistic_ext: 'oid',
  pg_trigger: 'oid',
  pg_type: 'oid',
}

/** The catalogs whose rows are objects of their own among these. */
export const objectCatalogs: readonly string[] = Object.keys(ofObjects).filter(
  (catalog) => ofObjects[catalog] === 'oid',
)

/** So many OIDs in a row have one mark: what one statement makes has OIDs that are near each other. */
const together = 32

/**
 * What tells whether the catalogs have changed: a mark for each stretch of OIDs, by its number, and one for each catalog
 * that is not told apart by objects, by its name.
 */
export type Marks = ReadonlyMap<string, string>

/**
 * Reads marks of everything in the catalogs that a fingerprint can depend on. A mark has the number of rows and the sum of
 * the transactions that wrote them: a row that comes or changes has a later one than all rows before, so that of any rows
 * that come, go and change either the number or the sum is another (manual, 5.6 "System Columns"). What is
 * written in place leaves no mark, and does not belong to the structure: pages and tuples of a table, and whether it has had an index.
 */
export async function readMarks(
  client: ClientBase,
  state: SearchPathState,
  shapes: readonly CatalogShape[],
): Promise<Marks> {
  const own = shapes.filter(({ catalog }) => ofObjects[catalog] !== undefined)
  const others = shapes.filter((shape) => ofObjects[shape.catalog] === undefined && !isLeftOut(shape))
  const written = (expression: string, from: string) =>
    `SELECT ${expression} AS place, xmin, count(*) AS entries FROM ${from} GROUP BY 1, 2`
  const rows = own.map(({ catalog }) => {
    const oid = ofObjects[catalog] ?? 'oid'
    return `SELECT ${oid} AS id, xmin FROM ${catalog} WHERE ${oid} >= 16384`
  })
  const selects = [
    written(`(id::int8 / ${together})::text`, `(${rows.join(' UNION ALL ')}) AS own`),
    ...others.map(({ catalog }) => written(`'${catalog}'`, catalog)),
  ]
  const found = await pinnedQuery<{ place: string; mark: string }>(
    client,
    state,
    `SELECT place, sum(entries) || ' ' || sum(entries * xmin::text::int8) AS mark
     FROM (${selects.join('\nUNION ALL ')}) AS written GROUP BY place
     UNION ALL SELECT 'roles', count(*) || ' ' || sum(hashtextextended(row(oid, rolname)::text, 0)) FROM pg_roles
     UNION ALL SELECT 'epoch', (pg_snapshot_xmax(pg_current_snapshot())::text::int8 >> 32)::text`,
  )
  return new Map(found.map(({ place, mark }) => [place, mark]))
}

/**
 * The OIDs of all objects that may have changed between two readings of marks; undefined where something else has, which
 * anything may depend on.
 */
export function changedOids(before: Marks, after: Marks): readonly number[] | undefined {
  const places = [...new Set([...before.keys(), ...after.keys()])]
  const changed = places.filter((place) => before.get(place) !== after.get(place))
  if (changed.some((place) => !/^\d+$/.test(place))) return undefined
  return changed.flatMap((place) =>
    Array.from({ length: together }, (_, at) => Number(place) * together + at),
  )
}
