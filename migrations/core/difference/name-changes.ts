import type { Fact, FactBase, StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import { idKey } from './ids.ts'
import { inNameOrder } from './name-order.ts'
import { shortened } from './shortened.ts'

/** A part of a table or domain that both catalogs have with the same definition, under another name. */
export interface NameChange {
  readonly from: StableId
  readonly to: StableId
  readonly sql: string
  /** Runs before it: gives another name to what this one's name is taken from, where they change places. */
  readonly aside?: string
}

/** A change whose statement may have to begin with another name than the old one. */
interface Candidate extends NameChange {
  readonly rename: (from: string, to: string) => string
  /** It has the name between by now. */
  readonly isAside?: boolean
}

/**
 * The parts that nothing but the name tells apart: constraints, indexes, triggers and policies with the same definition
 * at the same table, and sequences of the same column. They hold no data of their own (a sequence: its position), so
 * that a rename needs no question; a new one would cost a scan, or the position. In the order in which they must run. The
 * name of an index or a sequence may be that of another one before, as where two change places.
 */
export function nameChanges(source: FactBase, wanted: FactBase): readonly NameChange[] {
  const fresh = new Map<string, Fact[]>()
  for (const fact of wanted.facts()) {
    if (!isFree(fact, source)) continue
    const key = definitionKey(fact)
    if (key !== undefined) fresh.set(key, [...(fresh.get(key) ?? []), fact])
  }
  const parts = source.facts().flatMap((old): readonly Candidate[] => {
    if (fresh.size === 0 || !isFree(old, wanted) || !isKept(old, wanted)) return []
    const added = fresh.get(definitionKey(old) ?? '')?.shift()
    if (added === undefined) return []
    const rename = (name: string, to: string) => renameSql({ ...old, id: named(old.id, name) }, to)
    return [candidate(old.id, added.id, rename)]
  })
  return withoutCollisions([...identitySequences(source, wanted), ...parts], source)
}

/** Whether the other side has no part of that name, or has there what belongs to something else. */
function isFree(fact: Fact, others: FactBase): boolean {
  const other = others.get(fact.id)
  if (other === undefined) return true
  if (fact.id.kind !== 'index' && fact.id.kind !== 'sequence') return false
  const [own, its] = [definitionKey(fact), definitionKey(other)]
  // A sequence that no column has on one side is given to a column, or taken from one.
  return own !== undefined && its !== undefined && own !== its
}

function candidate(from: StableId, to: StableId, rename: Candidate['rename']): Candidate {
  return { from, to, sql: rename(nameOf(from), nameOf(to)), rename }
}

function named<Id extends StableId>(id: Id, name: string): Id {
  return 'name' in id ? { ...id, name } : id
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

function identitySequences(source: FactBase, wanted: FactBase): readonly Candidate[] {
  return source.facts().flatMap((column): readonly Candidate[] => {
    if (column.id.kind !== 'column') return []
    const [old, next] = [identitySequence(column), identitySequence(wanted.get(column.id))]
    if (old === undefined || next === undefined || old.schema !== next.schema || old.name === next.name)
      return []
    const id = (name: string): StableId => ({ kind: 'sequence', schema: old.schema, name })
    const rename = (name: string, to: string) => sequenceSql({ ...old, name }, to)
    return [candidate(id(old.name), id(next.name), rename)]
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
 * The changes in an order in which each name is free when it is taken; where some change places, the first steps aside.
 * What takes the name of something that goes is left out: it is recreated.
 */
function withoutCollisions(changes: readonly Candidate[], source: FactBase): readonly NameChange[] {
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
  const placeOf = (id: StableId, like: StableId): string | undefined => {
    const payload = source.get(like)?.payload ?? {}
    return relationName({ id, payload })
  }
  const ordered: NameChange[] = []
  let aside: string | undefined
  inNameOrder(changes, taken, {
    places: ({ from, to, isAside }) => ({
      from: isAside === true ? undefined : placeOf(from, from),
      to: placeOf(to, from),
    }),
    take: ({ from, to, sql }) => {
      ordered.push(aside === undefined ? { from, to, sql } : { from, to, sql, aside })
      aside = undefined
    },
    stepAside: (change) => {
      const between = shortened(nameOf(change.from), '__renamed')
      aside = change.rename(nameOf(change.from), between)
      return { ...change, sql: change.rename(between, nameOf(change.to)), isAside: true }
    },
  })
  return ordered
}
