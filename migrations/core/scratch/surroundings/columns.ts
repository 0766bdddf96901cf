import type { ClientBase } from 'pg'
import type { LiveObject } from './live-objects.ts'
import type { Text } from './texts.ts'

/** A column of a table or a view that is referred to. */
export interface LiveColumn {
  readonly relation: string
  readonly name: string
  /** As a declaration has it. */
  readonly type: string
  readonly typeOid: string
  readonly isKey: boolean
}

/** The columns of some tables and views. */
export async function readColumns(
  live: ClientBase,
  relations: readonly LiveObject[],
): Promise<readonly LiveColumn[]> {
  if (relations.length === 0) return []
  const { rows } = await live.query<LiveColumn>(
    `SELECT a.attrelid::text AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.atttypid::text AS "typeOid",
            EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS "isKey"
       FROM pg_attribute a WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attrelid, a.attnum`,
    [relations.map(({ oid }) => oid)],
  )
  return rows
}

/** Those of an object's columns that texts which mention it speak of, and those of its key. */
export function mentionedColumns(
  { oid }: LiveObject,
  columns: readonly LiveColumn[],
  texts: readonly Text[],
): readonly LiveColumn[] {
  const all = texts.some(({ hasStar }) => hasStar)
  const own = columns.filter(({ relation }) => relation === oid)
  return own.filter(({ name, isKey }) => all || isKey || texts.some(({ words }) => words.has(name)))
}
