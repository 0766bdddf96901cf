import { qualifiedName } from '../postgres/sql/quote.ts'

/** Where an unqualified name lives: the target schema, unquoted. */
export interface NameScope {
  readonly schema: string
}

/** The unquoted name of a table, view, type, function and so on: in the target schema, or in the given schema. */
export type ObjectName = string | { readonly schema?: string; readonly name: string }

/** The unquoted schema and name. */
export function resolvedName(scope: NameScope, object: ObjectName): { schema: string; name: string } {
  return typeof object === 'string'
    ? { schema: scope.schema, name: object }
    : { schema: object.schema ?? scope.schema, name: object.name }
}

export function nameSql(scope: NameScope, object: ObjectName): string {
  const { schema, name } = resolvedName(scope, object)
  return qualifiedName(schema, name)
}

/** The same kind of object under another name, in the same schema. */
export function renamedTo(object: ObjectName, name: string): ObjectName {
  return typeof object === 'string' ? name : { ...object, name }
}
