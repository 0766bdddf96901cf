import { qualifiedName } from '../postgres/index.ts'
import type { Catalog } from './catalog.ts'

interface Named {
  readonly schema: string
  readonly name: string
}

export interface ColumnName {
  readonly schema: string
  readonly table: string
  readonly name: string
}

/** The table columns that hold values of a type: of the type itself, arrays of it, domains and composite types over it. */
export function columnsHolding({ facts }: Pick<Catalog, 'facts'>, type: Named): readonly ColumnName[] {
  const holding = new Set<string>()
  const todo = [qualifiedName(type.schema, type.name)]
  const all = facts.facts()
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (holding.has(name)) continue
    holding.add(name)
    for (const { id, payload } of all) {
      if (id.kind === 'domain' && elementType(payload.baseType) === name)
        todo.push(qualifiedName(id.schema, id.name))
      if (id.kind === 'typeAttribute' && elementType(payload.type) === name)
        todo.push(qualifiedName(id.schema, id.type))
    }
  }
  return all.flatMap(({ id, payload }) =>
    id.kind === 'column' && holding.has(elementType(payload.type))
      ? [{ schema: id.schema, table: id.table, name: id.name }]
      : [],
  )
}

/** A type as `format_type` writes it, without the marks of an array. */
function elementType(type: unknown): string {
  return String(type).replace(/(?:\[\])+$/, '')
}
