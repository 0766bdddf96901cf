import { quoteIdent, quoteIdentAlways, quoteLiteral } from '../../postgres/index.ts'
import type { ColumnShape, ReferenceShape, Shapes, TableShape } from './describe.ts'
import { hintsIn } from './literals.ts'
import { type Puzzle, puzzles, type Solution, spread, type Unknown } from './solve.ts'
import { candidates } from './values.ts'

/** What rows are to be like. */
export interface RowWish {
  /** How many of a table. */
  readonly count: number
  /** Values with all the digits that a type has place for. */
  readonly rich: boolean
  /** `mixed`: one row with NULL where it may be; `few`: none; `many`: all rows. */
  readonly nulls: 'mixed' | 'few' | 'many'
  /** Begin with other candidates. */
  readonly shift: number
  /** What a change asks of rows that are there. */
  readonly asks: RowAsks
}

/** What statements that come ask of rows, by columns as they are named before. */
export interface RowAsks {
  /** Texts that a column's new type takes; by {@link columnKey}. */
  readonly texts: ReadonlyMap<string, readonly string[]>
  /** Columns that will take no NULL; by {@link columnKey}. */
  readonly notNull: ReadonlySet<string>
  readonly checks: readonly { readonly schema: string; readonly table: string; readonly expression: string }[]
  /** Foreign keys that come; the target as SQL names it. */
  readonly references: readonly {
    readonly schema: string
    readonly table: string
    readonly columns: readonly string[]
    readonly target: string
    readonly targetColumns: readonly string[]
  }[]
}

export const noAsks: RowAsks = { texts: new Map(), notNull: new Set(), checks: [], references: [] }

export function columnKey(schema: string, table: string, column: string): string {
  return JSON.stringify([schema, table, column])
}

/** A table with the values that its columns can take, before any row is made. */
export interface TableDraft {
  readonly table: TableShape
  readonly unknowns: ReadonlyMap<string, Unknown>
  readonly puzzles: readonly Puzzle[]
}

type Condition = { readonly columns: readonly string[]; readonly expression: string }

/** Lists candidates for each column of a table, and the conditions that they are held to. */
export function draftOf(table: TableShape, { types }: Shapes, wish: RowWish): TableDraft {
  const { schema, name } = table
  const conditions = conditionsOf(table, types, wish.asks)
  const unknowns = new Map(
    table.columns.map((column): [string, Unknown] => {
      const about = conditions.filter(({ columns }) => columns.includes(column.name))
      const hints = hintsIn(about.map(({ expression }) => expression))
      const asked = wish.asks.texts.get(columnKey(schema, name, column.name)) ?? []
      const type = types.get(column.type)
      const found = candidates(type, column.typeText, {
        types,
        rich: wish.rich && asked.length === 0,
        hints: { ...hints, texts: [...asked, ...hints.texts] },
      })
      const first =
        asked.length === 0
          ? found
          : candidates(type, column.typeText, {
              types,
              rich: false,
              hints: { texts: asked, numbers: [] },
            }).filter((value) => asked.some((text) => value.startsWith(`CAST(${quoteLiteral(text)} AS `)))
      const all = first.length > 0 ? [...new Set(first)] : [...new Set(found)]
      const at = all.length === 0 ? 0 : wish.shift % all.length
      return [
        column.name,
        {
          name: column.name,
          candidates: [...all.slice(at), ...all.slice(0, at)],
          nullable:
            !column.notNull &&
            !takesNoNull(column.type, types) &&
            !wish.asks.notNull.has(columnKey(schema, name, column.name)),
        },
      ]
    }),
  )
  const open = conditions.filter(({ columns }) => columns.length > 0)
  return { table, unknowns, puzzles: puzzles([...unknowns.values()], open) }
}

function conditionsOf(table: TableShape, types: Shapes['types'], asks: RowAsks): readonly Condition[] {
  const own = new Set(table.columns.map(({ name }) => name))
  const mentioned = (expression: string) => [...own].filter((name) => mentions(expression, name))
  const asked = asks.checks
    .filter(({ schema, table: name }) => schema === table.schema && name === table.name)
    .map(({ expression }) => ({ expression, columns: mentioned(expression) }))
  const bounds = table.partitionBounds.filter((bound) => bound !== '')
  const routing = !table.partitioned
    ? []
    : [
        {
          columns: table.partitionColumns,
          expression: bounds.length === 0 ? 'false' : bounds.map((bound) => `(${bound})`).join(' OR '),
        },
      ]
  return [
    ...table.checks,
    ...table.columns.flatMap((column) => domainConditions(column, types)),
    ...routing,
    ...asked,
  ]
}

/** Whether a domain, or one that it is over, is NOT NULL. */
function takesNoNull(type: string, types: Shapes['types']): boolean {
  const shape = types.get(type)
  if (shape?.kind !== 'd') return false
  return shape.notNull || (shape.element !== null && takesNoNull(shape.element, types))
}

function mentions(expression: string, name: string): boolean {
  const plain = /^[a-z_][a-z0-9_]*$/.test(name)
  return (
    expression.includes(quoteIdentAlways(name)) ||
    (plain && new RegExp(`(?<![\\w"'.])${name}(?![\\w"'])`).test(expression))
  )
}

function domainConditions(
  { name, type, typeText }: ColumnShape,
  types: Shapes['types'],
): readonly Condition[] {
  const found: Condition[] = []
  for (
    let at = types.get(type);
    at?.kind === 'd';
    at = at.element === null ? undefined : types.get(at.element)
  ) {
    for (const check of at.checks)
      found.push({ columns: [name], expression: check.replace(/\bVALUE\b/g, quoteIdent(name)) })
  }
  return typeText === '' ? [] : found
}

/** How a row's references are found: those of a table that has its rows, by place; the others wait. */
export interface Reachable {
  readonly now: readonly ReferenceShape[]
  readonly later: readonly ReferenceShape[]
}

/** The values of one row, as SQL; `shifts` moves a column on to other candidates. */
export function rowValues(
  draft: TableDraft,
  solved: readonly (readonly Solution[] | undefined)[],
  { now, later }: Reachable,
  row: number,
  wish: RowWish,
  shifts: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  const sparse = wish.nulls === 'many' || (wish.nulls === 'mixed' && row === 1)
  for (const [at, { unknowns }] of draft.puzzles.entries()) {
    const found = solved[at]
    if (found === undefined || found.length === 0) continue
    const ordered = spread(found, Math.max(wish.count, 3) + 6, sparse ? 'many' : 'few')
    const shift = unknowns.reduce((sum, { name }) => sum + (shifts.get(name) ?? 0), 0)
    const start = sparse && wish.nulls === 'mixed' ? 0 : row
    for (const [name, value] of ordered[(start + shift) % ordered.length] ?? []) values.set(name, value)
  }
  for (const column of draft.table.columns) {
    if (column.generated) continue
    const unknown = draft.unknowns.get(column.name)
    if (column.sequence !== null) values.set(column.name, 'DEFAULT')
    else if (!values.has(column.name))
      values.set(column.name, freeValue(column, unknown, row + (shifts.get(column.name) ?? 0), sparse))
  }
  const isNullable = (name: string) => draft.unknowns.get(name)?.nullable === true
  const given = new Set<string>()
  for (const reference of now) {
    // The row that a value takes the place of NULL in has a key, or no check of it would wait for the commit.
    const isEmpty = sparse && !(reference.deferred && wish.nulls === 'mixed')
    fillReference(values, given, reference, row, { sparse: isEmpty, isNullable, shifts, count: wish.count })
  }
  for (const { columns } of later) for (const name of columns.filter(isNullable)) values.set(name, 'NULL')
  return values
}

function freeValue(
  column: ColumnShape,
  unknown: Unknown | undefined,
  place: number,
  sparse: boolean,
): string {
  if (sparse && unknown?.nullable === true) return 'NULL'
  const list = unknown?.candidates ?? []
  return list[place % Math.max(1, list.length)] ?? (column.hasDefault ? 'DEFAULT' : 'NULL')
}

interface ReferenceChoice {
  readonly sparse: boolean
  readonly isNullable: (column: string) => boolean
  readonly shifts: ReadonlyMap<string, number>
  readonly count: number
}

function fillReference(
  values: Map<string, string>,
  given: Set<string>,
  { columns, target, targetColumns, full }: ReferenceShape,
  row: number,
  { sparse, isNullable, shifts, count }: ReferenceChoice,
): void {
  const nullable = columns.filter(isNullable)
  const isEmpty = sparse && (full ? nullable.length === columns.length : nullable.length > 0)
  for (const [at, column] of columns.entries()) {
    if (given.has(column)) continue
    given.add(column)
    const place = (row + (shifts.get(column) ?? 0)) % count
    const key = quoteIdent(targetColumns[at] ?? '')
    const value = `(SELECT ${key} FROM ${target} ORDER BY tableoid, ctid OFFSET ${place} LIMIT 1)`
    values.set(column, isEmpty && isNullable(column) ? 'NULL' : value)
  }
}

/** The statement that makes rows of a table. */
export function insertStatement(
  { columns, schema, name }: TableShape,
  rows: readonly ReadonlyMap<string, string>[],
): string {
  const target = `${quoteIdent(schema)}.${quoteIdent(name)}`
  const own = columns.filter(({ generated }) => !generated)
  if (own.length === 0) return `INSERT INTO ${target} DEFAULT VALUES`
  const overriding = own.some(({ identity }) => identity) ? ' OVERRIDING SYSTEM VALUE' : ''
  const tuples = rows.map((row) => `(${own.map((column) => row.get(column.name) ?? 'DEFAULT').join(', ')})`)
  return `INSERT INTO ${target} (${own.map((column) => quoteIdent(column.name)).join(', ')})${overriding} VALUES ${tuples.join(', ')}`
}
