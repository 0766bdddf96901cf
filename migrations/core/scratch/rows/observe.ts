import type { ClientBase } from 'pg'
import {
  catalogQuery,
  qualifiedName,
  quoteIdent,
  setOwnPathLocal,
  setUserPathLocal,
} from '../../postgres/index.ts'
import { columnKey } from './draft.ts'
import { inTransaction } from './make.ts'
import type { ObservedTable, RowObservation } from './observation.ts'
import { noRenames, type Renames, renamedTo } from './twins.ts'

type TableHead = Omit<ObservedTable, 'rows' | 'volatile'>

/** An expression over a table's columns that will be the value of one of them; by {@link columnKey}. */
export type Casts = ReadonlyMap<string, string>

/** Casts to come, and the renames that are made before them: expressions have the new names. */
export interface Coming {
  readonly casts: Casts
  readonly renames?: Renames
}

/** Fixed, so that equal values have equal texts (manual, section 19.11.2). */
const settings = [
  "SET LOCAL DateStyle = 'ISO, YMD'",
  "SET LOCAL IntervalStyle = 'postgres'",
  "SET LOCAL TimeZone = 'UTC'",
  'SET LOCAL extra_float_digits = 1',
  "SET LOCAL bytea_output = 'hex'",
  "SET LOCAL xmloption = 'content'",
]

/**
 * Reads all rows of tables, every value as text.
 * @param oids tables, or roots of partitions
 * @param coming what type changes to come will make of values; what cannot be told yet is not in the rows
 */
export async function observeRows(
  client: ClientBase,
  oids: readonly string[],
  coming: Coming = { casts: new Map() },
): Promise<RowObservation> {
  return inTransaction(client, async () => {
    const { rows } = await catalogQuery<TableHead>(client, tablesQuery, [oids])
    const relations = await catalogQuery<{ oid: string; schema: string; name: string }>(
      client,
      relationsQuery,
    )
    const found = await readAll(client, rows)
    const tables: ObservedTable[] = []
    for (const [at, table] of rows.entries()) {
      const { cast, volatile } = await castValues(client, table, coming, found[at]?.length ?? 0)
      tables.push({
        ...table,
        volatile,
        rows: (found[at] ?? []).map(([leaf = '', ...values], row) => ({
          leaf: leaf ?? '',
          values,
          cast: new Map([...cast].map(([place, all]) => [place, all[row] ?? null])),
        })),
      })
    }
    return {
      tables,
      relations: new Map(relations.rows.map(({ oid, schema, name }) => [oid, [schema, name]])),
    }
  })
}

type TextRow = readonly (string | null)[]

const order = 'ORDER BY tableoid, ctid'

async function readAll(
  client: ClientBase,
  tables: readonly TableHead[],
): Promise<readonly (readonly TextRow[])[]> {
  const queries = tables.map((table) => {
    const values = table.columns.map(({ name }) => `${quoteIdent(name)}::text`)
    return `SELECT ${['tableoid::text', ...values].join(', ')} FROM ${fromClause(table)} ${order}`
  })
  const text = [...settings, ...queries].join(';\n')
  // Several statements in one text give a list of results, which the driver's types do not know.
  const results = (await client.query({ text, rowMode: 'array' })) as unknown as readonly {
    readonly rows: TextRow[]
  }[]
  return results.slice(settings.length).map(({ rows }) => rows)
}

/** Children that inherit have rows of their own; partitions are read as one table. */
function fromClause({ schema, name, ...table }: TableHead): string {
  const partitioned = 'partitioned' in table && table.partitioned === true
  return `${partitioned ? '' : 'ONLY '}${qualifiedName(schema, name)}`
}

/** What is the same within a transaction, and another value in the next (manual, section 9.9.5). */
const timed = /\b(?:now\(|current_|local(?:time|date)|\w+_timestamp\()/i

async function castValues(
  client: ClientBase,
  table: TableHead,
  { casts, renames = noRenames }: Coming,
  count: number,
): Promise<{
  readonly cast: ReadonlyMap<number, readonly (string | null)[]>
  readonly volatile: ReadonlySet<number>
}> {
  const cast = new Map<number, readonly (string | null)[]>()
  const volatile = new Set<number>()
  if (count === 0 || casts.size === 0) return { cast, volatile }
  const { from, columns } = asRenamed(table, renames)
  for (const [place, column] of columns.entries()) {
    const expression = casts.get(columnKey(...column))
    if (expression === undefined) continue
    const sql = `SELECT (${expression})::text AS value, (${expression})::text AS again FROM ${from} ${order}`
    const rows = await valuesOf(client, sql)
    if (rows === undefined) continue
    const isFixed = rows.every(({ value, again }) => value === again) && !timed.test(expression)
    if (isFixed)
      cast.set(
        place,
        rows.map(({ value }) => value),
      )
    else volatile.add(place)
  }
  return { cast, volatile }
}

/** A table as FROM has it once it is renamed, and the names of its columns then. */
function asRenamed(
  table: TableHead,
  renames: Renames,
): { readonly from: string; readonly columns: readonly (readonly [string, string, string])[] } {
  const { schema, name } = table
  const columns = table.columns.map((column) => renamedTo(schema, name, column.name, renames))
  const [, newName = name] = columns[0] ?? []
  const isSame = newName === name && columns.every(([, , column], at) => column === table.columns[at]?.name)
  if (isSame) return { from: fromClause(table), columns }
  const list = columns.map(
    ([, , column], at) => `${quoteIdent(table.columns[at]?.name ?? '')} AS ${quoteIdent(column)}`,
  )
  const from = `(SELECT tableoid, ctid, ${list.join(', ')} FROM ${fromClause(table)}) AS ${quoteIdent(newName)}`
  return { from, columns }
}

/** A column of values; undefined where the expression cannot be computed. */
async function valuesOf(
  client: ClientBase,
  sql: string,
  values: readonly unknown[] = [],
): Promise<readonly { readonly value: string | null; readonly again?: string | null }[] | undefined> {
  await client.query(`SAVEPOINT mig_cast; ${setUserPathLocal}`)
  try {
    const { rows } = await client.query<{ value: string | null; again?: string | null }>(sql, [...values])
    await client.query(`RELEASE SAVEPOINT mig_cast; ${setOwnPathLocal}`)
    return rows
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    await client.query('ROLLBACK TO SAVEPOINT mig_cast; RELEASE SAVEPOINT mig_cast')
    return undefined
  }
}

/**
 * What texts read as when they are values of a type; undefined where one is none. For a type that did not exist when the
 * values were observed.
 */
export function readAs(
  client: ClientBase,
  texts: readonly (string | null)[],
  type: string,
): Promise<readonly (string | null)[] | undefined> {
  return inTransaction(client, async () => {
    await client.query(settings.join('; '))
    const sql = `SELECT (v::${type})::text AS value FROM unnest($1::text[]) WITH ORDINALITY AS t (v, n) ORDER BY n`
    return (await valuesOf(client, sql, [texts]))?.map(({ value }) => value)
  })
}

const tablesQuery = `
  SELECT c.oid::text, n.nspname AS schema, c.relname AS name, c.relkind = 'p' AS partitioned,
    (SELECT coalesce(json_agg(json_build_array(pn.nspname, p.relname)), '[]') FROM pg_inherits i
     JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace WHERE i.inhrelid = c.oid) AS parents,
    (SELECT coalesce(json_agg(json_build_object('number', a.attnum, 'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
       'notNull', a.attnotnull, 'generated', a.attgenerated <> '',
       'composite', t.typtype = 'c' OR coalesce(e.typtype = 'c', false)) ORDER BY a.attnum), '[]')
     FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type e ON e.oid = t.typelem WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ANY ($1::text[]::oid[]) AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.oid`

const relationsQuery = `
  SELECT c.oid::text, n.nspname AS schema, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384`
