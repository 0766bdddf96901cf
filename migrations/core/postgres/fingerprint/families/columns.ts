import { family, familySelect, key, persistence, sorted, worded } from '../sql.ts'
import type { FamilyRequest } from '../types.ts'

/** The sequence behind an identity column, as the column's own attribute. */
const identitySequence = `(SELECT jsonb_build_object('name', sc.oid::regclass::text, 'type', format_type(q.seqtypid, NULL),
    'start', q.seqstart::text, 'increment', q.seqincrement::text, 'minimum', q.seqmin::text, 'maximum', q.seqmax::text,
    'cache', q.seqcache::text, 'cycle', q.seqcycle, 'persistence', ${persistence('sc')})
  FROM pg_depend d JOIN pg_sequence q ON q.seqrelid = d.objid JOIN pg_class sc ON sc.oid = d.objid
  WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
    AND d.classid = 'pg_class'::regclass AND d.deptype = 'i')`

/** PostgreSQL 18 keeps not-null as a named constraint; the name counts when it is not the one it gives itself. */
const notNull = {
  notNullName: `nullif(nn.conname::text, s.relname || '_' || a.attname || '_not_null')`,
  notNullValidated: 'nullif(nn.convalidated, true)',
  notNullNoInherit: 'nullif(nn.connoinherit, false)',
}

/** Columns of tables, views and foreign tables, and attributes of composite types (whose order is structure). */
export const columns = family('columns', (scope: FamilyRequest) => [
  familySelect({
    catalog: 'pg_class',
    oid: 'a.attrelid',
    sub: 'a.attnum',
    kind: `CASE s.relkind WHEN 'c' THEN 'attribute' ELSE 'column' END`,
    path: `s.prefix || quote_ident(s.relname) || '.' || quote_ident(a.attname)`,
    name: 'a.attname',
    parent: key('pg_class', 'a.attrelid'),
    definition: {
      type: 'format_type(a.atttypid, a.atttypmod)',
      collation: `CASE WHEN a.attcollation <> t.typcollation AND a.attcollation <> 0 THEN a.attcollation::regcollation::text END`,
      notNull: 'nullif(a.attnotnull, false)',
      ...(scope.version >= 18 ? notNull : {}),
      default: `CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END`,
      generated: `CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END`,
      generatedKind: worded(`nullif(a.attgenerated, '')`, { s: 'stored', v: 'virtual' }),
      identity: worded(`nullif(a.attidentity, '')`, { a: 'always', d: 'by default' }),
      identitySequence: `CASE WHEN a.attidentity <> '' THEN ${identitySequence} END`,
      storage: worded('nullif(a.attstorage, t.typstorage)', {
        p: 'plain',
        e: 'external',
        m: 'main',
        x: 'extended',
      }),
      compression: worded(`nullif(a.attcompression, '')`, { p: 'pglz', l: 'lz4' }),
      statistics: `nullif(a.attstattarget, -1)`,
      options: sorted('a.attoptions'),
      serverOptions: sorted('a.attfdwoptions'),
      inherited: 'CASE WHEN a.attinhcount > 0 THEN true END',
      position: `CASE WHEN ${scope.columnOrder} AND s.relkind <> 'v' OR s.relkind = 'c' THEN
        (SELECT count(*) FROM pg_attribute b WHERE b.attrelid = a.attrelid AND b.attnum BETWEEN 1 AND a.attnum AND NOT b.attisdropped) END`,
    },
    from: `FROM relation s
      JOIN pg_attribute a ON a.attrelid = s.oid AND a.attnum > 0 AND NOT a.attisdropped
      JOIN pg_type t ON t.oid = a.atttypid
      LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
      ${scope.version >= 18 ? `LEFT JOIN pg_constraint nn ON a.attnotnull AND nn.conrelid = a.attrelid AND nn.contype = 'n' AND nn.conkey[1] = a.attnum` : ''}
      WHERE s.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')`,
  }),
])
