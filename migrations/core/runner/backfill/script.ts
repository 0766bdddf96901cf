import { dollarQuoted } from '../../operations/index.ts'
import { ownPath, quoteLiteral } from '../../postgres/index.ts'
import { mostPasses } from './spec.ts'
import { type BackfillShape, batchSettings, condition, ended, keyColumnsSql, leftSql } from './sql.ts'

/** The block's own expressions trust pg_catalog alone; the backfill's texts are the revision's. */
const toOwnPath = `PERFORM pg_catalog.set_config('search_path', '${ownPath}', false);`
const toTheirPath = `PERFORM pg_catalog.set_config('search_path', theirs, false);`

/**
 * The backfill as a DO block that commits each batch, for a script. It must run outside a transaction; it finds the
 * key's columns by itself, and ends as a run does: with an error where rows that need it are left.
 * @param atEnd a statement of plpgsql that the block comes to where nothing has failed
 */
export function backfillScript(
  { tableSql, set, where }: Omit<BackfillShape, 'key'>,
  key: readonly string[] | undefined,
  { batchSize, pause, atEnd }: { readonly batchSize: number; readonly pause: number; readonly atEnd: string },
): string {
  const table = quoteLiteral(tableSql)
  const settings = Object.entries(batchSettings).map(
    ([name, value]) => `pg_catalog.set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`,
  )
  const sleep = pause === 0 ? '' : `\n    PERFORM pg_catalog.pg_sleep(${pause / 1000});`
  const update = `UPDATE ${tableSql} SET ${ended(set)} WHERE ${condition(where)}`
  return `DO ${dollarQuoted(
    `
DECLARE
  columns text;
  texts text;
  nulls text;
  bounds text[];
  operators text[];
  theirs text := pg_catalog.current_setting('search_path');
  after text[];
  edge text[];
  batch bigint;
  updated bigint := 0;
  passes integer := 1;
  found boolean;
  query text;
BEGIN
  ${toOwnPath}
  SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.place), string_agg(quote_ident(k.name) || '::text', ', ' ORDER BY k.place),
    string_agg(quote_ident(k.name) || ' IS NULL', ' OR ') FILTER (WHERE k.nullable),
    ARRAY[string_agg(format('($1)[%s]::%s', k.place, k.value), ', ' ORDER BY k.place), string_agg(format('($2)[%s]::%s', k.place, k.value), ', ' ORDER BY k.place)],
    CASE WHEN count(DISTINCT k.operators) = 1 THEN ARRAY[format('OPERATOR(%s.>)', min(k.operators)), format('OPERATOR(%s.<=)', min(k.operators))] ELSE ARRAY['>', '<='] END
    INTO columns, texts, nulls, bounds, operators
    FROM (SELECT name, nullable, key_columns.operators, type || coalesce(' COLLATE ' || key_columns.collation, '') AS value, row_number() OVER () AS place
      FROM (${keyColumnsSql(tableSql, key)}) AS key_columns) AS k;
  IF columns IS NULL THEN
    RAISE EXCEPTION 'just-mig: % has no primary key, and the backfill names no key', ${table};
  END IF;
  IF nulls IS NOT NULL THEN
    query := format('SELECT EXISTS (SELECT FROM %s WHERE (%s) AND ', ${table}, nulls) || ${quoteLiteral(`${condition(where)})`)};
    ${toTheirPath}
    EXECUTE query INTO found;
    ${toOwnPath}
    IF found THEN
      RAISE EXCEPTION 'just-mig: rows of % that need the backfill have a NULL in its key', ${table};
    END IF;
  END IF;
  LOOP
    PERFORM ${settings.join(', ')};
    EXECUTE format('SELECT ARRAY[%s] FROM %s WHERE $1 IS NULL OR (%s) %s (%s) ORDER BY %s OFFSET ${batchSize - 1} LIMIT 1', texts, ${table}, columns, operators[1], bounds[1], columns)
      INTO edge USING after;
    query := ${quoteLiteral(update)}
      || CASE WHEN after IS NULL THEN '' ELSE format(' AND (%s) %s (%s)', columns, operators[1], bounds[1]) END
      || CASE WHEN edge IS NULL THEN '' ELSE format(' AND (%s) %s (%s)', columns, operators[2], bounds[2]) END;
    ${toTheirPath}
    EXECUTE query USING after, edge;
    GET DIAGNOSTICS batch = ROW_COUNT;
    ${toOwnPath}
    COMMIT;${sleep}
    updated := updated + batch;
    after := edge;
    IF edge IS NULL THEN
      ${toTheirPath}
      EXECUTE ${quoteLiteral(leftSql({ tableSql, set, where }))} INTO found;
      ${toOwnPath}
      EXIT WHEN NOT found;
      IF updated = 0 OR passes = ${mostPasses} THEN
        RAISE EXCEPTION 'just-mig: rows of % still need the backfill after % passes', ${table}, passes;
      END IF;
      updated := 0;
      passes := passes + 1;
    END IF;
  END LOOP;
  ${toTheirPath}
  ${atEnd}
END
`,
    'mig',
  )}`
}
