import { type ExtraKind, quoted } from './kind.ts'

/** What the index of a partition is called, which the index of the whole table made or took over (ALTER INDEX … ATTACH PARTITION). */
export const partitionIndexes: ExtraKind = {
  name: 'partition index',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, t.relname AS relation, p.relname AS name,
           json_build_object('index', c.relname) AS values
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_inherits h ON h.inhrelid = c.oid
    JOIN pg_class p ON p.oid = h.inhparent
    JOIN pg_index i ON i.indexrelid = c.oid
    JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.relkind IN ('i', 'I') AND c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  change: (from, to) => {
    const [old, name] = [from?.values.index, to?.values.index]
    if (to === undefined || old == null || name == null) return { before: [], after: [] }
    return { before: [], after: [`ALTER INDEX ${quoted(to.schema, old)} RENAME TO ${quoted(name)}`] }
  },
}
