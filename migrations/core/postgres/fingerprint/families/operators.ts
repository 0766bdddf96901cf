import { family, familySelect, key, listed, namedIn, procedure, underPath } from '../sql.ts'

/** `amop` and `amproc` rows as CREATE OPERATOR CLASS has them; `owner` picks a class's own or a family's loose ones. */
const members = (owner: string) => `(SELECT jsonb_agg(item ORDER BY item COLLATE "C") FROM (
    SELECT 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator::text
        || CASE WHEN o.amoppurpose = 'o' THEN ' FOR ORDER BY ' || (SELECT ${namedIn('f.opfnamespace', 'f.opfname')} FROM pg_opfamily f WHERE f.oid = o.amopsortfamily) ELSE '' END
      FROM pg_amop o WHERE ${owner.replaceAll('CATALOG', 'pg_amop').replaceAll('FAMILY', 'o.amopfamily').replaceAll('OID', 'o.oid')}
    UNION ALL
    SELECT 'FUNCTION ' || p.amprocnum || ' (' || format_type(p.amproclefttype, NULL) || ', ' || format_type(p.amprocrighttype, NULL) || ') ' || p.amproc::regprocedure::text
      FROM pg_amproc p WHERE ${owner.replaceAll('CATALOG', 'pg_amproc').replaceAll('FAMILY', 'p.amprocfamily').replaceAll('OID', 'p.oid')}
  ) member(item))`

const ofClass = `FAMILY = x.opcfamily AND EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'CATALOG'::regclass AND d.objid = OID
  AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = x.oid AND d.deptype = 'i')`
const ofFamily = `FAMILY = x.oid AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'CATALOG'::regclass AND d.objid = OID
  AND d.refclassid = 'pg_opclass'::regclass AND d.deptype = 'i')`

const usingMethod = (name: string, method: string) =>
  `s.prefix || quote_ident(${name}) || ' USING ' || (SELECT quote_ident(amname) FROM pg_am WHERE pg_am.oid = ${method})`

/** Operators, operator classes and operator families. */
export const operators = family('operators', () => [
  familySelect({
    catalog: 'pg_operator',
    oid: 'x.oid',
    kind: `'operator'`,
    path: underPath(
      `s.prefix || x.oprname || '(' || coalesce(format_type(nullif(x.oprleft, 0), NULL), 'NONE') || ', ' || format_type(x.oprright, NULL) || ')'`,
    ),
    name: 'x.oprname',
    definition: {
      shell: 'CASE WHEN x.oprcode = 0 THEN true END',
      function: procedure('x.oprcode'),
      result: 'format_type(nullif(x.oprresult, 0), NULL)',
      commutator: 'nullif(x.oprcom, 0)::regoperator::text',
      negator: 'nullif(x.oprnegate, 0)::regoperator::text',
      restrict: procedure('x.oprrest'),
      join: procedure('x.oprjoin'),
      merges: 'nullif(x.oprcanmerge, false)',
      hashes: 'nullif(x.oprcanhash, false)',
    },
    from: listed('pg_operator', 'oprnamespace'),
  }),
  familySelect({
    catalog: 'pg_opclass',
    oid: 'x.oid',
    kind: `'operator class'`,
    path: usingMethod('x.opcname', 'x.opcmethod'),
    name: 'x.opcname',
    parent: key('pg_opfamily', 'x.opcfamily'),
    definition: {
      family: `(SELECT ${namedIn('f.opfnamespace', 'f.opfname')} FROM pg_opfamily f WHERE f.oid = x.opcfamily)`,
      type: 'format_type(x.opcintype, NULL)',
      default: 'nullif(x.opcdefault, false)',
      storage: 'format_type(nullif(x.opckeytype, 0), NULL)',
      members: members(ofClass),
    },
    from: listed('pg_opclass', 'opcnamespace'),
  }),
  familySelect({
    catalog: 'pg_opfamily',
    oid: 'x.oid',
    kind: `'operator family'`,
    path: usingMethod('x.opfname', 'x.opfmethod'),
    name: 'x.opfname',
    definition: { members: members(ofFamily) },
    from: listed('pg_opfamily', 'opfnamespace'),
  }),
])
