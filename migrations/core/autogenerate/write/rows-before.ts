import { type Action, columnChange, typeChange } from '../../difference/index.ts'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import {
  type ConstraintFacts,
  rowChange,
  type SchemaName,
  tableChange,
} from '../../postgres/statement/index.ts'

/** What the actions before one have made of rows that are there. */
export type RowsBefore = ReturnType<typeof rowsBefore>

interface ColumnValue {
  readonly sql: string
  /** Whether the column is not there yet. */
  readonly isNew: boolean
}

function constraintIn({ produces, consumes }: Action) {
  for (const id of [...produces, ...consumes]) if (id.kind === 'constraint') return id
  return undefined
}

/** Keeps what actions make of rows, for queries on a database where they have not run. */
export function rowsBefore() {
  const values = new Map<string, Map<string, ColumnValue>>()
  const empty = new Set<string>()
  const unchecked = new Map<string, ConstraintFacts>()
  const valuesOf = (table: string) => values.get(table) ?? new Map<string, ColumnValue>()
  function set(table: string, column: string, value: ColumnValue): void {
    values.set(table, valuesOf(table).set(column, value))
  }

  function noteColumn(action: Action): void {
    const { column, change } = columnChange(action) ?? {}
    if (column === undefined) return
    const table = qualifiedName(column.schema, column.table)
    if (change?.kind === 'add column' && change.generated === undefined)
      set(table, column.name, { sql: change.default ?? 'NULL', isNew: true })
    const using = typeChange(action)?.using
    if (using !== undefined) set(table, column.name, { sql: using, isNew: false })
  }

  function noteRows({ sql }: Action): void {
    const { table, kind, set: update } = rowChange(sql) ?? {}
    if (table === undefined) return
    const name = qualifiedName(table.schema ?? '', table.name)
    if (kind === 'insert') empty.delete(name)
    if (update === undefined) return
    const { column, value, where } = update
    const isNew = valuesOf(name).get(column)?.isNew === true
    const isForNulls = where !== undefined && !isNew
    const whole = isForNulls ? `coalesce(${quoteIdent(column)}, ${value})` : value
    set(name, column, { sql: whole, isNew })
  }

  return {
    note(action: Action): void {
      noteColumn(action)
      noteRows(action)
      const [made] = action.produces
      if (action.verb === 'create' && made?.kind === 'table') empty.add(qualifiedName(made.schema, made.name))
      for (const id of action.destroys)
        if (id.kind === 'table') empty.delete(qualifiedName(id.schema, id.name))
      const change = tableChange(action.sql)
      const id = constraintIn(action)
      if (change?.kind === 'add constraint' && id !== undefined)
        unchecked.set(JSON.stringify(id), change.constraint)
    },
    /** The constraint that an action holds rows to, also where it was added before without a look at them. */
    constraintOf(action: Action): ConstraintFacts | undefined {
      const change = tableChange(action.sql)
      if (change?.kind === 'add constraint') return change.constraint
      if (change?.kind !== 'validate constraint') return undefined
      return unchecked.get(JSON.stringify(constraintIn(action)))
    },
    /** The rows of a table with the values that they will have, in some of its columns. */
    withKey(table: string, columns: readonly string[]): string {
      const known = valuesOf(table)
      if (!columns.some((column) => known.has(column))) return table
      const list = columns.map((column) => {
        const value = known.get(column)?.sql
        return value === undefined ? quoteIdent(column) : `(${value}) AS ${quoteIdent(column)}`
      })
      return `(SELECT ${list.join(', ')} FROM ${table} AS t)`
    },
    /** The rows of a table with its new columns. */
    withNew(table: string): string {
      const added = [...valuesOf(table)].filter(([, { isNew }]) => isNew)
      if (added.length === 0) return table
      const list = added.map(([column, { sql }]) => `(${sql}) AS ${quoteIdent(column)}`)
      return `(SELECT *, ${list.join(', ')} FROM ${table} AS t)`
    },
    /** Whether a table is made by the actions and has no rows. */
    isEmpty: ({ schema, name }: SchemaName) => empty.has(qualifiedName(schema ?? '', name)),
  }
}
