import type { ClientBase } from 'pg'
import {
  type Action,
  afterRows,
  type Catalog,
  type NumberedColumn,
  numberedColumns,
  ownAction,
  partitionRoot,
  positionFrom,
  sessionCast,
  shortened,
  type TableColumn,
  tableColumns,
} from '../../difference/index.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { columnText } from '../questions/names.ts'
import { addressOf } from './address.ts'
import { downgradeCast, sessionDecision } from './casts.ts'
import { type CastDecisions, recreates } from './decisions.ts'
import { type Dependent, dependentsOf } from './dependents.ts'
import { dropOf } from './repairs.ts'

export interface TableId {
  readonly kind: 'table'
  readonly schema: string
  readonly name: string
}

/** A table whose rows wait in another while it is recreated. */
export interface SetAside {
  readonly table: TableId
  readonly waiting: TableId
  readonly columns: readonly TableColumn[]
  /** The sequences that go with the table, and where their positions wait. */
  readonly positions: readonly WaitingPosition[]
}

/** The statements that set a table aside. */
interface SettingAside {
  readonly keeps: readonly Action[]
  /** Only for when all of `keeps` has run. */
  readonly drop: Action
  readonly aside: SetAside
}

interface TableColumnId {
  readonly schema: string
  readonly table: string
}

interface WaitingPosition extends NumberedColumn {
  readonly waiting: TableId
}

const suffix = '__mig_rows'

/** Whether a table is one that only keeps rows for the time of a revision. */
export function isSetAside(name: string): boolean {
  return name.endsWith(suffix)
}

/**
 * The statements that keep a table's rows in a table beside it and drop the table, so that it can be
 * recreated with another partition key, or with another type under it. Values of types of our own wait as text.
 * Undefined when something that holds data hangs on the table.
 */
export async function settingAside(
  client: ClientBase,
  table: TableId,
  { current, wanted }: { readonly current: Catalog; readonly wanted: Catalog },
): Promise<SettingAside | undefined> {
  const address = await addressOf(client, table)
  if (address === undefined) return undefined
  const dependents = await dependentsOf(client, address, 'all')
  if (dependents === undefined) return undefined
  const { rows } = await client.query<{ name: string; own: boolean; array: boolean }>(columnsQuery, [
    table.schema,
    table.name,
  ])
  const waiting: TableId = { ...table, name: shortened(table.name, suffix) }
  const values = rows.map(({ name, own, array }) =>
    own ? `${quoteIdent(name)}::text${array ? '[]' : ''} AS ${quoteIdent(name)}` : quoteIdent(name),
  )
  const from = qualifiedName(table.schema, table.name)
  const copy = `CREATE TABLE ${qualifiedName(waiting.schema, waiting.name)} AS SELECT ${values.join(', ')} FROM ${from}`
  const positions = positionsOf(current, wanted, table)
  const keeps = [
    // Else what others commit between the copy and DROP TABLE is dropped with the table.
    ownAction(`LOCK TABLE ${from} IN ACCESS EXCLUSIVE MODE`, [table]),
    ...positions.map(keepPosition),
    ...[
      ...dependents,
      ...(await takersFrom(client, positions, current, { ...table, oid: address.objid })),
    ].map((each) => dropOf(each, ownAction(copy, [table]))),
    ownAction(copy, [table], { produces: [waiting], rewrites: true }),
  ]
  const drop = ownAction(`DROP TABLE ${from}`, [table], { destroys: [table], verb: 'drop' })
  return { keeps, drop, aside: { table, waiting, columns: tableColumns(current, table), positions } }
}

/** The sequences that DROP TABLE drops too (of identity columns, and owned ones), and those that go for another. */
function positionsOf({ facts }: Catalog, wanted: Catalog, table: TableId): readonly WaitingPosition[] {
  return numberedColumns(facts).flatMap((numbered): readonly WaitingPosition[] => {
    const { column, sequence } = numbered
    if (column.schema !== table.schema || column.table !== table.name) return []
    const { schema, name } = sequence
    const id = { kind: 'sequence', schema, name } as const
    const stays = !sequence.isIdentity && facts.get(id)?.payload.ownedBy == null && wanted.facts.has(id)
    if (stays) return []
    return [{ ...numbered, waiting: { kind: 'table', schema, name: shortened(name, suffix) } }]
  })
}

/** What takes numbers from the sequences that DROP TABLE drops too, but for the table itself and its partitions. */
async function takersFrom(
  client: ClientBase,
  positions: readonly WaitingPosition[],
  { facts }: Catalog,
  table: TableId & { readonly oid: number },
): Promise<readonly Dependent[]> {
  // Of a table without partitions the tree has no row.
  const { rows } = await client.query<{ oid: number }>(
    'SELECT $1::oid AS oid UNION SELECT relid FROM pg_partition_tree($1::oid)',
    [table.oid],
  )
  const own = new Set<number | null>(rows.map(({ oid }) => oid))
  const found: Dependent[] = []
  for (const { sequence } of positions) {
    const { schema, name } = sequence
    const id = { kind: 'sequence', schema, name } as const
    const owner = facts.get(id)?.payload.ownedBy as TableColumnId | null | undefined
    const isOwned = owner?.schema === table.schema && owner.table === table.name
    if (!sequence.isIdentity && !isOwned) continue
    const address = await addressOf(client, id)
    const dependents = address === undefined ? [] : ((await dependentsOf(client, address, 'all')) ?? [])
    found.push(...dependents.filter(({ partOf }) => !own.has(partOf)))
  }
  return found
}

function keepPosition({ sequence, waiting }: WaitingPosition): Action {
  const [to, from] = [waiting, sequence].map(({ schema, name }) => qualifiedName(schema, name))
  const sql = `CREATE TABLE ${to} AS SELECT last_value, is_called FROM ${from}`
  return ownAction(sql, [], { produces: [waiting] })
}

/** The statements that bring rows back into a table as it is wanted, its sequences after them. */
export interface Refill {
  readonly aside: SetAside
  readonly fill: readonly Action[]
  /** Only for when all of `fill` has run: what waits is the only copy. */
  readonly drops: readonly Action[]
}

export function refillOf(aside: SetAside, wanted: Catalog, casts: CastDecisions): Refill {
  const { table, waiting, columns, positions } = aside
  const given = tableColumns(wanted, table).flatMap((column) => {
    const old = columns.find((each) => each.name === column.name && !each.generated)
    const value = column.generated ? undefined : valueBack(column, old, table, casts)
    return value === undefined ? [] : [{ column, isShared: old !== undefined, ...value }]
  })
  const shared = given.filter(({ isShared }) => isShared).map(({ column }) => column)
  const names = given.map(({ column }) => quoteIdent(column.name)).join(', ')
  const values = given.map(({ sql }) => sql).join(', ')
  const using = given.flatMap((value) => value.using ?? [])
  const fills = given.flatMap(({ column, fills: isFilled }) =>
    isFilled === true ? [{ schema: table.schema, table: table.name, name: column.name }] : [],
  )
  // A row that waited for one partition may belong into another by now.
  const root = partitionRoot(wanted, table)
  const to = qualifiedName(root.schema, root.name)
  const from = qualifiedName(waiting.schema, waiting.name)
  const overriding = shared.some((column) => column.identity) ? ' OVERRIDING SYSTEM VALUE' : ''
  const insert = `INSERT INTO ${to} (${names})${overriding} SELECT ${values} FROM ${from}`
  return {
    aside,
    fill: [
      ...(shared.length === 0
        ? []
        : [ownAction(insert, [table], { rewrites: true, fills, ...(using.length === 0 ? {} : { using }) })]),
      ...shared.flatMap((column) => positionBack(column, root, positions)),
    ],
    drops: [waiting, ...positions.map((each) => each.waiting)].map((each) =>
      ownAction(`DROP TABLE ${qualifiedName(each.schema, each.name)}`, [table], {
        destroys: [each],
        verb: 'drop',
      }),
    ),
  }
}

/** What a column gets from the row that waits: its value, or that of `--using`. Undefined where it has neither. */
function valueBack(
  { name, type }: TableColumn,
  old: TableColumn | undefined,
  table: TableId,
  casts: CastDecisions,
): { readonly sql: string; readonly using?: string; readonly fills?: boolean } | undefined {
  const column = columnText({ schema: table.schema, table: table.name, name })
  const kept = `${quoteIdent(name)}::${type}`
  const cast = old === undefined || old.type === type ? undefined : casts.using[column]
  if (cast !== undefined) return { sql: cast, using: column }
  const asked = old && sessionCast(old.type, type, quoteIdent(name), [])
  const back = downgradeCast(column, asked, casts)
  if (back !== undefined) return { sql: back }
  if (asked !== undefined && casts.there === undefined) {
    if (recreates(casts, column)) return undefined
    throw sessionDecision([{ name: column, sessionCast: asked }])
  }
  const fill = (casts.fill ?? casts.using)[column]
  if (fill === undefined || (old !== undefined && old.type !== type)) return old && { sql: kept }
  if (old === undefined) return { sql: fill, using: column }
  return { sql: `coalesce(${kept}, ${fill})`, using: column, fills: true }
}

/** Puts a column's sequence where the one before it was; one that is new, after the rows. */
function positionBack(
  { name, sequence }: TableColumn,
  root: Pick<TableId, 'schema' | 'name'>,
  positions: readonly WaitingPosition[],
): readonly Action[] {
  if (sequence === undefined) return []
  const kept = positions.find(({ column }) => column.name === name)
  return [
    kept === undefined
      ? afterRows(root, name, sequence)
      : positionFrom(kept.waiting, kept.sequence, sequence),
  ]
}

const columnsQuery = `
  SELECT a.attname AS name, t.typcategory = 'A' AS array,
         coalesce(e.oid, t.oid) >= 16384 AND coalesce(e.typtype, t.typtype) <> 'b' AS own
  FROM pg_attribute a
  JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
  WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  ORDER BY a.attnum`
