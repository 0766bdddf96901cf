import { MigError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** What `exclude` is asked about. */
export interface ExcludableObject {
  /**
   * In PostgreSQL's words: `table`, `materialized view`, `function`, `trigger`, `index`; or what a table has, where it can be
   * left alone without the table: `row security`, `forced row security`, `partitioning`, under the name of the table.
   */
  readonly kind: string
  readonly schema: string
  readonly name: string
  /** The table or view of a column, a constraint, a trigger, a rule or a policy. */
  readonly table?: string
  /** Of an index: whether it has a WHERE. */
  readonly isPartial?: boolean
  /** Of an index: whether it is over an expression. */
  readonly hasExpression?: boolean
  /** Of an index: `btree`, `gin` and so on. */
  readonly method?: string
}

/** The kinds that `excludeKinds` may name, in PostgreSQL's words. */
export const excludableKinds = [
  'table',
  'foreign table',
  'view',
  'materialized view',
  'sequence',
  'index',
  'constraint',
  'trigger',
  'rule',
  'policy',
  'function',
  'procedure',
  'aggregate',
  'type',
  'domain',
  'collation',
  'statistics object',
  'operator',
  'text search configuration',
  'text search dictionary',
]

/** @throws MigError `bad-setting` for what is not among the kinds that a setting may name */
export function checkKinds(setting: string, given: readonly string[], kinds: readonly string[]): void {
  const unknown = given.find((kind) => !kinds.includes(kind))
  if (unknown === undefined) return
  const guess = nearest(unknown, kinds)
  throw new MigError(
    'bad-setting',
    `setting "${setting}" names "${unknown}", which is not a kind of object`,
    { help: guess === undefined ? `the kinds are ${kinds.join(', ')}` : `did you mean "${guess}"?` },
  )
}
