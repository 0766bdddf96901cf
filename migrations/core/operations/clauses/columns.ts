import { quoteIdent } from '../../postgres/sql/quote.ts'
import { words } from '../directive.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'
import { type Collation, type ColumnType, collateSql, commentSql, typeSql } from './common.ts'
import { type ForeignKeyOptions, referencesSql } from './constraints.ts'
import { type Identity, identitySql } from './sequence-options.ts'

/** How a value is stored out of line (ALTER TABLE … SET STORAGE). */
export type Storage = 'plain' | 'external' | 'extended' | 'main' | 'default'

export type Compression = 'pglz' | 'lz4' | 'default'

/** A generated column: the expression as SQL; STORED unless `virtual` (PostgreSQL 18). */
export type Generated = string | { readonly expression: string; readonly virtual?: boolean }

/** A column as CREATE TABLE and ADD COLUMN take it. */
export interface Column {
  readonly name: string
  readonly type: ColumnType
  /** Default true, as in SQL. */
  readonly nullable?: boolean
  /** An SQL expression: `'now()'`, `"'en'"`. */
  readonly default?: string
  readonly identity?: Identity
  readonly generated?: Generated
  readonly collation?: Collation
  readonly primaryKey?: boolean
  readonly unique?: boolean
  readonly references?: { readonly table: ObjectName; readonly column?: string } & ForeignKeyOptions
  /** A condition, as SQL. */
  readonly check?: string
  readonly comment?: string
  readonly storage?: Storage
  readonly compression?: Compression
}

/** The column definition. Storage and comment are statements of their own: see `columnExtras`. */
export function columnSql(scope: NameScope, column: Column): string {
  const { references } = column
  return words(
    quoteIdent(column.name),
    typeSql(scope, column.type),
    column.compression !== undefined && `COMPRESSION ${column.compression}`,
    collateSql(column.collation),
    column.nullable === false && 'NOT NULL',
    column.default !== undefined && `DEFAULT ${column.default}`,
    column.identity !== undefined && identitySql(column.identity),
    column.generated !== undefined && generatedSql(column.generated),
    column.primaryKey === true && 'PRIMARY KEY',
    column.unique === true && 'UNIQUE',
    column.check !== undefined && `CHECK (${column.check})`,
    references !== undefined &&
      referencesSql(
        scope,
        references.table,
        references.column === undefined ? undefined : [references.column],
        references,
      ),
  )
}

function generatedSql(generated: Generated): string {
  const { expression, virtual } =
    typeof generated === 'string' ? { expression: generated, virtual: false } : generated
  return `GENERATED ALWAYS AS (${expression}) ${virtual === true ? 'VIRTUAL' : 'STORED'}`
}

/** What a new column needs beside its definition: STORAGE (in CREATE TABLE only since PostgreSQL 16), COMMENT. */
export function columnExtras(
  scope: NameScope,
  table: ObjectName,
  column: Column,
): readonly (string | undefined)[] {
  const tableSql = nameSql(scope, table)
  const name = quoteIdent(column.name)
  return [
    column.storage === undefined
      ? undefined
      : `ALTER TABLE ${tableSql} ALTER COLUMN ${name} SET STORAGE ${column.storage.toUpperCase()}`,
    commentSql(`COLUMN ${tableSql}.${name}`, column.comment),
  ]
}
