import { type Action, columnChange, relationOf, typeChange } from '../../difference/index.ts'
import { quoteIdentAlways } from '../../postgres/index.ts'
import {
  elementTypeName,
  enumFacts,
  rowChange,
  schemaNameText,
  withoutCast,
} from '../../postgres/statement/index.ts'
import { columnWithoutNulls } from '../search/fill.ts'

/** A value that a revision computes for each row of a table that is there: by a cast, or by `--using`. */
export interface Conversion {
  readonly schema: string
  readonly table: string
  readonly column: string
  /** The expression, as SQL over the table's row. */
  readonly value: string
  /** What it becomes; undefined where the column's own type is not known. */
  readonly type: string | undefined
  /** The values of the enum that it becomes, where the revision recreates it. */
  readonly labels: readonly string[] | undefined
  /** The value may not be NULL: from now on, or where the live column is NOT NULL. */
  readonly notNull: boolean | 'as live'
}

/** The conversions among a side's actions that live rows may not allow. Columns that the side makes are no cast's source. */
export function conversions(actions: readonly Action[]): readonly Conversion[] {
  const labels = enumLabels(actions)
  const notNull = new Set(actions.flatMap((action) => keyOf(columnWithoutNulls(action)) ?? []))
  const freed = new Set(actions.flatMap((action) => keyOf(freedColumn(action)) ?? []))
  const made = new Set(
    actions.flatMap(({ produces }) => {
      const [id] = produces
      const table = id?.kind === 'table' ? relationOf(id) : undefined
      return table === undefined ? [] : [`${table.schema}.${table.name}`]
    }),
  )
  return actions.flatMap((action): readonly Conversion[] => {
    const found = retyped(action, labels, { notNull, freed }) ?? filled(action, notNull)
    return found === undefined || made.has(`${found.schema}.${found.table}`) ? [] : [found]
  })
}

function retyped(
  action: Action,
  labels: ReadonlyMap<string, readonly string[]>,
  { notNull, freed }: Readonly<Record<'notNull' | 'freed', ReadonlySet<string>>>,
): Conversion | undefined {
  const change = typeChange(action)
  if (change === undefined) return undefined
  const { column, type, using } = change
  if (action.castRisk !== 'fails' && using === undefined) return undefined
  const known = labels.get(elementTypeName(type))
  const value = using ?? quoteIdentAlways(column.name)
  return {
    schema: column.schema,
    table: column.table,
    column: column.name,
    // The type of that name is another one yet.
    value: known === undefined ? value : withoutCast(value),
    type,
    labels: known,
    notNull:
      action.using !== undefined &&
      (notNull.has(keyOf(column) ?? '') || (!freed.has(keyOf(column) ?? '') && 'as live')),
  }
}

/** The column that may have no value from now on. */
function freedColumn(action: Action) {
  const { column, change } = columnChange(action) ?? {}
  return change?.kind === 'drop not null' ? column : undefined
}

function filled(action: Action, notNull: ReadonlySet<string>): Conversion | undefined {
  const value = rowChange(action.sql)?.set?.value
  const column = action.consumes.find((id) => id.kind === 'column')
  if (value === undefined || column?.kind !== 'column' || action.using === undefined) return undefined
  const { schema, table, name } = column
  const isDemanded = notNull.has(keyOf(column) ?? '')
  return { schema, table, column: name, value, type: undefined, labels: undefined, notNull: isDemanded }
}

/** The values of the enums that the actions make, by name. */
function enumLabels(actions: readonly Action[]): ReadonlyMap<string, readonly string[]> {
  const made = new Map<string, readonly string[]>()
  for (const { sql } of actions) {
    const found = enumFacts(sql)
    if (found !== undefined) made.set(schemaNameText(found.type), found.labels)
  }
  return made
}

function keyOf(
  column: { readonly schema: string; readonly table: string; readonly name: string } | undefined,
): string | undefined {
  return column === undefined ? undefined : JSON.stringify([column.schema, column.table, column.name])
}
