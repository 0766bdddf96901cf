import { family, familySelect, key, listed, namedIn, procedure, underPath } from '../sql.ts'

const isArray = `EXISTS (SELECT FROM pg_type e WHERE e.oid = x.typelem AND e.typarray = x.oid)`
const isRowType = `x.typtype = 'c' AND (SELECT c.relkind FROM pg_class c WHERE c.oid = x.typrelid) <> 'c'`

/** Enums, composite, domain, range, base and shell types; their array and multirange types are part of them. */
export const types = family('types', ({ version }) => [
  familySelect({
    catalog: 'pg_type',
    oid: 'x.oid',
    kind: `CASE x.typtype WHEN 'd' THEN 'domain' ELSE 'type' END`,
    path: 's.prefix || quote_ident(x.typname)',
    name: 'x.typname',
    definition: {
      type: `CASE WHEN NOT x.typisdefined THEN 'shell' ELSE CASE x.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite'
        WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' WHEN 'b' THEN 'base' ELSE x.typtype::text END END`,
      labels: `CASE WHEN x.typtype = 'e' THEN
        (SELECT jsonb_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = x.oid) END`,
      base: `CASE WHEN x.typtype = 'd' THEN format_type(x.typbasetype, x.typtypmod) END`,
      collation: `CASE WHEN x.typtype = 'd' AND x.typcollation <> (SELECT b.typcollation FROM pg_type b WHERE b.oid = x.typbasetype)
        THEN x.typcollation::regcollation::text END`,
      notNull: 'nullif(x.typnotnull, false)',
      ...(version >= 17
        ? {
            notNullName: `(SELECT nullif(k.conname::text, x.typname || '_not_null') FROM pg_constraint k WHERE k.contypid = x.oid AND k.contype = 'n')`,
          }
        : {}),
      default: 'coalesce(pg_get_expr(x.typdefaultbin, 0), x.typdefault)',
      range: `CASE WHEN x.typtype = 'r' THEN (SELECT jsonb_strip_nulls(jsonb_build_object(
          'subtype', format_type(r.rngsubtype, NULL),
          'operatorClass', (SELECT ${namedIn('o.opcnamespace', 'o.opcname')} FROM pg_opclass o WHERE o.oid = r.rngsubopc),
          'collation', nullif(r.rngcollation, 0)::regcollation::text,
          'canonical', ${procedure('r.rngcanonical')},
          'difference', ${procedure('r.rngsubdiff')},
          'multirange', format_type(r.rngmultitypid, NULL)))
        FROM pg_range r WHERE r.rngtypid = x.oid) END`,
      baseType: `CASE WHEN x.typtype = 'b' THEN jsonb_strip_nulls(jsonb_build_object(
          'input', ${procedure('x.typinput')}, 'output', ${procedure('x.typoutput')},
          'receive', ${procedure('x.typreceive')}, 'send', ${procedure('x.typsend')},
          'typmodInput', ${procedure('x.typmodin')}, 'typmodOutput', ${procedure('x.typmodout')},
          'analyze', ${procedure('x.typanalyze')}, 'subscript', ${procedure('x.typsubscript')},
          'length', x.typlen, 'byValue', x.typbyval, 'alignment', x.typalign, 'storage', x.typstorage,
          'category', x.typcategory, 'preferred', x.typispreferred, 'delimiter', x.typdelim,
          'element', format_type(nullif(x.typelem, 0), NULL), 'collatable', x.typcollation <> 0)) END`,
    },
    from: `${listed('pg_type', 'typnamespace')}
      WHERE (x.typtype IN ('e', 'd', 'r') OR x.typtype = 'p' AND NOT x.typisdefined OR x.typtype = 'c' AND NOT (${isRowType})
          OR x.typtype = 'b' AND NOT ${isArray})`,
  }),
  familySelect({
    catalog: 'pg_type',
    oid: 'x.oid',
    kind: `'type'`,
    path: `''`,
    name: 'x.typname',
    parent: `CASE WHEN x.typtype = 'm' THEN (SELECT ${key('pg_type', 'r.rngtypid')} FROM pg_range r WHERE r.rngmultitypid = x.oid)
      ELSE ${key('pg_type', 'x.typelem')} END`,
    part: `CASE WHEN x.typtype = 'm' THEN 'multirange type' ELSE 'array type' END`,
    definition: 'NULL',
    from: `${listed('pg_type', 'typnamespace')} WHERE x.typtype = 'm' OR x.typtype = 'b' AND ${isArray}`,
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
    path: `s.prefix || quote_ident(x.typname) || '.' || quote_ident(k.conname)`,
    name: 'k.conname',
    parent: key('pg_type', 'x.oid'),
    part: `CASE WHEN k.contype = 'n' THEN 'not null' END`,
    definition: `CASE WHEN k.contype = 'c' THEN ${underPath(`json_build_object('definition', pg_get_constraintdef(k.oid))`)} END`,
    from: `${listed('pg_type', 'typnamespace')} JOIN pg_constraint k ON k.contypid = x.oid
      WHERE k.contype IN ('c', 'n')`,
  }),
])
