import { quoteIdent } from '../../postgres/sql/quote.ts'
import { columnListSql, commentSql, parametersSql, type StorageParameters } from '../clauses/common.ts'
import { type Directive, type DirectiveStatement, required, statements, words } from '../directive.ts'
import { dropObject, renameObject } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'
import { createIndex, type ExistingIndex } from './indexes.ts'

export interface MaterializedViewSpec {
  /** The SELECT, without a semicolon. */
  readonly query: string
  readonly columns?: readonly string[]
  readonly using?: string
  readonly with?: StorageParameters
  readonly tablespace?: string
  /** Default true; false leaves it unreadable until it is refreshed. */
  readonly withData?: boolean
  /** Its indexes, which go away with it whenever it is built again. */
  readonly indexes?: readonly (Omit<ExistingIndex, 'table'> & { readonly name: string })[]
  readonly comment?: string
}

export interface AlterMaterializedViewSpec extends MaterializedViewSpec {
  readonly existing?: MaterializedViewSpec
}

export interface RefreshOptions {
  /** Without blocking readers; needs a unique index. */
  readonly concurrently?: boolean
  readonly withData?: boolean
}

/** CREATE MATERIALIZED VIEW and its indexes. Reverse: DROP MATERIALIZED VIEW. */
export const createMaterializedView: Directive<[name: ObjectName, spec: MaterializedViewSpec]> = {
  forward: (scope, name, spec) => {
    const view = nameSql(scope, name)
    const parameters = parametersSql(spec.with)
    return [
      ...statements(
        words(
          'CREATE MATERIALIZED VIEW',
          view,
          spec.columns && columnListSql(spec.columns),
          spec.using && `USING ${quoteIdent(spec.using)}`,
          parameters && `WITH (${parameters})`,
          spec.tablespace && `TABLESPACE ${quoteIdent(spec.tablespace)}`,
          `AS\n${spec.query}${spec.withData === false ? '\nWITH NO DATA' : ''}`,
        ),
        commentSql(`MATERIALIZED VIEW ${view}`, spec.comment),
      ),
      ...indexStatements(scope, name, spec),
    ]
  },
  reverse: (scope, name) => dropMaterializedView.forward(scope, name),
}

/** DROP MATERIALIZED VIEW. Reverse: CREATE MATERIALIZED VIEW from `existing`. */
export const dropMaterializedView = dropObject<MaterializedViewSpec>(
  'MATERIALIZED VIEW',
  'dropMaterializedView',
  createMaterializedView.forward,
)

/** ALTER MATERIALIZED VIEW … RENAME TO. Reverse: rename back. */
export const renameMaterializedView = renameObject('MATERIALIZED VIEW')

/** Drop and create, since PostgreSQL cannot replace a materialized view. Reverse: the same with `existing`. */
export const alterMaterializedView: Directive<[name: ObjectName, spec: AlterMaterializedViewSpec]> = {
  forward: (scope, name, spec) => [
    ...dropMaterializedView.forward(scope, name),
    ...createMaterializedView.forward(scope, name, spec),
  ],
  reverse: (scope, name, { existing }) =>
    alterMaterializedView.forward(scope, name, required(existing, 'alterMaterializedView', 'existing')),
}

/** REFRESH MATERIALIZED VIEW. Reverse: nothing; the rows that it had before are not kept by anybody. */
export const refreshMaterializedView: Directive<[name: ObjectName, options?: RefreshOptions]> = {
  forward: (scope, name, options = {}) =>
    statements(
      words(
        'REFRESH MATERIALIZED VIEW',
        options.concurrently && 'CONCURRENTLY',
        nameSql(scope, name),
        options.withData === false && 'WITH NO DATA',
      ),
    ),
  reverse: () => [],
}

function indexStatements(
  scope: NameScope,
  view: ObjectName,
  { indexes = [] }: MaterializedViewSpec,
): readonly DirectiveStatement[] {
  return indexes.flatMap(({ name, columns, ...options }) =>
    createIndex.forward(scope, name, view, columns, options),
  )
}
