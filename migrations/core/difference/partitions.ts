import { buildFactBase, type Fact, type FactBase, type StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import { idKey } from './ids.ts'
import { stepsIntoParent } from './inherit-steps.ts'
import { parentsIn, parentsOf, type TableName } from './parents.ts'

/**
 * The columns and checks of a partition, or of a table that inherits, which its parent has too are the parent's: whether
 * they were written again for it (as pg_dump does, with ATTACH PARTITION, or LIKE with INHERITS) is not a difference, since
 * no ALTER TABLE changes that.
 */
export function withoutInherited(facts: FactBase): FactBase {
  const hidden = new Set<string>()
  const kept = facts.facts().filter((fact) => {
    const parent = fact.parent
    if (parent === undefined) return true
    if (hidden.has(idKey(parent))) {
      hidden.add(idKey(fact.id))
      return false
    }
    if (parent.kind !== 'table' || (fact.id.kind !== 'column' && fact.id.kind !== 'constraint')) return true
    const inherited =
      fact.id.kind === 'column'
        ? isDeclaredAbove(facts, parent, fact.id.name)
        : isCheckedAbove(facts, parent, fact.id.name, fact.payload)
    if (inherited) hidden.add(idKey(fact.id))
    return !inherited
  })
  if (hidden.size === 0) return facts
  const left = kept.filter((fact) => fact.parent === undefined || !hidden.has(idKey(fact.parent)))
  const edges = facts.edges.filter((edge) => !hidden.has(idKey(edge.from)) && !hidden.has(idKey(edge.to)))
  return buildFactBase(left, edges, facts.source)
}

/** Whether a table's parent, or one above it, has a column of this name. */
function isDeclaredAbove(facts: FactBase, table: StableId, name: string): boolean {
  return parentsOf(facts, table).some(
    (parent) =>
      facts.has({ kind: 'column', schema: parent.schema, table: parent.name, name }) ||
      isDeclaredAbove(facts, { kind: 'table', ...parent }, name),
  )
}

/** Whether a table's parent, or one above it, has the same check. */
function isCheckedAbove(
  facts: FactBase,
  table: StableId,
  name: string,
  payload: Readonly<Record<string, unknown>>,
): boolean {
  if (payload.type !== 'c') return false
  return parentsOf(facts, table).some((parent) => {
    const check = facts.get({ kind: 'constraint', schema: parent.schema, table: parent.name, name })
    return (
      check?.payload.def === payload.def || isCheckedAbove(facts, { kind: 'table', ...parent }, name, payload)
    )
  })
}

/** A statement that keeps a table's rows where the engine would drop it and recreate it. */
export interface KeepingMove {
  readonly sql: string
  readonly table: StableId
  readonly others: readonly StableId[]
  readonly rewrites: boolean
  readonly verb: 'alter'
}

/**
 * ATTACH and DETACH PARTITION, INHERIT and NO INHERIT for tables that both sides have with other parents or other
 * bounds (ALTER TABLE in the manual). A parent that comes in between has those after it recreated, since INHERIT puts
 * it last.
 */
export function partitionMoves(
  source: FactBase,
  wanted: FactBase,
  virtualMark: string,
): readonly KeepingMove[] {
  return source.facts().flatMap(({ id, payload }): readonly KeepingMove[] => {
    const next = wanted.get(id)?.payload
    if (id.kind !== 'table' || next === undefined || payload.partitionKey !== next.partitionKey) return []
    const [old, now] = [linksOf(payload), linksOf(next)]
    const kept = old.findIndex(({ text }, at) => text !== now[at]?.text)
    const alike = kept === -1 ? old.length : kept
    const table = qualifiedName(id.schema, id.name)
    const move = (sql: string, { parent }: Link): KeepingMove => ({
      sql,
      table: id,
      others: [{ kind: 'table', ...parent }],
      rewrites: false,
      verb: 'alter',
    })
    const missing = now.findIndex(
      ({ parent }, at) => at >= alike && !source.has({ kind: 'table', ...parent }),
    )
    const come = now.slice(alike, missing === -1 ? undefined : missing)
    return [
      ...old.slice(alike).map((each) => move(unlink(table, each), each)),
      ...come.flatMap((each) => [
        ...(each.bound === undefined ? stepsIntoParent(source, id, each.parent, virtualMark) : []).map(
          (sql) => move(sql, each),
        ),
        move(link(table, each), each),
      ]),
    ]
  })
}

interface Link {
  readonly parent: TableName
  /** Of a partition. */
  readonly bound: string | undefined
  readonly text: string
}

function linksOf(payload: Fact['payload']): readonly Link[] {
  const bound = typeof payload.partitionBound === 'string' ? payload.partitionBound : undefined
  return parentsIn(payload).map((parent) => ({
    parent,
    bound,
    text: JSON.stringify([parent.schema, parent.name, bound]),
  }))
}

function unlink(table: string, { parent, bound }: Link): string {
  const name = qualifiedName(parent.schema, parent.name)
  return bound === undefined
    ? `ALTER TABLE ${table} NO INHERIT ${name}`
    : `ALTER TABLE ${name} DETACH PARTITION ${table}`
}

function link(table: string, { parent, bound }: Link): string {
  const name = qualifiedName(parent.schema, parent.name)
  return bound === undefined
    ? `ALTER TABLE ${table} INHERIT ${name}`
    : `ALTER TABLE ${name} ATTACH PARTITION ${table} ${bound}`
}

/** Columns whose collation alone differs: changed in place, where the engine would drop and add them. */
export function collationMoves(source: FactBase, wanted: FactBase): readonly KeepingMove[] {
  return source.facts().flatMap(({ id, payload, parent }): readonly KeepingMove[] => {
    const next = wanted.get(id)?.payload
    if (id.kind !== 'column' || next === undefined || parent?.kind !== 'table' || next.generatedExpr != null)
      return []
    if ((payload.collation ?? null) === (next.collation ?? null) || payload.type !== next.type) return []
    const collation = typeof next.collation === 'string' ? next.collation : '"default"'
    const column = `ALTER TABLE ${qualifiedName(id.schema, id.table)} ALTER COLUMN ${quoteIdent(id.name)}`
    return [
      {
        sql: `${column} TYPE ${String(next.type)} COLLATE ${collation}`,
        table: id,
        others: [],
        rewrites: true,
        verb: 'alter',
      },
    ]
  })
}

/** Stored generated columns that become plain ones: DROP EXPRESSION keeps what was computed. */
export function expressionMoves(
  source: FactBase,
  wanted: FactBase,
  virtualMark: string,
): readonly KeepingMove[] {
  return source.facts().flatMap(({ id, payload, parent }): readonly KeepingMove[] => {
    const next = wanted.get(id)?.payload
    if (id.kind !== 'column' || next === undefined || parent?.kind !== 'table') return []
    if (typeof payload.generatedExpr !== 'string' || next.generatedExpr != null) return []
    if (payload.generatedExpr.endsWith(virtualMark)) return []
    const column = `ALTER TABLE ${qualifiedName(id.schema, id.table)} ALTER COLUMN ${quoteIdent(id.name)}`
    return [{ sql: `${column} DROP EXPRESSION`, table: id, others: [], rewrites: false, verb: 'alter' }]
  })
}
