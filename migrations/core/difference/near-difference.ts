import type { DependencyEdge, Fact, FactBase, StableId } from '@supabase/pg-delta/core'
import { idKey, schemaOf } from './ids.ts'
import { parentsIn } from './parents.ts'

/** The facts of one side that a difference can be about, and their edges, both in their order. */
interface Part {
  readonly facts: readonly Fact[]
  readonly edges: readonly DependencyEdge[]
}

/**
 * Two catalogs without the tables that are the same in both and that no difference reaches, so that a plan takes as long as
 * what differs is large. A table stays, with all that belongs to it, where
 *
 * - anything of it differs: a definition, or what it depends on;
 * - anything of it depends on what differs, however far (`pg_depend`): that may have to be recreated;
 * - what differs or has to be recreated depends on anything of it;
 * - it inherits or is inherited from, partitions included, which is known by more than dependencies.
 *
 * What is no table, and belongs to none, always stays. A table that is left out is neither altered nor referred to by
 * anything that is: to alter it, it would have to differ, or depend on what does.
 * @param isSeen false for what the difference does not see, which may differ as it likes
 * @param others keys of tables that differ in something that no fact has
 * @returns undefined where something of the whole database differs, which may concern every table
 */
export function nearDifference(
  from: FactBase,
  to: FactBase,
  isSeen: (fact: Fact) => boolean,
  seesOwners: boolean,
  others: ReadonlySet<string>,
): readonly [Part, Part] | undefined {
  const sides = [indexOf(from, seesOwners), indexOf(to, seesOwners)] as const
  const [old, next] = sides
  const differing: Fact[] = []
  const kept = new Set<string>()
  for (const [side, other] of [sides, [next, old] as const]) {
    for (const [key, { text, facts }] of side.tables) {
      if (side.linked.has(key) || other.linked.has(key)) kept.add(key)
      if (other.tables.get(key)?.text === text && !others.has(key)) continue
      kept.add(key)
      differing.push(...facts)
    }
    for (const [key, { text, fact }] of side.rest) {
      if (other.rest.get(key)?.text === text || !isSeen(fact)) continue
      // Schemas are neither made nor dropped.
      if (fact.id.kind === 'schema') continue
      if (schemaOf(fact.id) === undefined) return undefined
      differing.push(fact)
    }
  }
  const reached = reachedFrom(differing, [from, to])
  for (const { tableOf } of sides) for (const key of reached.keys()) keepTable(kept, tableOf.get(key))
  const near = [
    ...reached.values(),
    ...[...kept].flatMap((key) => sides.flatMap((side) => side.tables.get(key)?.facts ?? [])),
  ]
  for (const { id } of near)
    for (const side of [from, to])
      for (const edge of side.outgoingEdges(id))
        for (const { tableOf } of sides) keepTable(kept, tableOf.get(idKey(edge.to)))
  return [partOf(from, old, kept), partOf(to, next, kept)]
}

function keepTable(kept: Set<string>, table: string | undefined): void {
  if (table !== undefined) kept.add(table)
}

/** Parents that are not recreated for what belongs to them. */
const standing: ReadonlySet<string> = new Set(['schema', 'table'])

/** What depends on some facts, however far, and what belongs to it, by key. */
function reachedFrom(facts: readonly Fact[], sides: readonly FactBase[]): ReadonlyMap<string, Fact> {
  const reached = new Map<string, Fact>()
  const open = [...facts]
  for (let fact = open.pop(); fact !== undefined; fact = open.pop()) {
    const { id } = fact
    const key = idKey(id)
    if (reached.has(key)) continue
    reached.set(key, fact)
    for (const side of sides) {
      for (const edge of side.incomingEdges(id)) {
        const dependent = side.get(edge.from)
        if (dependent !== undefined) open.push(dependent)
      }
      open.push(...side.childrenOf(id))
      // A type may be recreated for an attribute or a constraint of it, but no table for a column.
      const whole =
        fact.parent === undefined || standing.has(fact.parent.kind) ? undefined : side.get(fact.parent)
      if (whole !== undefined) open.push(whole)
    }
  }
  return reached
}

interface Index {
  /** By key, with all that belongs to them. */
  readonly tables: ReadonlyMap<string, { readonly text: string; readonly facts: readonly Fact[] }>
  /** Keys of tables that inherit or are inherited from. */
  readonly linked: ReadonlySet<string>
  /** What belongs to no table, by key. */
  readonly rest: ReadonlyMap<string, { readonly text: string; readonly fact: Fact }>
  /** The key of the table by that of what belongs to it; its own for a table. */
  readonly tableOf: ReadonlyMap<string, string>
}

const indexes = new WeakMap<FactBase, Map<boolean, Index>>()

function indexOf(base: FactBase, seesOwners: boolean): Index {
  const known = indexes.get(base) ?? new Map<boolean, Index>()
  indexes.set(base, known)
  const index = known.get(seesOwners) ?? newIndex(base, seesOwners)
  known.set(seesOwners, index)
  return index
}

function newIndex(base: FactBase, seesOwners: boolean): Index {
  const all = base.facts()
  const tables = new Map<string, { text: string; facts: Fact[] }>()
  const linked = new Set<string>()
  const tableOf = new Map<string, string>()
  for (const fact of all) {
    const { id, payload } = fact
    if (id.kind !== 'table') continue
    const key = idKey(id)
    const parents = parentsIn(payload)
    if (parents.length > 0 || payload.partitionKey != null) linked.add(key)
    for (const parent of parents) linked.add(idKey({ kind: 'table', ...parent }))
    const facts: Fact[] = []
    const texts: string[] = []
    const add = (part: Fact) => {
      const own = idKey(part.id)
      tableOf.set(own, key)
      facts.push(part)
      if (seesOwners || part.id.kind !== 'acl') texts.push(textOf(base, part.id, own, seesOwners))
      for (const child of base.childrenOf(part.id)) add(child)
    }
    add(fact)
    tables.set(key, { text: texts.join('\n'), facts })
  }
  const rest = new Map<string, { text: string; fact: Fact }>()
  for (const fact of all) {
    const key = idKey(fact.id)
    if (!tableOf.has(key)) rest.set(key, { text: textOf(base, fact.id, key, seesOwners), fact })
  }
  return { tables, linked, rest, tableOf }
}

/** Equal for equal facts with equal dependencies. */
function textOf(base: FactBase, id: StableId, key: string, seesOwners: boolean): string {
  const edges = base
    .outgoingEdges(id)
    .flatMap(({ kind, to }) => (kind === 'owner' && !seesOwners ? [] : [`${kind} ${idKey(to)}`]))
  return `${key} ${base.hashOf(id)} ${edges.sort().join(' ')}`
}

function partOf(base: FactBase, { tableOf }: Index, kept: ReadonlySet<string>): Part {
  const isKept = (id: StableId) => {
    const table = tableOf.get(idKey(id))
    return table === undefined || kept.has(table)
  }
  const facts = base.facts().filter(({ id }) => isKept(id))
  const edges = new Set(facts.flatMap(({ id }) => base.outgoingEdges(id).filter((edge) => isKept(edge.to))))
  return { facts, edges: base.edges.filter((edge) => edges.has(edge)) }
}
