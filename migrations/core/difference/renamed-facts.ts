import { buildFactBase, type Fact, type FactBase, type StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import type { Extra } from './extras.ts'
import { idKey } from './ids.ts'
import { identitySequence, type NameChange, nameOf } from './name-changes.ts'

/** The facts as they are after the changes. */
export function withNameChanges(source: FactBase, changes: readonly NameChange[]): FactBase {
  if (changes.length === 0) return source
  const renamed = new Map(changes.map((change) => [idKey(change.from), change]))
  const idAfter = (id: StableId): StableId => {
    if ('target' in id) return { ...id, target: idAfter(id.target) }
    return renamed.get(idKey(id))?.to ?? id
  }
  const facts = source.facts().map(
    (fact): Fact => ({
      ...fact,
      id: idAfter(fact.id),
      ...(fact.parent === undefined ? {} : { parent: idAfter(fact.parent) }),
      payload: payloadAfter(fact, changes, renamed),
    }),
  )
  const edges = source.edges.map((edge) => ({ ...edge, from: idAfter(edge.from), to: idAfter(edge.to) }))
  return buildFactBase(facts, edges, source.source)
}

/** The extras as they are after the changes: those that name an index by which a table is clustered. */
export function extrasAfter(
  extras: ReadonlyMap<string, Extra>,
  changes: readonly NameChange[],
): ReadonlyMap<string, Extra> {
  if (changes.length === 0) return extras
  const renamed = new Map(changes.map((change) => [idKey(change.from), change]))
  return new Map(
    [...extras.values()].map((extra): readonly [string, Extra] => {
      const { schema, relation, values } = extra
      if (extra.kind !== 'cluster index' || relation === null || values.index == null)
        return [extra.key, extra]
      const index = indexAfter(schema, values.index, relation, renamed)
      return [extra.key, { ...extra, values: { ...values, index } }]
    }),
  )
}

function payloadAfter(
  fact: Fact,
  changes: readonly NameChange[],
  renamed: ReadonlyMap<string, NameChange>,
): Fact['payload'] {
  const { id, payload } = fact
  const to = renamed.get(idKey(id))?.to
  if (to !== undefined && typeof payload.def === 'string' && id.kind !== 'constraint') {
    const [old, next] = [quoteIdent(nameOf(id)), quoteIdent(nameOf(to))]
    return { ...payload, def: payload.def.replace(` ${old} `, () => ` ${next} `) }
  }
  if (id.kind === 'default' && typeof payload.expr === 'string') {
    return { ...payload, expr: withSequences(payload.expr, changes) }
  }
  const sequence = identitySequence(fact)
  const moved = sequence && renamed.get(idKey({ kind: 'sequence', ...sequence }))?.to
  if (moved !== undefined && sequence !== undefined) {
    const identity = payload.identity as Readonly<Record<string, unknown>>
    const named = { ...identity, sequence: { schema: sequence.schema, name: nameOf(moved) } }
    return { ...payload, identity: named as Fact['payload'][string] }
  }
  if (id.kind === 'table' && typeof payload.replicaIdentityIndex === 'string') {
    const index = indexAfter(id.schema, payload.replicaIdentityIndex, id.name, renamed)
    return { ...payload, replicaIdentityIndex: index }
  }
  return payload
}

/** A default that takes from sequences, with their new names: all at once, since two may change places. */
function withSequences(expression: string, changes: readonly NameChange[]): string {
  const names = new Map(
    changes.flatMap(({ from, to }) => {
      if (from.kind !== 'sequence' || to.kind !== 'sequence') return []
      return [[textOf(from), textOf(to)] as const]
    }),
  )
  return expression.replace(
    /(?<=nextval\()'(?:[^']|'')*'(?=::regclass\))/g,
    (text) => names.get(text) ?? text,
  )
}

function textOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  return `'${qualifiedName(schema, name).replaceAll("'", "''")}'`
}

/** The name of an index of a table, which may be that of a constraint. */
function indexAfter(
  schema: string,
  name: string,
  table: string,
  renamed: ReadonlyMap<string, NameChange>,
): string {
  const index = renamed.get(idKey({ kind: 'index', schema, name }))
  const constraint = renamed.get(idKey({ kind: 'constraint', schema, table, name }))
  return nameOf((index ?? constraint)?.to ?? { kind: 'index', schema, name })
}
