import { family, familySelect, key, sorted } from '../sql.ts'

/** Indexes of tables, partitioned tables and materialized views that no constraint made. */
export const indexes = family('indexes', ({ version }) => [
  familySelect({
    catalog: 'pg_class',
    oid: 's.oid',
    kind: `'index'`,
    path: 's.prefix || quote_ident(s.relname)',
    name: 's.relname',
    parent: key('pg_class', 'i.indrelid'),
    definition: {
      table: 'i.indrelid::regclass::text',
      method: `(SELECT amname FROM pg_am WHERE pg_am.oid = c.relam)`,
      unique: 'nullif(i.indisunique, false)',
      ...(version >= 15 ? { nullsNotDistinct: 'nullif(i.indnullsnotdistinct, false)' } : {}),
      columns: indexColumns(version),
      predicate: 'pg_get_expr(i.indpred, i.indrelid)',
      ...indexState('c'),
    },
    from: `FROM relation s JOIN pg_index i ON i.indexrelid = s.oid JOIN pg_class c ON c.oid = s.oid
      WHERE s.relkind IN ('i', 'I')
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
        AND NOT EXISTS (SELECT FROM pg_depend m WHERE m.classid = 'pg_class'::regclass AND m.objid = i.indrelid AND m.deptype = 'e')`,
  }),
])

/**
 * SQL for the key and INCLUDE columns of index `i`, each as CREATE INDEX has it, with what differs from the
 * default: collation, operator class and its options, order, statistics target (manual, CREATE INDEX).
 * Under `s`, the scope's row.
 */
export function indexColumns(version: number): string {
  const statistics = version >= 17 ? 'ia.attstattarget' : 'nullif(ia.attstattarget, -1)'
  return `(SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, n, false)
      || CASE WHEN n > i.indnkeyatts THEN ' INCLUDE' ELSE
        CASE WHEN i.indcollation[n - 1] NOT IN (0, 100) THEN ' COLLATE ' || i.indcollation[n - 1]::regcollation::text ELSE '' END
        || CASE WHEN oc.opcdefault AND oc.opcintype = ia.atttypid AND ia.attoptions IS NULL THEN ''
           ELSE ' ' || (CASE WHEN oc.opcnamespace = s.ns THEN s.prefix ELSE oc.opcnamespace::regnamespace::text || '.' END)
             || quote_ident(oc.opcname) END
        || coalesce(' (' || (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(ia.attoptions) o) || ')', '')
        || CASE i.indoption[n - 1] & 3 WHEN 0 THEN '' WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST' ELSE ' DESC' END
      END || coalesce(' STATISTICS ' || ${statistics}, '') ORDER BY n)
    FROM generate_series(1, i.indnatts) n
      JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = n
      LEFT JOIN pg_opclass oc ON n <= i.indnkeyatts AND oc.oid = i.indclass[n - 1])`
}

/** What is said of index `i` beside its columns. @param relation its row of pg_class */
export function indexState(relation: string): Readonly<Record<string, string>> {
  return {
    options: sorted(`${relation}.reloptions`),
    tablespace: `CASE WHEN ${relation}.reltablespace <> 0 THEN (SELECT spcname FROM pg_tablespace WHERE pg_tablespace.oid = ${relation}.reltablespace) END`,
    valid: 'nullif(i.indisvalid, true)',
    clustered: 'nullif(i.indisclustered, false)',
    replicaIdentity: 'nullif(i.indisreplident, false)',
    partitionOf: `CASE WHEN ${relation}.relispartition THEN (SELECT n.inhparent::regclass::text FROM pg_inherits n WHERE n.inhrelid = ${relation}.oid) END`,
  }
}
