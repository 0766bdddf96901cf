import { columnListSql, type Role, rolesSql } from '../clauses/common.ts'
import { type GrantTarget, grantTargetSql } from '../clauses/object-targets.ts'
import { type Directive, statements, words } from '../directive.ts'

export type Privilege =
  | 'all'
  | 'select'
  | 'insert'
  | 'update'
  | 'delete'
  | 'truncate'
  | 'references'
  | 'trigger'
  | 'maintain'
  | 'usage'
  | 'create'
  | 'execute'

export interface GrantOptions {
  readonly withGrantOption?: boolean
}

export interface RevokeOptions {
  readonly cascade?: boolean
  /** Take only the right to grant it to others. */
  readonly grantOptionOnly?: boolean
  /** Whether the role may grant it to others, for the reverse. */
  readonly withGrantOption?: boolean
}

/** GRANT. Reverse: REVOKE. */
export const grant: Directive<
  [
    privileges: Privilege | readonly Privilege[],
    on: GrantTarget,
    to: Role | readonly Role[],
    options?: GrantOptions,
  ]
> = {
  forward: (scope, privileges, on, to, options = {}) =>
    statements(
      words(
        `GRANT ${privilegesSql(privileges, on)} ON ${grantTargetSql(scope, on)} TO ${rolesSql(to)}`,
        options.withGrantOption && 'WITH GRANT OPTION',
      ),
    ),
  reverse: (scope, privileges, on, to) => revoke.forward(scope, privileges, on, to),
}

/** REVOKE. Reverse: GRANT, with grant option where `withGrantOption` says so. */
export const revoke: Directive<
  [
    privileges: Privilege | readonly Privilege[],
    on: GrantTarget,
    from: Role | readonly Role[],
    options?: RevokeOptions,
  ]
> = {
  forward: (scope, privileges, on, from, options = {}) =>
    statements(
      words(
        'REVOKE',
        options.grantOptionOnly && 'GRANT OPTION FOR',
        `${privilegesSql(privileges, on)} ON ${grantTargetSql(scope, on)} FROM ${rolesSql(from)}`,
        options.cascade && 'CASCADE',
      ),
    ),
  reverse: (scope, privileges, on, from, { grantOptionOnly = false, withGrantOption = false } = {}) =>
    grant.forward(scope, privileges, on, from, { withGrantOption: grantOptionOnly || withGrantOption }),
}

function privilegesSql(privileges: Privilege | readonly Privilege[], on: GrantTarget): string {
  const columns = 'columns' in on ? ` ${columnListSql(on.columns)}` : ''
  return (typeof privileges === 'string' ? [privileges] : privileges)
    .map((privilege) => `${privilege.toUpperCase()}${columns}`)
    .join(', ')
}
