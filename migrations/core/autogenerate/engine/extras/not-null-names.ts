import { type ExtraKind, quoted } from './kind.ts'

const generated = /_not_null\d*$/

/**
 * The names of NOT NULL constraints, which are constraints of their own since PostgreSQL 18. The engine
 * sets and drops NOT NULL itself; here the name follows, where the wanted one is another.
 */
export const notNullNames: ExtraKind = {
  name: 'not-null constraint',
  lock: 'accessExclusive',
  query: (version) =>
    version < 180000
      ? `SELECT NULL::text AS schema, NULL::text AS relation, NULL::text AS name, NULL::json AS values WHERE false`
      : `
    SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name,
           json_build_object('constraint', con.conname) AS values
    FROM pg_constraint con
    JOIN pg_class c ON c.oid = con.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = con.conkey[1]
    WHERE con.contype = 'n' AND con.conislocal AND con.coninhcount = 0
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  change: (from, to) => {
    const old = from?.values.constraint
    const name = to?.values.constraint
    if (to === undefined || old == null || name == null) return { before: [], after: [] }
    // Chosen by PostgreSQL, with a number where it was taken, and kept when the table is renamed or attached.
    if (generated.test(old) && generated.test(name)) return { before: [], after: [] }
    return {
      before: [],
      after: [
        `ALTER TABLE ${quoted(to.schema, to.relation ?? '')} RENAME CONSTRAINT ${quoted(old)} TO ${quoted(name)}`,
      ],
    }
  },
}
