import { asIs, type ExtraKind, inQuotes, recreated, worded } from './kind.ts'

/** Operators (CREATE OPERATOR). The name carries the operand types, since operators are overloaded. */
export const operators: ExtraKind = {
  name: 'operator',
  lock: 'none',
  query: () => `
    SELECT n.nspname AS schema, NULL::text AS relation,
           o.oprname || ' (' || coalesce(format_type(nullif(o.oprleft, 0), NULL), 'NONE') || ', '
             || coalesce(format_type(nullif(o.oprright, 0), NULL), 'NONE') || ')' AS name,
           json_build_object(
             'operator', quote_ident(n.nspname) || '.' || o.oprname,
             'left', format_type(nullif(o.oprleft, 0), NULL),
             'right', format_type(nullif(o.oprright, 0), NULL),
             'function', quote_ident(pn.nspname) || '.' || quote_ident(p.proname),
             'commutator', (SELECT 'OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')' FROM pg_operator c
                            JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprcom),
             'negator', (SELECT 'OPERATOR(' || quote_ident(cn.nspname) || '.' || c.oprname || ')' FROM pg_operator c
                         JOIN pg_namespace cn ON cn.oid = c.oprnamespace WHERE c.oid = o.oprnegate),
             'restrict', nullif(o.oprrest::oid, 0)::regproc::text,
             'join', nullif(o.oprjoin::oid, 0)::regproc::text,
             'hashes', CASE WHEN o.oprcanhash THEN 'yes' END,
             'merges', CASE WHEN o.oprcanmerge THEN 'yes' END,
             'comment', obj_description(o.oid, 'pg_operator')) AS values
    FROM pg_operator o
    JOIN pg_namespace n ON n.oid = o.oprnamespace
    JOIN pg_proc p ON p.oid = o.oprcode
    JOIN pg_namespace pn ON pn.oid = p.pronamespace
    WHERE o.oid >= 16384
      AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_operator'::regclass AND e.objid = o.oid AND e.deptype = 'e')`,
  isObject: true,
  shown: {
    ...{ function: asIs, commutator: asIs, negator: asIs, restrict: asIs, join: asIs },
    ...{ hashes: worded({}, 'no'), merges: worded({}, 'no'), comment: inQuotes },
  },
  change: (from, to, { values: { operator, left, right } }) =>
    recreated(
      `OPERATOR ${operator} (${left ?? 'NONE'}, ${right ?? 'NONE'})`,
      from,
      to,
      ['function', 'commutator', 'negator', 'restrict', 'join', 'hashes', 'merges'],
      ({ values }) => [createOperator(operator ?? '', values)],
    ),
}

function createOperator(name: string, values: Readonly<Record<string, string | null>>): string {
  const clause = (word: string, value: string | null | undefined) =>
    value == null ? [] : [`${word} = ${value}`]
  const clauses = [
    ...clause('FUNCTION', values.function),
    ...clause('LEFTARG', values.left),
    ...clause('RIGHTARG', values.right),
    ...clause('COMMUTATOR', values.commutator),
    ...clause('NEGATOR', values.negator),
    ...clause('RESTRICT', values.restrict),
    ...clause('JOIN', values.join),
    ...(values.hashes == null ? [] : ['HASHES']),
    ...(values.merges == null ? [] : ['MERGES']),
  ]
  return `CREATE OPERATOR ${name} (${clauses.join(', ')})`
}
