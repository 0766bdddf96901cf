import type { ClientBase, QueryResult, QueryResultRow } from 'pg'
import { quoteIdentAlways } from '../../postgres/index.ts'
import type { Address } from './address.ts'

/** An object that depends on another and holds no data, so that it can be dropped and made again. */
export interface Dependent {
  /** In PostgreSQL's words, as pg_identify_object gives it. */
  readonly type: string
  readonly identity: string
  readonly schema: string | null
  /** The OID of the table or view that it is a part of. */
  readonly partOf: number | null
  readonly dropSql: string
}

/**
 * `expressions`: what reads the object in an expression (views, checks, predicates, policies, generated
 * columns). `all`: also foreign keys and plain indexes.
 */
export type Reach = 'expressions' | 'all'

/**
 * What depends on an object and holds no data, the farthest first: dropping them in this order needs no
 * CASCADE. Undefined when something among them does hold data (a column of a type, an inheriting table).
 */
export async function dependentsOf(
  client: ClientBase,
  root: Address,
  reach: Reach,
): Promise<readonly Dependent[] | undefined> {
  const rows = await qualified(client, () =>
    client.query<Row>(dependentsQuery, [root.classid, root.objid, root.objsubid]),
  )
  const found = new Map<string, Dependent>()
  for (const row of rows) {
    const dependent = dependentFrom(row, reach)
    if (dependent === 'holds data') return undefined
    if (dependent === undefined) continue
    // Seen again at a greater distance: later in the map, so earlier in the drop order.
    found.delete(dependent.dropSql)
    found.set(dependent.dropSql, dependent)
  }
  return [...found.values()].reverse()
}

/** Runs a query with an empty search_path, so that every name comes back with its schema. */
export async function qualified<R extends QueryResultRow>(
  client: ClientBase,
  query: () => Promise<QueryResult<R>>,
): Promise<readonly R[]> {
  const path = await client.query<{ path: string }>(
    `SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.set_config('search_path', '', true)`,
  )
  const { rows } = await query()
  await client.query(`SELECT pg_catalog.set_config('search_path', $1, true)`, [path.rows[0]?.path ?? ''])
  return rows
}

interface Row {
  readonly type: string
  readonly schema: string | null
  readonly identity: string
  readonly relation: string | null
  readonly partOf: number | null
  readonly relkind: string | null
  readonly name: string | null
  readonly contype: string | null
  readonly expression_index: boolean | null
  readonly domain: string | null
  readonly generated: boolean | null
  /** An array or row type: it goes where its element or its table goes. */
  readonly follows: boolean | null
}

/**
 * Walks pg_depend from one object. A view depends through its _RETURN rule, a default through pg_attrdef,
 * a constraint's index through the constraint: each is named by what a DROP would name.
 */
const dependentsQuery = `
  WITH RECURSIVE reach(classid, objid, objsubid, depth) AS (
    SELECT $1::oid, $2::oid, $3::int, 0
    UNION
    SELECT n.classid, n.objid, n.objsubid, reach.depth + 1
    FROM reach
    JOIN pg_depend d ON d.refclassid = reach.classid AND d.refobjid = reach.objid
      AND (reach.objsubid = 0 OR d.refobjsubid = reach.objsubid)
      AND (d.deptype = 'n' OR (d.deptype = 'a' AND reach.objsubid <> 0)
           -- the array of a type, the row type of a table
           OR (d.deptype = 'i' AND d.classid = 'pg_type'::regclass))
    CROSS JOIN LATERAL (
      SELECT CASE WHEN r.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass::oid END AS classid,
             coalesce(r.ev_class, d.objid) AS objid,
             CASE WHEN r.oid IS NULL THEN d.objsubid ELSE 0 END AS objsubid
      FROM (SELECT 1) one
      LEFT JOIN pg_rewrite r ON d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.rulename = '_RETURN'
    ) n
    WHERE reach.depth < 40
      AND NOT (n.classid = reach.classid AND n.objid = reach.objid)
      -- A dependent table column, or a whole table, ends the walk: it is judged by the caller.
      AND NOT (reach.depth > 0 AND reach.classid = 'pg_class'::regclass
               AND (SELECT relkind FROM pg_class WHERE oid = reach.objid) IN ('r', 'p', 'f', 'S'))
  ), inherited(conid, oid, parent) AS (
    SELECT c.oid, c.oid, c.conparentid
    FROM pg_constraint c JOIN reach ON reach.classid = 'pg_constraint'::regclass AND reach.objid = c.oid
    UNION
    SELECT i.conid, p.oid, p.conparentid FROM inherited i JOIN pg_constraint p ON p.oid = i.parent
  ), nearest AS (
    -- What a partition inherits, or has for each partition that it refers to, goes with the constraint of the whole.
    SELECT r.classid, coalesce(i.oid, r.objid) AS objid, r.objsubid, max(r.depth) AS depth
    FROM reach r
    LEFT JOIN inherited i ON r.classid = 'pg_constraint'::regclass AND i.conid = r.objid AND i.parent = 0
    WHERE r.depth > 0 GROUP BY 1, 2, 3
  )
  SELECT o.type, o.schema, o.identity,
         part.of::regclass::text AS relation, part.of AS "partOf",
         kc.relkind,
         coalesce(con.conname, tg.tgname, pol.polname, rule.rulename, da.attname, ca.attname) AS name,
         con.contype,
         (SELECT i.indexprs IS NOT NULL OR i.indpred IS NOT NULL FROM pg_index i WHERE i.indexrelid = kc.oid) AS expression_index,
         CASE WHEN con.contypid <> 0 THEN con.contypid::regtype::text END AS domain,
         coalesce(da.attgenerated, ca.attgenerated) <> '' AS generated,
         t.typrelid <> 0 OR t.typcategory = 'A' AS follows
  FROM nearest r
  CROSS JOIN LATERAL pg_identify_object(r.classid, r.objid, r.objsubid) o
  LEFT JOIN pg_class kc ON r.classid = 'pg_class'::regclass AND kc.oid = r.objid
  LEFT JOIN pg_class rc ON r.classid = 'pg_class'::regclass AND rc.oid = r.objid AND r.objsubid > 0
  LEFT JOIN pg_attribute ca ON ca.attrelid = rc.oid AND ca.attnum = r.objsubid
  LEFT JOIN pg_constraint con ON r.classid = 'pg_constraint'::regclass AND con.oid = r.objid
  LEFT JOIN pg_class cc ON cc.oid = con.conrelid
  LEFT JOIN pg_trigger tg ON r.classid = 'pg_trigger'::regclass AND tg.oid = r.objid
  LEFT JOIN pg_class tc ON tc.oid = tg.tgrelid
  LEFT JOIN pg_policy pol ON r.classid = 'pg_policy'::regclass AND pol.oid = r.objid
  LEFT JOIN pg_class pc ON pc.oid = pol.polrelid
  LEFT JOIN pg_rewrite rule ON r.classid = 'pg_rewrite'::regclass AND rule.oid = r.objid
  LEFT JOIN pg_class rw ON rw.oid = rule.ev_class
  LEFT JOIN pg_attrdef ad ON r.classid = 'pg_attrdef'::regclass AND ad.oid = r.objid
  LEFT JOIN pg_class dc ON dc.oid = ad.adrelid
  LEFT JOIN pg_type t ON r.classid = 'pg_type'::regclass AND t.oid = r.objid
    AND (t.typcategory = 'A' OR EXISTS (SELECT FROM pg_class k WHERE k.oid = t.typrelid AND k.relkind <> 'c'))
  LEFT JOIN pg_attribute da ON da.attrelid = ad.adrelid AND da.attnum = ad.adnum
  CROSS JOIN LATERAL (SELECT coalesce(rc.oid, cc.oid, tc.oid, pc.oid, rw.oid, dc.oid) AS of) part
  ORDER BY r.depth, o.identity`

function dependentFrom(row: Row, reach: Reach): Dependent | 'holds data' | undefined {
  const make = (dropSql: string): Dependent => ({
    type: row.type,
    identity: row.identity,
    schema: row.schema,
    partOf: row.partOf,
    dropSql,
  })
  const name = row.name === null ? '' : quoteIdentAlways(row.name)
  switch (row.type) {
    case 'view':
    case 'materialized view':
    case 'function':
    case 'procedure':
    case 'aggregate':
      return make(`DROP ${row.type.toUpperCase()} ${row.identity}`)
    case 'operator':
      return reach === 'all' ? make(`DROP OPERATOR ${row.identity}`) : undefined
    case 'statistics object':
      return make(`DROP STATISTICS ${row.identity}`)
    case 'index':
      return reach === 'all' || row.expression_index === true ? make(`DROP INDEX ${row.identity}`) : undefined
    case 'table constraint':
      if (reach === 'expressions' && (row.contype === 'f' || row.contype === 'p' || row.contype === 'u'))
        return undefined
      return row.contype === 'n' ? undefined : make(`ALTER TABLE ${row.relation} DROP CONSTRAINT ${name}`)
    case 'domain constraint':
      return make(`ALTER DOMAIN ${row.domain} DROP CONSTRAINT ${name}`)
    case 'trigger':
      return make(`DROP TRIGGER ${name} ON ${row.relation}`)
    case 'policy':
      return make(`DROP POLICY ${name} ON ${row.relation}`)
    case 'rule':
      return make(`DROP RULE ${name} ON ${row.relation}`)
    case 'default value':
      return row.generated === true
        ? make(`ALTER TABLE ${row.relation} DROP COLUMN ${name}`)
        : make(`ALTER TABLE ${row.relation} ALTER COLUMN ${name} DROP DEFAULT`)
    case 'table column':
      // A generated column is computed again; any other holds data.
      return row.generated === true ? make(`ALTER TABLE ${row.relation} DROP COLUMN ${name}`) : 'holds data'
    case 'view column':
    case 'materialized view column':
      return undefined
    case 'table':
    case 'foreign table':
      return 'holds data'
    case 'type':
    case 'composite type':
      return row.follows === true ? undefined : 'holds data'
    default:
      return undefined
  }
}
