import { family, familySelect, notMember, procedure, sorted, underPath } from '../sql.ts'

const signature = `s.prefix || quote_ident(p.proname) || '(' || oidvectortypes(p.proargtypes) || ')'`

const attributes: Readonly<Record<string, string>> = {
  arguments: 'pg_get_function_arguments(p.oid)',
  result: 'pg_get_function_result(p.oid)',
  volatility: `nullif(p.provolatile, 'v')`,
  parallel: `nullif(p.proparallel, 'u')`,
  strict: 'nullif(p.proisstrict, false)',
  leakproof: 'nullif(p.proleakproof, false)',
  securityDefiner: 'nullif(p.prosecdef, false)',
  config: sorted('p.proconfig'),
}

/** Functions, window functions, procedures (manual, CREATE FUNCTION) and aggregates (CREATE AGGREGATE). */
export const functions = family('functions', () => [
  familySelect({
    catalog: 'pg_proc',
    oid: 'p.oid',
    kind: `CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END`,
    path: underPath(signature),
    name: 'p.proname',
    definition: {
      ...attributes,
      window: `CASE WHEN p.prokind = 'w' THEN true END`,
      language: '(SELECT lanname FROM pg_language l WHERE l.oid = p.prolang)',
      cost: 'p.procost',
      rows: 'nullif(p.prorows, 0)',
      support: procedure('p.prosupport'),
      transforms: `(SELECT jsonb_agg(format_type(t, NULL) ORDER BY o) FROM unnest(p.protrftypes) WITH ORDINALITY x(t, o))`,
      body: `CASE WHEN p.prosqlbody IS NULL THEN p.prosrc ELSE pg_get_function_sqlbody(p.oid) END`,
      library: 'p.probin',
    },
    from: `FROM scope s JOIN pg_proc p ON p.pronamespace = s.ns WHERE p.prokind IN ('f', 'p', 'w') AND ${notMember('pg_proc', 'p.oid')}
      -- A range type's constructors are part of it.
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i')`,
  }),
  familySelect({
    catalog: 'pg_proc',
    oid: 'p.oid',
    kind: `'function'`,
    path: `''`,
    name: 'p.proname',
    parent: `'pg_type:' || d.refobjid || ':0'`,
    part: `'constructor'`,
    definition: 'NULL',
    from: `FROM scope s JOIN pg_proc p ON p.pronamespace = s.ns
      JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.refclassid = 'pg_type'::regclass AND d.deptype = 'i'`,
  }),
  familySelect({
    catalog: 'pg_proc',
    oid: 'p.oid',
    kind: `'aggregate'`,
    path: underPath(signature),
    name: 'p.proname',
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
    from: `FROM scope s JOIN pg_proc p ON p.pronamespace = s.ns JOIN pg_aggregate g ON g.aggfnoid = p.oid WHERE ${notMember('pg_proc', 'p.oid')}`,
  }),
])
