import { type Extra, type ExtraKind, literal, quoted } from './kind.ts'

/** Extended statistics (PostgreSQL manual, CREATE STATISTICS), with their target and comment. */
export const statisticsObjects: ExtraKind = {
  name: 'statistics object',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, s.stxname AS name,
           json_build_object(
             'definition', pg_get_statisticsobjdef(s.oid),
             'target', nullif(coalesce(s.stxstattarget, -1), -1)::text,
             'comment', obj_description(s.oid, 'pg_statistic_ext')) AS values
    FROM pg_statistic_ext s
    JOIN pg_namespace n ON n.oid = s.stxnamespace
    JOIN pg_class c ON c.oid = s.stxrelid
    WHERE NOT EXISTS (SELECT FROM pg_depend d
                      WHERE d.classid = 'pg_statistic_ext'::regclass AND d.objid = s.oid AND d.deptype = 'e')`,
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
  const out: string[] = []
  if ((from?.values.target ?? null) !== (to.values.target ?? null)) {
    out.push(`ALTER STATISTICS ${name} SET STATISTICS ${to.values.target ?? '-1'}`)
  }
  if ((from?.values.comment ?? null) !== (to.values.comment ?? null)) {
    out.push(
      `COMMENT ON STATISTICS ${name} IS ${to.values.comment == null ? 'NULL' : literal(to.values.comment)}`,
    )
  }
  return out
}
