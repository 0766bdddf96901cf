import type { Fact, FactBase, StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import { idKey } from './ids.ts'
import { parentsIn, type TableName } from './parents.ts'
import type { KeepingMove } from './partitions.ts'

/**
 * Type changes of columns that a table inherits from several parents. PostgreSQL changes none of them while the other
 * parents keep it as it is (`cannot alter inherited column`), so the table leaves all parents but one meanwhile.
 */
export function sharedColumnMoves(source: FactBase, wanted: FactBase): readonly KeepingMove[] {
  const children = source.facts().flatMap(({ id, payload }): readonly Child[] => {
    const next = wanted.get(id)?.payload
    if (id.kind !== 'table' || next === undefined) return []
    const parents = parentsIn(payload)
    if (JSON.stringify(parents) !== JSON.stringify(parentsIn(next))) return []
    const retyped = retypedInSeveral(source, wanted, parents)
    const first = parents.findIndex((parent) => retyped.some((fact) => isColumnOf(fact, parent)))
    return retyped.length === 0 ? [] : [{ id, leaves: parents.slice(first + 1), retyped }]
  })
  const columns = new Map(children.flatMap(({ retyped }) => retyped.map((fact) => [idKey(fact.id), fact])))
  return [
    ...children.flatMap((child) => child.leaves.map((parent) => linkMove(child, 'NO INHERIT', parent))),
    ...[...columns.values()].map(typeMove),
    ...children.flatMap((child) => child.leaves.map((parent) => linkMove(child, 'INHERIT', parent))),
  ]
}

interface Child {
  readonly id: StableId & TableName
  /** Those parents that it leaves and comes back to, in their order, which is that of coming back. */
  readonly leaves: readonly TableName[]
  /** The columns of its parents, as they are wanted. */
  readonly retyped: readonly Fact[]
}

function retypedInSeveral(
  source: FactBase,
  wanted: FactBase,
  parents: readonly TableName[],
): readonly Fact[] {
  const found = parents.flatMap((parent) =>
    source.childrenOf({ kind: 'table', ...parent }).flatMap(({ id, payload }): readonly Fact[] => {
      const next = wanted.get(id)
      return id.kind === 'column' && next !== undefined && next.payload.type !== payload.type ? [next] : []
    }),
  )
  return found.filter((fact) => found.some((other) => other !== fact && nameOf(other) === nameOf(fact)))
}

function nameOf({ id }: Fact): string {
  return 'name' in id ? id.name : ''
}

function isColumnOf({ id }: Fact, { schema, name }: TableName): boolean {
  return id.kind === 'column' && id.schema === schema && id.table === name
}

function linkMove({ id }: Child, verb: 'INHERIT' | 'NO INHERIT', parent: TableName): KeepingMove {
  return {
    sql: `ALTER TABLE ${qualifiedName(id.schema, id.name)} ${verb} ${qualifiedName(parent.schema, parent.name)}`,
    table: id,
    others: [{ kind: 'table', ...parent }],
    rewrites: false,
    verb: 'alter',
  }
}

function typeMove({ id, parent, payload }: Fact): KeepingMove {
  if (id.kind !== 'column') throw new TypeError(`${id.kind} is not a column`)
  const [table, name, type] = [qualifiedName(id.schema, id.table), quoteIdent(id.name), String(payload.type)]
  return {
    sql: `ALTER TABLE ${table} ALTER COLUMN ${name} TYPE ${type} USING ${name}::${type}`,
    table: id,
    others: parent === undefined ? [] : [parent],
    rewrites: true,
    verb: 'alter',
  }
}
