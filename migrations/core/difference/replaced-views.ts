import type { FactBase } from '@supabase/pg-delta/core'
import type { Action } from './action.ts'
import { viewColumns } from './extras/view-columns.ts'
import type { Extra } from './extras.ts'
import { idKey, type ObjectId, relationOf } from './ids.ts'

interface ViewId {
  readonly kind: 'view'
  readonly schema: string
  readonly name: string
}

/** Where a view is dropped and made again. */
interface Pair {
  readonly id: ViewId
  readonly drop: number
  readonly create: number
}

/** Both states of the views that a difference is about. */
export interface ViewStates {
  readonly source: FactBase
  readonly wanted: FactBase
  readonly from: ReadonlyMap<string, Extra>
  readonly to: ReadonlyMap<string, Extra>
}

/**
 * The actions with CREATE OR REPLACE VIEW in place of DROP and CREATE, where the view keeps its columns, or gets others
 * after them (manual, CREATE VIEW), and nothing is altered or dropped in between. What depends on it, its grants and
 * its triggers stay. A view that was only dropped for the sake of such a one is left as it is.
 */
export function withReplacedViews(actions: readonly Action[], states: ViewStates): readonly Action[] {
  const parts = partsOfViews(actions)
  let pairs = pairsIn(actions).filter(({ id }) => {
    const own = parts.get(placeOf(id)) ?? []
    return keepsColumns(id, states) && own.every((part) => isSame(part, states))
  })
  for (let count = -1; count !== pairs.length; ) {
    count = pairs.length
    const own = new Set(pairs.flatMap(({ drop, create }) => [drop, create]))
    pairs = pairs.filter(({ drop, create }) =>
      actions.slice(drop, create).every(({ verb }, at) => verb === 'create' || own.has(drop + at)),
    )
  }
  const drops = new Set(pairs.map(({ drop }) => drop))
  const creates = new Map(pairs.map(({ id, create }) => [create, id]))
  const kept = new Set(pairs.map(({ id }) => placeOf(id)))
  return actions.flatMap((action, at): readonly Action[] => {
    const id = creates.get(at)
    if (drops.has(at) || action.produces.some((part) => isPart(part) && kept.has(placeOf(part)))) return []
    if (id === undefined) return [action]
    return isSame(id, states) ? [] : [replacing(action, id)]
  })
}

function pairsIn(actions: readonly Action[]): readonly Pair[] {
  const drops = new Map<string, number>()
  for (const [at, { verb, transaction, destroys }] of actions.entries()) {
    const [id] = destroys
    if (verb === 'drop' && transaction === 'plain' && id?.kind === 'view') drops.set(idKey(id), at)
  }
  if (drops.size === 0) return []
  return actions.flatMap(({ produces: [id] }, create) => {
    const drop = id?.kind === 'view' ? drops.get(idKey(id)) : undefined
    if (id?.kind !== 'view' || drop === undefined || drop > create) return []
    return [{ id: { ...id, kind: 'view' }, drop, create }]
  })
}

/** Triggers and rules, which are made again with their view, and would be there twice; by the view. */
function partsOfViews(actions: readonly Action[]): ReadonlyMap<string, readonly ObjectId[]> {
  const found = new Map<string, ObjectId[]>()
  for (const id of actions.flatMap(({ produces }) => produces.filter(isPart)))
    found.set(placeOf(id), [...(found.get(placeOf(id)) ?? []), id])
  return found
}

function isPart({ kind }: ObjectId): boolean {
  return kind === 'trigger' || kind === 'rule'
}

function placeOf(id: ObjectId): string {
  const relation = relationOf(id)
  return JSON.stringify([relation?.schema, relation?.name])
}

function isSame(id: ObjectId, { source, wanted }: ViewStates): boolean {
  const [old, next] = [source.get(id)?.payload, wanted.get(id)?.payload]
  return old !== undefined && JSON.stringify(old) === JSON.stringify(next)
}

function keepsColumns(id: ViewId, { source, from, to }: ViewStates): boolean {
  if (!source.has(id)) return false
  const [old, next] = [columnsOf(id, from), columnsOf(id, to)]
  return old.length > 0 && old.every((column, at) => column === next[at])
}

function columnsOf({ schema, name }: ViewId, extras: ReadonlyMap<string, Extra>): readonly string[] {
  return [...extras.values()]
    .filter((extra) => extra.kind === viewColumns.name && extra.schema === schema && extra.relation === name)
    .toSorted((a, b) => Number(a.values.position) - Number(b.values.position))
    .map((extra) => JSON.stringify([extra.name, extra.values.type]))
}

function replacing(action: Action, id: ViewId): Action {
  const sql = `CREATE OR REPLACE VIEW ${action.sql.slice('CREATE VIEW '.length)}`
  // As ALTER VIEW does, whatever it says.
  return {
    ...action,
    sql,
    produces: [],
    consumes: [id, ...action.consumes],
    verb: 'alter',
    lock: 'accessExclusive',
  }
}
