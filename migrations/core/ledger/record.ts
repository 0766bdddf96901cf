import type { ClientBase } from 'pg'
import { asText, type OwnStatement, ownSql, quoteIdent, raw } from '../postgres/index.ts'
import { ledgerRows } from './read.ts'
import { utcSql } from './tables.ts'

/** The newest entry of the log about a target schema that is done. */
export interface LastEntry {
  readonly direction: 'upgrade' | 'downgrade' | 'stamp'
  readonly revision: string
  /** ISO 8601. */
  readonly at: string
  readonly who: string
  /** The rows of `version` after it; null in the log of an older version of the tool. */
  readonly heads: readonly string[] | null
  /** `digestOf` all that was applied after it; null in the log of an older version of the tool. */
  readonly applied: string | null
  /** Whether the target schema had objects after it; null in the log of an older version of the tool. */
  readonly objects: boolean | null
}

/** What a database knows of one target schema. */
export interface SchemaRecord {
  readonly targetSchema: string
  /** Its rows of `version`. */
  readonly rows: readonly string[]
  /** Null where the log has nothing of it. */
  readonly last: LastEntry | null
  readonly exists: boolean
  /** Whether the role may use the schema. */
  readonly usable: boolean
  /** Whether anything is in the schema. */
  readonly hasObjects: boolean
  /** Whether a revision is half done there. */
  readonly halfDone: boolean
}

/**
 * Reads what the ledger and the catalog say of target schemas: one query, however many there are.
 * @throws MigError `no-permission`, `foreign-ledger`
 */
export async function readRecords(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas: readonly string[],
): Promise<ReadonlyMap<string, SchemaRecord>> {
  if (targetSchemas.length === 0) return new Map()
  const ask = (tables: Tables) =>
    ledgerRows<RecordRow>(client, ledgerSchema, recordsSql(ledgerSchema, tables), [targetSchemas])
  const all = await ask(every).catch((error: unknown) => {
    // undefined_column: the log is of an older version of the tool.
    if (error instanceof Error && 'code' in error && error.code === '42703') return []
    throw error
  })
  const rows = all.length > 0 ? all : await ask(await tablesThatAreThere(client, ledgerSchema))
  return new Map(rows.map((row) => [row.targetSchema, recordOf(row)]))
}

/** Which of the ledger's tables are there. */
interface Tables {
  readonly version: boolean
  readonly log: boolean
  readonly progress: boolean
  /** Whether the log has the columns that say what a step has left. */
  readonly left: boolean
}

const every: Tables = { version: true, log: true, progress: true, left: true }

/** No ledger was made yet, or a table of it was dropped or is of an older version: what is left still tells. */
async function tablesThatAreThere(client: ClientBase, ledgerSchema: string): Promise<Tables> {
  const names = ['version', 'log', 'progress'].map((table) => `${quoteIdent(ledgerSchema)}.${table}`)
  const { rows } = await client.query<Tables>(
    `SELECT to_regclass($1) IS NOT NULL AS version, to_regclass($2) IS NOT NULL AS log, to_regclass($3) IS NOT NULL AS progress,
            EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = to_regclass($2) AND attname = 'objects' AND NOT attisdropped) AS left`,
    names,
  )
  return rows[0] ?? { version: false, log: false, progress: false, left: false }
}

interface RecordRow extends Omit<SchemaRecord, 'last'>, Omit<LastEntry, 'direction'> {
  readonly direction: LastEntry['direction'] | null
}

function recordOf(row: RecordRow): SchemaRecord {
  const { direction, revision, at, who, heads, applied, objects, ...record } = row
  const last = direction === null ? null : { direction, revision, at, who, heads, applied, objects }
  return { ...record, last }
}

/**
 * Index probes for each name. The sub-select hides how many names there are: the planner, which would see ten
 * thousand, compiles the query (JIT) for longer than it runs. An object in a schema depends on it in pg_depend
 * (manual, 52.18), which has an index by what is depended on; pg_class has none by schema.
 */
function recordsSql(ledgerSchema: string, tables: Tables): string {
  const mig = quoteIdent(ledgerSchema)
  const rows = tables.version
    ? `ARRAY(SELECT revision FROM ${mig}.version WHERE target_schema = asked.name ORDER BY revision)`
    : `ARRAY[]::text[]`
  const halfDone = tables.progress
    ? `EXISTS (SELECT FROM ${mig}.progress WHERE target_schema = asked.name)`
    : 'false'
  const nothing = 'NULL::text[] AS heads, NULL::text AS applied, NULL::boolean AS objects'
  const left = tables.left ? 'heads, applied, objects' : nothing
  const last = tables.log
    ? `SELECT direction, revision, ${utcSql('at')} AS at, who, ${left} FROM ${mig}.log
       WHERE target_schema = asked.name AND outcome = 'done' ORDER BY id DESC LIMIT 1`
    : `SELECT NULL::text AS direction, NULL::text AS revision, NULL::text AS at, NULL::text AS who, ${nothing}`
  return `SELECT asked.name AS "targetSchema", ${rows} AS rows, ${halfDone} AS "halfDone", last.*,
  n.oid IS NOT NULL AS exists, coalesce(pg_catalog.has_schema_privilege(n.oid, 'USAGE'), false) AS usable,
  ${asText(hasObjects(raw('n.oid')))} AS "hasObjects"
FROM unnest((SELECT $1::text[])) AS asked (name)
LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = asked.name::name AND octet_length(asked.name) < 64
LEFT JOIN LATERAL (${last}) AS last ON true`
}

/** Whether anything is in a schema, as SQL. @param oid the schema's, as an expression */
export function hasObjects(oid: OwnStatement): OwnStatement {
  return ownSql`coalesce((SELECT true FROM pg_catalog.pg_depend AS d WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.refobjid = ${oid} LIMIT 1), false)`
}

/** One entry of the log that bears on what is applied. */
export interface LoggedStep {
  readonly targetSchema: string
  readonly direction: 'upgrade' | 'downgrade' | 'stamp'
  readonly revision: string
  readonly heads: readonly string[] | null
  /** Of a stamp: the revisions that it says are applied. */
  readonly covered: readonly string[] | null
}

/**
 * The log's last stamp of each target schema, and after it the last entry of each revision: what it says is applied.
 * @throws MigError `no-permission`
 */
export async function readLoggedSteps(
  client: ClientBase,
  ledgerSchema: string,
  targetSchemas: readonly string[],
): Promise<readonly LoggedStep[]> {
  if (targetSchemas.length === 0) return []
  const log = `${quoteIdent(ledgerSchema)}.log`
  return ledgerRows(
    client,
    ledgerSchema,
    `WITH stamp AS (
       SELECT target_schema, max(id) AS id FROM ${log}
       WHERE target_schema = ANY($1) AND outcome = 'done' AND direction = 'stamp' GROUP BY target_schema)
     SELECT e.target_schema AS "targetSchema", e.direction, e.revision, to_jsonb(e)->'heads' AS heads,
            to_jsonb(e)->'covered' AS covered
     FROM (
       SELECT DISTINCT ON (l.target_schema, l.direction = 'stamp', l.revision) l.*
       FROM ${log} AS l LEFT JOIN stamp ON stamp.target_schema = l.target_schema
       WHERE l.target_schema = ANY($1) AND l.outcome = 'done' AND l.id >= coalesce(stamp.id, 0)
       ORDER BY l.target_schema, l.direction = 'stamp', l.revision, l.id DESC
     ) AS e ORDER BY e.id`,
    [targetSchemas],
  )
}
