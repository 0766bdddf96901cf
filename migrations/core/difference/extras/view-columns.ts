import { asIs, commentChange, type ExtraKind, inQuotes, quoted } from './kind.ts'

/**
 * Comments and defaults of view columns, and comments of a composite type's attributes (COMMENT ON COLUMN, ALTER VIEW …
 * ALTER COLUMN … SET DEFAULT). Every column is read, so that one that goes is known from one that loses its comment, and
 * with its place and type, since CREATE OR REPLACE VIEW takes neither another name nor another type.
 */
export const viewColumns: ExtraKind = {
  name: 'view column',
  lock: 'accessExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name,
           json_build_object(
             'comment', col_description(c.oid, a.attnum),
             'default', pg_get_expr(d.adbin, d.adrelid),
             'position', a.attnum::text,
             'type', format_type(a.atttypid, a.atttypmod) || coalesce(' COLLATE ' || a.attcollation::regcollation, '')) AS values
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind IN ('v', 'm', 'c') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  shown: { default: asIs, comment: inQuotes },
  change: (from, to) => {
    if (to === undefined) return []
    const view = quoted(to.schema, to.relation ?? '')
    const comment = commentChange(`COLUMN ${view}.${quoted(to.name)}`, from, to)
    const value = to.values.default ?? null
    if (value === (from?.values.default ?? null)) return comment
    const column = `ALTER VIEW ${view} ALTER COLUMN ${quoted(to.name)}`
    return [...comment, `${column} ${value === null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`]
  },
}
