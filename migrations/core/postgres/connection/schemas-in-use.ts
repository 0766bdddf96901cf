import type { ClientBase } from 'pg'

/**
 * The schemas that hold something that is neither an extension's nor one of the given tables, in the order of their names.
 * @param ledgers tables of tools, without their schema
 */
export async function schemasInUse(
  client: ClientBase,
  ledgers: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await client.query<{ schema: string }>(
    `SELECT n.nspname AS schema FROM pg_namespace n
      WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
        AND EXISTS (
          SELECT FROM pg_depend d LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid
           WHERE d.refclassid = 'pg_namespace'::regclass AND d.refobjid = n.oid AND d.deptype = 'n'
             AND d.classid <> 'pg_extension'::regclass AND NOT coalesce(c.relname = ANY ($1), false)
             AND NOT EXISTS (SELECT FROM pg_depend m WHERE m.classid = d.classid AND m.objid = d.objid AND m.deptype = 'e')
             AND NOT EXISTS (SELECT FROM pg_depend o JOIN pg_class t ON t.oid = o.refobjid
                              WHERE o.classid = d.classid AND o.objid = d.objid AND o.refclassid = 'pg_class'::regclass
                                AND o.deptype IN ('a', 'i') AND t.relname = ANY ($1)))
      ORDER BY n.nspname`,
    [ledgers],
  )
  return rows.map((row) => row.schema)
}
