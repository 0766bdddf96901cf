import { encodeId, type StableId } from '@supabase/pg-delta/core'

/** The identity of one object as the difference engine names it. */
export type ObjectId = StableId

/** A text that is equal for equal identities. */
export function idKey(id: ObjectId): string {
  return encodeId(id)
}

/** The object that a comment, a grant or a label is about; itself for every other kind. */
export function baseObject(id: ObjectId): ObjectId {
  return 'target' in id ? baseObject(id.target) : id
}

/** The schema that holds an object, or that it is; undefined for objects of the whole database. */
export function schemaOf(id: ObjectId): string | undefined {
  const base = baseObject(id)
  if (base.kind === 'schema') return base.name
  return 'schema' in base && typeof base.schema === 'string' ? base.schema : undefined
}

/** The relation that an object belongs to or is, as schema and name; undefined for objects without one. */
export function relationOf(id: ObjectId): { readonly schema: string; readonly name: string } | undefined {
  const base = baseObject(id)
  if ('table' in base) return { schema: base.schema, name: base.table }
  switch (base.kind) {
    case 'table':
    case 'view':
    case 'materializedView':
    case 'foreignTable':
      return { schema: base.schema, name: base.name }
    default:
      return undefined
  }
}

const words: Readonly<Record<string, string>> = {
  materializedView: 'materialized view',
  foreignTable: 'foreign table',
  typeAttribute: 'attribute',
  eventTrigger: 'event trigger',
  publicationRel: 'published table',
  publicationSchema: 'published schema',
  userMapping: 'user mapping',
  defaultPrivilege: 'default privilege',
  securityLabel: 'security label',
  extensionIntent: 'extension job',
  fdw: 'foreign data wrapper',
  acl: 'privileges',
}

/** What default privileges are for, by `pg_default_acl.defaclobjtype`. */
const objectTypes: Readonly<Record<string, string>> = {
  r: 'tables',
  S: 'sequences',
  f: 'functions',
  T: 'types',
  n: 'schemas',
  L: 'large objects',
}

/** The kind of an object in PostgreSQL's words. */
export function kindWord(id: ObjectId): string {
  return words[id.kind] ?? id.kind
}

/** An object's name as a person writes it: `rfx_user.profile.name`, `rfx_user.add(integer, integer)`. */
export function objectName(id: ObjectId): string {
  switch (id.kind) {
    case 'comment':
    case 'securityLabel':
      return objectName(id.target)
    case 'acl':
      return `${objectName(id.target)}${id.column === undefined ? '' : `.${id.column}`} of ${id.grantee}`
    case 'function':
    case 'procedure':
    case 'aggregate':
      return `${id.schema}.${id.name}(${id.args.join(', ')})`
    case 'publicationRel':
      return `${id.publication}: ${id.schema}.${id.table}`
    case 'publicationSchema':
      return `${id.publication}: ${id.schema}`
    case 'membership':
      return `${id.member} in ${id.role}`
    case 'userMapping':
      return `${id.role} on ${id.server}`
    case 'typeAttribute':
      return `${id.schema}.${id.type}.${id.name}`
    case 'defaultPrivilege':
      return `${id.schema === null ? '' : `${id.schema}: `}${objectTypes[id.objtype] ?? id.objtype} of ${id.role} to ${id.grantee}`
    case 'extensionIntent':
      return `${id.ext}: ${id.key}`
    default:
      if ('table' in id) return `${id.schema}.${id.table}.${id.name}`
      if ('schema' in id) return `${id.schema}.${id.name}`
      return id.name
  }
}

/** A column's identity. */
export type ColumnId = Extract<ObjectId, { readonly table: string }> & { readonly kind: 'column' }
