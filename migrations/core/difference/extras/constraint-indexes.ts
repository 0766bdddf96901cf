import { commentChange, type ExtraKind, inQuotes, quoted } from './kind.ts'
import { optionChanges, optionsSql, optionsText } from './options.ts'

/**
 * The storage parameters and the comment of the index behind a constraint: pg_get_constraintdef says neither. Those of an
 * exclusion constraint are part of its definition.
 */
export const constraintIndexes: ExtraKind = {
  name: 'constraint index',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, t.relname AS relation, k.conname AS name,
           json_build_object(
             'index', c.relname,
             'options', CASE WHEN k.contype <> 'x' THEN ${optionsSql('c.reloptions')} END,
             'comment', obj_description(c.oid, 'pg_class')) AS values
    FROM pg_constraint k
    JOIN pg_class c ON c.oid = k.conindid
    JOIN pg_class t ON t.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE k.contype IN ('p', 'u', 'x') AND NOT c.relispartition
      AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'`,
  shown: { options: optionsText, comment: inQuotes },
  change: (from, to) => {
    if (to === undefined) return []
    const index = quoted(to.schema, to.values.index ?? '')
    return [
      ...optionChanges(`ALTER INDEX ${index}`, from?.values.options ?? null, to.values.options ?? null),
      ...commentChange(`INDEX ${index}`, from, to),
    ]
  },
}
