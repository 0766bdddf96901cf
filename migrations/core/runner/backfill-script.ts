import { dollarQuoted } from '../operations/index.ts'
import { quoteLiteral } from '../postgres/index.ts'
import { mostPasses } from './backfill-spec.ts'
import {
  type BackfillShape,
  batchSettings,
  condition,
  ended,
  keyColumnsSql,
  leftSql,
} from './backfill-sql.ts'

/**
 * The backfill as a DO block that commits each batch, for a script. It must run outside a transaction; it finds the
 * key's columns by itself, and ends as a run does: with an error where rows that need it are left.
 */
export function backfillScript(
  { tableSql, set, where }: Omit<BackfillShape, 'key'>,
  key: readonly string[] | undefined,
  { batchSize, pause }: { readonly batchSize: number; readonly pause: number },
): string {
  const table = quoteLiteral(tableSql)
  const settings = Object.entries(batchSettings).map(
    ([name, value]) => `set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true)`,
  )
  const sleep = pause === 0 ? '' : `\n    PERFORM pg_sleep(${pause / 1000});`
  const update = `UPDATE ${tableSql} SET ${ended(set)} WHERE ${condition(where)}`
  return `DO ${dollarQuoted(
    `
DECLARE
  columns text;
  texts text;
  nulls text;
  bounds text[];
  after text[];
  edge text[];
  batch bigint;
  updated bigint := 0;
  passes integer := 1;
  found boolean;
BEGIN
  SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.place), string_agg(quote_ident(k.name) || '::text', ', ' ORDER BY k.place),
    string_agg(quote_ident(k.name) || ' IS NULL', ' OR ') FILTER (WHERE k.nullable),
    ARRAY[string_agg(format('($1)[%s]::%s', k.place, k.value), ', ' ORDER BY k.place), string_agg(format('($2)[%s]::%s', k.place, k.value), ', ' ORDER BY k.place)]
    INTO columns, texts, nulls, bounds
    FROM (SELECT name, nullable, type || coalesce(' COLLATE ' || key_columns.collation, '') AS value, row_number() OVER () AS place
      FROM (${keyColumnsSql(tableSql, key)}) AS key_columns) AS k;
  IF columns IS NULL THEN
    RAISE EXCEPTION 'just-mig: % has no primary key, and the backfill names no key', ${table};
  END IF;
  IF nulls IS NOT NULL THEN
    EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE (%s) AND ', ${table}, nulls) || ${quoteLiteral(`${condition(where)})`)} INTO found;
    IF found THEN
      RAISE EXCEPTION 'just-mig: rows of % that need the backfill have a NULL in its key', ${table};
    END IF;
  END IF;
  LOOP
    PERFORM ${settings.join(', ')};
    EXECUTE format('SELECT ARRAY[%s] FROM %s WHERE $1 IS NULL OR (%s) > (%s) ORDER BY %s OFFSET ${batchSize - 1} LIMIT 1', texts, ${table}, columns, bounds[1], columns)
      INTO edge USING after;
    EXECUTE ${quoteLiteral(update)}
      || CASE WHEN after IS NULL THEN '' ELSE format(' AND (%s) > (%s)', columns, bounds[1]) END
      || CASE WHEN edge IS NULL THEN '' ELSE format(' AND (%s) <= (%s)', columns, bounds[2]) END USING after, edge;
    GET DIAGNOSTICS batch = ROW_COUNT;
    COMMIT;${sleep}
    updated := updated + batch;
    after := edge;
    IF edge IS NULL THEN
      EXECUTE ${quoteLiteral(leftSql({ tableSql, set, where }))} INTO found;
      EXIT WHEN NOT found;
      IF updated = 0 OR passes = ${mostPasses} THEN
        RAISE EXCEPTION 'just-mig: rows of % still need the backfill after % passes', ${table}, passes;
      END IF;
      updated := 0;
      passes := passes + 1;
    END IF;
  END LOOP;
END
`,
    'mig',
  )}`
}
