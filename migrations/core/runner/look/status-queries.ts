import type { ClientBase } from 'pg'
import type { LockHolder } from '../../events.ts'
import { holderSql, utcSql } from '../../ledger/index.ts'
import { withoutQueryValues } from '../../postgres/index.ts'

/** An index that no query uses, since its build has not come to an end. */
export interface InvalidIndex {
  readonly schema: string
  readonly name: string
  readonly table: string
  /** The pid that builds it at this moment. */
  readonly builtBy: number | null
}

/** A session that does nothing and keeps its transaction, and so its locks. */
export interface IdleTransaction {
  readonly holder: LockHolder
  readonly schema: string
  readonly relations: readonly string[]
  /** Seconds. */
  readonly idleFor: number
}

/** A transaction of a two-phase commit that nobody has ended. */
export interface PreparedTransaction {
  readonly gid: string
  readonly schema: string
  readonly relations: readonly string[]
  /** ISO 8601, in UTC. */
  readonly preparedAt: string
}

/** The INVALID indexes of some schemas; those of a partitioned table wait for their partitions and do not count. */
export async function invalidIndexes(
  client: ClientBase,
  schemas: readonly string[],
): Promise<readonly InvalidIndex[]> {
  const { rows } = await client.query<InvalidIndex>(
    `SELECT n.nspname AS schema, c.relname AS name, t.relname AS "table",
            (SELECT pid FROM pg_stat_progress_create_index WHERE index_relid = c.oid LIMIT 1) AS "builtBy"
     FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indexrelid AND c.relkind = 'i'
     JOIN pg_class AS t ON t.oid = x.indrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE NOT x.indisvalid AND n.nspname = ANY($1) ORDER BY 1, 2`,
    [[...schemas]],
  )
  return rows
}

/** Other sessions that are idle in a transaction and hold locks on relations of some schemas. */
export async function idleTransactions(
  client: ClientBase,
  schemas: readonly string[],
): Promise<readonly IdleTransaction[]> {
  const { rows } = await client.query<LockHolder & Omit<IdleTransaction, 'holder'>>(
    `SELECT ${holderSql('a.xact_start')}, locked.schema, locked.relations,
            extract(epoch FROM clock_timestamp() - a.state_change)::int AS "idleFor"
     FROM pg_stat_activity AS a
     JOIN LATERAL (
       SELECT n.nspname AS schema, array_agg(DISTINCT c.relname::text ORDER BY c.relname::text) AS relations
       FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation JOIN pg_namespace AS n ON n.oid = c.relnamespace
       WHERE l.pid = a.pid AND l.locktype = 'relation' AND n.nspname = ANY($1)
         AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       GROUP BY n.nspname
     ) AS locked ON true
     WHERE a.state LIKE 'idle in transaction%' AND a.pid <> pg_backend_pid() ORDER BY a.xact_start`,
    [[...schemas]],
  )
  return rows.map(({ schema, relations, idleFor, ...holder }) => ({
    holder: withoutQueryValues(holder),
    schema,
    relations,
    idleFor,
  }))
}

/** Prepared transactions that hold locks on relations of some schemas; their locks have no pid. */
export async function preparedTransactions(
  client: ClientBase,
  schemas: readonly string[],
): Promise<readonly PreparedTransaction[]> {
  const { rows } = await client.query<PreparedTransaction>(
    `SELECT p.gid, n.nspname AS schema, ${utcSql('p.prepared')} AS "preparedAt",
            array_agg(DISTINCT c.relname::text ORDER BY c.relname::text) AS relations
     FROM pg_prepared_xacts AS p JOIN pg_locks AS l ON l.transactionid = p.transaction
     JOIN pg_locks AS r ON r.virtualtransaction = l.virtualtransaction AND r.locktype = 'relation'
     JOIN pg_class AS c ON c.oid = r.relation JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE p.database = current_database() AND r.pid IS NULL AND n.nspname = ANY($1)
     GROUP BY p.gid, n.nspname, p.prepared ORDER BY p.prepared`,
    [[...schemas]],
  )
  return rows
}
