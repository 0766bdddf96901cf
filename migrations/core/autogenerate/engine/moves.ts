import { type Catalog, type Scope, virtualMark } from './catalog.ts'
import { ownAction } from './own-action.ts'
import { collationMoves, expressionMoves, partitionMoves } from './partitions.ts'
import type { Action } from './plan.ts'
import { bothSides } from './plan.ts'

/**
 * Statements that keep data where the engine's rules would drop a table or a column and make it anew. They
 * run first; what PostgreSQL refuses of them is left to the engine.
 */
export function keepingMoves(from: Catalog, to: Catalog, scope: Scope): readonly Action[] {
  const { source, wanted } = bothSides(from, to, scope)
  const moves = [
    ...partitionMoves(source, wanted, virtualMark),
    ...expressionMoves(source, wanted, virtualMark),
    ...collationMoves(source, wanted),
  ]
  return moves
    .filter(({ table }) => 'schema' in table && scope.schemas.includes(String(table.schema)))
    .map(({ sql, table, others, rewrites }) => ownAction(sql, [table, ...others], { rewrites }))
}
