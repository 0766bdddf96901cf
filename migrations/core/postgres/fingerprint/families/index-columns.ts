/**
 * SQL for the key and INCLUDE columns of index `i`, each as CREATE INDEX has it, with what differs from the
 * default: collation, operator class and its options, order, statistics target (manual, CREATE INDEX).
 * Under `s`, the scope's row.
 */
export function indexColumns(version: number): string {
  const statistics = version >= 17 ? 'ia.attstattarget' : 'nullif(ia.attstattarget, -1)'
  return `(SELECT jsonb_agg(pg_get_indexdef(i.indexrelid, n, false)
      || CASE WHEN n > i.indnkeyatts THEN ' INCLUDE' ELSE
        CASE WHEN i.indcollation[n - 1] NOT IN (0, 100) THEN ' COLLATE ' || i.indcollation[n - 1]::regcollation::text ELSE '' END
        || CASE WHEN oc.opcdefault AND oc.opcintype = ia.atttypid AND ia.attoptions IS NULL THEN ''
           ELSE ' ' || (CASE WHEN oc.opcnamespace = s.ns THEN s.prefix ELSE oc.opcnamespace::regnamespace::text || '.' END)
             || quote_ident(oc.opcname) END
        || coalesce(' (' || (SELECT string_agg(o, ', ' ORDER BY o COLLATE "C") FROM unnest(ia.attoptions) o) || ')', '')
        || CASE i.indoption[n - 1] & 3 WHEN 0 THEN '' WHEN 1 THEN ' DESC NULLS LAST' WHEN 2 THEN ' NULLS FIRST' ELSE ' DESC' END
      END || coalesce(' STATISTICS ' || ${statistics}, '') ORDER BY n)
    FROM generate_series(1, i.indnatts) n
      JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = n
      LEFT JOIN pg_opclass oc ON n <= i.indnkeyatts AND oc.oid = i.indclass[n - 1])`
}
