import { MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import type { Compression, Storage } from '../clauses/columns.ts'
import { type Collation, type ColumnType, collateSql, commentSql, typeSql } from '../clauses/common.ts'
import {
  type Identity,
  identityKind,
  identitySql,
  type SequenceOptions,
  sequenceOptionWords,
} from '../clauses/sequence-options.ts'
import {
  type Directive,
  type DirectiveStatement,
  required,
  restored,
  statements,
  words,
} from '../directive.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'

/** The properties of a column that can change; `null` takes one away. */
export interface ColumnState {
  readonly type?: ColumnType
  /** The USING expression of the change to `type`, as SQL. */
  readonly using?: string
  readonly collation?: Collation
  readonly nullable?: boolean
  /** An SQL expression; null drops the default. */
  readonly default?: string | null
  /** Null drops the identity. */
  readonly identity?: Identity | null
  /** A new expression (PostgreSQL 17 and newer); null makes it a plain column that keeps its values. */
  readonly generated?: string | null
  readonly storage?: Storage
  readonly compression?: Compression
  /** The statistics target; -1 for the server's default. */
  readonly statistics?: number
  readonly comment?: string | null
}

export interface ColumnChanges extends ColumnState {
  /** The new name; the other changes are made first, under the old one. */
  readonly rename?: string
  /**
   * What the changed properties are now, for the reverse; `identity` also tells ADD from SET, and has a value for each
   * option that changes. A `type` goes with its `collation` where that is not the type's own.
   */
  readonly existing?: ColumnState
}

/**
 * ALTER TABLE … ALTER COLUMN, one statement per property, and RENAME COLUMN last.
 *
 * Reverse: rename back, then set each changed property to what `existing` says. `nullable` needs no `existing`.
 * `generated: null` has no reverse (MIG-no-reverse): PostgreSQL cannot turn a plain column into a generated one, and a new
 * column would be the last of the table, without what depends on the old one.
 */
export const alterColumn: Directive<[table: ObjectName, column: string, changes: ColumnChanges]> = {
  forward: (scope, table, column, changes) => [
    ...changed(scope, table, column, changes, changes.existing ?? {}),
    ...(changes.rename === undefined ? [] : renamed(scope, table, column, changes.rename)),
  ],
  reverse: (scope, table, column, changes) => [
    ...(changes.rename === undefined ? [] : renamed(scope, table, changes.rename, column)),
    ...changed(scope, table, column, stateBefore(changes), changes),
  ],
}

function renamed(
  scope: NameScope,
  table: ObjectName,
  from: string,
  to: string,
): readonly DirectiveStatement[] {
  return statements(
    `ALTER TABLE ${nameSql(scope, table)} RENAME COLUMN ${quoteIdent(from)} TO ${quoteIdent(to)}`,
  )
}

/**
 * The statements in the order that PostgreSQL needs: what stands in the way of the new type goes first, an identity
 * is added only to a NOT NULL column without a default, and a new default must fit the new type.
 */
function changed(
  scope: NameScope,
  table: ObjectName,
  column: string,
  to: ColumnState,
  from: ColumnState,
): readonly DirectiveStatement[] {
  const tableSql = nameSql(scope, table)
  const name = quoteIdent(column)
  const alter = (what: string | false | undefined) =>
    what === undefined || what === false ? undefined : `ALTER TABLE ${tableSql} ALTER COLUMN ${name} ${what}`
  const hadDefault = typeof from.default === 'string'
  const dropsDefault =
    to.default === null || (to.default !== undefined && to.type !== undefined && hadDefault)
  return statements(
    alter(to.identity === null && 'DROP IDENTITY'),
    alter(dropsDefault && 'DROP DEFAULT'),
    alter(typeChange(scope, to)),
    alter(to.nullable === false && 'SET NOT NULL'),
    alter(to.nullable === true && 'DROP NOT NULL'),
    alter(identityChange(to.identity, from.identity)),
    alter(typeof to.default === 'string' && `SET DEFAULT ${to.default}`),
    alter(to.generated === null && 'DROP EXPRESSION'),
    alter(typeof to.generated === 'string' && `SET EXPRESSION AS (${to.generated})`),
    alter(to.storage !== undefined && `SET STORAGE ${to.storage.toUpperCase()}`),
    alter(to.compression !== undefined && `SET COMPRESSION ${to.compression}`),
    alter(to.statistics !== undefined && `SET STATISTICS ${to.statistics}`),
    commentSql(`COLUMN ${tableSql}.${name}`, to.comment),
  )
}

function typeChange(scope: NameScope, to: ColumnState): string | undefined {
  if (to.type === undefined) {
    if (to.collation === undefined && to.using === undefined) return undefined
    throw new MigError('alter-column-type', 'alterColumn got collation or using, but no type', {
      help: 'give the type too, even if it does not change: PostgreSQL sets a collation with ALTER COLUMN … TYPE',
    })
  }
  return words(
    `TYPE ${typeSql(scope, to.type)}`,
    collateSql(to.collation),
    to.using !== undefined && `USING ${to.using}`,
  )
}

function identityChange(
  to: Identity | null | undefined,
  from: Identity | null | undefined,
): string | undefined {
  if (to === undefined || to === null) return undefined
  if (from === undefined || from === null) return `ADD ${identitySql(to)}`
  const options = typeof to === 'string' ? [] : sequenceOptionWords(to).map((option) => `SET ${option}`)
  return words(`SET GENERATED ${identityKind(to)}`, ...options)
}

function stateBefore(changes: ColumnChanges): ColumnState {
  const { existing = {}, rename: _name, using: _using, collation: _collation, identity, ...state } = changes
  if (changes.generated === null) {
    throw new MigError('no-reverse', 'PostgreSQL cannot turn a plain column into a generated one', {
      help: 'write the downgrade as op.dropColumn and op.addColumn',
    })
  }
  return {
    ...restored(state, { nullable: !state.nullable, ...existing }, 'alterColumn'),
    ...(identity === undefined ? {} : { identity: identityBefore(identity, existing.identity) }),
    ...{ using: existing.using, collation: existing.collation },
  }
}

/** ALTER … SET GENERATED leaves the options of the sequence that it does not name. */
function identityBefore(to: Identity | null, existing: Identity | null | undefined): Identity | null {
  const before = required(existing, 'alterColumn', 'existing.identity')
  if (before === null || to === null || typeof to === 'string') return before
  const { generated: _generated, ...changed } = to
  const known: SequenceOptions = typeof before === 'string' ? {} : before
  restored<SequenceOptions>(changed, known, 'alterColumn', 'existing.identity')
  return before
}
