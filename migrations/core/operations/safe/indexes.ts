import type { IndexElement } from '../clauses/common.ts'
import { createIndex as createIndexDirective, type IndexOptions } from '../directives/indexes.ts'
import type { NameScope, ObjectName } from '../names.ts'
import type { SafeStep } from './steps.ts'

/**
 * CREATE INDEX CONCURRENTLY IF NOT EXISTS. An INVALID index that a failed run has left is for the runner to drop first:
 * IF NOT EXISTS takes it for the real one. Its reverse is `op.reverse.createIndex` with `concurrently`.
 */
export function createIndex(
  scope: NameScope,
  name: string,
  table: ObjectName,
  columns: readonly IndexElement[],
  options: Omit<IndexOptions, 'concurrently' | 'ifNotExists'> = {},
): readonly SafeStep[] {
  return createIndexDirective
    .forward(scope, name, table, columns, { ...options, concurrently: true, ifNotExists: true })
    .map(({ sql }) => ({ sql }))
}
