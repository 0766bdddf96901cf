import type { ClientBase } from 'pg'

/**
 * Whether a query on a table of a live database may run code that its user does not trust: the planner evaluates immutable
 * functions in the indexes, and policies are part of every query.
 */
export async function runsOthersCode(live: ClientBase, schema: string, table: string): Promise<boolean> {
  const { rows } = await live.query<{ found: boolean }>(othersCode, [schema, table])
  return rows[0]?.found ?? false
}

const othersCode = `
  WITH RECURSIVE tables AS (
    SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
     WHERE n.nspname OPERATOR(pg_catalog.=) $1 AND c.relname OPERATOR(pg_catalog.=) $2
    UNION
    SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN tables t ON t.oid OPERATOR(pg_catalog.=) i.inhparent
  ), parts AS (
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid AS classid, oid AS objid FROM tables
    UNION
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d JOIN tables t ON t.oid OPERATOR(pg_catalog.=) d.refobjid
     WHERE d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
  ), needs AS (
    SELECT d.refclassid, d.refobjid FROM pg_catalog.pg_depend d
      JOIN parts p ON p.classid OPERATOR(pg_catalog.=) d.classid AND p.objid OPERATOR(pg_catalog.=) d.objid
  ), code AS (
    SELECT refobjid AS oid FROM needs WHERE refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass
    UNION
    SELECT o.oprcode::pg_catalog.oid FROM needs JOIN pg_catalog.pg_operator o ON o.oid OPERATOR(pg_catalog.=) refobjid
     WHERE refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_operator'::pg_catalog.regclass
  )
  SELECT EXISTS (SELECT FROM code JOIN pg_catalog.pg_proc f ON f.oid OPERATOR(pg_catalog.=) code.oid
    JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) f.proowner
   WHERE NOT r.rolsuper AND r.rolname OPERATOR(pg_catalog.<>) current_user) AS found`
