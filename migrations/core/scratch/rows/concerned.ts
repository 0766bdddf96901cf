import type { ClientBase } from 'pg'
import { catalogQuery } from '../../postgres/index.ts'

/** What says which tables a change concerns. */
export interface Concern {
  /** Relations, types, routines and sequences that the change names, whether they exist yet or not. */
  readonly names: readonly { readonly schema: string; readonly name: string }[]
  /** Tables that were concerned before, by oid. */
  readonly oids?: readonly string[]
  /** Schemas whose tables are all concerned. */
  readonly schemas?: readonly string[]
}

/** A table, by its oid, and why it is concerned. */
export interface ConcernedTable {
  readonly oid: string
  /** `touched`: the change is about it; `near`: a foreign key leads from or to one that is. */
  readonly why: 'touched' | 'near'
}

/**
 * The tables that a change touches, those that a foreign key ties to them, and those whose rows these cannot do without.
 * A partition counts as its root (pg_partition_root); tables that use a named type, routine or sequence are touched.
 * @param concern names that do not exist are passed over
 */
export async function concernedTables(
  client: ClientBase,
  { names, oids = [], schemas = [] }: Concern,
): Promise<readonly ConcernedTable[]> {
  const { rows } = await catalogQuery<ConcernedTable>(client, query, [
    names.map(({ schema }) => schema),
    names.map(({ name }) => name),
    oids,
    schemas,
  ])
  return rows
}

/** Dependents are followed up to tables (manual, pg_depend); views, triggers and policies end at their own. */
const query = `
  WITH RECURSIVE wanted AS (SELECT * FROM unnest($1::text[], $2::text[]) AS w (schema, name)),
  reached (class, id) AS (
    SELECT 'pg_class'::regclass::oid, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN wanted w ON w.schema = n.nspname AND w.name = c.relname
    UNION SELECT 'pg_type'::regclass, t.oid FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
    JOIN wanted w ON w.schema = n.nspname AND w.name = t.typname
    UNION SELECT 'pg_proc'::regclass, p.oid FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    JOIN wanted w ON w.schema = n.nspname AND w.name = p.proname
    UNION
    SELECT d.classid, d.objid FROM reached r
    JOIN pg_depend d ON d.refclassid = r.class AND d.refobjid = r.id
    WHERE NOT EXISTS (SELECT FROM pg_class t WHERE r.class = 'pg_class'::regclass AND t.oid = r.id AND t.relkind IN ('r', 'p'))
      AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_attrdef'::regclass, 'pg_constraint'::regclass)
  ),
  direct AS (
    SELECT id FROM reached WHERE class = 'pg_class'::regclass
    UNION SELECT i.indrelid FROM reached JOIN pg_index i ON i.indexrelid = id AND class = 'pg_class'::regclass
    UNION SELECT d.adrelid FROM reached JOIN pg_attrdef d ON d.oid = id AND class = 'pg_attrdef'::regclass
    UNION SELECT k.conrelid FROM reached JOIN pg_constraint k ON k.oid = id AND class = 'pg_constraint'::regclass
    UNION SELECT o.refobjid FROM reached JOIN pg_depend o ON o.classid = class AND o.objid = id
      AND o.refclassid = class AND o.deptype IN ('a', 'i') AND class = 'pg_class'::regclass
    UNION SELECT unnest($3::text[])::oid
    UNION SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ANY ($4::text[])
  ),
  root AS (SELECT coalesce(pg_partition_root(id), id) AS id FROM direct),
  touched (id) AS (
    SELECT id FROM root
    UNION SELECT i.inhrelid FROM touched JOIN pg_inherits i ON i.inhparent = id
      JOIN pg_class c ON c.oid = i.inhrelid AND NOT c.relispartition
  ),
  key AS (
    SELECT coalesce(pg_partition_root(conrelid), conrelid) AS own,
           coalesce(pg_partition_root(confrelid), confrelid) AS other,
           (SELECT bool_and(attnotnull) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS needed
    FROM pg_constraint WHERE contype = 'f'
  ),
  near (id) AS (
    SELECT id FROM touched
    UNION SELECT other FROM key JOIN touched ON own = id
    UNION SELECT own FROM key JOIN touched ON other = id
  ),
  needed (id) AS (SELECT id FROM near UNION SELECT other FROM key JOIN needed ON own = id AND needed)
  SELECT c.oid::text, CASE WHEN t.id IS NULL THEN 'near' ELSE 'touched' END AS why
  FROM needed d JOIN pg_class c ON c.oid = d.id LEFT JOIN touched t ON t.id = c.oid
  WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relpersistence <> 't'
    AND c.oid >= 16384
  ORDER BY c.oid`
