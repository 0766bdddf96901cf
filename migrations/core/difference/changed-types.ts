import { diff } from '@supabase/pg-delta/core'
import type { Action } from './action.ts'
import type { Catalog, ComparedObjects } from './catalog.ts'
import { type MisorderedType, misorderedTypes, sameAttributes } from './composite-order.ts'
import { idKey } from './ids.ts'
import { bothSides } from './plan.ts'

export interface TypeId {
  readonly kind: 'type' | 'domain'
  readonly schema: string
  readonly name: string
}

/**
 * The types and domains in the scope whose own definition differs and that both sides have, a domain in place of
 * another type of its name included.
 */
export function changedTypes(from: Catalog, to: Catalog, scope: ComparedObjects): readonly TypeId[] {
  const { source, wanted } = bothSides(from, to, scope)
  const found = new Map<string, TypeId>()
  for (const delta of diff(source, wanted)) {
    if (delta.verb === 'link' || delta.verb === 'unlink') continue
    const id = delta.verb === 'set' ? delta.id : delta.fact.id
    const owner =
      id.kind === 'typeAttribute' ? ({ kind: 'type', schema: id.schema, name: id.type } as const) : id
    if (owner.kind !== 'type' && owner.kind !== 'domain') continue
    const other = { ...owner, kind: owner.kind === 'type' ? 'domain' : 'type' } as const
    if (!scope.schemas.includes(owner.schema) || !source.has(owner)) continue
    if (!wanted.has(owner) && !wanted.has(other)) continue
    found.set(idKey(owner), { kind: owner.kind, schema: owner.schema, name: owner.name })
  }
  return [...found.values()]
}

/** {@link misorderedTypes} of the scope. */
export function misorderedComposites(
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
): readonly MisorderedType[] {
  const { source, wanted } = bothSides(from, to, scope)
  return misorderedTypes(source, wanted, scope.schemas)
}

/** {@link sameAttributes} of a changed type; none where it is not a composite type. */
export function attributeMoves(
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
  type: TypeId,
): readonly Action[] {
  const { source, wanted } = bothSides(from, to, scope)
  return type.kind === 'type' ? sameAttributes(source, wanted, type) : []
}
