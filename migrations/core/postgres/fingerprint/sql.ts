import type { ClientBase } from 'pg'
import { catalogQuery } from '../connection/kept-plans.ts'
import type { Definition, FamilyRequest } from './types.ts'

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
  /** What {@link readRows} reads. */
  readonly selects: (scope: FamilyRequest) => readonly string[]
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
  /** Attribute → SQL expression, NULL leaves the attribute out; or SQL for the whole, NULL for a part. */
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
  SELECT s.*, x.relname, x.relkind, x.relispartition, x.oid
  ${listed('pg_class', 'relnamespace')} WHERE x.relkind <> 'c' OR ${notMember('pg_type', 'x.reltype')})`

/** FROM of the inventory's entries of a catalog, as `x`, with the scope's row as `s`. */
export function listed(catalog: string, namespace: string): string {
  return `FROM unnest(<${catalog}>) listed(oid) JOIN ${catalog} x ON x.oid = listed.oid JOIN scope s ON s.ns = x.${namespace}`
}

/** No member of an extension (`pg_depend.deptype` e). */
function notMember(catalog: string, oid: string): string {
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
  // An aggregate over nothing takes as long as the rest of a column.
  return `CASE WHEN ${array} IS NOT NULL THEN (SELECT jsonb_agg(o ORDER BY o COLLATE "C") FROM unnest(${array}) o) END`
}

/** A catalog's letter as a word; a letter of a later version stays as it is. */
export function worded(letter: string, words: Readonly<Record<string, string>>): string {
  const cases = Object.entries(words).map(([code, word]) => `WHEN '${code}' THEN '${word}'`)
  return `CASE (${letter})::text ${cases.join(' ')} ELSE (${letter})::text END`
}

/** `relpersistence`, NULL for permanent. */
export function persistence(relation: string): string {
  return worded(`nullif(${relation}.relpersistence, 'p')`, { u: 'unlogged', t: 'temporary' })
}

/** `tgenabled` and `ev_enabled`, NULL for the default (ALTER TABLE … ENABLE TRIGGER). */
export function enabled(letter: string): string {
  return worded(`nullif(${letter}, 'O')`, { D: 'disabled', R: 'replica', A: 'always' })
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
          `json_strip_nulls(json_build_object(${Object.entries(row.definition)
            .map(([name, expression]) => `'${name}', ${expression}`)
            .join(', ')}))`,
        )
  return `SELECT '${row.catalog}' AS catalog, ${row.oid} AS oid, ${row.sub ?? '0'} AS sub, s.schema AS schema,
      ${row.kind} AS kind, ${row.path} AS path, ${row.name} AS name,
      ${row.parent ?? 'NULL'} AS parent, ${row.part ?? 'NULL'} AS part, ${definition} AS definition
    ${row.from}`
}

/**
 * Reads the union of `selects`, each of which may use the CTEs `scope` and `relation` and what is `listed`. A
 * select for which the inventory has nothing is not run.
 */
export async function readRows(
  client: ClientBase,
  scope: FamilyRequest,
  selects: readonly string[],
): Promise<readonly CatalogRow[]> {
  const needed = selects.filter((select) => {
    const catalogs = [...select.matchAll(/<(pg_\w+)>/g)].map((match) => match[1] ?? '')
    if (/\bFROM relation\b/.test(select)) catalogs.push('pg_class')
    return catalogs.every((catalog) => scope.inventory.has(catalog))
  })
  if (needed.length === 0) return []
  const relation = needed.some((select) => /\bFROM relation\b/.test(select)) ? `, ${relationSql}` : ''
  const listedIn = new Set<string>()
  const text = `WITH ${scopeSql}${relation} ${needed.join('\nUNION ALL ')}`.replaceAll(
    /<(pg_\w+)>/g,
    (_, catalog: string) => `$${[...listedIn.add(catalog)].indexOf(catalog) + 3}::oid[]`,
  )
  const lists = [...listedIn].map((catalog) => scope.inventory.get(catalog) ?? [])
  return pinnedQuery<CatalogRow>(client, scope, text, [scope.schemas, scope.relative, ...lists])
}

/** Whether reading changes search_path on the way. */
export type SearchPathState = Pick<FamilyRequest, 'relative'>

/** A query whose own names mean pg_catalog's, whatever schema a query before it stopped at. */
export async function pinnedQuery<Row extends object>(
  client: ClientBase,
  state: SearchPathState,
  text: string,
  values: readonly unknown[] = [],
): Promise<readonly Row[]> {
  // Read under a schema's own search_path, the rows before left it set: its names must not resolve here.
  if (state.relative)
    await client.query(`SELECT pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true)`)
  const result = await catalogQuery<Row>(client, text, values)
  return result.rows
}

export function family(name: string, selects: (scope: FamilyRequest) => readonly string[]): Family {
  return { family: name, selects }
}
