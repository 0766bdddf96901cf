import type { Loss } from '../../revisions/index.ts'
import type { ObservedColumn, ObservedRow, ObservedTable, RowObservation } from './observation.ts'
import { key, noRenames, type Pair, pairsOf, type Renames, twinOf } from './twins.ts'

/** Something that was lost, and values to show it by. */
export interface FoundLoss extends Loss {
  /** `'1' became '2'` */
  readonly examples: readonly string[]
  /** Other names of the same thing: of the table that it is in by now. */
  readonly aliases?: readonly (readonly string[])[]
  /** Values that a cast was asked for beforehand, and that came out otherwise. */
  readonly predicted?: boolean
}

/** What became of rows. */
export interface Comparison {
  readonly losses: readonly FoundLoss[]
  /** Tables with rows that were not there before. */
  readonly gained: readonly { readonly name: readonly string[]; readonly examples: readonly string[] }[]
}

/** Values that type changes make, by oid and attnum, as {@link expectations} has them; `any` where nothing can be told. */
export type Expectations = ReadonlyMap<string, readonly (string | null)[] | 'any'>

export function expectationKey(oid: string, column: number): string {
  return `${oid} ${column}`
}

/**
 * Looks for every row and value of a state in the state after. A table or column is the same by oid and attnum, else by the
 * name that the change gives it; a row is found by its values, in whatever partition.
 * @param before rows before, with what type changes make of them in `expected`
 */
export function compareRows(
  before: RowObservation,
  after: RowObservation,
  expected: Expectations = new Map(),
  renames: Renames = noRenames,
): Comparison {
  const losses: FoundLoss[] = []
  const gained: { name: readonly string[]; examples: readonly string[] }[] = []
  const claimed = new Set<ObservedRow>()
  const sources = new Set<string>()
  const hunts: Hunt[] = []
  for (const table of before.tables) {
    const twin = twinOf(table, before, after, renames)
    if (twin === undefined) {
      losses.push(...lostTable(table, after))
      continue
    }
    sources.add(twin.oid)
    const pairs = pairsOf(table, twin, renames)
    losses.push(...lostColumns(table, twin, pairs))
    hunts.push(huntFor(table, twin, { before, after, pairs, expected, claimed }))
  }
  // Each table takes its own rows before another may find one of its own among them: a parent among those of its heirs.
  const own = hunts.map((hunt) => ({ hunt, missing: unmatched(hunt, hunt.wanted, hunt.inTwin) }))
  const changed = own.map(({ hunt, missing }) => changedRows(hunt, missing, hunt.inTwin))
  losses.push(...changed.flatMap((each) => each.losses))
  for (const [at, { hunt }] of own.entries()) {
    const missing = unmatched(hunt, changed[at]?.missing ?? [], hunt.apart)
    const found = changedRows(hunt, missing, hunt.apart)
    losses.push(...found.losses, ...found.missing.map((each) => lostRow(hunt, each)))
  }
  for (const table of after.tables) {
    const news = table.rows.filter((row) => !claimed.has(row) && sources.has(table.oid))
    if (news.length > 0)
      gained.push({ name: [table.schema, table.name], examples: news.slice(0, 3).map(rowText) })
  }
  return { losses: merged(losses), gained }
}

function lostTable({ oid, rows, schema, name }: ObservedTable, after: RowObservation): readonly FoundLoss[] {
  const isThere = after.relations.has(oid)
  if (isThere && rows.length === 0) return []
  const examples = rows.slice(0, 3).map(rowText)
  return [{ kind: isThere ? 'rows' : 'table', name: [schema, name], examples }]
}

function lostColumns(
  table: ObservedTable,
  twin: ObservedTable,
  pairs: readonly Pair[],
): readonly FoundLoss[] {
  const found = new Set(pairs.map(({ column }) => column.number))
  return table.columns.flatMap((column, place) => {
    if (column.generated || found.has(column.number)) return []
    const stays = table.oid === twin.oid && twin.columns.some(({ number }) => number === column.number)
    if (stays) return []
    const values = table.rows.flatMap(({ values }) => values[place] ?? [])
    return [
      {
        kind: 'column' as const,
        name: [table.schema, table.name, column.name],
        examples: values.slice(0, 3).map(valueText),
        aliases: [[twin.schema, twin.name, column.name]],
      },
    ]
  })
}

interface Search {
  readonly before: RowObservation
  readonly after: RowObservation
  readonly pairs: readonly Pair[]
  readonly expected: Expectations
  readonly claimed: Set<ObservedRow>
}

interface Wanted {
  readonly row: ObservedRow
  readonly values: readonly Expected[]
}

/** The search for the rows of one table. */
interface Hunt {
  readonly table: ObservedTable
  readonly search: Search
  readonly wanted: readonly Wanted[]
  readonly inTwin: readonly Pooled[]
  readonly apart: readonly Pooled[]
}

function huntFor(table: ObservedTable, twin: ObservedTable, search: Search): Hunt {
  const wanted = table.rows.map((row, at): Wanted => {
    const values = search.pairs.map((pair) =>
      expectedValue(table, pair, twin.columns[pair.to], row, at, search),
    )
    return { row, values }
  })
  return { table, search, wanted, ...poolsOf(table, twin, search) }
}

/** The rows that no row of a pool has all values of; those that are found are claimed. */
function unmatched(
  { wanted: all, search: { pairs, claimed } }: Hunt,
  wanted: readonly Wanted[],
  pool: readonly Pooled[],
): readonly Wanted[] {
  // Columns in which any row may have another value than before do not tell rows apart.
  const firm = pairs.flatMap((_, at) => (all.some(({ values }) => values[at]?.free === true) ? [] : [at]))
  const known = new Map<string, Pooled[]>()
  for (const pooled of pool) {
    const text = JSON.stringify(firm.map((at) => valueIn(pooled, at)))
    known.set(text, [...(known.get(text) ?? []), pooled])
  }
  return wanted.filter((each) => {
    const alike = known.get(JSON.stringify(firm.map((at) => each.values[at]?.value ?? null))) ?? []
    const match = alike.find((pooled) => !claimed.has(pooled.row) && differing(each, pooled).length === 0)
    if (match !== undefined) claimed.add(match.row)
    return match === undefined
  })
}

function valueIn({ row, places, columns }: Pooled, at: number): string | null {
  const place = places[at] ?? -1
  return asCompared(row.values[place] ?? null, columns[place])
}

/** Fields of a composite type that come are NULL in values that are there: they end in commas (manual, section 8.16.6). */
function asCompared(value: string | null, column: ObservedColumn | undefined): string | null {
  // jsonb keeps neither white space nor the order of keys (manual, section 8.14); what it holds is the same.
  if (value !== null && /^jsonb?$/.test(column?.type ?? '')) return canonicalJson(value)
  return column?.composite === true ? (value?.replace(/(?<!,),+\)/g, ')') ?? null) : value
}

/** The places in which a row has another value than is wanted. */
function differing({ values }: Wanted, pooled: Pooled): readonly number[] {
  return values.flatMap(({ value, free }, at) => (free || value === valueIn(pooled, at) ? [] : [at]))
}

interface Expected {
  readonly value: string | null
  /** What it may be instead: a value for NULL in a column that takes none, or anything. */
  readonly free: boolean
  readonly predicted: boolean
}

function expectedValue(
  table: ObservedTable,
  pair: Pair,
  to: ObservedColumn | undefined,
  row: ObservedRow,
  at: number,
  { expected }: Search,
): Expected {
  const value = asCompared(row.values[pair.place] ?? null, pair.column)
  const cast = expected.get(expectationKey(table.oid, pair.column.number))
  if (cast === 'any') return { value, free: true, predicted: false }
  if (value === null && pair.filled) return { value, free: true, predicted: false }
  const predicted = cast !== undefined
  return { value: predicted ? asCompared(cast[at] ?? null, to) : value, free: false, predicted }
}

interface Pooled {
  readonly row: ObservedRow
  /** By the place of the pair: where the row has that column's value. */
  readonly places: readonly number[]
  readonly columns: readonly ObservedColumn[]
}

/**
 * The rows among which a table's are sought: those of its twin, of tables that were its partitions, by oid or by name, and
 * of its parents and heirs: a query of the parent finds them as it did before.
 */
function poolsOf(
  table: ObservedTable,
  twin: ObservedTable,
  { before, after, pairs }: Search,
): Pick<Hunt, 'inTwin' | 'apart'> {
  const leaves = new Set(table.rows.map(({ leaf }) => leaf))
  const own = pairs.map(({ to }) => to)
  const inTwin = twin.rows.map((row) => ({ row, places: own, columns: twin.columns }))
  const names = [...table.parents, ...[...leaves].flatMap((leaf) => nameOf(before, leaf))]
  const named = new Set(names.map((name) => key(...name)))
  const self = key(table.schema, table.name)
  const apart = after.tables.filter((other) => {
    const isHeir = other.parents.some((name) => key(...name) === self)
    const isKnown = leaves.has(other.oid) || named.has(key(other.schema, other.name)) || isHeir
    return other.oid !== twin.oid && isKnown
  })
  const inOthers = apart.flatMap((other) => {
    const places = pairs.map(({ to }) =>
      other.columns.findIndex(({ name }) => name === twin.columns[to]?.name),
    )
    return other.rows.map((row) => ({ row, places, columns: other.columns }))
  })
  return { inTwin, apart: inOthers }
}

function nameOf(
  { relations }: RowObservation,
  oid: string,
): readonly (readonly [schema: string, name: string])[] {
  const name = relations.get(oid)
  return name === undefined ? [] : [name]
}

/** Takes for each row the one in a pool that is most alike and nobody's yet: what differs is lost; and who has none. */
function changedRows(
  hunt: Hunt,
  wanted: readonly Wanted[],
  pool: readonly Pooled[],
): { readonly losses: readonly FoundLoss[]; readonly missing: readonly Wanted[] } {
  const losses: FoundLoss[] = []
  const missing = wanted.filter((each) => {
    const best = mostAlike(hunt, each, pool)
    if (best === undefined) return true
    hunt.search.claimed.add(best.row)
    losses.push(...changedValues(hunt, each, best))
    return false
  })
  return { losses, missing }
}

/** Undefined where no row is left that has a value in common; one column alone may change in its own table. */
function mostAlike({ search, inTwin }: Hunt, wanted: Wanted, pool: readonly Pooled[]): Pooled | undefined {
  const { pairs, claimed } = search
  const free = pool.filter(({ row }) => !claimed.has(row))
  const ranked = free.map((pooled) => ({ pooled, count: differing(wanted, pooled).length }))
  const [first, ...others] = ranked
  if (first === undefined) return undefined
  const best = others.reduce((one, other) => (other.count < one.count ? other : one), first)
  const isOther = best.count === pairs.length && (pairs.length > 1 || pool !== inTwin)
  return isOther ? undefined : best.pooled
}

function changedValues(
  { table, search: { pairs } }: Hunt,
  wanted: Wanted,
  pooled: Pooled,
): readonly FoundLoss[] {
  return differing(wanted, pooled).flatMap((at): readonly FoundLoss[] => {
    const pair = pairs[at]
    if (pair === undefined) return []
    const name = [table.schema, table.name, pair.column.name]
    const was = valueText(wanted.values[at]?.value ?? null)
    const examples = [`${was} became ${valueText(valueIn(pooled, at))}`]
    // A column that is made again has values of its own, if any.
    const predicted = pair.same && wanted.values[at]?.predicted === true
    return [{ kind: pair.same ? 'values' : 'column', name, examples, predicted }]
  })
}

function lostRow({ table, search: { before, after } }: Hunt, { row }: Wanted): FoundLoss {
  const partition = after.relations.has(row.leaf) ? undefined : before.relations.get(row.leaf)
  const gone =
    partition === undefined
      ? ({ kind: 'rows', name: [table.schema, table.name] } as const)
      : ({ kind: 'table', name: partition } as const)
  return { ...gone, examples: [rowText(row)] }
}

function merged(losses: readonly FoundLoss[]): readonly FoundLoss[] {
  const found = new Map<string, FoundLoss>()
  for (const loss of losses) {
    const id = key(loss.kind, ...loss.name)
    const other = found.get(id)
    found.set(
      id,
      other === undefined ? loss : { ...other, examples: [...other.examples, ...loss.examples].slice(0, 3) },
    )
  }
  return [...found.values()]
}

/** A row is known by its first values; a message has room for so many characters of it. */
const roomForRow = 60

function rowText({ values }: ObservedRow): string {
  const shown: string[] = []
  for (const value of values) {
    const text = valueText(value)
    if (shown.length > 0 && shown.join(', ').length + text.length > roomForRow) break
    shown.push(text)
  }
  const more = values.length - shown.length
  return `(${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''})`
}

function valueText(value: string | null): string {
  if (value === null) return 'NULL'
  return value.length > 40 ? `'${value.slice(0, 40)}…'` : `'${value}'`
}

function canonicalJson(text: string): string {
  return JSON.stringify(JSON.parse(text), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
}
