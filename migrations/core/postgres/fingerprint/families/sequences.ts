import { family, familySelect, key, persistence } from '../sql.ts'

const owner = (deptype: string) => `SELECT d.refobjid, d.refobjsubid FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass
    AND d.refobjsubid > 0 AND d.deptype = '${deptype}'`

/** Sequences, with the column that owns them (serial). Those of identity columns are part of the column. */
export const sequences = family('sequences', () => [
  familySelect({
    catalog: 'pg_class',
    oid: 's.oid',
    kind: `'sequence'`,
    path: 's.prefix || quote_ident(s.relname)',
    name: 's.relname',
    parent: key('pg_class', 'owned.refobjid'),
    definition: {
      type: 'format_type(q.seqtypid, NULL)',
      start: 'q.seqstart::text',
      increment: 'q.seqincrement::text',
      minimum: 'q.seqmin::text',
      maximum: 'q.seqmax::text',
      cache: 'q.seqcache::text',
      cycle: 'q.seqcycle',
      persistence: persistence('c'),
      ownedBy: `(SELECT owned.refobjid::regclass::text || '.' || quote_ident(a.attname) FROM pg_attribute a
        WHERE a.attrelid = owned.refobjid AND a.attnum = owned.refobjsubid)`,
    },
    from: `FROM relation s JOIN pg_sequence q ON q.seqrelid = s.oid JOIN pg_class c ON c.oid = s.oid
      LEFT JOIN LATERAL (${owner('a')}) owned ON true
      WHERE s.relkind = 'S' AND NOT EXISTS (${owner('i')})`,
  }),
  familySelect({
    catalog: 'pg_class',
    oid: 's.oid',
    kind: `'sequence'`,
    path: `''`,
    name: 's.relname',
    parent: key('pg_class', 'identity.refobjid', 'identity.refobjsubid'),
    part: `'identity sequence'`,
    definition: 'NULL',
    from: `FROM relation s JOIN LATERAL (${owner('i')}) identity ON true WHERE s.relkind = 'S'`,
  }),
])
