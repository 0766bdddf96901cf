import { family, familySelect, listed, procedure, sorted, underPath, worded } from '../sql.ts'

const signature = `s.prefix || quote_ident(x.proname) || '(' || oidvectortypes(x.proargtypes) || ')'`

const attributes: Readonly<Record<string, string>> = {
  arguments: 'pg_get_function_arguments(x.oid)',
  result: 'pg_get_function_result(x.oid)',
  volatility: worded(`nullif(x.provolatile, 'v')`, { i: 'immutable', s: 'stable' }),
  parallel: worded(`nullif(x.proparallel, 'u')`, { s: 'safe', r: 'restricted' }),
  strict: 'nullif(x.proisstrict, false)',
  leakproof: 'nullif(x.proleakproof, false)',
  securityDefiner: 'nullif(x.prosecdef, false)',
  config: sorted('x.proconfig'),
}

/** Functions, window functions, procedures (manual, CREATE FUNCTION) and aggregates (CREATE AGGREGATE). */
export const functions = family('functions', () => [
  familySelect({
    catalog: 'pg_proc',
    oid: 'x.oid',
    kind: `CASE x.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END`,
    path: underPath(signature),
    name: 'x.proname',
    definition: {
      ...attributes,
      window: `CASE WHEN x.prokind = 'w' THEN true END`,
      language: '(SELECT lanname FROM pg_language l WHERE l.oid = x.prolang)',
      cost: 'x.procost',
      rows: 'nullif(x.prorows, 0)',
      support: procedure('x.prosupport'),
      transforms: `(SELECT jsonb_agg(format_type(t, NULL) ORDER BY o) FROM unnest(x.protrftypes) WITH ORDINALITY transformed(t, o))`,
      body: `CASE WHEN x.prosqlbody IS NULL THEN x.prosrc ELSE pg_get_function_sqlbody(x.oid) END`,
      library: 'x.probin',
    },
    from: `${listed('pg_proc', 'pronamespace')} WHERE x.prokind IN ('f', 'p', 'w')
      -- A range type's constructors are part of it.
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = x.oid AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i')`,
  }),
  familySelect({
    catalog: 'pg_proc',
    oid: 'x.oid',
    kind: `'function'`,
    path: `''`,
    name: 'x.proname',
    parent: `'pg_type:' || d.refobjid || ':0'`,
    part: `'constructor'`,
    definition: 'NULL',
    from: `${listed('pg_proc', 'pronamespace')}
      JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = x.oid AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i'`,
  }),
  familySelect({
    catalog: 'pg_proc',
    oid: 'x.oid',
    kind: `'aggregate'`,
    path: underPath(signature),
    name: 'x.proname',
    definition: {
      ...attributes,
      kind: `nullif(g.aggkind, 'n')`,
      directArguments: 'nullif(g.aggnumdirectargs, 0)',
      transition: procedure('g.aggtransfn'),
      final: procedure('g.aggfinalfn'),
      combine: procedure('g.aggcombinefn'),
      serial: procedure('g.aggserialfn'),
      deserial: procedure('g.aggdeserialfn'),
      movingTransition: procedure('g.aggmtransfn'),
      movingInverse: procedure('g.aggminvtransfn'),
      movingFinal: procedure('g.aggmfinalfn'),
      finalExtra: 'nullif(g.aggfinalextra, false)',
      movingFinalExtra: 'nullif(g.aggmfinalextra, false)',
      finalModify: 'g.aggfinalmodify',
      movingFinalModify: 'g.aggmfinalmodify',
      sortOperator: 'nullif(g.aggsortop, 0)::regoperator::text',
      stateType: 'format_type(g.aggtranstype, NULL)',
      stateSize: 'nullif(g.aggtransspace, 0)',
      movingStateType: 'format_type(nullif(g.aggmtranstype, 0), NULL)',
      movingStateSize: 'nullif(g.aggmtransspace, 0)',
      initial: 'g.agginitval',
      movingInitial: 'g.aggminitval',
    },
    from: `${listed('pg_proc', 'pronamespace')} JOIN pg_aggregate g ON g.aggfnoid = x.oid`,
  }),
])

/** Default privileges of the schemas (ALTER DEFAULT PRIVILEGES … IN SCHEMA), where privileges are asked for. */
export const defaultPrivileges = family('default privileges', ({ privileges }) =>
  privileges
    ? [
        familySelect({
          catalog: 'pg_default_acl',
          oid: 'x.oid',
          kind: `'default privileges'`,
          path: `s.prefix || quote_ident(pg_get_userbyid(x.defaclrole)) || ' ' || x.defaclobjtype::text`,
          name: 'pg_get_userbyid(x.defaclrole)',
          definition: {
            objects: 'x.defaclobjtype',
            privileges: `(SELECT jsonb_agg(g ORDER BY g COLLATE "C") FROM (
              SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END || ': ' || a.privilege_type
                || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
              FROM aclexplode(x.defaclacl) a) granted(g))`,
          },
          from: listed('pg_default_acl', 'defaclnamespace'),
        }),
      ]
    : [],
)
