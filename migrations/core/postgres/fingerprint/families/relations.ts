import { family, familySelect, key, listed, persistence, sorted, worded } from '../sql.ts'

/** Tables (partitioned, typed, inherited, foreign), views and materialized views. */
export const relations = family('relations', () => [
  familySelect({
    catalog: 'pg_class',
    oid: 's.oid',
    kind: `CASE s.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'f' THEN 'foreign table' ELSE 'table' END`,
    path: 's.prefix || quote_ident(s.relname)',
    name: 's.relname',
    definition: {
      persistence: persistence('c'),
      accessMethod: `nullif((SELECT amname FROM pg_am WHERE pg_am.oid = c.relam), 'heap')`,
      tablespace: `CASE WHEN c.reltablespace <> 0 THEN (SELECT spcname FROM pg_tablespace WHERE pg_tablespace.oid = c.reltablespace) END`,
      options: sorted('c.reloptions'),
      toastOptions: `(SELECT ${sorted('toast.reloptions')} FROM pg_class toast WHERE toast.oid = c.reltoastrelid)`,
      rowSecurity: 'nullif(c.relrowsecurity, false)',
      forceRowSecurity: 'nullif(c.relforcerowsecurity, false)',
      replicaIdentity: worded(`CASE WHEN c.relkind IN ('r', 'p', 'm') THEN nullif(c.relreplident, 'd') END`, {
        n: 'nothing',
        f: 'full',
        i: 'index',
      }),
      query: `CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END`,
      partitionKey: `CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END`,
      partitionBound: 'pg_get_expr(c.relpartbound, c.oid)',
      inherits: `CASE WHEN c.relkind IN ('r', 'f', 'p') THEN
        (SELECT jsonb_agg(i.inhparent::regclass::text ORDER BY i.inhseqno) FROM pg_inherits i WHERE i.inhrelid = c.oid) END`,
      detachPending: `CASE WHEN c.relispartition THEN
        (SELECT nullif(i.inhdetachpending, false) FROM pg_inherits i WHERE i.inhrelid = c.oid) END`,
      ofType: `CASE WHEN c.reloftype <> 0 THEN format_type(c.reloftype, NULL) END`,
      server: `(SELECT srvname FROM pg_foreign_server f JOIN pg_foreign_table t ON t.ftserver = f.oid WHERE t.ftrelid = c.oid)`,
      serverOptions: `(SELECT ${sorted('t.ftoptions')} FROM pg_foreign_table t WHERE t.ftrelid = c.oid)`,
    },
    from: `FROM relation s JOIN pg_class c ON c.oid = s.oid WHERE s.relkind IN ('r', 'p', 'f', 'v', 'm')`,
  }),
  familySelect({
    catalog: 'pg_type',
    oid: 't.oid',
    kind: `'type'`,
    path: `''`,
    name: 't.typname',
    parent: key('pg_class', 's.oid'),
    part: `'row type'`,
    definition: 'NULL',
    from: `FROM relation s JOIN pg_class c ON c.oid = s.oid JOIN pg_type t ON t.oid = c.reltype WHERE s.relkind <> 'c'`,
  }),
])

/** The schema itself, and the extensions that stand in it (their members are left out everywhere). */
export const schemas = family('schemas', () => [
  familySelect({
    catalog: 'pg_namespace',
    oid: 's.ns',
    kind: `'schema'`,
    path: `rtrim(s.prefix, '.')`,
    name: 's.schema',
    definition: {},
    from: 'FROM scope s',
  }),
  familySelect({
    catalog: 'pg_extension',
    oid: 'x.oid',
    kind: `'extension'`,
    path: 'quote_ident(x.extname)',
    name: 'x.extname',
    definition: { schema: `s.schema`, version: 'x.extversion' },
    from: listed('pg_extension', 'extnamespace'),
  }),
])
