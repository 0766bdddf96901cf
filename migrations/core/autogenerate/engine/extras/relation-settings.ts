import { type ExtraKind, quoted } from './kind.ts'

/** The type of a typed table (ALTER TABLE … OF), and whether a sequence is logged. */
export const relationSettings: ExtraKind = {
  name: 'relation settings',
  lock: 'accessExclusive',
  query: () => `
    SELECT n.nspname AS schema, CASE WHEN c.relkind = 'S' THEN NULL ELSE c.relname END AS relation, c.relname AS name,
           json_build_object(
             'relkind', c.relkind,
             'of', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
             'unlogged', CASE WHEN c.relkind = 'S' AND c.relpersistence = 'u' THEN 'yes' END) AS values
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND (c.reloftype <> 0 OR (c.relkind = 'S' AND c.relpersistence = 'u'
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                        AND d.deptype IN ('i', 'a'))))`,
  change: (from, to) => {
    const either = to ?? from
    if (either === undefined) return { before: [], after: [] }
    if (either.values.relkind === 'S') {
      const word = to === undefined ? 'LOGGED' : 'UNLOGGED'
      return {
        before: [],
        after: [`ALTER SEQUENCE IF EXISTS ${quoted(either.schema, either.name)} SET ${word}`],
      }
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
