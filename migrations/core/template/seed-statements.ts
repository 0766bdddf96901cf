import { quoteIdent, quoteLiteral } from '../postgres/index.ts'
import type { Seeds, TableRows } from './seeds.ts'

/** The rows that every tenant gets from its revisions. */
export interface SharedSeeds extends Seeds {
  /** Table → column → places of the rows whose value is each tenant's own (a time, a random id), and comes from the default. */
  readonly own: Readonly<Record<string, OwnValues>>
}

type OwnValues = Readonly<Record<string, readonly number[]>>

/** Why rows cannot be given to another tenant. */
export interface SeedConflict {
  readonly table: string
  readonly what: string
}

/**
 * What two tenants got from the same revisions, as far as it is the same for every tenant. A value that differs comes
 * from its column's default, in that row alone; where the default does not tell, or rows cannot be matched with certainty,
 * they are a tenant's own. Pure.
 */
export function sharedSeeds(one: Seeds, other: Seeds): SharedSeeds | SeedConflict {
  const own: Record<string, OwnValues> = {}
  const names = new Set([...one.tables, ...other.tables].map(({ table }) => table))
  for (const table of names) {
    const [a, b] = [one, other].map(({ tables }) => tables.find((each) => each.table === table))
    if (a === undefined || b === undefined || a.rows.length !== b.rows.length)
      return { table, what: 'tenants have different numbers of rows' }
    const differing: Record<string, readonly number[]> = {}
    for (const [at, column] of a.columns.entries()) {
      const places = a.rows.flatMap((row, place) => (row[at] === b.rows[place]?.[at] ? [] : [place]))
      const what = whyNotShared(a, b, { column, at, places })
      if (what !== undefined) return { table, what: `column ${column} ${what}` }
      if (places.length > 0) differing[column] = places
    }
    if (Object.keys(differing).length > 0) own[table] = differing
  }
  return { ...one, own }
}

/** Why the values of a column cannot be told apart into those of every tenant and those of its default, if so. */
function whyNotShared(
  a: TableRows,
  b: TableRows,
  {
    column,
    at,
    places,
  }: { readonly column: string; readonly at: number; readonly places: readonly number[] },
): string | undefined {
  const isVarying = a.varying.includes(column)
  if (places.length > 0 && !isVarying) return 'differs between tenants, and not by its default'
  if (isVarying && !a.unique.includes(column) && places.length < a.rows.length)
    return 'has a default that may give another value at another time'
  // Rows that lie in another order have values of each other.
  const [ofA, ofB] = [a, b].map(({ rows }) => new Set(rows.map((row) => row[at])))
  const isMixed = places.some((place) => {
    const values = [a.rows[place]?.[at], b.rows[place]?.[at]]
    return values.includes(null) || ofB?.has(values[0]) || ofA?.has(values[1])
  })
  return isMixed ? 'differs in rows that cannot be matched' : undefined
}

const rowsAtOnce = 500

/**
 * The statements that give schemas the rows, in a session whose search_path is that in which they were read. Triggers of the tables
 * stay still meanwhile: what they would do is among the rows.
 */
export function seedStatements({ tables, sequences, filled, unfilled, own }: SharedSeeds): readonly string[] {
  const still = tables.filter(({ triggers }) => triggers.length > 0)
  return [
    ...still.map(({ table }) => `ALTER TABLE ${table} DISABLE TRIGGER USER`),
    ...tables.flatMap((table) => insertStatements(table, own[table.table] ?? {})),
    // A table with events of deferred constraints cannot be altered.
    ...(still.length > 0 ? ['SET CONSTRAINTS ALL IMMEDIATE'] : []),
    ...still.flatMap(({ table, triggers }) =>
      triggers.flatMap(({ name, enabled }) => {
        const how = enabling[enabled]
        return how === undefined ? [] : [`ALTER TABLE ${table} ${how} TRIGGER ${quoteIdent(name)}`]
      }),
    ),
    ...sequences.map(
      ({ name, value, called }) => `SELECT pg_catalog.setval(${quoteLiteral(name)}, ${value}, ${called})`,
    ),
    ...(tables.length > 0 ? filled.map((name) => `REFRESH MATERIALIZED VIEW ${name}`) : []),
    ...unfilled.map((name) => `REFRESH MATERIALIZED VIEW ${name} WITH NO DATA`),
  ]
}

/** By `tgenabled`; one that is disabled stays so. */
const enabling: Readonly<Record<string, string>> = {
  O: 'ENABLE',
  A: 'ENABLE ALWAYS',
  R: 'ENABLE REPLICA',
}

function insertStatements({ table, columns, rows }: TableRows, own: OwnValues): readonly string[] {
  const into = `INSERT INTO ${table}`
  if (columns.length === 0) return rows.map(() => `${into} DEFAULT VALUES`)
  const list = columns.map(quoteIdent).join(', ')
  const literals = maskedRows(rows, columns, own).map(
    (row) => `(${row.map((value) => (value === undefined ? 'DEFAULT' : literalOf(value))).join(', ')})`,
  )
  const portions = Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, at) =>
    literals.slice(at * rowsAtOnce, (at + 1) * rowsAtOnce),
  )
  return portions.map((portion) => `${into} (${list}) OVERRIDING SYSTEM VALUE VALUES ${portion.join(', ')}`)
}

type MaskedRow = readonly (string | null | undefined)[]

/** Rows with undefined in the place of what is a tenant's own. */
function maskedRows(
  rows: TableRows['rows'],
  columns: readonly string[],
  own: OwnValues,
): readonly MaskedRow[] {
  const places = columns.map((column) => new Set(own[column]))
  return rows.map((row, place) => row.map((value, at) => (places[at]?.has(place) ? undefined : value)))
}

function literalOf(value: string | null): string {
  return value === null ? 'NULL' : quoteLiteral(value)
}

/** The tables whose rows are not what they should be, in whatever order. Pure. */
export function wrongTables(wanted: SharedSeeds, made: Seeds): readonly string[] {
  const names = new Set([...wanted.tables, ...made.tables].map(({ table }) => table))
  return [...names].filter((name) => {
    const [a, b] = [wanted, made].map(({ tables }) => tables.find(({ table }) => table === name))
    return a === undefined || b === undefined || !hasRows(a, wanted.own[name] ?? {}, b)
  })
}

/** Whether a table has the wanted rows, each once, and no others. */
function hasRows(wanted: TableRows, own: OwnValues, made: TableRows): boolean {
  const order = wanted.columns.map((column) => made.columns.indexOf(column))
  if (made.columns.length !== order.length || order.includes(-1) || made.rows.length !== wanted.rows.length)
    return false
  const masked = maskedRows(wanted.rows, wanted.columns, own)
  const groups = new Map<string, MaskedRow[]>()
  for (const row of masked) {
    const mask = row.map((value) => (value === undefined ? '1' : '0')).join('')
    const group = groups.get(mask)
    if (group === undefined) groups.set(mask, [row])
    else group.push(row)
  }
  let left: readonly MaskedRow[] = made.rows.map((row) => order.map((at) => row[at]))
  // Rows with the most fixed values first, since others match them too.
  const ownIn = (mask: string) => mask.replaceAll('0', '').length
  for (const [mask, rows] of [...groups].toSorted(([a], [b]) => ownIn(a) - ownIn(b))) {
    const missing = new Map<string, number>()
    const textOf = (row: MaskedRow) => JSON.stringify(row.filter((_, at) => mask[at] === '0'))
    for (const row of rows) missing.set(textOf(row), (missing.get(textOf(row)) ?? 0) + 1)
    left = left.filter((row) => {
      const count = missing.get(textOf(row)) ?? 0
      if (count > 0) missing.set(textOf(row), count - 1)
      return count === 0
    })
  }
  return left.length === 0
}
