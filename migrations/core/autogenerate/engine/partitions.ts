import { buildFactBase, type FactBase, type StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../../postgres/index.ts'
import { idKey } from './ids.ts'

interface TableName {
  readonly schema: string
  readonly name: string
}

/**
 * The columns and checks of a partition, or of a table that inherits, which its parent has too are the parent's: whether
 * they were written again for it (as pg_dump does, with ATTACH PARTITION, or LIKE with INHERITS) is no difference, since
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
  const parent = parentOf(facts, table)
  if (parent === undefined) return false
  return (
    facts.has({ kind: 'column', schema: parent.schema, table: parent.name, name }) ||
    isDeclaredAbove(facts, { kind: 'table', ...parent }, name)
  )
}

function isCheckedAbove(
  facts: FactBase,
  table: StableId,
  name: string,
  { def, type }: Readonly<Record<string, unknown>>,
): boolean {
  const parent = parentOf(facts, table)
  if (parent === undefined || type !== 'c') return false
  return (
    facts.get({ kind: 'constraint', schema: parent.schema, table: parent.name, name })?.payload.def === def
  )
}

function parentOf(facts: FactBase, table: StableId): TableName | undefined {
  return (facts.get(table)?.payload.parentTable ?? undefined) as TableName | undefined
}

/** A statement that keeps a table's rows where the engine would drop it and make it anew. */
export interface KeepingMove {
  readonly sql: string
  readonly table: StableId
  readonly others: readonly StableId[]
  readonly rewrites: boolean
  readonly verb: 'alter'
}

/**
 * ATTACH and DETACH PARTITION, INHERIT and NO INHERIT for tables that both sides have with another parent or
 * other bounds (ALTER TABLE in the manual).
 */
export function partitionMoves(source: FactBase, wanted: FactBase): readonly KeepingMove[] {
  return source.facts().flatMap(({ id, payload }): readonly KeepingMove[] => {
    const next = wanted.get(id)?.payload
    if (id.kind !== 'table' || next === undefined) return []
    const [old, now] = [linkOf(payload), linkOf(next)]
    if (old.text === now.text || payload.partitionKey !== next.partitionKey) return []
    const table = qualifiedName(id.schema, id.name)
    const move = (sql: string, parent: TableName): KeepingMove => ({
      sql,
      table: id,
      others: [{ kind: 'table', ...parent }],
      rewrites: false,
      verb: 'alter',
    })
    const away = old.parent === undefined ? [] : [move(unlink(table, old.parent, old.bound), old.parent)]
    const there =
      now.parent === undefined || !source.has({ kind: 'table', ...now.parent })
        ? []
        : [move(link(table, now.parent, now.bound), now.parent)]
    return [...away, ...there]
  })
}

interface Link {
  readonly parent: TableName | undefined
  readonly bound: string | undefined
  readonly text: string
}

function linkOf(payload: Readonly<Record<string, unknown>>): Link {
  const parent = (payload.parentTable ?? undefined) as TableName | undefined
  const bound = typeof payload.partitionBound === 'string' ? payload.partitionBound : undefined
  return { parent, bound, text: JSON.stringify([parent?.schema, parent?.name, bound]) }
}

function unlink(table: string, parent: TableName, bound: string | undefined): string {
  const name = qualifiedName(parent.schema, parent.name)
  return bound === undefined
    ? `ALTER TABLE ${table} NO INHERIT ${name}`
    : `ALTER TABLE ${name} DETACH PARTITION ${table}`
}

function link(table: string, parent: TableName, bound: string | undefined): string {
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
