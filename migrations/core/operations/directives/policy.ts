import { commentSql, type Role, rolesSql } from '../clauses/common.ts'
import { type Directive, restored, statements, words } from '../directive.ts'
import { dropOnTable, onTable, renameOnTable } from '../drop-and-rename.ts'
import { nameSql, type ObjectName } from '../names.ts'

/** What ALTER POLICY can change. */
export interface PolicyState {
  /** Default: public. */
  readonly to?: Role | readonly Role[]
  /** Which rows can be seen, as SQL. */
  readonly using?: string
  /** Which rows can be written, as SQL. */
  readonly withCheck?: string
}

export interface PolicySpec extends PolicyState {
  readonly as?: 'permissive' | 'restrictive'
  readonly for?: 'all' | 'select' | 'insert' | 'update' | 'delete'
  readonly comment?: string
}

export interface PolicyChanges extends PolicyState {
  readonly existing?: PolicyState
}

export interface RowSecurityOptions {
  /** For the table's owner too. */
  readonly force?: boolean
}

/** CREATE POLICY. Reverse: DROP POLICY. */
export const createPolicy: Directive<[name: string, table: ObjectName, spec?: PolicySpec]> = {
  forward: (scope, name, table, spec = {}) =>
    statements(
      words(
        `CREATE POLICY ${onTable(scope, name, table)}`,
        spec.as && `AS ${spec.as.toUpperCase()}`,
        spec.for && `FOR ${spec.for.toUpperCase()}`,
        stateSql(spec),
      ),
      commentSql(`POLICY ${onTable(scope, name, table)}`, spec.comment),
    ),
  reverse: (scope, name, table) => dropPolicy.forward(scope, name, table),
}

/** DROP POLICY. Reverse: CREATE POLICY from `existing`. */
export const dropPolicy = dropOnTable<PolicySpec>('POLICY', 'dropPolicy', createPolicy.forward)

/** ALTER POLICY … RENAME TO. Reverse: rename back. */
export const renamePolicy = renameOnTable('POLICY')

/** ALTER POLICY. Reverse: each change back to `existing`. */
export const alterPolicy: Directive<[name: string, table: ObjectName, changes: PolicyChanges]> = {
  forward: (scope, name, table, changes) =>
    statements(words(`ALTER POLICY ${onTable(scope, name, table)}`, stateSql(changes))),
  reverse: (scope, name, table, { existing, ...changes }) =>
    alterPolicy.forward(scope, name, table, restored(changes, existing, 'alterPolicy')),
}

/** ALTER TABLE … ENABLE ROW LEVEL SECURITY. Reverse: DISABLE. */
export const enableRowSecurity: Directive<[table: ObjectName, options?: RowSecurityOptions]> = {
  forward: (scope, table, options = {}) =>
    statements(
      `ALTER TABLE ${nameSql(scope, table)} ENABLE ROW LEVEL SECURITY`,
      options.force ? `ALTER TABLE ${nameSql(scope, table)} FORCE ROW LEVEL SECURITY` : undefined,
    ),
  reverse: (scope, table, options) => disableRowSecurity.forward(scope, table, options),
}

/** ALTER TABLE … DISABLE ROW LEVEL SECURITY; `force` takes FORCE away, too. Reverse: ENABLE. */
export const disableRowSecurity: Directive<[table: ObjectName, options?: RowSecurityOptions]> = {
  forward: (scope, table, options = {}) =>
    statements(
      options.force ? `ALTER TABLE ${nameSql(scope, table)} NO FORCE ROW LEVEL SECURITY` : undefined,
      `ALTER TABLE ${nameSql(scope, table)} DISABLE ROW LEVEL SECURITY`,
    ),
  reverse: (scope, table, options) => enableRowSecurity.forward(scope, table, options),
}

function stateSql(state: PolicyState): string {
  return words(
    state.to && `TO ${rolesSql(state.to)}`,
    state.using && `USING (${state.using})`,
    state.withCheck && `WITH CHECK (${state.withCheck})`,
  )
}
