import { quoteIdent } from '../../postgres/sql/quote.ts'
import { words } from '../directive.ts'
import { type NameScope, nameSql, type ObjectName } from '../names.ts'
import { type Collation, collateSql, columnListSql, parametersSql, type StorageParameters } from './common.ts'

/** What happens to a row whose referenced row goes or changes. */
export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

export interface Deferral {
  readonly deferrable?: boolean
  readonly initially?: 'deferred' | 'immediate'
}

/** Options of a foreign key, on a column or on a table. */
export interface ForeignKeyOptions extends Deferral {
  readonly onDelete?: ReferentialAction
  readonly onUpdate?: ReferentialAction
  readonly match?: 'full' | 'simple'
  /** Leave the rows that are there unchecked; see `validateConstraint`. */
  readonly notValid?: boolean
}

/** Options of the index behind a primary key, a unique or an exclude constraint. */
export interface ConstraintIndexOptions extends Deferral {
  readonly include?: readonly string[]
  readonly with?: StorageParameters
  readonly tablespace?: string
}

export interface PrimaryKeyConstraint extends ConstraintIndexOptions {
  readonly name?: string
  readonly primaryKey: readonly string[]
}

export interface UniqueConstraint extends ConstraintIndexOptions {
  readonly name?: string
  readonly unique: readonly string[]
  /** PostgreSQL 15 and newer. */
  readonly nullsNotDistinct?: boolean
}

export interface CheckConstraint {
  readonly name?: string
  /** The condition, as SQL. */
  readonly check: string
  readonly noInherit?: boolean
  readonly notValid?: boolean
}

export interface ForeignKeyConstraint extends ForeignKeyOptions {
  readonly name?: string
  readonly foreignKey: readonly string[]
  readonly references: { readonly table: ObjectName; readonly columns?: readonly string[] }
}

/** One element of an exclude constraint: a column or an expression, and the operator that must not hold. */
export type ExcludeElement = ({ readonly column: string } | { readonly expression: string }) & {
  /** The operator as SQL: `=`, `&&`. */
  readonly with: string
  readonly opclass?: string
  readonly collation?: Collation
}

export interface ExcludeConstraint extends ConstraintIndexOptions {
  readonly name?: string
  readonly exclude: readonly ExcludeElement[]
  /** The index method; PostgreSQL's default is btree, which knows only `=`. */
  readonly using?: string
  readonly where?: string
}

/** A table constraint; its key says which kind it is. */
export type Constraint =
  | PrimaryKeyConstraint
  | UniqueConstraint
  | CheckConstraint
  | ForeignKeyConstraint
  | ExcludeConstraint

export function constraintSql(scope: NameScope, constraint: Constraint): string {
  return words(
    constraint.name !== undefined && `CONSTRAINT ${quoteIdent(constraint.name)}`,
    constraintBody(scope, constraint),
  )
}

function constraintBody(scope: NameScope, constraint: Constraint): string {
  if ('primaryKey' in constraint) {
    return words(
      'PRIMARY KEY',
      columnListSql(constraint.primaryKey),
      indexOptionsSql(constraint),
      deferralSql(constraint),
    )
  }
  if ('unique' in constraint) {
    return words(
      'UNIQUE',
      constraint.nullsNotDistinct === true && 'NULLS NOT DISTINCT',
      columnListSql(constraint.unique),
      indexOptionsSql(constraint),
      deferralSql(constraint),
    )
  }
  if ('check' in constraint) {
    return words(
      `CHECK (${constraint.check})`,
      constraint.noInherit === true && 'NO INHERIT',
      constraint.notValid === true && 'NOT VALID',
    )
  }
  if ('foreignKey' in constraint) {
    return words(
      `FOREIGN KEY ${columnListSql(constraint.foreignKey)}`,
      referencesSql(scope, constraint.references.table, constraint.references.columns, constraint),
    )
  }
  return words(
    'EXCLUDE',
    constraint.using !== undefined && `USING ${quoteIdent(constraint.using)}`,
    `(${constraint.exclude.map(excludeElementSql).join(', ')})`,
    indexOptionsSql(constraint),
    constraint.where !== undefined && `WHERE (${constraint.where})`,
    deferralSql(constraint),
  )
}

export function referencesSql(
  scope: NameScope,
  table: ObjectName,
  columns: readonly string[] | undefined,
  options: ForeignKeyOptions,
): string {
  return words(
    'REFERENCES',
    nameSql(scope, table),
    columns !== undefined && columnListSql(columns),
    options.match !== undefined && `MATCH ${options.match.toUpperCase()}`,
    options.onDelete !== undefined && `ON DELETE ${options.onDelete.toUpperCase()}`,
    options.onUpdate !== undefined && `ON UPDATE ${options.onUpdate.toUpperCase()}`,
    deferralSql(options),
    options.notValid === true && 'NOT VALID',
  )
}

/** DEFERRABLE and INITIALLY. */
export function deferralSql(deferral: Deferral): string {
  return words(
    deferral.deferrable === true && 'DEFERRABLE',
    deferral.deferrable === false && 'NOT DEFERRABLE',
    deferral.initially !== undefined && `INITIALLY ${deferral.initially.toUpperCase()}`,
  )
}

function indexOptionsSql(options: ConstraintIndexOptions): string {
  const parameters = parametersSql(options.with)
  return words(
    options.include !== undefined && `INCLUDE ${columnListSql(options.include)}`,
    parameters !== undefined && `WITH (${parameters})`,
    options.tablespace !== undefined && `USING INDEX TABLESPACE ${quoteIdent(options.tablespace)}`,
  )
}

function excludeElementSql(element: ExcludeElement): string {
  return words(
    'column' in element ? quoteIdent(element.column) : `(${element.expression})`,
    collateSql(element.collation),
    element.opclass,
    `WITH ${element.with}`,
  )
}
