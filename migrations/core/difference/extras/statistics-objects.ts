import { commentChange, type Extra, type ExtraKind, inQuotes, quoted, worded } from './kind.ts'

const kinds = `(SELECT string_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END, ', ' ORDER BY k)
  FROM unnest(s.stxkind) k WHERE k IN ('d', 'f', 'm'))`

const elements = `ARRAY(SELECT quote_ident(a.attname) FROM unnest(s.stxkeys::int2[]) key(attnum)
    JOIN pg_attribute a ON a.attrelid = s.stxrelid AND a.attnum = key.attnum ORDER BY a.attname COLLATE "C")
  || ARRAY(SELECT '(' || e || ')' FROM unnest(pg_get_statisticsobjdef_expressions(s.oid)) WITH ORDINALITY x(e, place) ORDER BY place)`

/** Without the kinds where it has all of them, or one expression alone, which has none. */
const definition = `'CREATE STATISTICS ' || quote_ident(n.nspname) || '.' || quote_ident(s.stxname)
  || CASE WHEN s.stxkind @> '{d,f,m}' THEN '' ELSE coalesce(' (' || ${kinds} || ')', '') END
  || ' ON ' || array_to_string(${elements}, ', ')
  || ' FROM ' || quote_ident(cn.nspname) || '.' || quote_ident(c.relname)`

/** What a definition begins with, up to its kinds and columns. */
const createStatistics = /^CREATE STATISTICS (?:"(?:[^"]|"")*"|[^".]+)\.(?:"(?:[^"]|"")*"|[^" ]+) /

/**
 * Extended statistics (PostgreSQL manual, CREATE STATISTICS), with their target and comment. The columns are written in
 * the order of their names: PostgreSQL keeps them in the table's order, which no statement can bring back.
 */
export const statisticsObjects: ExtraKind = {
  name: 'statistics object',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, cn.nspname AS "relationSchema", s.stxname AS name,
           json_build_object(
             'definition', ${definition},
             'target', nullif(coalesce(s.stxstattarget, -1), -1)::text,
             'comment', obj_description(s.oid, 'pg_statistic_ext')) AS values
    FROM pg_statistic_ext s
    JOIN pg_namespace n ON n.oid = s.stxnamespace
    JOIN pg_class c ON c.oid = s.stxrelid
    JOIN pg_namespace cn ON cn.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.oid AND d.deptype = 'e')`,
  isObject: true,
  shown: {
    definition: (value) => (value ?? 'none').replace(createStatistics, ''),
    target: worded({}, 'default'),
    comment: inQuotes,
  },
  change: (from, to) => {
    const rebuilt = from?.values.definition !== to?.values.definition
    return {
      before:
        from !== undefined && rebuilt ? [`DROP STATISTICS IF EXISTS ${quoted(from.schema, from.name)}`] : [],
      after:
        to === undefined
          ? []
          : [...(rebuilt ? [to.values.definition ?? ''] : []), ...settings(rebuilt ? undefined : from, to)],
    }
  },
}

function settings(from: Extra | undefined, to: Extra): readonly string[] {
  const name = quoted(to.schema, to.name)
  const target = to.values.target ?? null
  return [
    ...((from?.values.target ?? null) === target
      ? []
      : [`ALTER STATISTICS ${name} SET STATISTICS ${target ?? '-1'}`]),
    ...commentChange(`STATISTICS ${name}`, from, to),
  ]
}
