import { quoteIdent, quoteLiteral } from '../postgres/index.ts'

/** A backfill's statements; names and texts are ready to stand in SQL. */
export interface BackfillShape {
  /** The quoted table. */
  readonly tableSql: string
  readonly set: string
  readonly where: string
  readonly key: readonly KeyColumn[]
}

export interface KeyColumn {
  readonly name: string
  /** As `format_type` writes it. */
  readonly type: string
}

/** The key of the `batchSize`-th row after a key, as text; no row where fewer are left. Parameters: the key. */
export function edgeSql({ tableSql, key }: BackfillShape, after: boolean, batchSize: number): string {
  const columns = key.map(({ name }) => quoteIdent(name))
  const from = after ? ` WHERE ${comparison(key, '>', 1)}` : ''
  return `SELECT ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] AS edge FROM ${tableSql}${from} ORDER BY ${columns.join(', ')} OFFSET ${batchSize - 1} LIMIT 1`
}

/** Updates the rows between two keys. Parameters: the key after which, then the one up to which, where given. */
export function updateSql(shape: BackfillShape, after: boolean, upTo: boolean): string {
  return `UPDATE ${shape.tableSql} SET ${shape.set} WHERE ${windowSql(shape, after, upTo)}`
}

/** Counts the rows between two keys that still need the update. */
export function remainingSql(shape: BackfillShape, after: boolean, upTo: boolean): string {
  return `SELECT count(*)::int AS rows FROM ${shape.tableSql} WHERE ${windowSql(shape, after, upTo)}`
}

/** Is any row of the table left? */
export function leftSql({ tableSql, where }: Pick<BackfillShape, 'tableSql' | 'where'>): string {
  return `SELECT EXISTS (SELECT FROM ${tableSql} WHERE ${condition(where)}) AS left`
}

/**
 * The backfill as a DO block that commits each batch, for a script. It must run outside a transaction; it finds the
 * primary key by itself where no key is given.
 */
export function backfillScript(
  { tableSql, set, where }: Omit<BackfillShape, 'key'>,
  key: readonly string[] | undefined,
  { batchSize, pause }: { readonly batchSize: number; readonly pause: number },
): string {
  const table = quoteLiteral(tableSql)
  const names =
    key === undefined
      ? `SELECT a.attname, a.atttypid, a.atttypmod, array_position(i.indkey::int2[], a.attnum) FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey) WHERE i.indrelid = ${table}::regclass AND i.indisprimary`
      : `SELECT a.attname, a.atttypid, a.atttypmod, array_position(ARRAY[${key.map(quoteLiteral).join(', ')}]::name[], a.attname) FROM pg_attribute AS a WHERE a.attrelid = ${table}::regclass AND a.attname IN (${key.map(quoteLiteral).join(', ')})`
  const sleep = pause === 0 ? '' : `\n    PERFORM pg_sleep(${pause / 1000});`
  return `DO ${dollarQuoted(`
DECLARE
  columns text;
  texts text;
  bounds text[];
  after text[];
  edge text[];
  batch bigint;
  pass bigint := 0;
  remaining boolean;
BEGIN
  SELECT string_agg(quote_ident(k.name), ', ' ORDER BY k.place), string_agg(quote_ident(k.name) || '::text', ', ' ORDER BY k.place),
    ARRAY[string_agg(format('($1)[%s]::%s', k.place_number, format_type(k.type, k.modifier)), ', ' ORDER BY k.place), string_agg(format('($2)[%s]::%s', k.place_number, format_type(k.type, k.modifier)), ', ' ORDER BY k.place)]
    INTO columns, texts, bounds
    FROM (SELECT name, type, modifier, place, row_number() OVER (ORDER BY place) AS place_number FROM (${names}) AS found (name, type, modifier, place)) AS k;
  IF columns IS NULL THEN
    RAISE EXCEPTION 'just-mig: % has no primary key, and the backfill names no key', ${table};
  END IF;
  LOOP
    EXECUTE format('SELECT ARRAY[%s] FROM %s WHERE $1 IS NULL OR (%s) > (%s) ORDER BY %s OFFSET ${batchSize - 1} LIMIT 1', texts, ${table}, columns, bounds[1], columns)
      INTO edge USING after;
    EXECUTE ${quoteLiteral(`UPDATE ${tableSql} SET ${set} WHERE ${condition(where)}`)}
      || CASE WHEN after IS NULL THEN '' ELSE format(' AND (%s) > (%s)', columns, bounds[1]) END
      || CASE WHEN edge IS NULL THEN '' ELSE format(' AND (%s) <= (%s)', columns, bounds[2]) END USING after, edge;
    GET DIAGNOSTICS batch = ROW_COUNT;
    COMMIT;${sleep}
    pass := pass + batch;
    after := edge;
    IF edge IS NULL THEN
      EXECUTE ${quoteLiteral(leftSql({ tableSql, where }))} INTO remaining;
      EXIT WHEN NOT remaining;
      IF pass = 0 THEN
        RAISE EXCEPTION 'just-mig: rows of % still need the backfill, and it does not change them', ${table};
      END IF;
      pass := 0;
    END IF;
  END LOOP;
END
`)}`
}

function windowSql({ key, where }: BackfillShape, after: boolean, upTo: boolean): string {
  return [
    ...(after ? [comparison(key, '>', 1)] : []),
    ...(upTo ? [comparison(key, '<=', after ? key.length + 1 : 1)] : []),
    condition(where),
  ].join(' AND ')
}

/** A row comparison, which an index on the columns answers (manual 9.25.5). */
function comparison(key: readonly KeyColumn[], operator: '>' | '<=', first: number): string {
  const columns = key.map(({ name }) => quoteIdent(name))
  const values = key.map(({ type }, at) => `$${first + at}::${type}`)
  return `(${columns.join(', ')}) ${operator} (${values.join(', ')})`
}

/** A condition of the user's in parentheses; a comment at its end must not take the rest with it. */
function condition(where: string): string {
  return `(${where}${/--[^\n]*$/.test(where) ? '\n' : ''})`
}

function dollarQuoted(body: string): string {
  let tag = '$mig$'
  for (let number = 1; body.includes(tag); number += 1) tag = `$mig${number}$`
  return `${tag}${body}${tag}`
}
