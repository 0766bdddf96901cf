import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'
import type { BackfillSpec } from '../../operations/index.ts'
import { qualifiedName, quoteIdent, quoteLiteral } from '../../postgres/index.ts'
import type { PlanStep } from '../plan/plan.ts'
import { ownRows } from '../statement/own-sql.ts'
import { checkKeyStays, mostPasses } from './spec.ts'

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
  /** The quoted schema of the operators by which the type is ordered. */
  readonly operators: string
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
  // The columns after INCLUDE are in indkey too.
  const places =
    key === undefined
      ? `SELECT k.attnum, k.place FROM pg_index, unnest(indkey::int2[]) WITH ORDINALITY AS k (attnum, place) WHERE indrelid = ${table} AND indisprimary AND k.place <= indnkeyatts`
      : `SELECT attnum, k.place FROM unnest(ARRAY[${key.map(quoteLiteral).join(', ')}]::name[]) WITH ORDINALITY AS k (name, place) JOIN pg_attribute ON attrelid = ${table} AND attname = k.name AND attnum > 0 AND NOT attisdropped`
  return `SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable,
      ${operatorsSql('a.atttypid')} AS operators,
      (SELECT format('%I.%I', n.nspname, c.collname) FROM pg_collation AS c JOIN pg_namespace AS n ON n.oid = c.collnamespace
       WHERE c.oid = a.attcollation AND a.attcollation <> t.typcollation) AS collation
    FROM (${places}) AS k JOIN pg_attribute AS a ON a.attrelid = ${table} AND a.attnum = k.attnum
    JOIN pg_type AS t ON t.oid = a.atttypid ORDER BY k.place`
}

/**
 * The schema of the operators of a type's default B-tree operator class, quoted. A domain has its base type's; what is
 * coerced to another type for it (varchar, enums, arrays, ranges) is ordered in pg_catalog.
 */
function operatorsSql(type: string): string {
  return `coalesce((WITH RECURSIVE base AS (
        SELECT b.oid, b.typbasetype FROM pg_type AS b WHERE b.oid = ${type}
        UNION ALL SELECT b.oid, b.typbasetype FROM base JOIN pg_type AS b ON b.oid = base.typbasetype)
      SELECT quote_ident(n.nspname) FROM base JOIN pg_opclass AS oc ON oc.opcintype = base.oid AND oc.opcdefault
      JOIN pg_am AS m ON m.oid = oc.opcmethod AND m.amname = 'btree'
      JOIN pg_amop AS ao ON ao.amopfamily = oc.opcfamily AND ao.amoplefttype = base.oid AND ao.amoprighttype = base.oid AND ao.amopstrategy = 5
      JOIN pg_operator AS o ON o.oid = ao.amopopr JOIN pg_namespace AS n ON n.oid = o.oprnamespace
      WHERE base.typbasetype = 0), 'pg_catalog')`
}

/** The key of the `batchSize`-th row after a key, as text; no row where fewer are left. Parameters: the key. */
export function edgeSql({ tableSql, key }: BackfillShape, after: boolean, batchSize: number): string {
  const columns = key.map(({ name }) => quoteIdent(name))
  const from = after ? ` WHERE ${comparison(key, '>', 1)}` : ''
  return `SELECT ARRAY[${columns.map((column) => `${column}::pg_catalog.text`).join(', ')}] AS edge FROM ${tableSql}${from} ORDER BY ${columns.join(', ')} OFFSET ${batchSize - 1} LIMIT 1`
}

/** Updates the rows between two keys. Parameters: the key after which, then the one up to which, where given. */
export function updateSql(shape: BackfillShape, after: boolean, upTo: boolean): string {
  return `UPDATE ${shape.tableSql} SET ${ended(shape.set)} WHERE ${windowSql(shape, after, upTo)}`
}

/** Counts the rows between two keys that still need the update. */
export function remainingSql(shape: BackfillShape, after: boolean, upTo: boolean): string {
  return `SELECT pg_catalog.count(*)::pg_catalog.int4 AS rows FROM ${shape.tableSql} WHERE ${windowSql(shape, after, upTo)}`
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

/**
 * A row comparison, which an index on the columns answers (manual 9.25.5). It has one operator: where those of the columns
 * are in several schemas it is written out, and an index answers the comparison of its first column.
 */
function comparison(key: readonly KeyColumn[], operator: '>' | '<=', first: number): string {
  const pairs = key.map(({ name, type, collation, operators }, at) => ({
    column: quoteIdent(name),
    value: `$${first + at}::${type}${collation === null ? '' : ` COLLATE ${collation}`}`,
    operators,
  }))
  const [one] = pairs
  if (one === undefined || pairs.every(({ operators }) => operators === one.operators)) {
    const side = (part: 'column' | 'value') => `(${pairs.map((pair) => pair[part]).join(', ')})`
    return `${side('column')} OPERATOR(${one?.operators ?? 'pg_catalog'}.${operator}) ${side('value')}`
  }
  const by = ({ column, value, operators }: typeof one, sign: string) =>
    `${column} OPERATOR(${operators}.${sign}) ${value}`
  const strict = operator === '>' ? '>' : '<'
  const rows = pairs.reduceRight(
    (rest, pair) =>
      rest === '' ? by(pair, operator) : `(${by(pair, strict)} OR ${by(pair, '=')} AND ${rest})`,
    '',
  )
  return `${by(one, `${strict}=`)} AND ${rows}`
}

/** A condition of the user's in parentheses. */
export function condition(where: string): string {
  return `(${ended(where)})`
}

/** A text of the user's; a comment at its end must not take with it what follows. */
export function ended(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1).includes('--') ? `${text}\n` : text
}

/**
 * What a backfill's statements are made of: its texts, and the key as the catalog has it.
 * @throws MigError `no-key`, `bad-backfill` when `set` changes the key
 */
export async function backfillShape(
  client: ClientBase,
  targetSchema: string,
  { table, set, where, key }: Pick<BackfillSpec, 'table' | 'set' | 'where' | 'key'>,
): Promise<BackfillShape> {
  const tableSql = backfillTable(targetSchema, table)
  const rows = await ownRows<KeyColumn>(client, keyColumnsSql(tableSql, key))
  const missing = key?.filter((name) => !rows.some((row) => row.name === name)) ?? []
  if (rows.length === 0 || missing.length > 0) throw noKey(tableSql, missing)
  checkKeyStays(
    set,
    rows.map(({ name }) => name),
  )
  return { tableSql, set, where, key: rows }
}

/** The quoted table of a backfill. */
export function backfillTable(targetSchema: string, table: BackfillSpec['table']): string {
  return typeof table === 'string'
    ? qualifiedName(targetSchema, table)
    : qualifiedName(table.schema, table.name)
}

/** Is any row left that needs the update? */
export async function isLeft(client: ClientBase, shape: BackfillShape): Promise<boolean> {
  const { rows } = await client.query<{ left: boolean }>(leftSql(shape))
  return rows[0]?.left ?? false
}

/** Has a row that needs the update a NULL in its key? A key of NOT NULL columns costs no look. */
export async function hasNullKey(client: ClientBase, shape: BackfillShape): Promise<boolean> {
  const sql = nullKeySql(shape)
  if (sql === undefined) return false
  const { rows } = await client.query<{ found: boolean }>(sql)
  return rows[0]?.found ?? false
}

/** `where` still finds the rows that were updated. */
export function stuck(step: PlanStep, { tableSql, where }: BackfillShape): MigError {
  return new MigError(
    'backfill-stuck',
    `the backfill of ${tableSql} would never end: updated rows still match its where (${where})`,
    {
      help: `write where so that a row stops matching once it is updated: just mig-edit ${step.revision}`,
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** New rows came faster than the passes took them. */
export function neverDone(step: PlanStep, { tableSql }: BackfillShape): MigError {
  return new MigError(
    'backfill-never-done',
    `rows that need the backfill are still being added to ${tableSql}: some are left after ${mostPasses} passes`,
    {
      help: 'give new rows the value by a DEFAULT, a trigger or the application, then run the same command again',
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}

/** There is nothing to go through the table by. */
function noKey(tableSql: string, missing: readonly string[]): MigError {
  const message =
    missing.length > 0
      ? `the backfill's key names ${missing.join(', ')}, which ${tableSql} does not have`
      : `${tableSql} has no primary key for the batches`
  return new MigError('no-key', message, {
    help: "name columns with a unique index: op.backfill({ …, key: ['id'] })",
    exitCode: exitCodes.stepFailed,
  })
}

/** A comparison with a key never finds these rows. */
export function nullKey(step: PlanStep, { tableSql, key }: BackfillShape): MigError {
  const columns = key.flatMap(({ name, nullable }) => (nullable ? [name] : [])).join(', ')
  return new MigError(
    'null-key',
    `rows of ${tableSql} that need the backfill have a NULL in its key (${columns}), so no batch would reach them`,
    {
      help: 'update these rows before it with op.execute, or choose NOT NULL columns: key: [...]',
      place: { file: step.file.path },
      exitCode: exitCodes.stepFailed,
    },
  )
}
