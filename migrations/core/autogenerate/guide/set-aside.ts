import type { ClientBase } from 'pg'
import { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/index.ts'
import { type Action, type Catalog, ownAction, partitionRoot, tableColumns } from '../engine/index.ts'
import { addressOf } from './address.ts'
import { dependentsOf } from './dependents.ts'
import { dropOf } from './repairs.ts'

export interface TableId {
  readonly kind: 'table'
  readonly schema: string
  readonly name: string
}

/** A table whose rows wait in another while it is made anew. */
export interface SetAside {
  readonly table: TableId
  readonly waiting: TableId
  readonly columns: readonly string[]
}

const suffix = '__mig_rows'

/** Whether a table is one that only keeps rows for the time of a revision. */
export function isSetAside(name: string): boolean {
  return name.endsWith(suffix)
}

/**
 * The statements that keep a table's rows in a table beside it and drop the table, so that it can be made
 * anew with another partition key, or with another type under it. Values of types of our own wait as text.
 * Undefined when something that holds data hangs on the table.
 */
export async function settingAside(
  client: ClientBase,
  table: TableId,
): Promise<{ readonly actions: readonly Action[]; readonly aside: SetAside } | undefined> {
  const address = await addressOf(client, table)
  const dependents = address === undefined ? undefined : await dependentsOf(client, address, 'all')
  if (dependents === undefined) return undefined
  const { rows } = await client.query<{ name: string; own: boolean; array: boolean }>(columnsQuery, [
    table.schema,
    table.name,
  ])
  const waiting: TableId = { ...table, name: `${cut(table.name)}${suffix}` }
  const values = rows.map(({ name, own, array }) =>
    own ? `${quoteIdent(name)}::text${array ? '[]' : ''} AS ${quoteIdent(name)}` : quoteIdent(name),
  )
  const from = qualifiedName(table.schema, table.name)
  const copy = `CREATE TABLE ${qualifiedName(waiting.schema, waiting.name)} AS SELECT ${values.join(', ')} FROM ${from}`
  const actions = [
    ...dependents.map((each) => dropOf(each, ownAction(copy, [table]))),
    ownAction(copy, [table], { produces: [waiting], rewrites: true }),
    ownAction(`DROP TABLE ${from}`, [table], { destroys: [table], verb: 'drop' }),
  ]
  return { actions, aside: { table, waiting, columns: rows.map((row) => row.name) } }
}

/** The statements that bring rows back into a table as it is wanted, its sequences behind them. */
export interface WayHome {
  readonly aside: SetAside
  readonly fill: readonly Action[]
  /** Only for when all of `fill` has run: what waits is the only copy. */
  readonly drop: Action
}

export function wayHome(aside: SetAside, wanted: Catalog): WayHome {
  const { table, waiting, columns } = aside
  const shared = tableColumns(wanted, table).filter(
    (column) => columns.includes(column.name) && !column.generated,
  )
  const names = shared.map((column) => quoteIdent(column.name)).join(', ')
  const values = shared.map((column) => `${quoteIdent(column.name)}::${column.type}`).join(', ')
  // A row that waited for one partition may belong into another by now.
  const root = partitionRoot(wanted, table)
  const to = qualifiedName(root.schema, root.name)
  const from = qualifiedName(waiting.schema, waiting.name)
  const overriding = shared.some((column) => column.identity) ? ' OVERRIDING SYSTEM VALUE' : ''
  const insert = `INSERT INTO ${to} (${names})${overriding} SELECT ${values} FROM ${from}`
  const numbered = shared.filter((column) => column.identity || column.serial)
  return {
    aside,
    fill: [
      ...(shared.length === 0 ? [] : [ownAction(insert, [table], { rewrites: true })]),
      ...numbered.map(({ name }) =>
        ownAction(
          `SELECT setval(pg_get_serial_sequence(${quoteLiteral(to)}, ${quoteLiteral(name)}), max(${quoteIdent(name)})) FROM ${to} HAVING max(${quoteIdent(name)}) IS NOT NULL`,
          [table],
        ),
      ),
    ],
    drop: ownAction(`DROP TABLE ${from}`, [table], { destroys: [waiting], verb: 'drop' }),
  }
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

/** PostgreSQL cuts names at 63 bytes. */
function cut(name: string): string {
  const bytes = Buffer.from(name)
  const room = 63 - suffix.length
  return bytes.length <= room
    ? name
    : bytes
        .subarray(0, room)
        .toString('utf8')
        .replace(/\uFFFD$/, '')
}
