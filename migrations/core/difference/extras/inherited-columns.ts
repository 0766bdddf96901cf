import { asIs, commentChange, type Extra, type ExtraKind, inQuotes, quoted, worded } from './kind.ts'

/**
 * What a table says otherwise of a column that it inherits, or has as a partition: its default, NOT NULL and comment (CREATE
 * TABLE, INHERITS and PARTITION OF). What is said of the parent reaches the child by itself, unless several parents have
 * different defaults: then the child has to have one of its own from the start.
 */
export const inheritedColumns: ExtraKind = {
  name: 'inherited column',
  lock: 'accessExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, a.attname AS name,
           json_build_object(
             'comment', col_description(c.oid, a.attnum),
             'default', pg_get_expr(d.adbin, d.adrelid),
             'parent default', above.default,
             'conflicting type', CASE WHEN above.defaults > 1 THEN format_type(a.atttypid, a.atttypmod) END,
             'inherits', CASE WHEN NOT c.relispartition THEN 'yes' END,
             'not null', CASE WHEN a.attnotnull THEN 'yes' END,
             'parent not null', CASE WHEN above.not_null THEN 'yes' END) AS values
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN LATERAL (
      SELECT bool_or(p.attnotnull) AS not_null, count(DISTINCT pg_get_expr(d.adbin, d.adrelid)) AS defaults,
             CASE WHEN count(DISTINCT pg_get_expr(d.adbin, d.adrelid)) = 1
               THEN min(pg_get_expr(d.adbin, d.adrelid)) END AS default
      FROM pg_inherits i
      JOIN pg_attribute p ON p.attrelid = i.inhparent AND p.attname = a.attname
      LEFT JOIN pg_attrdef d ON d.adrelid = p.attrelid AND d.adnum = p.attnum
      WHERE i.inhrelid = a.attrelid HAVING count(*) > 0) above
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attinhcount > 0 AND NOT a.attisdropped AND a.attgenerated = ''
      AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  shown: { default: asIs, 'not null': worded({}, 'no'), comment: inQuotes },
  change: (from, to) => {
    if (to === undefined) return []
    const column = `ALTER TABLE ${quoted(to.schema, to.relation ?? '')} ALTER COLUMN ${quoted(to.name)}`
    const after: string[] = []
    if (saysOtherwise(from, to, 'default')) {
      const value = to.values.default
      after.push(`${column} ${value == null ? 'DROP DEFAULT' : `SET DEFAULT ${value}`}`)
    }
    if (saysOtherwise(from, to, 'not null') || mayKeepItsOwn(from, to)) {
      after.push(`${column} ${to.values['not null'] == null ? 'DROP' : 'SET'} NOT NULL`)
    }
    const name = quoted(to.schema, to.relation ?? '', to.name)
    return [...after, ...commentChange(`COLUMN ${name}`, from, to)]
  },
}

/**
 * Whether a column that no longer has to be NOT NULL may still be so by itself: what ALTER TABLE … INHERIT and NO INHERIT
 * leave in a table is its own from then on, and stays when the parent's goes. A partition's never is.
 */
function mayKeepItsOwn(from: Extra | undefined, to: Extra): boolean {
  return from?.values['not null'] != null && to.values['not null'] == null && to.values.inherits != null
}

/** A difference that does not come by itself with the parent, or with being made as its child. */
function saysOtherwise(from: Extra | undefined, to: Extra, name: string): boolean {
  const value = (extra: Extra, field: string) => extra.values[field] ?? null
  const follows = (extra: Extra) => value(extra, name) === value(extra, `parent ${name}`)
  if (from === undefined) return !follows(to)
  return value(from, name) !== value(to, name) && !(follows(from) && follows(to))
}
