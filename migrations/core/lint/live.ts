import type { ClientBase } from 'pg'

/** How large a table is where it matters. */
export interface LiveSize {
  readonly bytes: number
  /** The planner's estimate; null for a table that was never analyzed. */
  readonly rows: number | null
}

/**
 * Sizes of all tables of some schemas, by `schema.name`; a partitioned table counts its partitions. Reads catalogs
 * only: no table is touched.
 */
export async function liveSizes(
  client: ClientBase,
  schemas: readonly string[],
): Promise<ReadonlyMap<string, LiveSize>> {
  const { rows } = await client.query<{ name: string; bytes: string; rows: number | null }>(
    `SELECT n.nspname || '.' || c.relname AS name,
       CASE WHEN c.relkind = 'p' THEN parts.bytes ELSE pg_table_size(c.oid) END::text AS bytes,
       CASE WHEN c.relkind = 'p' THEN parts.rows WHEN c.reltuples >= 0 THEN c.reltuples END::float8 AS rows
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(pg_table_size(p.oid)), 0) AS bytes, sum(greatest(p.reltuples, 0)) AS rows
       FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid WHERE t.isleaf
     ) AS parts
     WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname = ANY ($1)`,
    [schemas],
  )
  return new Map(rows.map(({ name, bytes, rows: count }) => [name, { bytes: Number(bytes), rows: count }]))
}
