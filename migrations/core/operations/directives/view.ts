import { columnListSql, commentSql, parametersSql } from '../clauses/common.ts'
import { commentedBefore, type Directive, type DirectiveStatement, statements, words } from '../directive.ts'
import { dropObject, renameObject } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'

export interface ViewSpec {
  /** The SELECT, without a semicolon. */
  readonly query: string
  readonly columns?: readonly string[]
  readonly with?: {
    readonly security_barrier?: boolean
    /** PostgreSQL 15 and newer. */
    readonly security_invoker?: boolean
  }
  readonly checkOption?: 'local' | 'cascaded'
  readonly comment?: string
}

export interface CreateViewSpec extends ViewSpec {
  readonly orReplace?: boolean
}

export interface AlterViewSpec extends ViewSpec {
  /**
   * Drop and create instead of CREATE OR REPLACE, which can only add columns at the end. Grants on the view are lost,
   * and nothing may depend on it.
   */
  readonly recreate?: boolean
  readonly existing?: ViewSpec
}

/** CREATE VIEW. Reverse: DROP VIEW. */
export const createView: Directive<[name: ObjectName, spec: CreateViewSpec]> = {
  forward: (scope, name, spec) => viewStatements(scope, name, spec, spec.orReplace === true),
  reverse: (scope, name) => dropView.forward(scope, name),
}

/** DROP VIEW. Reverse: CREATE VIEW from `existing`. */
export const dropView = dropObject<ViewSpec>('VIEW', 'dropView', (scope, name, existing) =>
  viewStatements(scope, name, existing, false),
)

/** ALTER VIEW … RENAME TO. Reverse: rename back. */
export const renameView = renameObject('VIEW')

/**
 * CREATE OR REPLACE VIEW, or drop and create with `recreate`. Reverse: the same with `existing`; since CREATE OR REPLACE
 * takes no column away, a view that gets one needs `recreate` there.
 */
export const alterView: Directive<[name: ObjectName, spec: AlterViewSpec]> = {
  forward: (scope, name, spec) => replaced(scope, name, spec, spec.recreate === true),
  reverse: (scope, name, spec) =>
    replaced(scope, name, commentedBefore(spec, 'alterView'), spec.recreate === true),
}

type CommentedView = Omit<ViewSpec, 'comment'> & { readonly comment?: string | null }

function replaced(
  scope: NameScope,
  name: ObjectName,
  spec: CommentedView,
  recreate: boolean,
): readonly DirectiveStatement[] {
  return recreate
    ? [...dropView.forward(scope, name), ...viewStatements(scope, name, spec, false)]
    : viewStatements(scope, name, spec, true)
}

function viewStatements(
  scope: NameScope,
  name: ObjectName,
  spec: CommentedView,
  orReplace: boolean,
): readonly DirectiveStatement[] {
  const view = nameSql(scope, name)
  const parameters = parametersSql(spec.with)
  return statements(
    words(
      orReplace ? 'CREATE OR REPLACE VIEW' : 'CREATE VIEW',
      view,
      spec.columns && columnListSql(spec.columns),
      parameters && `WITH (${parameters})`,
      `AS\n${spec.query}${spec.checkOption ? `\nWITH ${spec.checkOption.toUpperCase()} CHECK OPTION` : ''}`,
    ),
    commentSql(`VIEW ${view}`, spec.comment),
  )
}
