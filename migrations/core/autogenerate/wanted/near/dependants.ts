import type { ClientBase } from 'pg'

/**
 * What depends on what, as PostgreSQL knows it (pg_depend): tables, types, functions and the like go by `schema.name`. With a
 * part, it is that of the dependent which depends: a constraint, a trigger, a default, which goes and comes without the rest.
 */
export type Dependency = readonly [dependent: string, part: string | null, on: string]

/** The dependencies among the objects of some schemas. */
export async function readDependencies(
  client: ClientBase,
  schemas: readonly string[],
): Promise<readonly Dependency[]> {
  const { rows } = await client.query<{ dependent: string; part: string | null; on: string }>(query, [
    schemas,
  ])
  return rows.map(({ dependent, part, on }) => [dependent, part, on])
}

/** What depends on some objects, however far; of what depends by a part alone, the parts. */
export function dependantsOf(
  dependencies: readonly Dependency[],
  objects: Iterable<string>,
): { readonly whole: ReadonlySet<string>; readonly parts: ReadonlySet<string> } {
  const byObject = new Map<string, Dependency[]>()
  for (const each of dependencies) {
    const own = byObject.get(each[2])
    if (own === undefined) byObject.set(each[2], [each])
    else own.push(each)
  }
  const whole = new Set<string>()
  const parts = new Set<string>()
  const open = [...objects]
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    for (const [dependent, part] of byObject.get(object) ?? []) {
      if (part !== null) parts.add(partKey(dependent, part))
      else if (!whole.has(dependent)) {
        whole.add(dependent)
        open.push(dependent)
      }
    }
  }
  return { whole, parts }
}

export function partKey(object: string, part: string): string {
  return `${object}\0${part}`
}

const query = `
  WITH scope AS (SELECT oid, nspname || '.' AS prefix FROM pg_catalog.pg_namespace WHERE nspname = ANY ($1::pg_catalog.text[])),
  relation AS MATERIALIZED (
    SELECT c.oid, s.prefix || c.relname AS name, c.relname, c.relkind
      FROM pg_catalog.pg_class c JOIN scope s ON s.oid = c.relnamespace
  ),
  type AS MATERIALIZED (
    SELECT t.oid, s.prefix || e.typname AS name
      FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 THEN t.typelem ELSE t.oid END
      JOIN scope s ON s.oid = e.typnamespace
  ),
  -- Sequences of identity columns, which are a part of their tables.
  identity AS MATERIALIZED (
    SELECT s.oid, d.refobjid AS of
      FROM relation s JOIN pg_catalog.pg_depend d ON d.objid = s.oid
     WHERE s.relkind = 'S' AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
       AND d.refclassid = d.classid AND d.deptype = 'i'
  ),
  held AS MATERIALIZED (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass AS catalog, oid, name AS object, NULL::pg_catalog.name AS part
      FROM relation WHERE relkind NOT IN ('i', 'I') AND oid NOT IN (SELECT oid FROM identity)
    UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.oid, r.name, NULL FROM identity i JOIN relation r ON r.oid = i.of
    UNION ALL SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, x.oid, r.name, x.relname
      FROM relation x JOIN pg_catalog.pg_index i ON i.indexrelid = x.oid JOIN relation r ON r.oid = i.indrelid
    UNION ALL SELECT 'pg_catalog.pg_type'::pg_catalog.regclass, oid, name, NULL FROM type
    UNION ALL SELECT 'pg_catalog.pg_proc'::pg_catalog.regclass, p.oid, s.prefix || p.proname, NULL
      FROM pg_catalog.pg_proc p JOIN scope s ON s.oid = p.pronamespace
    UNION ALL SELECT 'pg_catalog.pg_attrdef'::pg_catalog.regclass, d.oid, r.name, CASE a.attgenerated WHEN '' THEN a.attname END
      FROM pg_catalog.pg_attrdef d JOIN relation r ON r.oid = d.adrelid
      JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    UNION ALL SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, k.oid, coalesce(r.name, t.name), k.conname
      FROM pg_catalog.pg_constraint k LEFT JOIN relation r ON r.oid = k.conrelid LEFT JOIN type t ON t.oid = k.contypid
     WHERE coalesce(r.name, t.name) IS NOT NULL
    UNION ALL SELECT 'pg_catalog.pg_trigger'::pg_catalog.regclass, g.oid, r.name, g.tgname
      FROM pg_catalog.pg_trigger g JOIN relation r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal
    UNION ALL SELECT 'pg_catalog.pg_rewrite'::pg_catalog.regclass, w.oid, r.name, nullif(w.rulename, '_RETURN')
      FROM pg_catalog.pg_rewrite w JOIN relation r ON r.oid = w.ev_class
    UNION ALL SELECT 'pg_catalog.pg_policy'::pg_catalog.regclass, p.oid, r.name, p.polname
      FROM pg_catalog.pg_policy p JOIN relation r ON r.oid = p.polrelid
    UNION ALL SELECT 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass, x.oid, s.prefix || r.relname, x.stxname
      FROM pg_catalog.pg_statistic_ext x JOIN relation r ON r.oid = x.stxrelid JOIN scope s ON s.oid = x.stxnamespace
  )
  SELECT DISTINCT own.object AS dependent, own.part, other.object AS "on"
    FROM pg_catalog.pg_depend d
    JOIN held own ON own.catalog = d.classid AND own.oid = d.objid
    JOIN held other ON other.catalog = d.refclassid AND other.oid = d.refobjid
   WHERE own.object <> other.object`
