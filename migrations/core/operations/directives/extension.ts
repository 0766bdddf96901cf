import { quoteIdent } from '../../postgres/sql/quote.ts'
import { commentSql } from '../clauses/common.ts'
import { type Directive, restored, statements, words } from '../directive.ts'
import { dropObject } from '../drop-and-rename.ts'
import { literalText } from '../sql-text.ts'

export interface ExtensionSpec {
  /** Where its objects go; default: the target schema, or wherever the extension insists on. */
  readonly schema?: string
  readonly version?: string
  /** Create the extensions that it requires, too. */
  readonly cascade?: boolean
  readonly ifNotExists?: boolean
  readonly comment?: string
}

export interface ExtensionState {
  readonly version?: string
  readonly schema?: string
}

export interface ExtensionChanges extends ExtensionState {
  readonly existing?: ExtensionState
}

/** CREATE EXTENSION. Reverse: DROP EXTENSION. */
export const createExtension: Directive<[name: string, spec?: ExtensionSpec]> = {
  forward: (scope, name, spec = {}) =>
    statements(
      words(
        'CREATE EXTENSION',
        spec.ifNotExists && 'IF NOT EXISTS',
        quoteIdent(name),
        `SCHEMA ${quoteIdent(spec.schema ?? scope.schema)}`,
        spec.version !== undefined && `VERSION ${literalText(spec.version)}`,
        spec.cascade && 'CASCADE',
      ),
      commentSql(`EXTENSION ${quoteIdent(name)}`, spec.comment),
    ),
  reverse: (scope, name) => dropExtension.forward(scope, name),
}

/** DROP EXTENSION. Reverse: CREATE EXTENSION from `existing`. */
export const dropExtension = dropObject<ExtensionSpec, string>(
  'EXTENSION',
  'dropExtension',
  createExtension.forward,
  (_scope, name) => quoteIdent(name),
)

/** ALTER EXTENSION … UPDATE TO and SET SCHEMA. Reverse: back to `existing`, where the extension has a script for it. */
export const alterExtension: Directive<[name: string, changes: ExtensionChanges]> = {
  forward: (_scope, name, { version, schema }) =>
    statements(
      version === undefined
        ? undefined
        : `ALTER EXTENSION ${quoteIdent(name)} UPDATE TO ${literalText(version)}`,
      schema === undefined
        ? undefined
        : `ALTER EXTENSION ${quoteIdent(name)} SET SCHEMA ${quoteIdent(schema)}`,
    ),
  reverse: (scope, name, { existing, ...changes }) =>
    alterExtension.forward(scope, name, restored(changes, existing, 'alterExtension')).toReversed(),
}
