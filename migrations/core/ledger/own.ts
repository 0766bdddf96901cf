import { quoteLiteral } from '../postgres/index.ts'

/** The columns of the ledger's tables with their types. */
const ownColumns = {
  version: { target_schema: 'text', revision: 'text' },
  log: {
    ...{
      id: 'bigint',
      at: 'timestamp with time zone',
      who: 'text',
      host: 'text',
      direction: 'text',
      line: 'text',
    },
    ...{ revision: 'text', target_schema: 'text', duration_ms: 'double precision', checksum: 'text' },
    ...{ outcome: 'text', error: 'text', tool_version: 'text', step: 'uuid' },
    ...{ heads: 'text[]', applied: 'text', covered: 'text[]', objects: 'boolean' },
  },
  progress: {
    ...{ target_schema: 'text', revision: 'text', direction: 'text', line: 'text', statement: 'integer' },
    ...{ digest: 'text', checksum: 'text', pending: 'jsonb', backfill: 'jsonb', host: 'text' },
    ...{ started_at: 'timestamp with time zone', updated_at: 'timestamp with time zone' },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

/** What the ledger's columns have for a default, as PostgreSQL writes it. */
const defaults = ['clock_timestamp()', 'SESSION_USER']

/** The check of the log's outcome, as PostgreSQL writes it. */
export const outcomeCheck = `CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text, 'interrupted'::text])))`

/** The ledger's checks, as PostgreSQL writes them, with those that older versions of the tool have made. */
const checks = [
  outcomeCheck,
  `CHECK ((direction = ANY (ARRAY['upgrade'::text, 'downgrade'::text, 'stamp'::text])))`,
  `CHECK ((direction = ANY (ARRAY['upgrade'::text, 'downgrade'::text])))`,
  `CHECK ((outcome = ANY (ARRAY['done'::text, 'failed'::text])))`,
]

const list = (texts: readonly string[]) => texts.map(quoteLiteral).join(', ')

/**
 * Whose triggers, rules and defaults may run as the current role: its own; those of a role that may become it anyway,
 * as a superuser; and those of a role without login that it is in, which nobody but an administrator has put it in
 * (up to PostgreSQL 15 a role may grant itself to others).
 * @param owner the oid of a role, as SQL
 */
function isTrusted(owner: string): string {
  return `(SELECT o.oid = me.oid OR pg_catalog.pg_has_role(o.oid, me.oid, 'MEMBER')
      OR (NOT o.rolcanlogin AND NOT me.rolsuper AND pg_catalog.pg_has_role(me.oid, o.oid, 'MEMBER'))
    FROM pg_catalog.pg_roles AS o, pg_catalog.pg_roles AS me WHERE me.rolname = current_user AND o.oid = CASE
      WHEN ${owner} = (SELECT g.oid FROM pg_catalog.pg_roles AS g WHERE g.rolname = 'pg_database_owner')
      THEN (SELECT datdba FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) ELSE ${owner} END)`
}

const roleName = (oid: string) =>
  `(SELECT pg_catalog.quote_ident(rolname) FROM pg_catalog.pg_roles WHERE oid = ${oid})`

const kinds = `CASE c.relkind WHEN 'v' THEN 'a view' WHEN 'm' THEN 'a materialized view' WHEN 'f' THEN 'a foreign table'
      WHEN 'S' THEN 'a sequence' WHEN 'i' THEN 'an index' WHEN 'c' THEN 'a type' WHEN 'p' THEN 'a partitioned table' ELSE 'no table' END`

/** What makes a table one that may run other code than ours, in the order in which it is told; as SQL, NULL for nothing. */
const foreignParts = `coalesce(
    CASE WHEN c.relkind <> 'r' THEN 'it is ' || ${kinds} END,
    (SELECT 'it has no column ' || lacking.name FROM pg_catalog.unnest(wanted.needed) AS lacking (name)
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname::text = lacking.name AND a.attnum > 0 AND NOT a.attisdropped) LIMIT 1),
    (SELECT 'its column ' || pg_catalog.quote_ident(a.attname) || CASE
         WHEN a.attgenerated <> '' THEN ' is generated'
         WHEN d.adbin IS NOT NULL THEN ' has the default ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid)
         ELSE ' has the type ' || pg_catalog.format_type(a.atttypid, a.atttypmod) END
     FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
     LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
     WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attgenerated <> ''
       OR pg_catalog.pg_get_expr(d.adbin, d.adrelid) NOT IN (${list(defaults)})
       OR t.typnamespace <> 'pg_catalog'::pg_catalog.regnamespace
       OR pg_catalog.format_type(a.atttypid, a.atttypmod) <> coalesce(wanted.types ->> a.attname::text, pg_catalog.format_type(a.atttypid, a.atttypmod))) LIMIT 1),
    (SELECT 'it has trigger ' || pg_catalog.quote_ident(g.tgname) FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = c.oid LIMIT 1),
    (SELECT 'it has rule ' || pg_catalog.quote_ident(r.rulename) FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = c.oid LIMIT 1),
    (SELECT 'it has policy ' || pg_catalog.quote_ident(p.polname) FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid LIMIT 1),
    CASE WHEN c.relrowsecurity THEN 'it has row security' END,
    (SELECT 'it ' || CASE WHEN i.inhrelid = c.oid THEN 'inherits from ' || i.inhparent::pg_catalog.regclass::text ELSE 'is inherited by ' || i.inhrelid::pg_catalog.regclass::text END
     FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid = c.oid OR i.inhparent = c.oid LIMIT 1),
    (SELECT 'it has constraint ' || pg_catalog.quote_ident(k.conname) FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid
       AND k.contype NOT IN ('p', 'n', 'u') AND pg_catalog.pg_get_constraintdef(k.oid) NOT IN (${list(checks)}) LIMIT 1),
    (SELECT 'it has index ' || x.indexrelid::pg_catalog.regclass::text FROM pg_catalog.pg_index AS x WHERE x.indrelid = c.oid
       AND (x.indexprs IS NOT NULL OR x.indpred IS NOT NULL OR EXISTS (SELECT FROM pg_catalog.pg_opclass AS oc
         WHERE oc.oid = ANY (x.indclass::pg_catalog.oid[]) AND oc.opcnamespace <> 'pg_catalog'::pg_catalog.regnamespace)) LIMIT 1))`

/** Which columns a table is told by, where an older version of the tool has made it. */
const oldest = {
  version: ['target_schema', 'revision'],
  log: ['revision', 'target_schema', 'direction', 'outcome', 'tool_version'],
  progress: ['target_schema', 'revision', 'statement', 'digest'],
} as const

/** A block that fails where a table of the ledger is not ours, or belongs to a role that is not trusted. */
export function ownLedgerGuard(ledgerSchema: string): string {
  const body = `DECLARE why text;
BEGIN
  PERFORM pg_catalog.set_config('quote_all_identifiers', 'off', true);
  SELECT pg_catalog.format('just-mig: %I.%I is not the ledger of this login: %s', ${quoteLiteral(ledgerSchema)}::text, f."table",
      coalesce(f."foreign", 'it belongs to role ' || coalesce(f."schemaOwner", f.owner))) INTO why
    FROM (${ownTablesSql(ledgerSchema)}) AS f WHERE f."foreign" IS NOT NULL OR f."schemaOwner" IS NOT NULL OR f.owner IS NOT NULL LIMIT 1;
  IF why IS NOT NULL THEN RAISE EXCEPTION USING message = why; END IF;
END`
  return `DO ${quoteLiteral(body)}`
}

/**
 * SQL that gives for each table of the ledger its name, its kind (NULL where there is none), its columns and checks, what of it is
 * not ours as `foreign`, and which role that is not trusted owns it or the schema as `owner`; NULL for what is right.
 */
export function ownTablesSql(ledgerSchema: string): string {
  const wanted = Object.entries(ownColumns).map(([table, types]) => {
    const needed = list(oldest[table as keyof typeof ownColumns])
    return `(${quoteLiteral(table)}, ARRAY[${needed}], ${quoteLiteral(JSON.stringify(types))}::pg_catalog.jsonb)`
  })
  return `SELECT wanted.name AS table, c.relkind::text AS kind,
    ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
    ARRAY(SELECT pg_catalog.pg_get_constraintdef(k.oid) FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c') AS checks,
    CASE WHEN c.oid IS NOT NULL THEN ${foreignParts} END AS "foreign",
    CASE WHEN NOT ${isTrusted('n.nspowner')} THEN ${roleName('n.nspowner')} END AS "schemaOwner",
    CASE WHEN NOT ${isTrusted('c.relowner')} THEN ${roleName('c.relowner')} END AS owner
  FROM (VALUES ${wanted.join(', ')}) AS wanted (name, needed, types)
  LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = ${quoteLiteral(ledgerSchema)}::pg_catalog.name
  LEFT JOIN pg_catalog.pg_class AS c ON c.relname = wanted.name::pg_catalog.name AND c.relnamespace = n.oid`
}
