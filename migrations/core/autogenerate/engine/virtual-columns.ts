import type { ClientBase } from 'pg'

/** Virtual generated columns (PostgreSQL 18), as `schema\0table\0column`. */
export async function readVirtualColumns(client: ClientBase): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ key: string[] }>(`
    SELECT ARRAY[n.nspname, c.relname, a.attname]::text[] AS key
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE a.attgenerated = 'v' AND NOT a.attisdropped`)
  return new Set(rows.map((row) => row.key.join('\0')))
}
