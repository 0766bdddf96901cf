import type { ClientBase } from 'pg'
import { quoteLiteral } from '../postgres/index.ts'

/** PostgreSQL's table-level lock modes, the weakest first (manual, section 13.3.1). */
const modes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const

export interface RelationState {
  readonly oid: string
  /** `schema.name`, as it is called now. */
  readonly name: string
  /** The place of the strongest mode held among the modes, the weakest 0. */
  readonly strength: number
  /** Changes when the table is rewritten. */
  readonly file: string
  /** Sequential scans that the backend has begun. */
  readonly scans: number
}

/** What a backend holds at one moment. */
export interface LockObservation {
  readonly transaction: string
  /** Whether a transaction is open; what ran in none holds nothing any more. */
  readonly open: boolean
  readonly relations: ReadonlyMap<string, RelationState>
}

/** Whom a lock of this strength keeps waiting. */
export function blockedBy(strength: number): 'reads and writes' | 'writes' | 'nothing' {
  if (strength >= modes.indexOf('AccessExclusiveLock')) return 'reads and writes'
  return strength >= modes.indexOf('ShareLock') ? 'writes' : 'nothing'
}

/** The strength of a lock mode by its name in pg_locks. */
export function strengthOf(mode: (typeof modes)[number]): number {
  return modes.indexOf(mode)
}

/** A lock mode as the manual writes it. */
export function lockName(strength: number): string {
  const mode = modes[strength] ?? ''
  return mode
    .replace(/Lock$/, '')
    .replace(/(?!^)([A-Z])/g, ' $1')
    .toUpperCase()
}

/** Reads the locks on tables that this connection's transaction holds, the ledger's aside. */
export async function observe(client: ClientBase, ledgerSchema: string): Promise<LockObservation> {
  const { rows } = await client.query<{
    transaction: string
    open: boolean
    oid: string | null
    name: string
    modes: string[]
    file: string
    scans: string
  }>(
    // Without parameters, so that PostgreSQL gives a transaction of the query's own time.
    `SELECT extract(epoch FROM transaction_timestamp())::text AS transaction,
       transaction_timestamp() <> statement_timestamp() AS open, held.*
     FROM (VALUES (1)) AS one LEFT JOIN (
       SELECT c.oid::text, n.nspname || '.' || c.relname AS name, array_agg(l.mode) AS modes,
         coalesce(pg_relation_filenode(c.oid), 0)::text AS file, pg_stat_get_xact_numscans(c.oid)::text AS scans
       FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE l.pid = pg_backend_pid() AND l.granted AND l.locktype = 'relation' AND c.relkind IN ('r', 'p', 'm')
         AND c.oid >= 16384 AND n.nspname <> ${quoteLiteral(ledgerSchema)} AND n.nspname <> 'pg_toast'
       GROUP BY c.oid, n.nspname, c.relname
     ) AS held ON true`,
  )
  const relations = rows.flatMap(({ oid, name, modes: held, file, scans }): readonly RelationState[] => {
    if (oid === null) return []
    const strength = Math.max(...held.map((mode) => (modes as readonly string[]).indexOf(mode)))
    return [{ oid, name, strength, file, scans: Number(scans) }]
  })
  return {
    transaction: rows[0]?.transaction ?? '',
    open: rows[0]?.open ?? false,
    relations: new Map(relations.map((relation) => [relation.oid, relation])),
  }
}

/** What a table is like before anybody touches it. */
export type Baseline = ReadonlyMap<string, Pick<RelationState, 'file' | 'scans'>>

/** Reads file and scans of every table, so that what changes later shows. It must stand in no transaction. */
export async function readBaseline(client: ClientBase): Promise<Baseline> {
  // What this backend has counted so far goes to the statistics now, and not half way through (PostgreSQL 15).
  await client.query(
    `DO $$ BEGIN IF current_setting('server_version_num')::int >= 150000 THEN PERFORM pg_stat_force_next_flush(); END IF; END $$`,
  )
  const { rows } = await client.query<{ oid: string; file: string; scans: string }>(
    `SELECT oid::text, coalesce(pg_relation_filenode(oid), 0)::text AS file, pg_stat_get_xact_numscans(oid)::text AS scans
     FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND oid >= 16384`,
  )
  return new Map(rows.map(({ oid, file, scans }) => [oid, { file, scans: Number(scans) }]))
}
