import { quoteIdent, quoteLiteral } from '../../postgres/index.ts'
import type { Seeds, TableRows } from './seeds.ts'

/** The rows that every tenant gets from its revisions. */
export interface SharedSeeds extends Seeds {
  /** Table → columns whose values are each tenant's own (a time, a random id), and come from their default. */
  readonly own: Readonly<Record<string, readonly string[]>>
}

/** Why rows cannot be given to another tenant. */
export interface SeedConflict {
  readonly table: string
  readonly what: string
}

/**
 * What two tenants got from the same revisions, as far as it is the same for every tenant. A value that differs comes
 * from its column's default; where there is none, the rows are a tenant's own. Pure.
 */
export function sharedSeeds(one: Seeds, other: Seeds): SharedSeeds | SeedConflict {
  const own: Record<string, readonly string[]> = {}
  const names = new Set([...one.tables, ...other.tables].map(({ table }) => table))
  for (const table of names) {
    const [a, b] = [one, other].map(({ tables }) => tables.find((each) => each.table === table))
    if (a === undefined || b === undefined || a.rows.length !== b.rows.length)
      return { table, what: 'not every tenant gets the same number of rows' }
    const differing = a.columns.filter((_, at) =>
      a.rows.some((row, place) => row[at] !== b.rows[place]?.[at]),
    )
    const fixed = differing.find((column) => !a.defaults.includes(column))
    if (fixed !== undefined)
      return { table, what: `column ${fixed} is different in each tenant and has no default` }
    if (differing.length > 0) own[table] = differing
  }
  return { ...one, own }
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
    ...tables.flatMap((table) => insertStatements(table, own[table.table] ?? [])),
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

function insertStatements({ table, columns, rows }: TableRows, own: readonly string[]): readonly string[] {
  const kept = columns.flatMap((column, at) => (own.includes(column) ? [] : [at]))
  const into = `INSERT INTO ${table}`
  if (kept.length === 0) return rows.map(() => `${into} DEFAULT VALUES`)
  const list = kept.map((at) => quoteIdent(columns[at] ?? '')).join(', ')
  const portions = Array.from({ length: Math.ceil(rows.length / rowsAtOnce) }, (_, at) =>
    rows.slice(at * rowsAtOnce, (at + 1) * rowsAtOnce),
  )
  return portions.map((portion) => {
    const values = portion.map((row) => `(${kept.map((at) => literalOf(row[at] ?? null)).join(', ')})`)
    return `${into} (${list}) OVERRIDING SYSTEM VALUE VALUES ${values.join(', ')}`
  })
}

function literalOf(value: string | null): string {
  return value === null ? 'NULL' : quoteLiteral(value)
}

/** The tables whose rows are not what they should be. Pure. */
export function wrongTables(wanted: SharedSeeds, made: Seeds): readonly string[] {
  const names = new Set([...wanted.tables, ...made.tables].map(({ table }) => table))
  return [...names].filter((name) => {
    const [a, b] = [wanted, made].map(({ tables }) => tables.find(({ table }) => table === name))
    return rowsText(a, wanted.own[name] ?? []) !== rowsText(b, wanted.own[name] ?? [])
  })
}

/** Equal for the same rows, whatever their order. */
function rowsText(table: TableRows | undefined, own: readonly string[]): string {
  if (table === undefined) return ''
  const kept = table.columns.flatMap((column, at) => (own.includes(column) ? [] : [{ column, at }]))
  const inOrder = kept.toSorted((a, b) => (a.column < b.column ? -1 : 1))
  const rows = table.rows.map((row) => JSON.stringify(inOrder.map(({ column, at }) => [column, row[at]])))
  return rows.toSorted().join('\n')
}
