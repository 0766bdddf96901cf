import { quoteIdent } from '../postgres/sql/quote.ts'
import {
  type Directive,
  type DirectiveStatement,
  type Restored,
  required,
  statements,
  words,
} from './directive.ts'
import { type NameScope, nameSql, type ObjectName, renamedTo, resolvedName } from './names.ts'

export interface DropOptions<Existing> {
  readonly ifExists?: boolean
  readonly cascade?: boolean
  /** The object as it is, for the reverse. */
  readonly existing?: Existing
}

/** DROP of what has a name in a schema, or in the database. */
type DropObject<Existing, Name = ObjectName> = Restored<[name: Name], DropOptions<Existing>>

/** DROP of what a table has by a name of its own. */
type DropOnTable<Existing> = Restored<[name: string, table: ObjectName], DropOptions<Existing>>

type RenameObject = Directive<[name: ObjectName, newName: string]>

type RenameOnTable = Directive<[name: string, table: ObjectName, newName: string]>

/**
 * DROP; its reverse creates the object from `existing`.
 * @param kind as DROP has it
 * @param directive its name, for who gave no `existing`
 */
export function dropObject<Existing, Name = ObjectName>(
  kind: string,
  directive: string,
  create: (scope: NameScope, name: Name, existing: Existing) => readonly DirectiveStatement[],
  quoted: (scope: NameScope, name: Name) => string = (scope, name) => nameSql(scope, name as ObjectName),
): DropObject<Existing, Name> {
  return {
    forward: (scope, name, options) => statements(dropSql(kind, quoted(scope, name), options)),
    reverse: (scope, name, options) =>
      create(scope, name, required(options?.existing, directive, 'existing')),
  }
}

/** As `dropObject`, of a trigger or policy. */
export function dropOnTable<Existing>(
  kind: string,
  directive: string,
  create: (
    scope: NameScope,
    name: string,
    table: ObjectName,
    existing: Existing,
  ) => readonly DirectiveStatement[],
): DropOnTable<Existing> {
  return {
    forward: (scope, name, table, options) => statements(dropSql(kind, onTable(scope, name, table), options)),
    reverse: (scope, name, table, options) =>
      create(scope, name, table, required(options?.existing, directive, 'existing')),
  }
}

/** ALTER … RENAME TO; its reverse renames back. */
export function renameObject(kind: string): RenameObject {
  const forward: RenameObject['forward'] = (scope, name, newName) =>
    statements(`ALTER ${kind} ${nameSql(scope, name)} RENAME TO ${quoteIdent(newName)}`)
  return {
    forward,
    reverse: (scope, name, newName) =>
      forward(scope, renamedTo(name, newName), resolvedName(scope, name).name),
  }
}

/** As `renameObject`, of a trigger or policy. */
export function renameOnTable(kind: string): RenameOnTable {
  const forward: RenameOnTable['forward'] = (scope, name, table, newName) =>
    statements(`ALTER ${kind} ${onTable(scope, name, table)} RENAME TO ${quoteIdent(newName)}`)
  return { forward, reverse: (scope, name, table, newName) => forward(scope, newName, table, name) }
}

/** `name ON table`, quoted. */
export function onTable(scope: NameScope, name: string, table: ObjectName): string {
  return `${quoteIdent(name)} ON ${nameSql(scope, table)}`
}

/** `name` is quoted. */
export function dropSql(
  kind: string,
  name: string,
  { ifExists, cascade }: DropOptions<unknown> = {},
): string {
  return words('DROP', kind, ifExists && 'IF EXISTS', name, cascade && 'CASCADE')
}
