import type { Fact, FactBase } from '@supabase/pg-delta/core'
import type { Catalog } from './catalog.ts'
import type { ObjectId } from './ids.ts'

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly generated: boolean
  readonly identity: boolean
  /** Its default takes from a sequence. */
  readonly serial: boolean
}

interface TableName {
  readonly schema: string
  readonly name: string
}

/** The columns of a table in a catalog, with those of its parent: a partition has no others. */
export function tableColumns(
  { facts }: Pick<Catalog, 'facts'>,
  { schema, name }: TableName,
): readonly TableColumn[] {
  const id = { kind: 'table', schema, name } as const
  const own = facts
    .childrenOf(id)
    .flatMap((fact) => (fact.id.kind === 'column' ? [columnOf(facts, fact)] : []))
  const parent = parentOf(facts, id)
  const above = parent === undefined ? [] : tableColumns({ facts }, parent)
  return [...above.filter((column) => own.every((each) => each.name !== column.name)), ...own]
}

/** The partitioned table that a partition is in the end a part of; itself for any other table. */
export function partitionRoot({ facts }: Pick<Catalog, 'facts'>, table: TableName): TableName {
  const id = { kind: 'table', schema: table.schema, name: table.name } as const
  const parent = parentOf(facts, id)
  return parent === undefined || facts.get(id)?.payload.partitionBound == null
    ? table
    : partitionRoot({ facts }, parent)
}

function parentOf(facts: FactBase, table: ObjectId): TableName | undefined {
  return (facts.get(table)?.payload.parentTable ?? undefined) as TableName | undefined
}

function columnOf(facts: FactBase, { id, payload }: Fact): TableColumn {
  const value = facts.childrenOf(id).find((child) => child.id.kind === 'default')?.payload.expr
  return {
    name: 'name' in id ? id.name : '',
    type: String(payload.type),
    generated: payload.generatedExpr != null,
    identity: payload.identity != null,
    serial: typeof value === 'string' && value.startsWith('nextval('),
  }
}
