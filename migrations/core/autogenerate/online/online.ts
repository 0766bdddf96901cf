import {
  type Action,
  baseObject,
  type Catalog,
  hasPlainTable,
  idKey,
  type ObjectId,
  relationOf,
  retypedColumn,
} from '../../difference/index.ts'
import { rowChange } from '../../postgres/statement/index.ts'
import {
  constraintForm,
  type Form,
  fillForm,
  indexForm,
  notNullForm,
  type RelationName,
  validateForm,
  withoutLook,
} from './forms.ts'
import { keyOf, type Together, together, touchedTables } from './together.ts'
import { Waiting } from './waiting.ts'

/**
 * The non-blocking form of actions, for tables that the catalog has and that the actions do not make: what reads a whole
 * table does so in a transaction of its own, under a lock that lets writers go on. What is replaced goes only when the
 * new index is built, in one short transaction with the swap: no moment is without an index or a key. Where a type change
 * cannot have the old one there, the new one is built in the transaction of the type change. Partitioned tables
 * keep the plain form, since PostgreSQL builds none of their indexes concurrently.
 */
export function onlineActions(actions: readonly Action[], from: Catalog): readonly Action[] {
  const tables = tablesInUse(actions, from)
  const waiting = new Waiting()
  const done: Action[] = []
  let left = actions
  let before: Action | undefined
  for (let action = left[0]; action !== undefined; action = left[0]) {
    const held = keysUnder(action, waiting)
    if (held.length > 0) {
      const { now, later } = replacing(held, left, waiting)
      done.push(...now)
      left = later
    } else {
      done.push(...onlineForm(action, before, { tables, waiting, from }))
      before = action
      left = left.slice(1)
    }
  }
  return [...done, ...waiting.end()]
}

interface Place {
  readonly tables: TablesInUse
  readonly waiting: Waiting
  readonly from: Catalog
}

/** What runs now of an action; the rest of it waits. */
function onlineForm(
  action: Action,
  before: Action | undefined,
  { tables, waiting, from }: Place,
): readonly Action[] {
  if (action.transaction !== 'plain') return [action]
  const relation = relationOfAction(action, from)
  const table = relation !== undefined && tables.isPlain(relation) ? relation : undefined
  if (isReplaced(action) && relation !== undefined && tables.isOld(relation)) {
    waiting.addDrop(action, relation, table !== undefined, definitionOf(action, from))
    return []
  }
  const form = table && formOf(action, table, waiting)
  const built = table && (form?.build ?? inPlace(action, table, fillOf(action, before)))
  const ended = built && built.length > 0 && waiting.makesFor(action) ? waiting.end() : []
  const now = [...ended, ...(built ?? [])]
  const rest = form ?? (built === undefined ? { finish: [action], check: [] } : undefined)
  if (rest === undefined) return now
  if (form === undefined ? !waiting.concerns(action) : waiting.isEmpty)
    return [...now, ...rest.finish, ...rest.check]
  waiting.add(rest)
  return now
}

/** What waits and has to go before an action that rewrites a table for another type of a column. */
function keysUnder(action: Action, waiting: Waiting): readonly Action[] {
  const column = retypedColumn(action)
  return column === undefined || !action.rewrites
    ? []
    : waiting.before({ schema: column.schema, name: column.table })
}

/** Ends the wait of some drops, in one transaction with what takes their place and what that needs. */
function replacing(some: readonly Action[], actions: readonly Action[], waiting: Waiting): Together {
  const part = together(actions, waiting.tables(some))
  const others = new Set(
    waiting
      .tables()
      .filter((table) => !waiting.tables(some).includes(table))
      .map(keyOf),
  )
  const isApart = !part.now.some((action) => touchedTables(action).some((table) => others.has(keyOf(table))))
  const { now, later } = isApart ? part : together(actions, waiting.tables())
  if (now.length === 0) return { now: waiting.end(), later }
  const { finish, check } = isApart ? waiting.take(some) : waiting.take(waiting.all)
  const forms = now.map((action) => withoutLook(action) ?? { finish: [action], check: [] })
  const checks = [...check, ...forms.flatMap((form) => form.check)]
  return { now: [...finish, ...forms.flatMap((form) => form.finish), ...checks], later }
}

interface TablesInUse {
  /** A table or materialized view that is there before, and has rows of its own. */
  readonly isPlain: (relation: RelationName) => boolean
  /** As `isPlain`, or a partitioned table. */
  readonly isOld: (relation: RelationName) => boolean
}

function tablesInUse(actions: readonly Action[], from: Catalog): TablesInUse {
  const made = new Set<string>()
  const renamed = new Map<string, RelationName>()
  for (const { verb, produces, destroys } of actions) {
    const [to] = produces
    const [old] = destroys
    if (verb === 'alter' && to?.kind === 'table' && old?.kind === 'table') renamed.set(idKey(to), old)
    else for (const id of produces) made.add(idKey(id))
  }
  const before = (relation: RelationName): RelationName =>
    renamed.get(idKey({ kind: 'table', schema: relation.schema, name: relation.name })) ?? relation
  const has = ({ schema, name }: RelationName, kind: 'table' | 'materializedView') =>
    !made.has(idKey({ kind, schema, name })) &&
    from.facts.has({ kind, ...plainName(before({ schema, name })) })
  return {
    isPlain: (relation) =>
      has(relation, 'materializedView') || (has(relation, 'table') && hasPlainTable(from, before(relation))),
    isOld: (relation) => has(relation, 'materializedView') || has(relation, 'table'),
  }
}

function plainName({ schema, name }: RelationName): RelationName {
  return { schema, name }
}

/** The relation that an action is about; for an index, the one that it is on. */
function relationOfAction(
  { produces, destroys, consumes, needs }: Action,
  from: Catalog,
): RelationName | undefined {
  for (const id of [...produces, ...destroys]) {
    const parent = id.kind === 'index' ? from.facts.get(id)?.parent : undefined
    const relation = relationOf(parent ?? id)
    if (relation !== undefined && parent !== undefined && destroys.includes(id)) return plainName(relation)
  }
  for (const id of [...produces, ...destroys, ...consumes, ...needs]) {
    const relation = relationOf(id)
    if (relation !== undefined) return plainName(relation)
  }
  return undefined
}

/** What a fill or SET NOT NULL becomes, which waits for nothing; undefined for another statement. */
function inPlace(
  action: Action,
  table: RelationName,
  fill: Action | undefined,
): readonly Action[] | undefined {
  if (isFill(action)) return [fillForm(action)]
  const validating = validateForm(action)
  if (validating !== undefined) return [validating]
  const column = action.consumes.find((id) => id.kind === 'column')
  return column?.kind === 'column' ? notNullForm(action, table, column.name, fill) : undefined
}

function formOf(action: Action, table: RelationName, waiting: Waiting): Form | undefined {
  const [id] = action.produces
  if (id?.kind === 'index') return indexForm(action, id.name, waiting.takesName(id.schema, id.name))
  if (id?.kind !== 'constraint') return undefined
  return constraintForm(action, table, waiting.takesName(id.schema, id.name))
}

/** A drop that may wait until what takes its place is there. */
function isReplaced({ verb, destroys }: Action): boolean {
  const [id] = destroys
  return verb === 'drop' && (id?.kind === 'index' || id?.kind === 'constraint')
}

function definitionOf({ destroys: [id] }: Action, from: Catalog): string {
  return String((id === undefined ? undefined : from.facts.get(id))?.payload.def ?? '')
}

function isFill({ sql }: Action): boolean {
  return rowChange(sql)?.kind === 'update'
}

/** The UPDATE right before a SET NOT NULL, of the same column. */
function fillOf({ consumes }: Action, before: Action | undefined): Action | undefined {
  const column = consumes.find((id) => id.kind === 'column')
  if (before === undefined || column === undefined || !isFill(before)) return undefined
  const same = (id: ObjectId) => idKey(baseObject(id)) === idKey(column)
  return before.consumes.some(same) ? before : undefined
}
