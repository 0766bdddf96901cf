import type { ClientBase } from 'pg'
import {
  type Action,
  attributeMoves,
  type Catalog,
  type ComparedObjects,
  changedTypes,
  idKey,
  type ObjectId,
  ownAction,
  type TypeId,
} from '../../difference/index.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { repairFor } from './repairs.ts'
import type { TableId } from './set-aside.ts'
import { tryActions } from './trial.ts'

/**
 * Moves the columns of a type that must be recreated (a domain with another base type, a range, a composite,
 * an enum that loses values under other types) to text, and drops the types built on it, so that the type can
 * go; the next difference moves the columns to the new type. PostgreSQL drops no type that a column uses.
 */
export async function freeTypesInUse(
  client: ClientBase,
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
): Promise<readonly Action[]> {
  const actions: Action[] = []
  for (const type of changedTypes(from, to, scope)) {
    const { rows: columns } = await client.query<ColumnRow>(columnsQuery, [type.schema, type.name])
    if (columns.length > 0) actions.push(...attributeMoves(from, to, scope, type))
    for (const row of columns) actions.push(...toText(row))
    const { rows: types } = await client.query<TypeId>(builtOnQuery, [type.schema, type.name])
    for (const built of types) actions.push(dropType(built))
  }
  const noCasts = { using: {}, recreate: [] }
  const once = [...new Map(actions.map((action) => [action.sql, action])).values()]
  const trial = await tryActions(client, once, (each, refusal) => repairFor(each, refusal, noCasts))
  return trial.done
}

/** The partitioned tables whose key has a column of a type that must be recreated: no such column changes its type. */
export async function tablesKeyedByChangedTypes(
  client: ClientBase,
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
): Promise<readonly TableId[]> {
  const found: TableId[] = []
  for (const type of changedTypes(from, to, scope)) {
    const { rows } = await client.query<Omit<TableId, 'kind'>>(keyedQuery, [type.schema, type.name])
    found.push(...rows.map((row) => ({ kind: 'table' as const, ...row })))
  }
  return [...new Map(found.map((table) => [idKey(table), table])).values()]
}

/** A column of a type, or of one that is built on it. */
export interface ColumnRow {
  readonly schema: string
  readonly table: string
  readonly column: string
  readonly array: boolean
  readonly has_default: boolean
}

/** A type and all that is built on it: domains, composites with an attribute of it, ranges and multiranges over it. */
const family = `
  WITH RECURSIVE family(oid, depth) AS (
    SELECT t.oid, 0 FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE n.nspname = $1 AND t.typname = $2
    UNION
    SELECT t.oid, family.depth + 1
    FROM family
    JOIN pg_type f ON f.oid = family.oid
    JOIN pg_type t ON t.typbasetype IN (f.oid, f.typarray) AND t.typtype = 'd'
      OR t.oid IN (SELECT c.reltype FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'c'
                   WHERE a.atttypid IN (f.oid, f.typarray))
      OR t.oid IN (SELECT r.rngtypid FROM pg_range r WHERE r.rngsubtype = f.oid)
      OR t.oid IN (SELECT r.rngmultitypid FROM pg_range r WHERE r.rngtypid = f.oid)
    WHERE family.depth < 20
  )`

export const columnsQuery = `${family}
  SELECT DISTINCT n.nspname AS schema, c.relname AS table, a.attname AS column, a.atttypid = t.typarray AS array,
         a.atthasdef AS has_default
  FROM family
  JOIN pg_type t ON t.oid = family.oid
  JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped AND a.attgenerated = ''
    AND a.attinhcount = 0
  JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  JOIN pg_namespace n ON n.oid = c.relnamespace
  ORDER BY 1, 2, 3`

const keyedQuery = `${family}
  SELECT DISTINCT n.nspname AS schema, c.relname AS name
  FROM family
  JOIN pg_type t ON t.oid = family.oid
  JOIN pg_attribute a ON a.atttypid IN (t.oid, t.typarray) AND NOT a.attisdropped
  JOIN pg_partitioned_table p ON p.partrelid = a.attrelid AND a.attnum = ANY (p.partattrs)
  JOIN pg_class c ON c.oid = pg_partition_root(p.partrelid)
  JOIN pg_namespace n ON n.oid = c.relnamespace
  ORDER BY 1, 2`

export const builtOnQuery = `${family}
  SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END AS kind, n.nspname AS schema, t.typname AS name
  FROM (SELECT oid, max(depth) AS depth FROM family GROUP BY oid) f
  JOIN pg_type t ON t.oid = f.oid
  JOIN pg_namespace n ON n.oid = t.typnamespace
  -- A multirange goes with its range.
  WHERE t.typtype <> 'm'
  ORDER BY f.depth DESC, 2, 3`

export function toText({ schema, table, column, array, has_default }: ColumnRow): readonly Action[] {
  const target = `ALTER TABLE ${qualifiedName(schema, table)} ALTER COLUMN ${quoteIdent(column)}`
  const text = array ? 'text[]' : 'text'
  const id: ObjectId = { kind: 'column', schema, table, name: column }
  return [
    ...(has_default ? [ownAction(`${target} DROP DEFAULT`, [id])] : []),
    ownAction(`${target} TYPE ${text} USING ${quoteIdent(column)}::${text}`, [id], { rewrites: true }),
  ]
}

export function dropType(type: TypeId): Action {
  const sql = `DROP ${type.kind.toUpperCase()} ${qualifiedName(type.schema, type.name)}`
  return ownAction(sql, [], { destroys: [type], verb: 'drop' })
}
