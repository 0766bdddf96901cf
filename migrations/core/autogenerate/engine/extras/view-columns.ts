import { type ExtraKind, literal, quoted } from './kind.ts'

/** Comments and defaults of view columns (COMMENT ON COLUMN, ALTER VIEW … ALTER COLUMN … SET DEFAULT). */
export const viewColumns: ExtraKind = {
  name: 'view column',
  lock: 'accessExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name,
           json_build_object(
             'comment', col_description(c.oid, a.attnum),
             'default', pg_get_expr(d.adbin, d.adrelid)) AS values
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND (d.oid IS NOT NULL OR col_description(c.oid, a.attnum) IS NOT NULL)`,
  change: (from, to) => {
    const either = to ?? from
    if (either === undefined) return { before: [], after: [] }
    const differs = (name: string) => (from?.values[name] ?? null) !== (to?.values[name] ?? null)
    const view = quoted(either.schema, either.relation ?? '')
    const after: string[] = []
    if (differs('comment')) {
      const text = to?.values.comment
      after.push(
        `COMMENT ON COLUMN ${view}.${quoted(either.name)} IS ${text == null ? 'NULL' : literal(text)}`,
      )
    }
    if (differs('default')) {
      const value = to?.values.default
      after.push(
        `ALTER VIEW ${view} ALTER COLUMN ${quoted(either.name)} ${value == null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`,
      )
    }
    return { before: [], after }
  },
}
