import { type ExtraKind, quoted } from './kind.ts'

/** The index that CLUSTER goes by (ALTER TABLE … CLUSTER ON). */
export const clusterIndexes: ExtraKind = {
  name: 'cluster index',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, c.relname AS relation, '' AS name,
           json_build_object('index', ic.relname, 'relkind', c.relkind) AS values
    FROM pg_index i
    JOIN pg_class c ON c.oid = i.indrelid
    JOIN pg_class ic ON ic.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE i.indisclustered AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  change: (from, to) => {
    const either = to ?? from
    if (either === undefined) return { before: [], after: [] }
    const table = `ALTER ${either.values.relkind === 'm' ? 'MATERIALIZED VIEW' : 'TABLE'} ${quoted(either.schema, either.relation ?? '')}`
    const after =
      to === undefined
        ? `${table} SET WITHOUT CLUSTER`
        : `${table} CLUSTER ON ${quoted(to.values.index ?? '')}`
    return { before: [], after: [after] }
  },
}
