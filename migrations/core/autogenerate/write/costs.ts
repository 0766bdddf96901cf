import {
  type Action,
  type Catalog,
  columnsGone,
  columnsHolding,
  columnsLostByHeirs,
  heirsOf,
  isStoredAlike,
  type LockClass,
  type ObjectId,
  relationOf,
  retypedColumn,
  typeChange,
} from '../../difference/index.ts'
import {
  castColumn,
  constraintFacts,
  rowChange,
  schemaNameText,
  statementLocks,
} from '../../postgres/statement/index.ts'
import { type Loss, lossText } from '../../revisions/index.ts'
import { type Conversion, conversions } from './conversions.ts'
import { type RowDemand, rowDemands } from './existing-rows.ts'
import { type StaleResult, staleResults } from './stale-results.ts'

/** What a revision's side does to a live system, for the header of its file. */
export interface Costs {
  /** Per existing relation, the strongest lock that is taken, in PostgreSQL's words. */
  readonly locks: readonly { readonly relation: string; readonly lock: string }[]
  /** Relations that are or may be rewritten. */
  readonly rewrites: readonly string[]
  /** What goes with its data. */
  readonly dataLoss: readonly Loss[]
  /** What fails on rows that do not allow it. */
  readonly demands: readonly RowDemand[]
  /** What is computed for rows that are there. */
  readonly conversions: readonly Conversion[]
  /** What is stored as the old body of a function gave it. */
  readonly stale: readonly StaleResult[]
}

/** PostgreSQL manual, section 13.3: table-level lock modes, weakest first. */
const lockWords = {
  none: '',
  shareUpdateExclusive: 'SHARE UPDATE EXCLUSIVE',
  share: 'SHARE',
  shareRowExclusive: 'SHARE ROW EXCLUSIVE',
  accessExclusive: 'ACCESS EXCLUSIVE',
} satisfies Readonly<Record<LockClass, string>>
const strengths = Object.keys(lockWords)

/**
 * Reads the costs off a side's actions. What the side itself makes costs nobody anything.
 * @param from the state that the side starts from
 * @param to the state that it leads to
 */
export function costsOf(
  actions: readonly Action[],
  from: Pick<Catalog, 'facts' | 'serverVersion'>,
  to: Pick<Catalog, 'facts'>,
): Costs {
  const made = new Set<string>()
  const locks = new Map<string, LockClass>()
  const rewrites = new Set<string>()
  const dataLoss = new Map<string, Loss>()
  for (const action of actions) {
    for (const [relation, lock] of locksOf(action, from, to)) {
      if (made.has(relation) || lock === 'none') continue
      const before = locks.get(relation) ?? 'none'
      if (strengths.indexOf(lock) > strengths.indexOf(before)) locks.set(relation, lock)
    }
    const relation = relationName(action)
    if (relation !== undefined && !made.has(relation) && action.lock !== 'none' && rewritesRows(action, from))
      rewrites.add(relation)
    for (const loss of [...lost(action, from), ...filled(action)]) dataLoss.set(lossText(loss), loss)
    for (const id of action.verb === 'create' ? action.produces : []) {
      const created = relationOf(id)
      if (created !== undefined && 'name' in id && created.name === id.name)
        made.add(`${created.schema}.${created.name}`)
    }
  }
  // A table that is made again gets its rows back, in the columns that it still has.
  const dropped = actions.filter(({ verb, destroys: [id] }) => verb === 'drop' && id?.kind === 'table')
  for (const id of dropped.flatMap(({ destroys }) => destroys)) {
    if (id.kind !== 'table') continue
    for (const name of columnsGone(from, to, id)) {
      const loss: Loss = { kind: 'column', name }
      dataLoss.set(lossText(loss), loss)
    }
  }
  for (const loss of [...dataLoss.values()].flatMap((each) => lostByHeirs(each, from, to))) {
    dataLoss.set(lossText(loss), loss)
  }
  return {
    locks: [...locks].map(([relation, lock]) => ({ relation, lock: lockWords[lock] })),
    rewrites: [...rewrites],
    dataLoss: [...dataLoss.values()],
    demands: rowDemands(actions),
    conversions: conversions(actions),
    stale: staleResults(actions, from),
  }
}

/** Whether an action writes each row again; the engine says so of every other type. */
function rewritesRows(action: Action, { facts }: Pick<Catalog, 'facts'>): boolean {
  const change = typeChange(action)
  if (!action.rewrites || change === undefined) return action.rewrites
  const old = facts.get(change.column)?.payload.type
  return isComputed(change.using) || old == null || !isStoredAlike(String(old), change.type)
}

/**
 * The relations that an action locks. Beside its own it is the other side of a foreign key, as SHARE ROW EXCLUSIVE where
 * one is added and as ACCESS EXCLUSIVE where one goes (manual, ALTER TABLE), and a view that is dropped.
 */
function locksOf(
  action: Action,
  from: Pick<Catalog, 'facts'>,
  to: Pick<Catalog, 'facts'>,
): readonly (readonly [string, LockClass])[] {
  const relation = relationName(action)
  const isView = action.verb === 'drop' && /^(?:view|materializedView)$/.test(action.destroys[0]?.kind ?? '')
  const said = statementLocks(action.sql).map(([table, lock]) => [schemaNameText(table), lock] as const)
  const isSaid = relation === undefined || said.some(([name]) => name === relation)
  const own = isSaid ? [] : [[relation, isView ? 'accessExclusive' : action.lock] as const]
  const others = (ids: readonly ObjectId[], { facts }: Pick<Catalog, 'facts'>, lock: LockClass) =>
    ids.flatMap((id) => {
      const definition = id.kind === 'constraint' ? facts.get(id)?.payload.def : undefined
      const table = definition == null ? undefined : constraintFacts(String(definition))?.references?.table
      return table === undefined ? [] : [[schemaNameText(table), lock] as const]
    })
  const added = action.verb === 'create' ? others(action.produces, to, 'shareRowExclusive') : []
  const dropped = action.verb === 'drop' ? others(action.destroys, from, 'accessExclusive') : []
  return [...own, ...added, ...dropped, ...said]
}

function relationName(action: Action): string | undefined {
  for (const id of [...action.produces, ...action.destroys, ...action.consumes]) {
    const relation = relationOf(id)
    if (relation !== undefined) return `${relation.schema}.${relation.name}`
  }
  return undefined
}

/** What an action loses: tables, columns, or values of columns that stay. A materialized view is computed again. */
function lost(action: Action, from: Pick<Catalog, 'facts'>): readonly Loss[] {
  const retyped = retypedColumn(action)
  if (retyped !== undefined) {
    const name = [retyped.schema, retyped.table, retyped.name]
    if (action.castRisk === 'loses')
      return [{ kind: 'values', name, reason: 'its new type cannot hold them' }]
    if (isComputed(typeChange(action)?.using))
      return [{ kind: 'values', name, reason: 'an expression changes them' }]
    if (action.readsTexts === true)
      return [{ kind: 'values', name, reason: 'texts for the same value become one' }]
  }
  const [root] = action.destroys
  if (root === undefined) {
    const [table] = action.consumes
    return rowChange(action.sql)?.kind === 'delete' && table?.kind === 'table'
      ? [{ kind: 'rows', name: [table.schema, table.name] }]
      : []
  }
  if (!action.losesData) return []
  // An extension goes with its tables; a table with what is part of it.
  const gone = root.kind === 'extension' ? action.destroys.filter((id) => id.kind === 'table') : [root]
  return gone.flatMap((id) => lostWith(id, from))
}

/** Nobody knows afterwards where there was no value. */
function filled({ fills = [] }: Action): readonly Loss[] {
  return fills.map(({ schema, table, name }) => ({
    kind: 'values',
    name: [schema, table, name],
    reason: '--using replaces NULL',
  }))
}

/** Whether a type change makes values of an expression that is more than a cast, or a change of texts on the way to one. */
function isComputed(using: string | undefined): boolean {
  return using !== undefined && castColumn(using) === undefined
}

/** What the tables that inherit lose with a table, a column or its values. */
function lostByHeirs(
  { kind, name: [schema = '', name = '', column = ''], reason }: Loss,
  from: Pick<Catalog, 'facts'>,
  to: Pick<Catalog, 'facts'>,
): readonly Loss[] {
  if (kind === 'values') {
    const names = heirsOf(to, { schema, name }).map((heir) => [heir.schema, heir.name, column])
    return names.map((each) => ({ kind, name: each, reason }))
  }
  if (kind !== 'table' && kind !== 'column') return []
  return columnsLostByHeirs(from, to, { schema, name }).map((column) => ({ kind: 'column', name: column }))
}

function lostWith(id: ObjectId, from: Pick<Catalog, 'facts'>): readonly Loss[] {
  switch (id.kind) {
    case 'table':
      return [{ kind: 'table', name: [id.schema, id.name] }]
    case 'column':
      // Computed from what stays.
      if (from.facts.get(id)?.payload.generatedExpr != null) return []
      return [{ kind: 'column', name: [id.schema, id.table, id.name] }]
    case 'typeAttribute': {
      const reason = `attribute ${id.name} of its type goes`
      return columnsHolding(from, { schema: id.schema, name: id.type }).map(({ schema, table, name }) => ({
        kind: 'values',
        name: [schema, table, name],
        reason,
      }))
    }
    default:
      return []
  }
}
