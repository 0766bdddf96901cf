import { family, familySelect, key, sorted } from '../sql.ts'
import { indexColumns } from './index-columns.ts'

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
      options: sorted('c.reloptions'),
      tablespace: `CASE WHEN c.reltablespace <> 0 THEN (SELECT spcname FROM pg_tablespace WHERE pg_tablespace.oid = c.reltablespace) END`,
      valid: 'nullif(i.indisvalid, true)',
      clustered: 'nullif(i.indisclustered, false)',
      replicaIdentity: 'nullif(i.indisreplident, false)',
      partitionOf: `CASE WHEN c.relispartition THEN (SELECT n.inhparent::regclass::text FROM pg_inherits n WHERE n.inhrelid = c.oid) END`,
    },
    from: `FROM relation s JOIN pg_index i ON i.indexrelid = s.oid JOIN pg_class c ON c.oid = s.oid
      WHERE s.relkind IN ('i', 'I')
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
        AND NOT EXISTS (SELECT FROM pg_depend m WHERE m.classid = 'pg_class'::regclass AND m.objid = i.indrelid AND m.deptype = 'e')`,
  }),
])
