import { family, familySelect, key, namedIn, notMember, procedure, underPath } from '../sql.ts'

const isArray = `EXISTS (SELECT FROM pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid)`
const isRowType = `t.typtype = 'c' AND (SELECT c.relkind FROM pg_class c WHERE c.oid = t.typrelid) <> 'c'`

/** Enums, composite, domain, range, base and shell types; their array and multirange types are part of them. */
export const types = family('types', ({ version }) => [
  familySelect({
    catalog: 'pg_type',
    oid: 't.oid',
    kind: `CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END`,
    path: 's.prefix || quote_ident(t.typname)',
    name: 't.typname',
    definition: {
      type: `CASE WHEN NOT t.typisdefined THEN 'shell' ELSE CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite'
        WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'b' THEN 'base' ELSE t.typtype::text END END`,
      labels: `CASE WHEN t.typtype = 'e' THEN
        (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid) END`,
      base: `CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END`,
      collation: `CASE WHEN t.typtype = 'd' AND t.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = t.typbasetype)
        THEN t.typcollation::regcollation::text END`,
      notNull: 'nullif(t.typnotnull, false)',
      ...(version >= 17
        ? {
            notNullName: `(SELECT nullif(k.conname::text, t.typname || '_not_null') FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'n')`,
          }
        : {}),
      default: 'coalesce(pg_get_expr(t.typdefaultbin, 0), t.typdefault)',
      range: `CASE WHEN t.typtype = 'r' THEN (SELECT jsonb_strip_nulls(jsonb_build_object(
          'subtype', format_type(r.rngsubtype, NULL),
          'operatorClass', (SELECT ${namedIn('o.opcnamespace', 'o.opcname')} FROM pg_opclass o WHERE o.oid = r.rngsubopc),
          'collation', nullif(r.rngcollation, 0)::regcollation::text,
          'canonical', ${procedure('r.rngcanonical')},
          'difference', ${procedure('r.rngsubdiff')},
          'multirange', format_type(r.rngmultitypid, NULL)))
        FROM pg_range r WHERE r.rngtypid = t.oid) END`,
      baseType: `CASE WHEN t.typtype = 'b' THEN jsonb_strip_nulls(jsonb_build_object(
          'input', ${procedure('t.typinput')}, 'output', ${procedure('t.typoutput')},
          'receive', ${procedure('t.typreceive')}, 'send', ${procedure('t.typsend')},
          'typmodInput', ${procedure('t.typmodin')}, 'typmodOutput', ${procedure('t.typmodout')},
          'analyze', ${procedure('t.typanalyze')}, 'subscript', ${procedure('t.typsubscript')},
          'length', t.typlen, 'byValue', t.typbyval, 'alignment', t.typalign, 'storage', t.typstorage,
          'category', t.typcategory, 'preferred', t.typispreferred, 'delimiter', t.typdelim,
          'element', format_type(nullif(t.typelem, 0), NULL), 'collatable', t.typcollation <> 0)) END`,
    },
    from: `FROM scope s JOIN pg_type t ON t.typnamespace = s.ns
      WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'p' AND NOT t.typisdefined OR t.typtype = 'c' AND NOT (${isRowType})
          OR t.typtype = 'b' AND NOT ${isArray})
        AND ${notMember('pg_type', 't.oid')}`,
  }),
  familySelect({
    catalog: 'pg_type',
    oid: 't.oid',
    kind: `'type'`,
    path: `''`,
    name: 't.typname',
    parent: `CASE WHEN t.typtype = 'm' THEN (SELECT ${key('pg_type', 'r.rngtypid')} FROM pg_range r WHERE r.rngmultitypid = t.oid)
      ELSE ${key('pg_type', 't.typelem')} END`,
    part: `CASE WHEN t.typtype = 'm' THEN 'multirange type' ELSE 'array type' END`,
    definition: 'NULL',
    from: `FROM scope s JOIN pg_type t ON t.typnamespace = s.ns WHERE t.typtype = 'm' OR t.typtype = 'b' AND ${isArray}`,
  }),
  familySelect({
    catalog: 'pg_class',
    oid: 's.oid',
    kind: `'type'`,
    path: `''`,
    name: 's.relname',
    parent: key('pg_type', 'c.reltype'),
    definition: 'NULL',
    from: `FROM relation s JOIN pg_class c ON c.oid = s.oid WHERE s.relkind = 'c'`,
  }),
  familySelect({
    catalog: 'pg_constraint',
    oid: 'k.oid',
    kind: `'constraint'`,
    path: `s.prefix || quote_ident(t.typname) || '.' || quote_ident(k.conname)`,
    name: 'k.conname',
    parent: key('pg_type', 't.oid'),
    part: `CASE WHEN k.contype = 'n' THEN 'not null' END`,
    definition: `CASE WHEN k.contype = 'c' THEN ${underPath(`jsonb_build_object('definition', pg_get_constraintdef(k.oid))`)} END`,
    from: `FROM scope s JOIN pg_type t ON t.typnamespace = s.ns JOIN pg_constraint k ON k.contypid = t.oid
      WHERE k.contype IN ('c', 'n') AND ${notMember('pg_type', 't.oid')}`,
  }),
])
