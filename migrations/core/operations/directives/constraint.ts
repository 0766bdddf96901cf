import { quoteIdent } from '../../postgres/sql/quote.ts'
import { commentSql } from '../clauses/common.ts'
import {
  type CheckConstraint,
  type Constraint,
  type ConstraintIndexOptions,
  constraintSql,
  type Deferral,
  deferralSql,
  type ExcludeConstraint,
  type ExcludeElement,
  type ForeignKeyOptions,
} from '../clauses/constraints.ts'
import {
  type Directive,
  type DirectiveStatement,
  type Restored,
  required,
  statements,
  words,
} from '../directive.ts'
import { type DropOptions, dropSql } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'
import { createIndex, type ExistingIndex } from './indexes.ts'

/** The key columns, or the unique index that becomes the constraint's and takes its name. */
export type KeyColumns =
  | readonly string[]
  | {
      readonly usingIndex: string
      /** The index as it is, for the reverse: DROP CONSTRAINT takes it away, and this makes it again. */
      readonly existing?: Omit<ExistingIndex, 'table' | 'unique'>
    }

interface Commented {
  readonly comment?: string
}

export interface PrimaryKeyOptions extends ConstraintIndexOptions, Commented {}

export interface UniqueOptions extends ConstraintIndexOptions, Commented {
  /** PostgreSQL 15 and newer. */
  readonly nullsNotDistinct?: boolean
}

export interface CreateForeignKeyOptions extends ForeignKeyOptions, Commented {}

export interface CheckOptions extends Omit<CheckConstraint, 'name' | 'check'>, Commented {}

export interface ExcludeOptions extends Omit<ExcludeConstraint, 'name' | 'exclude'>, Commented {}

/**
 * ALTER TABLE … ADD PRIMARY KEY.
 * Reverse: DROP CONSTRAINT, and the index again where it was made from one and `existing` tells it. The columns stay
 * NOT NULL, as PostgreSQL leaves them.
 */
export const createPrimaryKey: Directive<
  [name: string, table: ObjectName, columns: KeyColumns, options?: PrimaryKeyOptions]
> = {
  forward: (scope, name, table, columns, options = {}) =>
    'usingIndex' in columns
      ? addUsingIndex(scope, name, table, 'PRIMARY KEY', columns.usingIndex, options)
      : add(scope, name, table, { ...options, primaryKey: columns }, options.comment),
  reverse: dropKey,
}

/**
 * ALTER TABLE … ADD UNIQUE.
 * Reverse: DROP CONSTRAINT, and the index again where it was made from one and `existing` tells it.
 */
export const createUniqueConstraint: Directive<
  [name: string, table: ObjectName, columns: KeyColumns, options?: UniqueOptions]
> = {
  forward: (scope, name, table, columns, options = {}) =>
    'usingIndex' in columns
      ? addUsingIndex(scope, name, table, 'UNIQUE', columns.usingIndex, options)
      : add(scope, name, table, { ...options, unique: columns }, options.comment),
  reverse: dropKey,
}

/**
 * ALTER TABLE `source` ADD FOREIGN KEY (`localColumns`) REFERENCES `referent` (`remoteColumns`).
 * Reverse: DROP CONSTRAINT.
 */
export const createForeignKey: Directive<
  [
    name: string,
    source: ObjectName,
    referent: ObjectName,
    localColumns: readonly string[],
    remoteColumns: readonly string[],
    options?: CreateForeignKeyOptions,
  ]
> = {
  forward: (scope, name, source, referent, localColumns, remoteColumns, options = {}) => {
    const references = { table: referent, columns: remoteColumns }
    return add(scope, name, source, { ...options, foreignKey: localColumns, references }, options.comment)
  },
  reverse: (scope, name, source) => dropConstraint.forward(scope, name, source),
}

/** ALTER TABLE … ADD CHECK. Reverse: DROP CONSTRAINT. */
export const createCheckConstraint: Directive<
  [name: string, table: ObjectName, condition: string, options?: CheckOptions]
> = {
  forward: (scope, name, table, condition, options = {}) =>
    add(scope, name, table, { ...options, check: condition }, options.comment),
  reverse: (scope, name, table) => dropConstraint.forward(scope, name, table),
}

/** ALTER TABLE … ADD EXCLUDE. Reverse: DROP CONSTRAINT. */
export const createExcludeConstraint: Directive<
  [name: string, table: ObjectName, elements: readonly ExcludeElement[], options?: ExcludeOptions]
> = {
  forward: (scope, name, table, elements, options = {}) =>
    add(scope, name, table, { ...options, exclude: elements }, options.comment),
  reverse: (scope, name, table) => dropConstraint.forward(scope, name, table),
}

/**
 * ALTER TABLE … VALIDATE CONSTRAINT.
 * Reverse: nothing. PostgreSQL cannot make a checked constraint unchecked; the reverse of what created it drops it.
 */
export const validateConstraint: Directive<[name: string, table: ObjectName]> = {
  forward: (scope, name, table) =>
    statements(`ALTER TABLE ${nameSql(scope, table)} VALIDATE CONSTRAINT ${quoteIdent(name)}`),
  reverse: () => [],
}

/** ALTER TABLE … DROP CONSTRAINT. Reverse: ADD the `existing` one, under the name of the dropped one. */
export const dropConstraint: Restored<[name: string, table: ObjectName], DropOptions<Constraint>> = {
  forward: (scope, name, table, options) =>
    statements(`ALTER TABLE ${nameSql(scope, table)} ${dropSql('CONSTRAINT', quoteIdent(name), options)}`),
  reverse: (scope, name, table, options) =>
    add(scope, name, table, required(options?.existing, 'dropConstraint', 'existing'), undefined),
}

/** ALTER TABLE … RENAME CONSTRAINT. Reverse: rename back. */
export const renameConstraint: Directive<[name: string, table: ObjectName, newName: string]> = {
  forward: (scope, name, table, newName) =>
    statements(
      `ALTER TABLE ${nameSql(scope, table)} RENAME CONSTRAINT ${quoteIdent(name)} TO ${quoteIdent(newName)}`,
    ),
  reverse: (scope, name, table, newName) => renameConstraint.forward(scope, newName, table, name),
}

function dropKey(
  scope: NameScope,
  name: string,
  table: ObjectName,
  key: KeyColumns,
): readonly DirectiveStatement[] {
  const dropped = dropConstraint.forward(scope, name, table)
  if (!('usingIndex' in key) || key.existing === undefined) return dropped
  const { columns, ...options } = key.existing
  return [
    ...dropped,
    ...createIndex.forward(scope, key.usingIndex, table, columns, { ...options, unique: true }),
  ]
}

function add(
  scope: NameScope,
  name: string,
  table: ObjectName,
  constraint: Constraint,
  comment: string | undefined,
): readonly DirectiveStatement[] {
  const tableSql = nameSql(scope, table)
  return statements(
    `ALTER TABLE ${tableSql} ADD ${constraintSql(scope, { ...constraint, name })}`,
    commentSql(`CONSTRAINT ${quoteIdent(name)} ON ${tableSql}`, comment),
  )
}

function addUsingIndex(
  scope: NameScope,
  name: string,
  table: ObjectName,
  kind: 'PRIMARY KEY' | 'UNIQUE',
  index: string,
  options: Deferral & Commented,
): readonly DirectiveStatement[] {
  const tableSql = nameSql(scope, table)
  return statements(
    words(
      `ALTER TABLE ${tableSql} ADD CONSTRAINT ${quoteIdent(name)} ${kind} USING INDEX ${quoteIdent(index)}`,
      deferralSql(options),
    ),
    commentSql(`CONSTRAINT ${quoteIdent(name)} ON ${tableSql}`, options.comment),
  )
}
