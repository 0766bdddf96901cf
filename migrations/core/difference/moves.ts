import type { Action } from './action.ts'
import type { Catalog, ComparedObjects } from './catalog.ts'
import { virtualMark } from './invisible-states.ts'
import { ownAction } from './own-action.ts'
import { collationMoves, expressionMoves, type KeepingMove, partitionMoves } from './partitions.ts'
import { bothSides } from './plan.ts'
import { retyping } from './retyping.ts'
import { sharedColumnMoves } from './shared-columns.ts'

/**
 * Statements that keep data where the engine's rules would drop a table or a column and recreate it. They
 * run first; what PostgreSQL refuses of them is left to the engine.
 */
export function keepingMoves(from: Catalog, to: Catalog, scope: ComparedObjects): readonly Action[] {
  const { source, wanted } = bothSides(from, to, scope)
  const moves = [
    ...partitionMoves(source, wanted, virtualMark),
    ...expressionMoves(source, wanted, virtualMark),
    ...collationMoves(source, wanted),
  ]
  const asAction = ({ sql, table, others, rewrites }: KeepingMove) =>
    ownAction(sql, [table, ...others], { rewrites })
  const isInScope = ({ table }: KeepingMove) =>
    'schema' in table && scope.schemas.includes(String(table.schema))
  const shared = sharedColumnMoves(source, wanted).filter(isInScope).map(asAction)
  return [
    ...moves.filter(isInScope).map(asAction),
    ...shared.map((action) => retyping(action, source, wanted) ?? action),
  ]
}
