import { quoteIdent } from '../../postgres/sql/quote.ts'
import { commentSql } from '../clauses/common.ts'
import { type Directive, required, statements, words } from '../directive.ts'
import { type DropObject, dropObject } from '../drop-and-rename.ts'
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
export const dropExtension: DropObject<ExtensionSpec, string> = dropObject(
  'EXTENSION',
  'dropExtension',
  createExtension.forward,
  (_scope, name) => quoteIdent(name),
)

/** ALTER EXTENSION … UPDATE TO and SET SCHEMA. Reverse: back to `existing`, where the extension has a script for it. */
export const alterExtension: Directive<[name: string, changes: ExtensionChanges]> = {
  forward: (_scope, name, { version, schema }) =>
    statements(
      version === undefined ? undefined : updateSql(name, version),
      schema === undefined ? undefined : setSchemaSql(name, schema),
    ),
  reverse: (_scope, name, { version, schema, existing = {} }) => {
    const before = (key: keyof ExtensionState) => required(existing[key], 'alterExtension', `existing.${key}`)
    return statements(
      schema === undefined ? undefined : setSchemaSql(name, before('schema')),
      version === undefined ? undefined : updateSql(name, before('version')),
    )
  },
}

function updateSql(name: string, version: string): string {
  return `ALTER EXTENSION ${quoteIdent(name)} UPDATE TO ${literalText(version)}`
}

function setSchemaSql(name: string, schema: string): string {
  return `ALTER EXTENSION ${quoteIdent(name)} SET SCHEMA ${quoteIdent(schema)}`
}
