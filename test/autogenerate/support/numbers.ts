import type { Client } from 'pg'

/** Where a column that takes its values from a sequence stands. */
export interface Numbered {
  /** `schema.table.column` */
  readonly column: string
  /** How far from zero the sequence is, which it may not come back to. */
  readonly passed: string
  /** Whether a row has the value already that the next INSERT gets. */
  readonly taken: boolean
}

/** The identity columns and those with a default of `nextval` in the tables of the cases, partitions aside. */
export async function numbered(client: Client): Promise<readonly Numbered[]> {
  // Planned once in a session.
  const { rows } = await client.query<{ column: string; name: string; table: string; sequence: string }>({
    name: 'numbered',
    text: `
    SELECT DISTINCT n.nspname || '.' || c.relname || '.' || a.attname AS column, quote_ident(a.attname) AS name,
           format('%I.%I', n.nspname, c.relname) AS table, format('%I.%I', sn.nspname, s.relname) AS sequence
    FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p') AND NOT c.relispartition
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname LIKE 'rfx\\_%'
    LEFT JOIN pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
    JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.deptype = 'i' AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum
      OR d.classid = 'pg_attrdef'::regclass AND d.objid = ad.oid AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class s ON s.relkind = 'S' AND s.oid IN (d.objid, d.refobjid)
    JOIN pg_namespace sn ON sn.oid = s.relnamespace
    WHERE NOT a.attisdropped
    ORDER BY 1`,
  })
  const found: Numbered[] = []
  for (const { column, name, table, sequence } of rows) {
    const position = await client.query<{ passed: string; taken: boolean }>(
      `SELECT abs(next) AS passed, EXISTS (SELECT FROM ${table} WHERE ${name} = next) AS taken
       FROM (SELECT last_value + CASE WHEN is_called THEN sign(seqincrement)::bigint ELSE 0 END AS next
             FROM ${sequence}, pg_sequence WHERE seqrelid = '${sequence.replaceAll("'", "''")}'::regclass) p`,
    )
    const [first] = position.rows
    if (first !== undefined) found.push({ column, ...first })
  }
  return found
}
