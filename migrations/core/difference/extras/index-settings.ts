import { asIs, type ExtraKind, quoted, worded } from './kind.ts'

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
  shown: { index: asIs },
  change: (_, to, either) => {
    const table = `ALTER ${either.values.relkind === 'm' ? 'MATERIALIZED VIEW' : 'TABLE'} ${quoted(either.schema, either.relation ?? '')}`
    return [
      to === undefined
        ? `${table} SET WITHOUT CLUSTER`
        : `${table} CLUSTER ON ${quoted(to.values.index ?? '')}`,
    ]
  },
}

/** Statistics targets of an index's expressions (ALTER INDEX … ALTER COLUMN … SET STATISTICS). */
export const indexStatistics: ExtraKind = {
  name: 'index statistics',
  lock: 'shareUpdateExclusive',
  query: () => `
    SELECT n.nspname AS schema, tc.relname AS relation, c.relname || '.' || a.attnum AS name,
           json_build_object('index', c.relname, 'column', a.attnum::text, 'target', a.attstattarget::text) AS values
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('i', 'I')
    JOIN pg_index i ON i.indexrelid = c.oid
    JOIN pg_class tc ON tc.oid = i.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE coalesce(a.attstattarget, -1) <> -1 AND n.nspname NOT IN ('pg_catalog', 'information_schema')`,
  shown: { target: worded({}, 'default') },
  change: (_, to, either) => {
    const index = `ALTER INDEX IF EXISTS ${quoted(either.schema, either.values.index ?? '')}`
    return [`${index} ALTER COLUMN ${either.values.column} SET STATISTICS ${to?.values.target ?? '-1'}`]
  },
}
