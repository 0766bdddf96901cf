import { quoteIdent } from '../../postgres/sql/quote.ts'
import { commentSql } from '../clauses/common.ts'
import {
  type Directive,
  type DirectiveStatement,
  type Restored,
  required,
  statements,
  words,
} from '../directive.ts'
import { dropObject, renameObject } from '../drop-and-rename.ts'
import { type NameScope, nameSql, type ObjectName, renamedTo, resolvedName } from '../names.ts'
import { literalText } from '../sql-text.ts'

export interface CreateEnumOptions {
  readonly comment?: string
}

/** A column whose type is the enum, for a change that has to build the type again. */
export interface EnumColumn {
  readonly table: ObjectName
  readonly column: string
  /** Its default as SQL, when it has one: it is dropped and set again around the change. */
  readonly default?: string
  readonly array?: boolean
}

export interface EnumExisting {
  /** The values as they are. */
  readonly values: readonly string[]
  /** Every column of the type. */
  readonly columns?: readonly EnumColumn[]
  readonly comment?: string
}

export interface AddEnumValueOptions {
  readonly before?: string
  readonly after?: string
  readonly ifNotExists?: boolean
  readonly existing?: EnumExisting
}

export interface AlterEnumOptions {
  readonly existing: EnumExisting
}

/** CREATE TYPE … AS ENUM. Reverse: DROP TYPE. */
export const createEnum: Directive<
  [name: ObjectName, values: readonly string[], options?: CreateEnumOptions]
> = {
  forward: (scope, name, values, options = {}) =>
    statements(
      `CREATE TYPE ${nameSql(scope, name)} AS ENUM (${values.map(literalText).join(', ')})`,
      commentSql(`TYPE ${nameSql(scope, name)}`, options.comment),
    ),
  reverse: (scope, name) => dropEnum.forward(scope, name),
}

/** DROP TYPE. Reverse: CREATE TYPE with the `existing` values. */
export const dropEnum = dropObject<readonly string[]>('TYPE', 'dropEnum', createEnum.forward)

/** ALTER TYPE … RENAME TO. Reverse: rename back. */
export const renameEnum = renameObject('TYPE')

/**
 * ALTER TYPE … ADD VALUE. PostgreSQL lets the new value be used only after the transaction has committed.
 *
 * PostgreSQL can only build the type again, so the reverse needs `existing`: the values without the new
 * one, and the columns of the type.
 */
export const addEnumValue: Restored<[name: ObjectName, value: string], AddEnumValueOptions> = {
  forward: (scope, name, value, options = {}) =>
    statements(
      words(
        `ALTER TYPE ${nameSql(scope, name)} ADD VALUE`,
        options.ifNotExists && 'IF NOT EXISTS',
        literalText(value),
        options.before !== undefined && `BEFORE ${literalText(options.before)}`,
        options.after !== undefined && `AFTER ${literalText(options.after)}`,
      ),
    ),
  reverse: (scope, name, _value, options) => {
    const existing = required(options?.existing, 'addEnumValue', 'existing')
    return rebuilt(scope, name, existing.values, existing)
  },
}

/** ALTER TYPE … RENAME VALUE. Reverse: rename back. */
export const renameEnumValue: Directive<[name: ObjectName, value: string, newValue: string]> = {
  forward: (scope, name, value, newValue) =>
    statements(
      `ALTER TYPE ${nameSql(scope, name)} RENAME VALUE ${literalText(value)} TO ${literalText(newValue)}`,
    ),
  reverse: (scope, name, value, newValue) => renameEnumValue.forward(scope, name, newValue, value),
}

/**
 * Give the enum other values by building it again: a new type, the columns moved to it by their text, the old type
 * dropped. It rewrites the tables of `existing.columns`, and fails when a row has a value that is gone, or something
 * else uses the type, as a domain or a function. The new type has no grants: see `op.keepGrants`.
 * Reverse: the same, back to `existing.values`.
 */
export const alterEnum: Directive<[name: ObjectName, values: readonly string[], options: AlterEnumOptions]> =
  {
    forward: (scope, name, values, { existing }) => rebuilt(scope, name, values, existing),
    reverse: (scope, name, _values, { existing }) => rebuilt(scope, name, existing.values, existing),
  }

function rebuilt(
  scope: NameScope,
  name: ObjectName,
  values: readonly string[],
  { columns = [], comment }: EnumExisting,
): readonly DirectiveStatement[] {
  const old = renamedTo(name, 'just_mig_old_enum')
  const columnChanges = columns.flatMap(({ table, column, array, default: byDefault }) => {
    const alter = `ALTER TABLE ${nameSql(scope, table)} ALTER COLUMN ${quoteIdent(column)}`
    const type = `${nameSql(scope, name)}${array === true ? '[]' : ''}`
    const text = array === true ? 'text[]' : 'text'
    return [
      byDefault === undefined ? undefined : `${alter} DROP DEFAULT`,
      `${alter} TYPE ${type} USING ${quoteIdent(column)}::${text}::${type}`,
      byDefault === undefined ? undefined : `${alter} SET DEFAULT ${byDefault}`,
    ]
  })
  return [
    ...renameEnum.forward(scope, name, resolvedName(scope, old).name),
    ...createEnum.forward(scope, name, values, { comment }),
    ...statements(...columnChanges),
    ...dropEnum.forward(scope, old),
  ]
}
