import type { Fact, FactBase } from '@supabase/pg-delta/core'
import type { Catalog } from './catalog.ts'

export interface TableColumn {
  readonly name: string
  readonly type: string
  readonly generated: boolean
  readonly identity: boolean
  /** Its default takes from a sequence. */
  readonly serial: boolean
}

/** The columns of a table in a catalog; those of a partition are its parent's. */
export function tableColumns(
  { facts }: Pick<Catalog, 'facts'>,
  table: { readonly schema: string; readonly name: string },
): readonly TableColumn[] {
  const id = { kind: 'table', schema: table.schema, name: table.name } as const
  const own = facts.childrenOf(id).filter((fact) => fact.id.kind === 'column')
  if (own.length > 0) return own.map((fact) => columnOf(facts, fact))
  const parent = facts.get(id)?.payload.parentTable as { schema: string; name: string } | null | undefined
  return parent == null ? [] : tableColumns({ facts }, parent)
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
