import type { Fact, FactBase } from '@supabase/pg-delta/core'
import { type SequenceInfo, sequenceOf } from './numbered-columns.ts'
import { parentsOf, type TableName } from './parents.ts'

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly generated: boolean
  readonly identity: boolean
  /** What its values come from, where it is an identity column or its default is `nextval`. */
  readonly sequence: SequenceInfo | undefined
}

/** A catalog, or one side of a difference. */
interface Facts {
  readonly facts: FactBase
}

/** The columns of a table in a catalog, with those of its parents: a partition has no others. */
export function tableColumns({ facts }: Facts, { schema, name }: TableName): readonly TableColumn[] {
  const id = { kind: 'table', schema, name } as const
  const own = facts
    .childrenOf(id)
    .flatMap((fact) => (fact.id.kind === 'column' ? [columnOf(facts, fact)] : []))
  const above = parentsOf(facts, id).flatMap((parent) => tableColumns({ facts }, parent))
  const all = new Map([...above, ...own].map((column) => [column.name, column]))
  return [...all.values()]
}

/** The partitioned table that a partition is in the end a part of; itself for any other table. */
export function partitionRoot({ facts }: Facts, table: TableName): TableName {
  const id = { kind: 'table', schema: table.schema, name: table.name } as const
  const [parent] = parentsOf(facts, id)
  return parent === undefined || facts.get(id)?.payload.partitionBound == null
    ? table
    : partitionRoot({ facts }, parent)
}

function columnOf(facts: FactBase, { id, payload }: Fact): TableColumn {
  return {
    name: 'name' in id ? id.name : '',
    type: String(payload.type),
    generated: payload.generatedExpr != null,
    identity: payload.identity != null,
    sequence: sequenceOf(facts, id),
  }
}

/** Whether a catalog has a table that is not a partitioned one: where CONCURRENTLY and NOT VALID are taken for every kind. */
export function hasPlainTable(
  { facts }: Facts,
  { schema, name }: { readonly schema: string; readonly name: string },
): boolean {
  const table = facts.get({ kind: 'table', schema, name })
  return table !== undefined && table.payload.partitionKey == null
}
