import type { ClientBase } from 'pg'

/** An object of a live database that models may refer to. */
export interface LiveObject {
  /** In PostgreSQL's words, as `exclude` of env.ts is asked. */
  readonly kind:
    | 'table'
    | 'foreign table'
    | 'view'
    | 'materialized view'
    | 'sequence'
    | 'type'
    | 'domain'
    | 'function'
    | 'procedure'
  readonly schema: string
  readonly name: string
  readonly oid: string
  /** The body of a function, which says what else it needs. */
  readonly body: string | null
  /** Oids of the types that it is made of; those of columns are with the columns. */
  readonly types: readonly string[]
  /** The type that goes by its name: its own, or that of its rows; and the array of that. */
  readonly ownTypes: readonly string[]
}

/** The schemas of a database that are neither PostgreSQL's own nor among some. */
export async function otherSchemas(live: ClientBase, but: readonly string[]): Promise<readonly string[]> {
  const { rows } = await live.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace
      WHERE nspname <> 'information_schema' AND nspname !~ '^pg_' AND nspname <> ALL ($1::text[]) ORDER BY nspname`,
    [but],
  )
  return rows.map(({ name }) => name)
}

/** The objects of schemas, but those of extensions, in the order of their names. */
export async function readLiveObjects(
  live: ClientBase,
  schemas: readonly string[],
): Promise<readonly LiveObject[]> {
  if (schemas.length === 0) return []
  return (await live.query<LiveObject>(objectsQuery, [schemas])).rows
}

/** The roles of a server that others can be given rights by, in the order of their names. */
export async function readRoles(live: ClientBase): Promise<readonly string[]> {
  const { rows } = await live.query<{ name: string }>(
    `SELECT rolname AS name FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> current_user ORDER BY rolname`,
  )
  return rows.map(({ name }) => name)
}

const objectsQuery = `
  SELECT o.kind, n.nspname AS schema, o.name, o.oid::text AS oid, o.body,
         ARRAY(SELECT t.oid::text FROM unnest(o.types) AS u(oid) JOIN pg_type t ON t.oid = u.oid WHERE t.oid <> 0 ORDER BY 1) AS types,
         ARRAY(SELECT t.oid::text FROM pg_type t WHERE t.oid = o.own OR (o.own <> 0 AND t.typelem = o.own AND t.typcategory = 'A')) AS "ownTypes"
    FROM (
      SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'
                            WHEN 'f' THEN 'foreign table' WHEN 'c' THEN 'type' ELSE 'table' END AS kind,
             c.relnamespace AS namespace, c.relname AS name, c.oid, NULL AS body, c.reltype AS own, 'pg_class'::regclass AS catalog,
             CASE c.relkind WHEN 'c' THEN ARRAY(SELECT a.atttypid FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)
                            ELSE '{}'::oid[] END AS types
        FROM pg_class c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'c')
         AND NOT EXISTS (SELECT FROM pg_depend d WHERE c.relkind = 'S' AND d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
      UNION ALL
      SELECT CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, t.typnamespace, t.typname, t.oid, NULL, t.oid, 'pg_type'::regclass,
             ARRAY[t.typbasetype] || ARRAY(SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid)
        FROM pg_type t WHERE t.typtype IN ('e', 'd', 'r')
      UNION ALL
      SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END, p.pronamespace, p.proname, p.oid,
             CASE WHEN l.lanname IN ('sql', 'plpgsql') THEN p.prosrc END, 0, 'pg_proc'::regclass,
             coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype
        FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang WHERE p.prokind IN ('f', 'p')
    ) AS o JOIN pg_namespace n ON n.oid = o.namespace
   WHERE n.nspname = ANY ($1::text[])
     AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = o.catalog AND d.objid = o.oid AND d.deptype = 'e')
   ORDER BY n.nspname, o.name, o.oid`
