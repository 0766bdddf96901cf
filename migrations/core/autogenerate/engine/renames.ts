import type { Fact, FactBase } from '@supabase/pg-delta/core'
import type { Catalog, Scope } from './catalog.ts'
import { idKey } from './ids.ts'
import { bothSides } from './plan.ts'

/** A table or a column that could have got another name: dropped on one side, added on the other, much alike. */
export interface RenameCandidate {
  readonly kind: 'table' | 'column'
  readonly schema: string
  /** The column's table; null for a table. */
  readonly table: string | null
  readonly from: string
  readonly to: string
}

/**
 * What could be a rename, since a drop and an add would lose data: a column of the same type in the same
 * table, a table that shares at least half of its columns.
 */
export function renameCandidates(from: Catalog, to: Catalog, scope: Scope): readonly RenameCandidate[] {
  const { source, wanted } = bothSides(from, to, scope)
  const inScope = (fact: Fact) => 'schema' in fact.id && scope.schemas.includes(String(fact.id.schema))
  const gone = source.facts().filter((fact) => inScope(fact) && !wanted.has(fact.id))
  const fresh = wanted.facts().filter((fact) => inScope(fact) && !source.has(fact.id))
  return [...tableCandidates(gone, fresh, source, wanted), ...columnCandidates(gone, fresh, source, wanted)]
}

function tableCandidates(
  gone: readonly Fact[],
  fresh: readonly Fact[],
  source: FactBase,
  wanted: FactBase,
): readonly RenameCandidate[] {
  return gone.flatMap((old) =>
    fresh.flatMap((added): readonly RenameCandidate[] => {
      if (old.id.kind !== 'table' || added.id.kind !== 'table' || old.id.schema !== added.id.schema) return []
      const a = columnsOf(source, old)
      const b = columnsOf(wanted, added)
      const shared = [...a].filter((column) => b.has(column)).length
      if (shared === 0 || shared * 2 < Math.max(a.size, b.size)) return []
      return [{ kind: 'table', schema: old.id.schema, table: null, from: old.id.name, to: added.id.name }]
    }),
  )
}

function columnsOf(facts: FactBase, table: Fact): ReadonlySet<string> {
  return new Set(
    facts
      .childrenOf(table.id)
      .flatMap((child) =>
        child.id.kind === 'column' ? [`${child.id.name} ${String(child.payload.type)}`] : [],
      ),
  )
}

function columnCandidates(
  gone: readonly Fact[],
  fresh: readonly Fact[],
  source: FactBase,
  wanted: FactBase,
): readonly RenameCandidate[] {
  const freshOf = new Map<string, Fact[]>()
  for (const added of fresh) {
    if (added.id.kind !== 'column' || generated(added) || isInherited(wanted, added)) continue
    const key = idKey({ kind: 'table', schema: added.id.schema, name: added.id.table })
    const others = freshOf.get(key)
    if (others === undefined) freshOf.set(key, [added])
    else others.push(added)
  }
  return gone.flatMap((old): readonly RenameCandidate[] => {
    if (old.id.kind !== 'column' || old.parent?.kind !== 'table' || generated(old)) return []
    const { schema, table, name } = old.id
    const alike = (freshOf.get(idKey({ kind: 'table', schema, name: table })) ?? []).filter(
      (added) => added.payload.type === old.payload.type,
    )
    if (alike.length === 0 || isInherited(source, old)) return []
    return alike.flatMap((added) =>
      'name' in added.id ? [{ kind: 'column', schema, table, from: name, to: added.id.name }] : [],
    )
  })
}

function generated(column: Fact): boolean {
  return column.payload.generatedExpr != null
}

/** A column that a parent table has under the same name is renamed there. */
function isInherited(facts: FactBase, column: Fact): boolean {
  if (column.id.kind !== 'column' || column.parent === undefined) return false
  const { name } = column.id
  return facts
    .outgoingEdges(column.parent)
    .some(
      (edge) =>
        edge.to.kind === 'table' &&
        facts.childrenOf(edge.to).some((child) => child.id.kind === 'column' && child.id.name === name) &&
        idKey(edge.to) !== idKey(column.parent ?? edge.to),
    )
}
