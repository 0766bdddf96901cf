import { type Action, idKey, type ObjectId, relationOf, retypedColumn } from '../../difference/index.ts'
import { shellWord } from '../../environment/index.ts'
import { type ConstraintFacts, indexFacts, rowChange, tableChange } from '../../postgres/statement/index.ts'
import { pathText } from '../questions/names.ts'
import { columnWithoutNulls } from '../search/fill.ts'
import { breakingRows } from './breaking-rows.ts'
import { type RowsBefore, rowsBefore } from './rows-before.ts'

/** What a revision asks of rows that are there already. */
export interface RowDemand {
  /** Empty for the schema of a tenant. */
  readonly schema: string
  readonly table: string
  /** A column that takes no NULL from now on; null where a constraint or an index looks at the rows. */
  readonly column: string | null
  /** `rows`: the column is new, any row is too many. `nulls`: it is there. `break`: rows that `object` does not allow. */
  readonly fails: 'rows' | 'nulls' | 'break'
  /** `constraint t_amount_check` */
  readonly object: string
  /** Whether `--using` fills the column. */
  readonly fillable?: boolean
  /** Finds the rows that `object` does not allow, where a query tells them. */
  readonly query?: string
}

/**
 * The demands of a side's actions on the rows of tables that it does not make itself: NOT NULL without a value,
 * and constraints and unique indexes that PostgreSQL checks at once (manual, ALTER TABLE, ADD table_constraint).
 */
export function rowDemands(actions: readonly Action[]): readonly RowDemand[] {
  const settled = new Set<string>()
  const empty = new Set<string>()
  const numbers = new Set<string>()
  const demands = new Map<string, RowDemand>()
  const before = rowsBefore()
  for (const action of actions) {
    const demand = demandOf(action, before)
    const key = before.constraintOf(action)
    before.note(action)
    const column = columnWithoutNulls(action)
    const isSettled =
      (demand !== undefined && settled.has(`${demand.schema}.${demand.table}`)) ||
      (column !== undefined && settled.has(idKey({ kind: 'column', ...column })))
    const holds =
      demand === undefined || looksAtNulls(key, demand, empty) || isNumberedKey(key, demand, numbers)
    if (!isSettled && !holds) {
      demands.set(JSON.stringify(demand), demand)
    }
    for (const id of action.produces) {
      const relation = relationOf(id)
      const isNew =
        action.verb === 'create' && relation !== undefined && 'name' in id && relation.name === id.name
      if (isNew) settled.add(`${relation.schema}.${relation.name}`)
      const added = id.kind === 'column' ? tableChange(action.sql) : undefined
      if (added?.kind !== 'add column') continue
      if (!added.notNull && added.default === undefined && added.generated === undefined) empty.add(idKey(id))
      if (added.generated === 'identity' || added.default?.startsWith('nextval(') === true)
        numbers.add(idKey(id))
    }
    // Its values are what a person said.
    const retyped = action.using === undefined ? undefined : retypedColumn(action)
    if (retyped !== undefined) settled.add(idKey(retyped))
    const [filled] = action.consumes
    if (filled?.kind !== 'column' || rowChange(action.sql)?.kind !== 'update') continue
    settled.add(idKey(filled))
    empty.delete(idKey(filled))
  }
  return [...demands.values()]
}

/** Whether a key is of columns that are new and without a value: NULL breaks neither UNIQUE nor FOREIGN KEY. */
function looksAtNulls(
  key: ConstraintFacts | undefined,
  { schema, table }: RowDemand,
  empty: ReadonlySet<string>,
): boolean {
  const names = keyColumns(key, ['foreign key', 'unique'])
  return names.length > 0 && names.every((name) => empty.has(idKey({ kind: 'column', schema, table, name })))
}

/** Whether a key has a column that is new and whose rows PostgreSQL numbers: no two are equal. */
function isNumberedKey(
  key: ConstraintFacts | undefined,
  { schema, table }: RowDemand,
  numbers: ReadonlySet<string>,
): boolean {
  const names = keyColumns(key, ['primary key', 'unique'])
  return names.some((name) => numbers.has(idKey({ kind: 'column', schema, table, name })))
}

function keyColumns(
  key: ConstraintFacts | undefined,
  kinds: readonly ConstraintFacts['kind'][],
): readonly string[] {
  return key !== undefined && kinds.includes(key.kind) ? key.columns : []
}

function demandOf(action: Action, before: RowsBefore): RowDemand | undefined {
  const column = columnWithoutNulls(action)
  if (column !== undefined) {
    const isNew = action.produces.some((id) => id.kind === 'column')
    const { schema, table, name } = column
    return { schema, table, column: name, fails: isNew ? 'rows' : 'nulls', object: `column ${name}` }
  }
  const retyped = retypedColumn(action)
  if (retyped !== undefined) {
    if (action.castRisk !== 'fails') return undefined
    const { schema, table, name } = retyped
    return { schema, table, column: null, fails: 'break', object: `the new type of column ${name}` }
  }
  const checked = checkedObject(action)
  if (checked === undefined || !('name' in checked)) return undefined
  // An index does not name its table.
  const [table] = [checked, ...action.consumes].flatMap((id) => relationOf(id) ?? [])
  if (table === undefined) return undefined
  const object = `${checked.kind === 'index' ? 'unique index' : 'constraint'} ${checked.name}`
  const { schema, name } = table
  const query = breakingRows(action, { schema, table: name }, before)
  const demand = { schema, table: name, column: null, fails: 'break', object } as const
  return query === undefined ? demand : { ...demand, query }
}

/** The constraint or unique index that an action holds all rows to. */
function checkedObject({ sql, produces, consumes }: Action): ObjectId | undefined {
  const constraint = [...produces, ...consumes].find((id) => id.kind === 'constraint')
  if (constraint !== undefined) {
    const change = tableChange(sql)
    const looksAtRows =
      change?.kind === 'validate constraint' ||
      (change?.kind === 'add constraint' && change.constraint.looksAtRows)
    return looksAtRows ? constraint : undefined
  }
  const index = produces.find((id) => id.kind === 'index')
  return index !== undefined && indexFacts(sql)?.isUnique === true ? index : undefined
}

/** The column of a demand as `--using` names it: `rfx_user.profile.name`. */
export function demandedColumn({ schema, table, column }: RowDemand): string {
  return pathText([schema, table, column ?? ''].filter((part) => part !== ''))
}

/** A demand as a line of a file's header. */
export function demandNote(demand: RowDemand): string {
  const column = demandedColumn(demand)
  const table = demandedColumn({ ...demand, column: null })
  const fill =
    demand.schema === '' || demand.fillable === false
      ? ''
      : ` (--using ${shellWord(column)}='expression' fills them)`
  if (demand.fails === 'rows') {
    return `Fails where ${table} has rows: they get no value for column ${demand.column}${fill}`
  }
  if (demand.fails === 'nulls')
    return `Fails where rows of ${table} have no value for ${demand.column}${fill}`
  return `Fails where rows of ${table} break ${demand.object}`
}
