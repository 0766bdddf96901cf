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
  /** The column's own collation as SQL, where it is not its type's. */
  readonly collation: string | null
  readonly nullable: boolean
}

/**
 * Settings of a batch's transaction, whatever the role's are: without statistics the planner might read the whole
 * table for each batch, and a key must come back from its text as it was (manual, section 20.11.2 and 20.13.1).
 */
export const batchSettings: Readonly<Record<string, string>> = {
  enable_seqscan: 'off',
  extra_float_digits: '1',
  array_nulls: 'on',
}

/** The key's columns in their order, as `KeyColumn`; those of the primary key where none is named. */
export function keyColumnsSql(tableSql: string, key: readonly string[] | undefined): string {
  const table = `${quoteLiteral(tableSql)}::regclass`
  // The columns behind INCLUDE are in indkey too.
  const places =
    key === undefined
      ? `SELECT k.attnum, k.place FROM pg_index, unnest(indkey::int2[]) WITH ORDINALITY AS k (attnum, place) WHERE indrelid = ${table} AND indisprimary AND k.place <= indnkeyatts`
      : `SELECT attnum, k.place FROM unnest(ARRAY[${key.map(quoteLiteral).join(', ')}]::name[]) WITH ORDINALITY AS k (name, place) JOIN pg_attribute ON attrelid = ${table} AND attname = k.name AND attnum > 0 AND NOT attisdropped`
  return `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
      (SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
       WHERE c.oid = a.attcollation AND a.attcollation <> t.typcollation) AS collation
    FROM (${places}) AS k JOIN pg_attribute AS a ON a.attrelid = ${table} AND a.attnum = k.attnum
    JOIN pg_type AS t ON t.oid = a.atttypid ORDER BY k.place`
}

/** The key of the `batchSize`-th row after a key, as text; no row where fewer are left. Parameters: the key. */
export function edgeSql({ tableSql, key }: BackfillShape, after: boolean, batchSize: number): string {
  const columns = key.map(({ name }) => quoteIdent(name))
  const from = after ? ` WHERE ${comparison(key, '>', 1)}` : ''
  return `SELECT ARRAY[${columns.map((column) => `${column}::text`).join(', ')}] AS edge FROM ${tableSql}${from} ORDER BY ${columns.join(', ')} OFFSET ${batchSize - 1} LIMIT 1`
}

/** Updates the rows between two keys. Parameters: the key after which, then the one up to which, where given. */
export function updateSql(shape: BackfillShape, after: boolean, upTo: boolean): string {
  return `UPDATE ${shape.tableSql} SET ${ended(shape.set)} WHERE ${windowSql(shape, after, upTo)}`
}

/** Counts the rows between two keys that still need the update. */
export function remainingSql(shape: BackfillShape, after: boolean, upTo: boolean): string {
  return `SELECT count(*)::int AS rows FROM ${shape.tableSql} WHERE ${windowSql(shape, after, upTo)}`
}

/** Is any row of the table left? */
export function leftSql({ tableSql, where }: Omit<BackfillShape, 'key'>): string {
  return `SELECT EXISTS (SELECT FROM ${tableSql} WHERE ${condition(where)}) AS left`
}

/** Does a row need the update that has a NULL in its key? No comparison of keys would ever reach it. */
export function nullKeySql({ tableSql, where, key }: BackfillShape): string | undefined {
  const nulls = key.flatMap(({ name, nullable }) => (nullable ? [`${quoteIdent(name)} IS NULL`] : []))
  if (nulls.length === 0) return undefined
  return `SELECT EXISTS (SELECT FROM ${tableSql} WHERE (${nulls.join(' OR ')}) AND ${condition(where)}) AS found`
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
  const values = key.map(
    ({ type, collation }, at) =>
      `$${first + at}::${type}${collation === null ? '' : ` COLLATE ${collation}`}`,
  )
  return `(${columns.join(', ')}) ${operator} (${values.join(', ')})`
}

/** A condition of the user's in parentheses. */
export function condition(where: string): string {
  return `(${ended(where)})`
}

/** A text of the user's; a comment at its end must not take with it what comes behind. */
export function ended(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1).includes('--') ? `${text}\n` : text
}
