import { enabled, family, familySelect, key } from '../sql.ts'
import { indexColumns, indexState } from './indexes.ts'

/** Primary key, unique, check, foreign key and exclusion constraints of tables, and the checks of domains. */
export const constraints = family('constraints', (scope) => [
  familySelect({
    catalog: 'pg_constraint',
    oid: 'k.oid',
    kind: `'constraint'`,
    path: `s.prefix || quote_ident(s.relname) || '.' || quote_ident(k.conname)`,
    name: 'k.conname',
    parent: key('pg_class', 's.oid'),
    definition: {
      // An exclusion constraint's text has the index options in the order they were given, so it is taken apart.
      definition: `CASE WHEN k.contype <> 'x' THEN pg_get_constraintdef(k.oid) END`,
      exclude: `CASE WHEN k.contype = 'x' THEN ${indexColumns(scope.version)} END`,
      operators: `CASE WHEN k.contype = 'x' THEN to_jsonb(k.conexclop::regoperator[]::text[]) END`,
      method: `CASE WHEN k.contype = 'x' THEN (SELECT amname FROM pg_am WHERE pg_am.oid = ic.relam) END`,
      predicate: `CASE WHEN k.contype = 'x' THEN pg_get_expr(i.indpred, i.indrelid) END`,
      deferrable: `CASE WHEN k.contype = 'x' THEN nullif(k.condeferrable, false) END`,
      deferred: `CASE WHEN k.contype = 'x' THEN nullif(k.condeferred, false) END`,
      inherited: 'CASE WHEN k.coninhcount > 0 THEN true END',
      ...indexState('ic'),
      // ALTER TABLE … DISABLE TRIGGER ALL switches these off without a trace in pg_constraint.
      triggers: `CASE WHEN k.contype = 'f' OR k.condeferrable THEN (SELECT jsonb_agg(p.proname || ' ' || ${enabled('g.tgenabled')} ORDER BY p.proname COLLATE "C", g.oid)
        FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O') END`,
    },
    from: `FROM relation s JOIN pg_constraint k ON k.conrelid = s.oid
      LEFT JOIN pg_index i ON k.contype IN ('p', 'u', 'x') AND i.indexrelid = k.conindid
      LEFT JOIN pg_class ic ON ic.oid = i.indexrelid
      WHERE k.contype IN ('p', 'u', 'c', 'x') OR k.contype = 'f' AND k.conparentid = 0`,
  }),
  familySelect({
    catalog: 'pg_constraint',
    oid: 'k.oid',
    kind: `'constraint'`,
    path: `''`,
    name: 'k.conname',
    parent: `CASE k.contype WHEN 'n' THEN ${key('pg_class', 'k.conrelid', 'k.conkey[1]')} WHEN 'f' THEN ${key('pg_constraint', 'k.conparentid')} END`,
    part: `CASE k.contype WHEN 'n' THEN 'not null' WHEN 'f' THEN 'partition ' || quote_ident(s.relname) || '.' || quote_ident(k.conname) ELSE 'constraint' END`,
    definition: 'NULL',
    from: `FROM relation s JOIN pg_constraint k ON k.conrelid = s.oid
      WHERE k.contype IN ('n', 't') OR k.contype = 'f' AND k.conparentid <> 0`,
  }),
  familySelect({
    catalog: 'pg_class',
    oid: 'i.indexrelid',
    kind: `'index'`,
    path: `''`,
    name: 'k.conname',
    parent: key('pg_constraint', 'k.oid'),
    part: `'index'`,
    definition: 'NULL',
    from: `FROM relation s JOIN pg_constraint k ON k.conrelid = s.oid JOIN pg_index i ON i.indexrelid = k.conindid
      WHERE k.contype IN ('p', 'u', 'x')`,
  }),
])
