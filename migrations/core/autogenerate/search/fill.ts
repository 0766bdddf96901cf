import { type Action, columnChange, retypedColumn } from '../../difference/index.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { withoutNotNull } from '../../postgres/statement/index.ts'
import { columnText } from '../questions/names.ts'
import type { CastDecisions } from './decisions.ts'
import type { Refusal } from './trial.ts'

interface ColumnName {
  readonly schema: string
  readonly table: string
  readonly name: string
}

/**
 * The column that an action makes NOT NULL without a default, by adding it so or by setting it. PostgreSQL itself numbers
 * the rows of a new identity column, and computes those of a generated one.
 */
export function columnWithoutNulls(action: Action): ColumnName | undefined {
  const { column, change } = columnChange(action) ?? {}
  if (change?.kind === 'set not null') return column
  if (change?.kind !== 'add column' || !change.notNull || change.default !== undefined) return undefined
  return change.generated === undefined ? column : undefined
}

/** The column that rows have no value for, of an action that PostgreSQL refused for it; `schema.table.column`. */
export function columnToFill({ action, error }: Refusal): string | undefined {
  const column = columnWithoutNulls(action)
  const isRefusedForNulls = 'code' in error && error.code === '23502'
  return isRefusedForNulls ? nameOf(column) : undefined
}

/**
 * The table whose rows stop a downgrade, as they have no value for a column, and none is named: what `--using` says of the
 * column is for the upgrade. The downgrade is refused where there are rows, and its header says so. Also the table of a
 * column that a person is asked about.
 */
export function unfillable(refusal: Refusal, casts: CastDecisions): ColumnName | undefined {
  const name = columnToFill(refusal)
  if (name === undefined) return undefined
  const isSettled = casts.there?.[name] !== undefined || casts.asked?.includes(name) === true
  return isSettled ? columnWithoutNulls(refusal.action) : undefined
}

function nameOf(column: ColumnName | undefined): string | undefined {
  return column === undefined ? undefined : columnText(column)
}

/**
 * Puts the values of `--using` into the columns that are new or become NOT NULL, whether the scratch database has rows
 * that need them or not. Where the same column changes its type, the expression is for that.
 */
export function decideFills(actions: readonly Action[], casts: CastDecisions): readonly Action[] {
  const retyped = new Set(actions.flatMap((action) => nameOf(retypedColumn(action)) ?? []))
  return actions.flatMap((action) => {
    const name = nameOf(columnWithoutNulls(action) ?? newColumn(action))
    return name === undefined || retyped.has(name) ? [action] : (filled(action, casts) ?? [action])
  })
}

/** The statements that give rows the value that a person named, for an action that PostgreSQL refused for them. */
export function filling(refusal: Refusal, casts: CastDecisions): readonly Action[] | undefined {
  return columnToFill(refusal) === undefined ? undefined : filled(refusal.action, casts)
}

/** The column that an action adds, where it takes values from outside. */
function newColumn(action: Action): ColumnName | undefined {
  const { column, change } = columnChange(action) ?? {}
  return change?.kind === 'add column' && change.generated === undefined ? column : undefined
}

function filled(action: Action, casts: CastDecisions): readonly Action[] | undefined {
  const demanding = columnWithoutNulls(action)
  const column = demanding ?? newColumn(action)
  const name = nameOf(column)
  const value = name === undefined ? undefined : (casts.fill ?? casts.using)[name]
  if (column === undefined || name === undefined || value === undefined) return undefined
  const table = qualifiedName(column.schema, column.table)
  const quoted = quoteIdent(column.name)
  const id = { kind: 'column', schema: column.schema, table: column.table, name: column.name } as const
  const alter = { ...action, produces: [], destroys: [], consumes: [id], verb: 'alter' } as const
  const update = (condition: string): Action => ({
    ...alter,
    sql: `UPDATE ${table} SET ${quoted} = ${value}${condition}`,
    rewrites: true,
    using: [name],
  })
  if (demanding === undefined) return [action, update('')]
  const isNew = newColumn(action) !== undefined
  return [
    ...(isNew ? [{ ...action, sql: withoutNotNull(action.sql) }] : []),
    { ...update(` WHERE ${quoted} IS NULL`), ...(isNew ? {} : { fills: [id] }) },
    isNew ? { ...alter, sql: `ALTER TABLE ${table} ALTER COLUMN ${quoted} SET NOT NULL` } : alter,
  ]
}
