import { quoteIdent } from '../../postgres/sql/quote.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'
import { type RoutineArgument, routineSql } from './routines.ts'

/** What has a name in a schema, by the kind as COMMENT ON has it. */
const named = {
  table: 'TABLE',
  view: 'VIEW',
  materializedView: 'MATERIALIZED VIEW',
  sequence: 'SEQUENCE',
  type: 'TYPE',
  domain: 'DOMAIN',
  index: 'INDEX',
} as const

type Named = { readonly [Kind in keyof typeof named]: { readonly [Key in Kind]: ObjectName } }

/** An object, told by its kind. */
export type RelationTarget =
  | Named[Exclude<keyof Named, 'index'>]
  | { readonly function: ObjectName; readonly args?: readonly RoutineArgument[] }
  | { readonly procedure: ObjectName; readonly args?: readonly RoutineArgument[] }
  | { readonly schema: string }

export type CommentTarget =
  | RelationTarget
  | Named['index']
  | { readonly column: string; readonly of: ObjectName }
  | { readonly constraint: string; readonly on: ObjectName }
  | { readonly trigger: string; readonly on: ObjectName }
  | { readonly policy: string; readonly on: ObjectName }
  | { readonly extension: string }

/** The kind and the quoted name, as COMMENT ON has them. */
export function commentTargetSql(scope: NameScope, target: CommentTarget): string {
  if ('column' in target) return `COLUMN ${nameSql(scope, target.of)}.${quoteIdent(target.column)}`
  if ('constraint' in target)
    return `CONSTRAINT ${quoteIdent(target.constraint)} ON ${nameSql(scope, target.on)}`
  if ('trigger' in target) return `TRIGGER ${quoteIdent(target.trigger)} ON ${nameSql(scope, target.on)}`
  if ('policy' in target) return `POLICY ${quoteIdent(target.policy)} ON ${nameSql(scope, target.on)}`
  if ('function' in target) return `FUNCTION ${routineSql(scope, target.function, target.args ?? [])}`
  if ('procedure' in target) return `PROCEDURE ${routineSql(scope, target.procedure, target.args ?? [])}`
  if ('extension' in target) return `EXTENSION ${quoteIdent(target.extension)}`
  if ('schema' in target) return `SCHEMA ${quoteIdent(target.schema)}`
  const [[kind, name] = ['table', ''] as const] = Object.entries(target) as [keyof Named, ObjectName][]
  return `${named[kind]} ${nameSql(scope, name)}`
}

/** What GRANT and REVOKE take. `allTablesIn` and its like name a schema. */
export type GrantTarget =
  | RelationTarget
  | { readonly table: ObjectName; readonly columns: readonly string[] }
  | { readonly allTablesIn: string }
  | { readonly allSequencesIn: string }
  | { readonly allFunctionsIn: string }

/** The kind and the quoted name, as GRANT … ON has them: a view is a table there. */
export function grantTargetSql(scope: NameScope, target: GrantTarget): string {
  if ('allTablesIn' in target) return `ALL TABLES IN SCHEMA ${quoteIdent(target.allTablesIn)}`
  if ('allSequencesIn' in target) return `ALL SEQUENCES IN SCHEMA ${quoteIdent(target.allSequencesIn)}`
  if ('allFunctionsIn' in target) return `ALL FUNCTIONS IN SCHEMA ${quoteIdent(target.allFunctionsIn)}`
  if ('view' in target) return `TABLE ${nameSql(scope, target.view)}`
  if ('materializedView' in target) return `TABLE ${nameSql(scope, target.materializedView)}`
  return commentTargetSql(scope, 'table' in target ? { table: target.table } : target)
}
