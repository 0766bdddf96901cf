import type { ClientBase } from 'pg'

/** An object of a kind that the engine cannot compare. */
export interface Unmodeled {
  readonly kind: string
  readonly names: readonly string[]
}

/**
 * The base types of a database (manual, CREATE TYPE, Base Types) outside of extensions: their input and output are
 * functions in C, in a circle with the type, which the engine neither generates nor tells of. A shell type is one that has
 * only its name yet.
 */
export async function readBaseTypes(client: ClientBase): Promise<readonly Unmodeled[]> {
  const { rows } = await client.query<Unmodeled>(
    `SELECT CASE WHEN t.typisdefined THEN 'base type' ELSE 'shell type' END AS kind,
            array_agg(quote_ident(n.nspname) || '.' || quote_ident(t.typname) ORDER BY n.nspname, t.typname) AS names
     FROM pg_type t
     JOIN pg_namespace n ON n.oid = t.typnamespace
     WHERE t.oid >= 16384 AND (t.typtype = 'b' AND t.typcategory <> 'A' OR NOT t.typisdefined)
       AND NOT EXISTS (SELECT FROM pg_depend d
                       WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
     GROUP BY 1
     ORDER BY 1`,
  )
  return rows
}
