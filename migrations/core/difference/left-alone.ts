import { buildFactBase, type Fact, type FactBase } from '@supabase/pg-delta/core'
import type { Excludes } from '../environment/index.ts'
import { withoutOnly } from '../postgres/statement/index.ts'
import { idKey, relationOf } from './ids.ts'
import { onlyMark } from './invisible-states.ts'
import { partitionRoot } from './table-columns.ts'

/** What can be left alone of a table that both sides have: its property, what that is called, and the value for none. */
const properties = [
  ['rowSecurity', 'row security', false],
  ['forceRowSecurity', 'forced row security', false],
  ['partitionKey', 'partitioning', null],
] as const

/** Both sides of a difference as the engine sees them. */
export interface Sides {
  readonly source: FactBase
  readonly wanted: FactBase
  /** Keys of the partitions that are left alone with their table's partitioning. */
  readonly partitions: ReadonlySet<string>
}

/**
 * Both sides without the properties of tables that are excluded. A table that only one side has keeps them, so that it is
 * made again as it was.
 */
export function withoutLeftAlone(
  source: FactBase,
  wanted: FactBase,
  { excludes }: { readonly excludes: Excludes },
): Sides {
  const sides = [source, wanted]
  const out = new Map<string, Fact['payload']>()
  const plain = new Set<string>()
  for (const { id, payload } of sides.flatMap((side) => side.facts())) {
    if (id.kind !== 'table' || !sides.every((side) => side.has(id))) continue
    const { schema, name } = id
    for (const [field, kind, none] of properties) {
      if ((payload[field] ?? none) === none || !excludes({ kind, schema, name, table: name })) continue
      out.set(idKey(id), { ...out.get(idKey(id)), [field]: none })
      if (kind === 'partitioning') plain.add(idKey(id))
    }
  }
  if (out.size === 0) return { source, wanted, partitions: plain }
  const partitions = new Set(sides.flatMap((facts) => partitionsOf(facts, plain)))
  const left = (side: FactBase) => leftOf(side, out, plain, partitions)
  return { source: left(source), wanted: left(wanted), partitions }
}

function partitionsOf(facts: FactBase, roots: ReadonlySet<string>): readonly string[] {
  if (roots.size === 0) return []
  return facts.facts().flatMap(({ id, payload }) => {
    if (id.kind !== 'table' || payload.partitionBound == null) return []
    return roots.has(idKey({ kind: 'table', ...partitionRoot({ facts }, id) })) ? [idKey(id)] : []
  })
}

function leftOf(
  side: FactBase,
  out: ReadonlyMap<string, Fact['payload']>,
  plain: ReadonlySet<string>,
  partitions: ReadonlySet<string>,
): FactBase {
  const facts = side.facts().flatMap((fact) => {
    const relation = relationOf(fact.id)
    const table = relation === undefined ? undefined : idKey({ kind: 'table', ...relation })
    if (table !== undefined && partitions.has(table)) return []
    const { id, payload, parent } = fact
    if (id.kind === 'table') return { ...fact, payload: { ...payload, ...out.get(idKey(id)) } }
    const isOfPlain = id.kind === 'index' && parent !== undefined && plain.has(idKey(parent))
    return isOfPlain ? { ...fact, payload: { ...payload, def: ofPlain(String(payload.def)) } } : fact
  })
  return buildFactBase(facts, [...side.edges], side.source)
}

/** The definition of an index as a table has it that is not partitioned. */
function ofPlain(definition: string): string {
  const whole = definition.endsWith(onlyMark) ? definition.slice(0, -onlyMark.length) : definition
  return withoutOnly(whole)
}
