import type { FactBase } from '@supabase/pg-delta/core'
import { quoteIdent, quoteIdentAlways } from '../postgres/index.ts'
import { constraintFacts } from '../postgres/statement/index.ts'
import type { Action } from './action.ts'
import { type ObjectId, objectName, schemaOf } from './ids.ts'
import { ownAction } from './own-action.ts'

/** A CREATE TABLE and what PostgreSQL would not take from it: see {@link withoutEqualKeys}. */
export function withEqualKeysApart(action: Action, wanted: FactBase): readonly Action[] {
  if (!action.sql.startsWith('CREATE TABLE ')) return [action]
  const keys = action.produces.flatMap((id) => keyOf(id, wanted) ?? [])
  const first = keys.toSorted((a, b) => Number(b.isPrimary) - Number(a.isPrimary))
  const apart = first.filter((key, at) => first.slice(0, at).some((other) => other.index === key.index))
  return apart.reduce<readonly Action[]>(
    ([table, ...others], key) => (table === undefined ? [] : [...withoutKey(table, key), ...others]),
    [action],
  )
}

interface Key {
  readonly id: ObjectId & { readonly schema: string; readonly table: string }
  readonly definition: string
  /** What its index is over: equal for keys that CREATE TABLE makes one index for. */
  readonly index: string
  readonly isPrimary: boolean
}

function keyOf(id: ObjectId, wanted: FactBase): Key | undefined {
  if (id.kind !== 'constraint') return undefined
  const definition = String(wanted.get(id)?.payload.def)
  const { kind } = constraintFacts(definition) ?? {}
  if (kind !== 'primary key' && kind !== 'unique') return undefined
  const index = definition.slice(kind.length).trim()
  return { id, definition, index, isPrimary: kind === 'primary key' }
}

/**
 * CREATE TABLE makes one index for two keys over the same columns, and the second is not there (transformIndexConstraints
 * in parse_utilcmd.c). ALTER TABLE makes both.
 */
function withoutKey(table: Action, { id, definition }: Key): readonly Action[] {
  const clause = `CONSTRAINT ${quoteIdentAlways('name' in id ? String(id.name) : '')} ${definition}`
  const sql = table.sql.replace(`, ${clause}`, () => '')
  if (sql === table.sql) return [table]
  const produces = table.produces.filter((made) => made !== id)
  const added = ownAction(
    `ALTER TABLE ${quoteIdentAlways(id.schema)}.${quoteIdentAlways(id.table)} ADD ${clause}`,
    [{ kind: 'table', schema: id.schema, name: id.table }],
  )
  return [
    { ...table, sql, produces },
    { ...added, produces: [id], verb: 'create' },
  ]
}

/** An action and what stands before an extension that comes, or moves: a schema of no line, which the runner does not make. */
export function withExtensionSchema(
  action: Action,
  there: FactBase,
  wanted: FactBase,
  schemas: readonly string[],
): readonly Action[] {
  const id = [...action.produces, ...action.consumes].find(({ kind }) => kind === 'extension')
  const name = id === undefined ? undefined : wanted.get(id)?.payload.schema
  if (typeof name !== 'string' || action.verb === 'drop') return [action]
  if (schemas.includes(name) || name === 'public' || there.has({ kind: 'schema', name })) return [action]
  const made = ownAction(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(name)}`, [], {
    lock: 'none',
    verb: 'create',
  })
  return [made, action]
}

/** Schemas outside a scope that objects in it refer to, each with one reference as a person reads it. */
export function outsideReferences(
  facts: FactBase,
  schemas: readonly string[],
  isInScope: (id: ObjectId) => boolean,
): ReadonlyMap<string, { readonly from: ObjectId; readonly to: ObjectId }> {
  const ofExtension = new Set(
    facts.edges.filter(({ kind }) => kind === 'memberOfExtension').map(({ from }) => facts.get(from)),
  )
  const found = new Map<string, { readonly from: ObjectId; readonly to: ObjectId }>()
  for (const { kind, from, to } of facts.edges) {
    const [own, other] = [schemaOf(from), schemaOf(to)]
    if (kind !== 'depends' || own === undefined || other === undefined || to.kind === 'schema') continue
    if (!schemas.includes(own) || schemas.includes(other) || found.has(other)) continue
    const fact = facts.get(to)
    const parent = fact?.parent === undefined ? undefined : facts.get(fact.parent)
    if (fact === undefined || ofExtension.has(fact) || (parent !== undefined && ofExtension.has(parent)))
      continue
    if (isInScope(from)) found.set(other, { from, to })
  }
  return found
}

/** The texts by which objects in scope refer to others outside: their definitions, with the name of what they refer to. */
export function outsideTexts(
  facts: FactBase,
  schemas: readonly string[],
  isInScope: (id: ObjectId) => boolean,
): readonly string[] {
  const texts = new Set<string>()
  for (const { kind, from, to } of facts.edges) {
    const [own, other] = [schemaOf(from), schemaOf(to)]
    if (kind !== 'depends' || own === undefined || other === undefined || to.kind === 'schema') continue
    if (!schemas.includes(own) || schemas.includes(other) || !isInScope(from)) continue
    texts.add([objectName(to), ...stringsIn(facts.get(from)?.payload)].join('\n'))
  }
  return [...texts]
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}
