import { type ExtraKind, quoted } from './kind.ts'

/**
 * The type of a typed table (ALTER TABLE … OF), and whether a sequence is logged: said of an identity column's where it
 * differs from its table, which it follows by itself. Before PostgreSQL 15 every sequence was logged.
 */
export const relationSettings: ExtraKind = {
  name: 'relation settings',
  lock: 'accessExclusive',
  query: (version) => `
    SELECT n.nspname AS schema, CASE WHEN c.relkind = 'S' THEN t.relname ELSE c.relname END AS relation,
           c.relname AS name,
           json_build_object(
             'relkind', c.relkind,
             'of', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
             'logging', CASE WHEN c.relkind = 'S' THEN CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END END
           ) AS values
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
      AND d.deptype = 'i' AND c.relkind = 'S'
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND (c.reloftype <> 0
        OR ${version >= 150000} AND c.relkind = 'S' AND c.relpersistence <> coalesce(t.relpersistence, 'p'))`,
  change: (from, to) => {
    const either = to ?? from
    if (either === undefined) return { before: [], after: [] }
    if (either.values.relkind === 'S') {
      const back = from?.values.logging === 'LOGGED' ? 'UNLOGGED' : 'LOGGED'
      const sequence = quoted(either.schema, either.name)
      return { before: [], after: [`ALTER SEQUENCE ${sequence} SET ${to?.values.logging ?? back}`] }
    }
    const type = to?.values.of
    const table = `ALTER TABLE ${quoted(either.schema, either.name)}`
    // A typed table cannot be altered but through its type, so it lets go of it first.
    return {
      before: from === undefined ? [] : [`${table} NOT OF`],
      after: type == null ? [] : [`${table} OF ${type}`],
    }
  },
}
