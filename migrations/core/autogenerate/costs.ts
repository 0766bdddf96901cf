import {
  type Action,
  idKey,
  kindWord,
  type LockClass,
  objectName,
  relationOf,
  retypedColumn,
} from './engine/index.ts'
import { type RowDemand, rowDemands } from './existing-rows.ts'

/** What a revision's side does to a live system, for the head of its file. */
export interface Costs {
  /** Per existing relation, the strongest lock that is taken, in PostgreSQL's words. */
  readonly locks: readonly { readonly relation: string; readonly lock: string }[]
  /** Relations that are or may be rewritten. */
  readonly rewrites: readonly string[]
  /** What goes with its data: `column rfx_user.profile.email`. */
  readonly dataLoss: readonly string[]
  /** What fails on rows that do not allow it. */
  readonly demands: readonly RowDemand[]
}

/** PostgreSQL manual, section 13.3: table-level lock modes, weakest first. */
const lockWords: Readonly<Record<LockClass, string>> = {
  none: '',
  shareUpdateExclusive: 'SHARE UPDATE EXCLUSIVE',
  share: 'SHARE',
  shareRowExclusive: 'SHARE ROW EXCLUSIVE',
  accessExclusive: 'ACCESS EXCLUSIVE',
}
const strengths: readonly LockClass[] = [
  'none',
  'shareUpdateExclusive',
  'share',
  'shareRowExclusive',
  'accessExclusive',
]

/** Reads the costs off a side's actions. What the side itself makes costs nobody anything. */
export function costsOf(actions: readonly Action[]): Costs {
  const made = new Set<string>()
  const locks = new Map<string, LockClass>()
  const rewrites = new Set<string>()
  const dataLoss = new Set<string>()
  for (const action of actions) {
    const relation = relationName(action)
    if (relation !== undefined && !made.has(relation) && action.lock !== 'none') {
      const before = locks.get(relation) ?? 'none'
      if (strengths.indexOf(action.lock) > strengths.indexOf(before)) locks.set(relation, action.lock)
      if (action.rewrites) rewrites.add(relation)
    }
    for (const name of lost(action)) dataLoss.add(name)
    for (const id of action.produces) {
      const own = relationOf(id)
      if (own !== undefined && 'name' in id && own.name === id.name) made.add(`${own.schema}.${own.name}`)
    }
  }
  return {
    locks: [...locks].map(([relation, lock]) => ({ relation, lock: lockWords[lock] })),
    rewrites: [...rewrites],
    dataLoss: [...dataLoss],
    demands: rowDemands(actions),
  }
}

function relationName(action: Action): string | undefined {
  for (const id of [...action.produces, ...action.destroys, ...action.consumes]) {
    const relation = relationOf(id)
    if (relation !== undefined) return `${relation.schema}.${relation.name}`
  }
  return undefined
}

/**
 * The root objects that an action destroys, a dropped table, not its columns too; without any, rows of its table. A
 * materialized view is computed again.
 */
function lost(action: Action): readonly string[] {
  const [root] = action.destroys
  const column = action.castRisk === 'loses' ? retypedColumn(action) : undefined
  if (column !== undefined) return [`column ${objectName(column)} that its new type has no place for`]
  if (!action.losesData || root?.kind === 'materializedView') return []
  if (root === undefined) return [`rows of ${relationName(action) ?? 'a table'}`]
  const sameKind = action.destroys.filter((id) => id.kind === root.kind && idKey(id) === idKey(root))
  return sameKind.map((id) => `${kindWord(id)} ${objectName(id)}`)
}
