import type { Fact, FactBase } from '@supabase/pg-delta/core'
import type { Catalog, ComparedObjects } from './catalog.ts'
import { type ObjectId, schemaOf } from './ids.ts'
import { wholeSides } from './plan.ts'

/** What stands in a schema under a name of its own. */
export const topKinds = [
  'table',
  'foreignTable',
  'view',
  'materializedView',
  'sequence',
  'index',
  'type',
  'domain',
  'collation',
  'function',
  'procedure',
  'aggregate',
] as const

/** What stands in a table or type under a name of its own. */
export const childKinds = [
  'column',
  'value',
  'typeAttribute',
  'constraint',
  'trigger',
  'policy',
  'rule',
] as const

export type NamedKind = (typeof topKinds)[number] | (typeof childKinds)[number]

/** Something that PostgreSQL can give another name. */
export interface NamedObject {
  readonly kind: NamedKind
  readonly schema: string
  /** The table or type that it is in; null for what stands in the schema itself. */
  readonly parent: { readonly kind: ObjectId['kind']; readonly name: string } | null
  readonly name: string
  /** Argument types of a routine; null for everything else. */
  readonly args: readonly string[] | null
}

/** One object under its old and its new name. */
export interface Rename {
  readonly from: NamedObject
  readonly to: NamedObject
}

/** The objects with names on both sides, in the schemas of a scope. */
export function namedSides(
  from: Catalog,
  to: Catalog,
  scope: ComparedObjects,
): { readonly source: readonly NamedObject[]; readonly wanted: readonly NamedObject[] } {
  const { source, wanted } = wholeSides(from, to, scope)
  return { source: namedIn(source, scope), wanted: namedIn(wanted, scope) }
}

function namedIn(facts: FactBase, { schemas }: ComparedObjects): readonly NamedObject[] {
  return facts.facts().flatMap((fact) => {
    const schema = schemaOf(fact.id)
    return schema === undefined || !schemas.includes(schema) ? [] : namedOf(fact)
  })
}

const top: ReadonlySet<string> = new Set(topKinds)
const inTables: ReadonlySet<string> = new Set(['column', 'constraint', 'trigger', 'policy', 'rule'])

/** A fact as an object with a name, and the values of an enum after it; empty for what has none. */
export function namedOf({ id, parent, payload }: Fact): readonly NamedObject[] {
  if (!('schema' in id) || !('name' in id)) return []
  const { kind, schema, name } = id
  if ('args' in id) return [{ kind: id.kind, schema, parent: null, name, args: id.args }]
  if (id.kind === 'typeAttribute') {
    return [{ kind: id.kind, schema, parent: { kind: 'type', name: id.type }, name, args: null }]
  }
  if ('table' in id) {
    if (!inTables.has(kind) || parent === undefined) return []
    return [
      { kind: kind as NamedKind, schema, parent: { kind: parent.kind, name: id.table }, name, args: null },
    ]
  }
  if (!top.has(kind)) return []
  const object: NamedObject = { kind: kind as NamedKind, schema, parent: null, name, args: null }
  const values = kind === 'type' && Array.isArray(payload.values) ? payload.values.map(String) : []
  return [
    object,
    ...values.map(
      (value): NamedObject => ({
        kind: 'value',
        schema,
        parent: { kind: 'type', name },
        name: value,
        args: null,
      }),
    ),
  ]
}

/** The engine's identity of an object; of a value, that of its type. */
export function namedId({ kind, schema, parent, name, args }: NamedObject): ObjectId {
  const within = parent?.name ?? ''
  switch (kind) {
    case 'column':
    case 'constraint':
    case 'trigger':
    case 'policy':
    case 'rule':
      return { kind, schema, table: within, name }
    case 'typeAttribute':
      return { kind, schema, type: within, name }
    case 'value':
      return { kind: 'type', schema, name: within }
    case 'function':
    case 'procedure':
    case 'aggregate':
      return { kind, schema, name, args: [...(args ?? [])] }
    default:
      return { kind, schema, name }
  }
}

/** What holds an object; the schema for what stands in it by itself. */
export function containerOf({ schema, parent }: NamedObject): ObjectId {
  if (parent === null) return { kind: 'schema', name: schema }
  return { kind: parent.kind, schema, name: parent.name } as ObjectId
}

const words: Partial<Readonly<Record<NamedKind, string>>> = {
  foreignTable: 'foreign table',
  materializedView: 'materialized view',
  typeAttribute: 'attribute',
}

/** A kind in PostgreSQL's words: `materialized view`, `attribute`, and `value` of an enum. */
export function namedKindWord(kind: NamedKind): string {
  return words[kind] ?? kind
}
