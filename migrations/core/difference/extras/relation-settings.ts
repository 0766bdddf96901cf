import { asIs, commentChange, type Extra, type ExtraKind, inQuotes, quoted, worded } from './kind.ts'

/**
 * The type of a typed table (ALTER TABLE … OF), whether a sequence is logged, and the comment of an identity column's
 * sequence. Logged is said of an identity column's where it differs from its table, which it follows by itself. Before
 * PostgreSQL 15 every sequence was logged.
 */
export const relationSettings: ExtraKind = {
  name: 'relation settings',
  lock: 'accessExclusive',
  query: (version) => `
    SELECT n.nspname AS schema, CASE WHEN c.relkind = 'S' THEN t.relname ELSE c.relname END AS relation,
           CASE WHEN c.relkind = 'S' THEN c.relname ELSE '' END AS name,
           json_build_object(
             'relkind', c.relkind,
             'of', CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END,
             'logging', CASE WHEN ${ownLogging(version)} THEN CASE c.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END END,
             'comment', CASE WHEN t.oid IS NOT NULL THEN obj_description(c.oid, 'pg_class') END) AS values
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
      AND d.deptype = 'i' AND c.relkind = 'S'
    LEFT JOIN pg_class t ON t.oid = d.refobjid
    WHERE n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND (c.reloftype <> 0 OR t.oid IS NOT NULL OR ${ownLogging(version)})`,
  shown: {
    of: asIs,
    logging: worded({ LOGGED: 'logged', UNLOGGED: 'unlogged' }, 'as its table'),
    comment: inQuotes,
  },
  change: (from, to, either) => {
    if (either.values.relkind === 'S') return sequenceSettings(from, to, either)
    const type = to?.values.of
    const table = `ALTER TABLE ${quoted(either.schema, either.relation ?? '')}`
    // A typed table cannot be altered but through its type, so it lets go of it first.
    return {
      before: from === undefined ? [] : [`${table} NOT OF`],
      after: type == null ? [] : [`${table} OF ${type}`],
    }
  },
}

function ownLogging(version: number): string {
  return `${version >= 150000} AND c.relkind = 'S' AND c.relpersistence <> coalesce(t.relpersistence, 'p')`
}

/** An identity column's sequence is always read, so that one that is not wanted any more has gone with its column. */
function sequenceSettings(from: Extra | undefined, to: Extra | undefined, either: Extra): readonly string[] {
  if (to === undefined && either.relation !== null) return []
  const sequence = quoted(either.schema, either.name)
  const [old, logging] = [from?.values.logging ?? null, to?.values.logging ?? null]
  const back = old === 'LOGGED' ? 'UNLOGGED' : 'LOGGED'
  return [
    ...(old === logging ? [] : [`ALTER SEQUENCE ${sequence} SET ${logging ?? back}`]),
    ...commentChange(`SEQUENCE ${sequence}`, from, to ?? { ...either, values: {} }),
  ]
}
