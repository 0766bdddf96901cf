import type { Fact, FactBase, StableId } from '@supabase/pg-delta/core'
import { qualifiedName, quoteIdent } from '../postgres/index.ts'
import { constraintFacts } from '../postgres/statement/index.ts'
import type { Action } from './action.ts'
import { inheritedColumns } from './extras/inherited-columns.ts'
import type { Extra } from './extras.ts'
import { parentsOf, type TableName } from './parents.ts'

/**
 * What a table needs before ALTER TABLE … INHERIT takes it: every column of the parent with its type, its NOT NULL, and
 * every check under its name (manual, ALTER TABLE).
 */
export function stepsIntoParent(
  facts: FactBase,
  child: TableName,
  parent: TableName,
  virtualMark: string,
): readonly string[] {
  const table = `ALTER TABLE ${qualifiedName(child.schema, child.name)}`
  const has = new Set(factsDownTo(facts, child).map((fact) => keyOf(fact)))
  return factsDownTo(facts, parent).flatMap((fact): readonly string[] => {
    const { id, payload } = fact
    if (id.kind === 'column') {
      const name = quoteIdent(id.name)
      if (!has.has(keyOf(fact)))
        return [`${table} ADD COLUMN ${name} ${columnText(facts, fact, virtualMark)}`]
      return payload.notNull === true ? [`${table} ALTER COLUMN ${name} SET NOT NULL`] : []
    }
    if (id.kind !== 'constraint' || payload.type !== 'c' || has.has(keyOf(fact))) return []
    const definition = String(payload.def)
    return constraintFacts(definition)?.isInherited === false
      ? []
      : [`${table} ADD CONSTRAINT ${quoteIdent(id.name)} ${definition}`]
  })
}

/** The columns and constraints of a table, those of the tables that it inherits from first; one of each name. */
function factsDownTo(facts: FactBase, { schema, name }: TableName): readonly Fact[] {
  const id = { kind: 'table', schema, name } as const
  const all = [
    ...parentsOf(facts, id).flatMap((parent) => factsDownTo(facts, parent)),
    ...facts.childrenOf(id).toSorted((a, b) => position(a) - position(b)),
  ]
  return [...new Map(all.map((fact) => [keyOf(fact), fact])).values()]
}

/** Columns in their order, then what may speak of them. */
function position({ payload }: Fact): number {
  return Number(payload._position ?? Number.MAX_SAFE_INTEGER)
}

function keyOf({ id }: Fact): string {
  return `${id.kind} ${'name' in id ? id.name : ''}`
}

function columnText(facts: FactBase, { id, payload }: Fact, virtualMark: string): string {
  const value = facts.childrenOf(id).find((child) => child.id.kind === 'default')?.payload.expr
  return [
    String(payload.type),
    ...(typeof payload.collation === 'string' ? [`COLLATE ${payload.collation}`] : []),
    ...(typeof payload.generatedExpr === 'string' ? [generatedText(payload.generatedExpr, virtualMark)] : []),
    ...(typeof value === 'string' ? [`DEFAULT ${value}`] : []),
    ...(payload.notNull === true ? ['NOT NULL'] : []),
  ].join(' ')
}

function generatedText(expression: string, virtualMark: string): string {
  return expression.endsWith(virtualMark)
    ? `GENERATED ALWAYS AS (${expression.slice(0, -virtualMark.length)}) VIRTUAL`
    : `GENERATED ALWAYS AS (${expression}) STORED`
}

/**
 * CREATE TABLE with all the parents that a table has, where the engine knows the first. A column that they have with
 * different defaults is written again with the table's own, which PostgreSQL asks for (CREATE TABLE, INHERITS).
 */
export function withParents(action: Action, wanted: FactBase, extras: ReadonlyMap<string, Extra>): Action {
  const [id] = action.produces
  if (action.verb !== 'create' || id?.kind !== 'table') return action
  const [, ...others] = parentsOf(wanted, id)
  if (others.length === 0) return action
  const names = others.map(({ schema, name }) => qualifiedName(schema, name)).join(', ')
  const columns = conflictingColumns(id, extras)
  return {
    ...action,
    sql: action.sql
      .replace(/\)$/, () => `, ${names})`)
      .replace(/ \(\) INHERITS \(/, () => ` (${columns.join(', ')}) INHERITS (`),
    consumes: [...action.consumes, ...others.map((parent): StableId => ({ kind: 'table', ...parent }))],
  }
}

function conflictingColumns(
  { schema, name: table }: { readonly schema: string; readonly name: string },
  extras: ReadonlyMap<string, Extra>,
): readonly string[] {
  return [...extras.values()].flatMap(({ kind, schema: own, relation, name, values }) => {
    const type = values['conflicting type']
    if (kind !== inheritedColumns.name || own !== schema || relation !== table || type == null) return []
    return [`${quoteIdent(name)} ${type} DEFAULT ${values.default ?? 'NULL'}`]
  })
}
