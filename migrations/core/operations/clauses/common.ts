import { qualifiedName, quoteIdent } from '../../postgres/sql/quote.ts'
import { words } from '../directive.ts'
import { type NameScope, nameSql } from '../names.ts'
import { literalText } from '../sql-text.ts'

/** Storage parameters, the WITH (…) clause. Names may be dotted: `toast.autovacuum_enabled`. */
export type StorageParameters = Readonly<Record<string, string | number | boolean>>

/** `name = value` pairs, or undefined when there are none. */
export function parametersSql(parameters: StorageParameters | undefined): string | undefined {
  const entries = Object.entries(parameters ?? {})
  if (entries.length === 0) return undefined
  return entries
    .map(([name, value]) => `${name.split('.').map(quoteIdent).join('.')} = ${parameterValue(value)}`)
    .join(', ')
}

function parameterValue(value: string | number | boolean): string {
  return typeof value === 'string' ? literalText(value) : String(value)
}

/** Quoted names in parentheses. */
export function columnListSql(columns: readonly string[]): string {
  return `(${columns.map(quoteIdent).join(', ')})`
}

/** A comment on an object: the statement, or undefined when nothing is said about it. */
export function commentSql(target: string, comment: string | null | undefined): string | undefined {
  if (comment === undefined) return undefined
  return `COMMENT ON ${target} IS ${literalText(comment)}`
}

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

/** One element of an index or of a partition key: a column by its name, or a column or expression with options. */
export type IndexElement =
  | string
  | (({ readonly column: string } | { readonly expression: string }) & IndexElementOptions)

interface IndexElementOptions {
  readonly collation?: Collation
  /** The operator class as SQL, with its parameters if any: `gin_trgm_ops`, `gist_ltree_ops(siglen = 100)`. */
  readonly opclass?: string
  readonly order?: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
}

export function indexElementSql(element: IndexElement): string {
  if (typeof element === 'string') return quoteIdent(element)
  return words(
    'column' in element ? quoteIdent(element.column) : `(${element.expression})`,
    collateSql(element.collation),
    element.opclass,
    element.order?.toUpperCase(),
    element.nulls && `NULLS ${element.nulls.toUpperCase()}`,
  )
}

/**
 * A role by its unquoted name. `public`, `CURRENT_USER`, `SESSION_USER` and `CURRENT_ROLE` are PostgreSQL's words
 * (the first is reserved as a role name, too).
 */
export type Role = string

const roleWords: ReadonlySet<string> = new Set(['CURRENT_USER', 'SESSION_USER', 'CURRENT_ROLE'])

export function rolesSql(roles: Role | readonly Role[]): string {
  return (typeof roles === 'string' ? [roles] : roles).map(roleSql).join(', ')
}

function roleSql(role: Role): string {
  if (role === 'public') return 'PUBLIC'
  return roleWords.has(role) ? role : quoteIdent(role)
}
