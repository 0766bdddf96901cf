import { qualifiedName, quoteIdent } from '../../postgres/sql/quote.ts'
import { type NameScope, nameSql } from '../names.ts'

/**
 * A type: SQL text as it is (`text`, `numeric(10, 2)[]`), or an enum, domain or other type by its unquoted name,
 * in the target schema unless `schema` says otherwise.
 */
export type ColumnType =
  | string
  | { readonly schema?: string; readonly name: string; readonly array?: boolean }

export function typeSql(scope: NameScope, type: ColumnType): string {
  if (typeof type === 'string') return type
  return type.array === true ? `${nameSql(scope, type)}[]` : nameSql(scope, type)
}

/** A collation: its unquoted name on the search path (`C`, `en_US`), or with its schema. */
export type Collation = string | { readonly schema: string; readonly name: string }

export function collateSql(collation: Collation | undefined): string | undefined {
  if (collation === undefined) return undefined
  return typeof collation === 'string'
    ? `COLLATE ${quoteIdent(collation)}`
    : `COLLATE ${qualifiedName(collation.schema, collation.name)}`
}
