import { quoteIdent } from '../../postgres/sql/quote.ts'
import { commentSql } from '../clauses/common.ts'
import { argumentsSql, dollarQuoted, type RoutineArgument, routineSql } from '../clauses/routines.ts'
import {
  commentedBefore,
  type Directive,
  type DirectiveStatement,
  type Restored,
  required,
  statements,
  words,
} from '../directive.ts'
import { type DropOptions, dropSql } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName, renamedTo, resolvedName } from '../names.ts'

export interface FunctionSpec {
  readonly kind?: 'function' | 'procedure'
  readonly args?: readonly RoutineArgument[]
  /** The return type as SQL: `trigger`, `TABLE (id bigint)`, `SETOF text`. A procedure has none. */
  readonly returns?: string
  readonly language: string
  /** The body, between dollar quotes of the directive's choosing; or, with `atomic`, SQL that is parsed when it is created. */
  readonly body: string | { readonly atomic: string }
  readonly volatility?: 'immutable' | 'stable' | 'volatile'
  readonly strict?: boolean
  readonly leakproof?: boolean
  readonly security?: 'definer' | 'invoker'
  readonly parallel?: 'safe' | 'restricted' | 'unsafe'
  readonly cost?: number
  readonly rows?: number
  /** Settings while it runs, as SQL: `{ search_path: "''" }`. */
  readonly set?: Readonly<Record<string, string>>
  readonly comment?: string
}

export interface CreateFunctionSpec extends FunctionSpec {
  readonly orReplace?: boolean
}

export interface AlterFunctionSpec extends FunctionSpec {
  readonly existing?: FunctionSpec
}

export interface RenameFunctionOptions {
  readonly kind?: 'function' | 'procedure'
  /** The parameters, which tell one overload from another. */
  readonly args?: readonly RoutineArgument[]
}

export interface DropFunctionOptions extends RenameFunctionOptions, DropOptions<FunctionSpec> {}

/** CREATE FUNCTION or PROCEDURE. Reverse: DROP. */
export const createFunction: Directive<[name: ObjectName, spec: CreateFunctionSpec]> = {
  forward: (scope, name, spec) => routineStatements(scope, name, spec, spec.orReplace === true),
  reverse: (scope, name, { kind, args }) => dropFunction.forward(scope, name, { kind, args }),
}

/** DROP FUNCTION or PROCEDURE. Reverse: CREATE from `existing`. */
export const dropFunction: Restored<[name: ObjectName], DropFunctionOptions> = {
  forward: (scope, name, options = {}) =>
    statements(dropSql(kindSql(options.kind), routineSql(scope, name, options.args ?? []), options)),
  reverse: (scope, name, options) =>
    routineStatements(scope, name, required(options?.existing, 'dropFunction', 'existing'), false),
}

/** ALTER FUNCTION … RENAME TO. Reverse: rename back. */
export const renameFunction: Directive<[name: ObjectName, newName: string, options?: RenameFunctionOptions]> =
  {
    forward: (scope, name, newName, options = {}) =>
      statements(
        `ALTER ${kindSql(options.kind)} ${routineSql(scope, name, options.args ?? [])} RENAME TO ${quoteIdent(newName)}`,
      ),
    reverse: (scope, name, newName, options) =>
      renameFunction.forward(scope, renamedTo(name, newName), resolvedName(scope, name).name, options),
  }

/**
 * CREATE OR REPLACE with the new specification. A changed signature or return type is another function for PostgreSQL:
 * drop and create that one. Reverse: CREATE OR REPLACE with `existing`.
 */
export const alterFunction: Directive<[name: ObjectName, spec: AlterFunctionSpec]> = {
  forward: (scope, name, spec) => routineStatements(scope, name, spec, true),
  reverse: (scope, name, spec) =>
    routineStatements(scope, name, commentedBefore(spec, 'alterFunction'), true),
}

function routineStatements(
  scope: NameScope,
  name: ObjectName,
  spec: Omit<FunctionSpec, 'comment'> & { readonly comment?: string | null },
  orReplace: boolean,
): readonly DirectiveStatement[] {
  return statements(
    words(
      orReplace ? 'CREATE OR REPLACE' : 'CREATE',
      kindSql(spec.kind),
      `${nameSql(scope, name)}(${argumentsSql(scope, spec.args ?? [])})`,
      spec.returns && `RETURNS ${spec.returns}`,
      `LANGUAGE ${quoteIdent(spec.language)}`,
      spec.volatility?.toUpperCase(),
      spec.strict && 'STRICT',
      spec.leakproof && 'LEAKPROOF',
      spec.security && `SECURITY ${spec.security.toUpperCase()}`,
      spec.parallel && `PARALLEL ${spec.parallel.toUpperCase()}`,
      spec.cost !== undefined && `COST ${spec.cost}`,
      spec.rows !== undefined && `ROWS ${spec.rows}`,
      ...Object.entries(spec.set ?? {}).map(([setting, value]) => `SET ${settingSql(setting)} = ${value}`),
      typeof spec.body === 'string' ? `AS ${dollarQuoted(spec.body)}` : spec.body.atomic,
    ),
    commentSql(`${kindSql(spec.kind)} ${routineSql(scope, name, spec.args ?? [])}`, spec.comment),
  )
}

function settingSql(setting: string): string {
  return setting.split('.').map(quoteIdent).join('.')
}

function kindSql(kind: 'function' | 'procedure' | undefined): 'FUNCTION' | 'PROCEDURE' {
  return kind === 'procedure' ? 'PROCEDURE' : 'FUNCTION'
}
