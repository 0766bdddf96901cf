import type { ClientBase } from 'pg'
import type { BackfillSpec } from '../../operations/index.ts'
import { qualifiedName } from '../../postgres/index.ts'
import { ownRows } from '../statement/own-sql.ts'
import { noKey } from './error.ts'
import { checkKeyStays } from './spec.ts'
import { type BackfillShape, type KeyColumn, keyColumnsSql, leftSql, nullKeySql } from './sql.ts'

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
