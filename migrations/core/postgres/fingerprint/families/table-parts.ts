import { enabled, family, familySelect, key, listed, worded } from '../sql.ts'

const onTable = (name: string) => `s.prefix || quote_ident(s.relname) || '.' || quote_ident(${name})`

/** Triggers, rules and policies. */
export const tableParts = family('table parts', () => [
  familySelect({
    catalog: 'pg_trigger',
    oid: 'g.oid',
    kind: `'trigger'`,
    path: onTable('g.tgname'),
    name: 'g.tgname',
    parent: key('pg_class', 's.oid'),
    definition: {
      definition: 'pg_get_triggerdef(g.oid, true)',
      enabled: enabled('g.tgenabled'),
    },
    // The copies that partitions have of a row trigger are derived, unless switched on or off or described for themselves.
    from: `FROM relation s JOIN pg_trigger g ON g.tgrelid = s.oid LEFT JOIN pg_trigger p ON p.oid = g.tgparentid
      WHERE CASE WHEN g.tgparentid = 0 THEN NOT g.tgisinternal ELSE g.tgenabled <> p.tgenabled OR obj_description(g.oid, 'pg_trigger') IS NOT NULL END
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.oid = g.tgconstraint AND k.contype <> 't')`,
  }),
  familySelect({
    catalog: 'pg_rewrite',
    oid: 'r.oid',
    kind: `'rule'`,
    path: onTable('r.rulename'),
    name: 'r.rulename',
    parent: key('pg_class', 's.oid'),
    definition: {
      definition: 'pg_get_ruledef(r.oid, true)',
      enabled: enabled('r.ev_enabled'),
    },
    from: `FROM relation s JOIN pg_rewrite r ON r.ev_class = s.oid WHERE r.rulename <> '_RETURN'`,
  }),
  familySelect({
    catalog: 'pg_policy',
    oid: 'p.oid',
    kind: `'policy'`,
    path: onTable('p.polname'),
    name: 'p.polname',
    parent: key('pg_class', 's.oid'),
    definition: {
      command: worded('p.polcmd', { '*': 'all', r: 'select', a: 'insert', w: 'update', d: 'delete' }),
      permissive: 'p.polpermissive',
      roles: `(SELECT jsonb_agg(name ORDER BY name COLLATE "C") FROM (SELECT CASE WHEN r = 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(p.polroles) r) role(name))`,
      using: 'pg_get_expr(p.polqual, p.polrelid)',
      check: 'pg_get_expr(p.polwithcheck, p.polrelid)',
    },
    from: 'FROM relation s JOIN pg_policy p ON p.polrelid = s.oid',
  }),
])

/** Statistics objects (CREATE STATISTICS), which may stand in another schema than their table. */
export const statistics = family('statistics', ({ version }) => [
  familySelect({
    catalog: 'pg_statistic_ext',
    oid: 'x.oid',
    kind: `'statistics'`,
    path: 's.prefix || quote_ident(x.stxname)',
    name: 'x.stxname',
    parent: key('pg_class', 'x.stxrelid'),
    definition: {
      table: 'x.stxrelid::regclass::text',
      kinds: `(SELECT jsonb_agg(${worded('k', { d: 'ndistinct', f: 'dependencies', m: 'mcv', e: 'expressions' })} ORDER BY k) FROM unnest(x.stxkind) k)`,
      // By name: PostgreSQL keeps them in the table's order, which a column that goes and comes back changes.
      columns: `(SELECT jsonb_agg(a.attname ORDER BY a.attname COLLATE "C") FROM unnest(x.stxkeys::int2[]) key(attnum)
        JOIN pg_attribute a ON a.attrelid = x.stxrelid AND a.attnum = key.attnum)`,
      expressions: 'to_jsonb(pg_get_statisticsobjdef_expressions(x.oid))',
      statistics: version >= 17 ? 'x.stxstattarget' : 'nullif(x.stxstattarget, -1)',
    },
    from: listed('pg_statistic_ext', 'stxnamespace'),
  }),
])
