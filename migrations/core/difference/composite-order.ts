import type { FactBase } from '@supabase/pg-delta/core'
import type { Change } from '../change.ts'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import type { Action } from './action.ts'
import { idKey } from './ids.ts'
import { ownAction } from './own-action.ts'

/** A composite type whose attributes would not come to stand in the order of the wanted state. */
export interface MisorderedType {
  readonly schema: string
  readonly name: string
  readonly attributes: readonly string[]
}

interface Attribute {
  readonly name: string
  readonly position: number
  readonly type: string
  readonly collation: unknown
}

/**
 * The composite types that both sides have and that ALTER TYPE cannot bring into the wanted order: it adds attributes
 * after the others only (manual, ALTER TYPE). The order is part of the type: ROW(1, 2) is read by it.
 */
export function misorderedTypes(
  source: FactBase,
  wanted: FactBase,
  schemas: readonly string[],
): readonly MisorderedType[] {
  return wanted.facts().flatMap(({ id }): readonly MisorderedType[] => {
    if (id.kind !== 'type' || !schemas.includes(id.schema) || !source.has(id)) return []
    const [old, next] = [attributesOf(source, id), attributesOf(wanted, id)]
    if (old.length === 0 || next.length === 0) return []
    const stays = old.filter((attribute) =>
      next.some(({ name, collation }) => name === attribute.name && collation === attribute.collation),
    )
    const added = next.filter(({ name }) => stays.every((each) => each.name !== name))
    const reached = [...stays, ...added].map(({ name }) => name)
    const attributes = next.map(({ name }) => name)
    const isOrdered = attributes.every((name, index) => reached[index] === name)
    return isOrdered ? [] : [{ schema: id.schema, name: id.name, attributes }]
  })
}

export function orderChange({ schema, name, attributes }: MisorderedType): Change {
  const detail = `order of attributes → ${attributes.join(', ')}`
  return { verb: 'change', kind: 'type', name: `${schema}.${name}`, schema, detail }
}

function attributesOf(facts: FactBase, type: Parameters<FactBase['childrenOf']>[0]): readonly Attribute[] {
  return facts
    .childrenOf(type)
    .flatMap(({ id, payload }) =>
      id.kind === 'typeAttribute'
        ? [
            {
              name: id.name,
              position: Number(payload._position),
              type: String(payload.type),
              collation: payload.collation ?? null,
            },
          ]
        : [],
    )
    .sort((a, b) => a.position - b.position)
}

/**
 * Gives a composite type of the source the attributes that it has in the wanted state, and takes the others away, by
 * name; the types of those that stay are as they were. Then its values as text are read as they were written, however
 * the type is recreated.
 */
export function sameAttributes(
  source: FactBase,
  wanted: FactBase,
  { schema, name }: { readonly schema: string; readonly name: string },
): readonly Action[] {
  const id = { kind: 'type', schema, name } as const
  const [old, next] = [attributesOf(source, id), attributesOf(wanted, id)]
  if (old.length === 0 || next.length === 0) return []
  const alter = `ALTER TYPE ${qualifiedName(schema, name)}`
  const attribute = (each: Attribute) =>
    ({ kind: 'typeAttribute', schema, type: name, name: each.name }) as const
  const isIn = (list: readonly Attribute[], each: Attribute) => list.some((other) => other.name === each.name)
  const drops = old
    .filter((each) => !isIn(next, each))
    .map((each) =>
      ownAction(`${alter} DROP ATTRIBUTE ${quoteIdent(each.name)} CASCADE`, [id], {
        destroys: [attribute(each)],
        losesData: true,
        verb: 'drop',
      }),
    )
  const adds = next
    .filter((each) => !isIn(old, each))
    .map((each) => {
      const collate = typeof each.collation === 'string' ? ` COLLATE ${each.collation}` : ''
      return ownAction(
        `${alter} ADD ATTRIBUTE ${quoteIdent(each.name)} ${each.type}${collate} CASCADE`,
        [id],
        {
          produces: [attribute(each)],
          verb: 'create',
        },
      )
    })
  return [...drops, ...adds]
}

/** Adds the attributes of each type together, in the order of the wanted state: the engine goes by their names. */
export function inAttributeOrder(actions: readonly Action[], wanted: FactBase): readonly Action[] {
  const added = new Map<string, Action[]>()
  for (const action of actions) {
    const type = typeOfAdded(action)
    if (type !== undefined) added.set(type, [...(added.get(type) ?? []), action])
  }
  const left = new Map([...added].map(([type, { length }]) => [type, length]))
  const position = ({ produces: [id] }: Action) =>
    Number((id === undefined ? undefined : wanted.get(id))?.payload._position ?? 0)
  return actions.flatMap((action) => {
    const type = typeOfAdded(action)
    if (type === undefined) return [action]
    const others = (left.get(type) ?? 0) - 1
    left.set(type, others)
    return others > 0 ? [] : [...(added.get(type) ?? [])].sort((a, b) => position(a) - position(b))
  })
}

function typeOfAdded({ verb, produces: [id] }: Action): string | undefined {
  if (id?.kind !== 'typeAttribute' || verb !== 'create') return undefined
  return idKey({ kind: 'type', schema: id.schema, name: id.type })
}
