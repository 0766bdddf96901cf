import { quoteIdent } from '../../postgres/sql/quote.ts'
import { words } from '../directive.ts'
import { type Collation, collateSql } from './types.ts'

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
