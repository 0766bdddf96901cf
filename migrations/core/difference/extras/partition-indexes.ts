import { asIs, commentChange, type Extra, type ExtraKind, inQuotes, quoted } from './kind.ts'
import { optionChanges, optionsSql, optionsText } from './options.ts'

/**
 * The index of a partition that is part of the index of the whole table (ALTER INDEX … ATTACH PARTITION): its name, its
 * storage parameters and its comment. Where the index of the whole table is not valid, since some partitions have none
 * (CREATE INDEX … ON ONLY), each has to be made for itself.
 */
export const partitionIndexes: ExtraKind = {
  name: 'partition index',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, t.relname AS relation, p.relname AS name,
           json_build_object(
             'index', c.relname,
             'parent schema', pn.nspname,
             'options', ${optionsSql('c.reloptions')},
             'parent options', ${optionsSql('p.reloptions')},
             'comment', obj_description(c.oid, 'pg_class'),
             'definition', CASE WHEN NOT pi.indisvalid THEN pg_get_indexdef(c.oid) END) AS values
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_inherits h ON h.inhrelid = c.oid
    JOIN pg_class p ON p.oid = h.inhparent
    JOIN pg_namespace pn ON pn.oid = p.relnamespace
    JOIN pg_index pi ON pi.indexrelid = p.oid
    JOIN pg_index i ON i.indexrelid = c.oid
    JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.relkind IN ('i', 'I') AND c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  shown: { index: asIs, options: optionsText, comment: inQuotes },
  change: (from, to) => {
    const name = to?.values.index
    if (to === undefined || name == null) return []
    return [...madeOrRenamed(from, to, name), ...settings(from, to, name)]
  },
}

function madeOrRenamed(from: Extra | undefined, to: Extra, name: string): readonly string[] {
  const old = from?.values.index
  if (old != null && old !== name) return [`ALTER INDEX ${quoted(to.schema, old)} RENAME TO ${quoted(name)}`]
  const definition = to.values.definition
  if (old != null || definition == null) return []
  const whole = quoted(to.values['parent schema'] ?? to.schema, to.name)
  return [definition, `ALTER INDEX ${whole} ATTACH PARTITION ${quoted(to.schema, name)}`]
}

/** Storage parameters, which come from the whole table's index where nothing else is said, and the comment. */
function settings(from: Extra | undefined, to: Extra, name: string): readonly string[] {
  const index = quoted(to.schema, name)
  const inherited = to.values['parent options'] ?? null
  const options = from === undefined ? inherited : (from.values.options ?? null)
  return [
    ...(to.values.definition == null || from !== undefined
      ? optionChanges(`ALTER INDEX ${index}`, options, to.values.options ?? null)
      : []),
    ...commentChange(`INDEX ${index}`, from, to),
  ]
}
