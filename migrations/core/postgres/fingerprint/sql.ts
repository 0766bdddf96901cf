import type { ClientBase } from 'pg'
import type { Scope } from './scope.ts'
import type { Definition } from './types.ts'

/**
 * One entry of a catalog. With a `definition` it is an object of the fingerprint; without, it is part of its
 * parent (the row type of a table, the index of a constraint) or derived (a partition's copy of a foreign key):
 * known, and not listed.
 */
export interface CatalogRow {
  /** The catalog's name, `pg_class`; with `oid` and `sub` the address as `pg_depend` and `pg_description` have it. */
  readonly catalog: string
  readonly oid: number
  /** Column number, else 0. */
  readonly sub: number
  readonly schema: string
  readonly kind: string
  /** The identity after the kind, quoted. */
  readonly path: string
  readonly name: string
  /** `catalog:oid:sub` of what it hangs on or is part of. */
  readonly parent: string | null
  /** Which part of the parent it is, when it has no definition. */
  readonly part: string | null
  readonly definition: Definition | null
}

/** The catalog entries of one family of objects. A new kind of object is a new one of these. */
export interface Family {
  readonly family: string
  read(client: ClientBase, scope: Scope): Promise<readonly CatalogRow[]>
}

export interface FamilyRow {
  readonly catalog: string
  readonly oid: string
  readonly sub?: string
  readonly kind: string
  readonly path: string
  readonly name: string
  readonly parent?: string
  readonly part?: string
  /** Attribute → SQL expression. NULL leaves the attribute out; true for a part (no definition). */
  readonly definition: Readonly<Record<string, string>> | string
  /** FROM and WHERE; must have `s` with the columns of `scope`. */
  readonly from: string
}

/**
 * The schemas of a read: `ns`, `schema`, `prefix` (how identities begin) and `path`, the search_path under
 * which the objects of that schema print. Absolute: nothing but pg_catalog, so every other name is qualified.
 * Relative: the schema itself first, so its own names print bare and all others qualified. A schema that has an
 * operator `=` of its own comes after pg_catalog instead, since `pg_get_viewdef` runs `=` by search_path.
 */
const scopeSql = `scope AS MATERIALIZED (
  SELECT n.oid AS ns, n.nspname AS schema,
    CASE WHEN $2 THEN '' ELSE quote_ident(n.nspname) || '.' END AS prefix,
    CASE WHEN NOT $2 THEN NULL
      WHEN EXISTS (SELECT FROM pg_operator o WHERE o.oprname = '=' AND o.oprnamespace = n.oid)
        THEN 'pg_catalog, ' || quote_ident(n.nspname) || ', pg_temp'
      ELSE quote_ident(n.nspname) || ', pg_catalog, pg_temp' END AS path
  FROM pg_namespace n WHERE n.nspname = ANY ($1::text[]))`

/** Tables, views, indexes, sequences and composite types, less what extensions made (of the last, by their type). */
const relationSql = `relation AS MATERIALIZED (
  SELECT s.*, c.oid, c.relname, c.relkind, c.relispartition
  FROM scope s JOIN pg_class c ON c.relnamespace = s.ns
  WHERE CASE c.relkind WHEN 'c' THEN ${notMember('pg_type', 'c.reltype')} ELSE ${notMember('pg_class', 'c.oid')} END)`

/** No member of an extension (`pg_depend.deptype` e). */
export function notMember(catalog: string, oid: string): string {
  return `NOT EXISTS (SELECT FROM pg_depend m WHERE m.classid = '${catalog}'::regclass AND m.objid = ${oid} AND m.deptype = 'e')`
}

/** `expression`, evaluated under the search_path of the row's schema. CASE fixes the order of evaluation. */
export function underPath(expression: string): string {
  return `CASE WHEN s.path IS NULL OR set_config('search_path', s.path, true) <> '' THEN ${expression} END`
}

/** A name of a kind for which PostgreSQL has no reg… type: `pg_catalog.x`, or with the schema's prefix when own. */
export function namedIn(namespace: string, name: string): string {
  return `(CASE WHEN ${namespace} = s.ns THEN s.prefix ELSE ${namespace}::regnamespace::text || '.' END || quote_ident(${name}))`
}

/** A text array in a fixed order, NULL when empty: options have none of their own. */
export function sorted(array: string): string {
  return `(SELECT jsonb_agg(o ORDER BY o COLLATE "C") FROM unnest(${array}) o)`
}

/** A regprocedure's text, NULL for none. */
export function procedure(oid: string): string {
  return `nullif(${oid}::oid, 0)::regprocedure::text`
}

/** `catalog:oid:sub` */
export function key(catalog: string, oid: string, sub = '0'): string {
  return `'${catalog}:' || ${oid} || ':' || ${sub}`
}

export function familySelect(row: FamilyRow): string {
  const definition =
    typeof row.definition === 'string'
      ? row.definition
      : underPath(
          `jsonb_strip_nulls(jsonb_build_object(${Object.entries(row.definition)
            .map(([name, expression]) => `'${name}', ${expression}`)
            .join(', ')}))`,
        )
  return `SELECT '${row.catalog}' AS catalog, ${row.oid} AS oid, ${row.sub ?? '0'} AS sub, s.schema AS schema,
      ${row.kind} AS kind, ${row.path} AS path, ${row.name} AS name,
      ${row.parent ?? 'NULL'} AS parent, ${row.part ?? 'NULL'} AS part, ${definition} AS definition
    ${row.from}`
}

/** Reads the union of `selects`, each of which may use the CTEs `scope` and `relation`. */
export async function readRows(
  client: ClientBase,
  scope: Scope,
  selects: readonly string[],
): Promise<readonly CatalogRow[]> {
  if (selects.length === 0) return []
  const text = `WITH ${scopeSql}, ${relationSql} ${selects.join('\nUNION ALL ')}`
  return pinnedQuery<CatalogRow>(client, scope, text, [scope.schemas, scope.relative])
}

/** A query whose own names mean pg_catalog's, whatever schema a query before it stopped at. */
export async function pinnedQuery<Row extends object>(
  client: ClientBase,
  scope: Scope,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  // Read under a schema's own search_path, the rows before left it set: its names must not resolve here.
  if (scope.relative)
    await client.query(`SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)`)
  const result = await client.query<Row>(text, [...values])
  return result.rows
}

export function family(name: string, selects: (scope: Scope) => readonly string[]): Family {
  return { family: name, read: (client, scope) => readRows(client, scope, selects(scope)) }
}
