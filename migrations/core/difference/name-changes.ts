import type { Fact, FactBase, StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import { idKey } from './ids.ts'

/** A part of a table or domain that both catalogs have with the same definition, under another name. */
export interface NameChange {
  readonly from: StableId
  readonly to: StableId
  readonly sql: string
}

/**
 * The parts that nothing but the name tells apart: constraints, indexes, triggers and policies with the same definition
 * at the same table, and sequences of the same column. They hold no data of their own (a sequence: its position), so
 * that a rename needs no question; a new one would cost a scan, or the position. In the order in which they must run.
 */
export function nameChanges(source: FactBase, wanted: FactBase): readonly NameChange[] {
  const fresh = new Map<string, Fact[]>()
  for (const fact of wanted.facts()) {
    if (source.has(fact.id)) continue
    const key = definitionKey(fact)
    if (key !== undefined) fresh.set(key, [...(fresh.get(key) ?? []), fact])
  }
  const parts = source.facts().flatMap((old): readonly NameChange[] => {
    if (fresh.size === 0 || wanted.has(old.id) || !isKept(old, wanted)) return []
    const added = fresh.get(definitionKey(old) ?? '')?.shift()
    return added === undefined ? [] : [{ from: old.id, to: added.id, sql: renameSql(old, nameOf(added.id)) }]
  })
  return withoutCollisions([...identitySequences(source, wanted), ...parts], source)
}

/** Whether what a part belongs to is in the wanted state too. */
function isKept({ id, parent, payload }: Fact, wanted: FactBase): boolean {
  if (id.kind !== 'sequence') return parent !== undefined && wanted.has(parent)
  const owner = ownerOf(payload)
  return owner !== undefined && wanted.has(owner)
}

/** Equal for parts that can be told apart by their name alone; undefined for anything else. */
function definitionKey({ id, parent, payload }: Fact): string | undefined {
  const at = parent === undefined ? '' : idKey(parent)
  switch (id.kind) {
    case 'constraint':
    case 'policy':
      return JSON.stringify([id.kind, at, payload])
    case 'index':
    case 'trigger':
    case 'rule':
      return JSON.stringify([id.kind, at, { ...payload, def: withoutName(String(payload.def), id.name) }])
    case 'sequence': {
      const owner = ownerOf(payload)
      return owner === undefined ? undefined : JSON.stringify([id.kind, id.schema, idKey(owner)])
    }
    default:
      return undefined
  }
}

function withoutName(definition: string, name: string): string {
  return definition.replace(` ${quoteIdent(name)} `, () => ' ')
}

function ownerOf(payload: Fact['payload']): StableId | undefined {
  const owner = payload.ownedBy as { schema: string; table: string; column: string } | null | undefined
  if (owner == null) return undefined
  return { kind: 'column', schema: owner.schema, table: owner.table, name: owner.column }
}

export interface Sequence {
  readonly schema: string
  readonly name: string
}

/** The sequence of an identity column, which has no fact of its own. */
export function identitySequence(fact: Fact | undefined): Sequence | undefined {
  return (fact?.payload.identity as { sequence?: Sequence } | null | undefined)?.sequence
}

function identitySequences(source: FactBase, wanted: FactBase): readonly NameChange[] {
  return source.facts().flatMap((column): readonly NameChange[] => {
    if (column.id.kind !== 'column') return []
    const [old, next] = [identitySequence(column), identitySequence(wanted.get(column.id))]
    if (old === undefined || next === undefined || old.schema !== next.schema || old.name === next.name)
      return []
    const id = (name: string): StableId => ({ kind: 'sequence', schema: old.schema, name })
    return [{ from: id(old.name), to: id(next.name), sql: sequenceSql(old, next.name) }]
  })
}

function sequenceSql({ schema, name }: Sequence, to: string): string {
  return `ALTER SEQUENCE ${qualifiedName(schema, name)} RENAME TO ${quoteIdent(to)}`
}

function renameSql({ id, parent }: Fact, to: string): string {
  const [name, next] = [quoteIdent(nameOf(id)), quoteIdent(to)]
  switch (id.kind) {
    case 'constraint': {
      const kind = parent?.kind === 'domain' ? 'DOMAIN' : 'TABLE'
      return `ALTER ${kind} ${qualifiedName(id.schema, id.table)} RENAME CONSTRAINT ${name} TO ${next}`
    }
    case 'policy':
    case 'trigger':
    case 'rule':
      return `ALTER ${id.kind.toUpperCase()} ${name} ON ${qualifiedName(id.schema, id.table)} RENAME TO ${next}`
    case 'index':
      return `ALTER INDEX ${qualifiedName(id.schema, id.name)} RENAME TO ${next}`
    case 'sequence':
      return sequenceSql(id, to)
    default:
      throw new TypeError(`a ${id.kind} is not renamed by its definition`)
  }
}

export function nameOf(id: StableId): string {
  return 'name' in id ? id.name : ''
}

/** Relations, and the indexes of constraints, share the names of a schema. */
function relationName({ id, payload }: Fact): string | undefined {
  if (!('schema' in id) || !('name' in id)) return undefined
  if (id.kind === 'constraint') {
    return 'puxX'.includes(String(payload.type)) ? `${id.schema}.${id.name}` : undefined
  }
  return relationKinds.has(id.kind) ? `${id.schema}.${id.name}` : undefined
}

const relationKinds: ReadonlySet<StableId['kind']> = new Set([
  'table',
  'view',
  'materializedView',
  'foreignTable',
  'sequence',
  'index',
] satisfies readonly StableId['kind'][])

/**
 * The changes in an order in which each name is free when it is taken. What takes the name of something that goes, or
 * changes places with another, is left out: it is recreated.
 */
function withoutCollisions(changes: readonly NameChange[], source: FactBase): readonly NameChange[] {
  if (changes.length === 0) return []
  const taken = new Set(
    source
      .facts()
      .flatMap((fact) => {
        const sequence = identitySequence(fact)
        return [relationName(fact) ?? [], sequence === undefined ? [] : `${sequence.schema}.${sequence.name}`]
      })
      .flat(),
  )
  const relation = (id: StableId, like: StableId): string | undefined => {
    const payload = source.get(like)?.payload ?? {}
    return relationName({ id, payload })
  }
  const ordered: NameChange[] = []
  let waiting = changes
  for (;;) {
    const blocked = waiting.filter((change) => {
      const target = relation(change.to, change.from)
      if (target !== undefined && taken.has(target)) return true
      const old = relation(change.from, change.from)
      if (old !== undefined) taken.delete(old)
      if (target !== undefined) taken.add(target)
      ordered.push(change)
      return false
    })
    if (blocked.length === waiting.length || blocked.length === 0) return ordered
    waiting = blocked
  }
}
