import type { ClientBase } from 'pg'
import { type LiveExtension, makesExtension, mentionedExtensions, readExtensions } from './extensions.ts'
import { type LiveObject, otherSchemas, readLiveObjects, readRoles } from './live-objects.ts'
import { type Said, saidIn, type Text } from './texts.ts'

/** What models refer to and others own, as a live database has it. */
export interface Referred {
  readonly roles: readonly string[]
  readonly extensions: readonly LiveExtension[]
  readonly objects: readonly LiveObject[]
  /** Those that are referred to, of each table and view. */
  readonly columns: ReadonlyMap<LiveObject, readonly LiveColumn[]>
}

/** Whose objects are surroundings. */
export interface Ownership {
  /** Schemas that lines own; what is excluded there is surroundings too. */
  readonly own: readonly string[]
  /** Schemas that are not looked at: the ledger's. */
  readonly hidden: readonly string[]
  /** Schemas in which a name without one is looked up. */
  readonly path: readonly string[]
  /** Whether an object of an own schema is others' all the same. */
  readonly isExcluded: (object: LiveObject) => boolean
  /** Whether anything is. */
  readonly excludesAny: boolean
  /** The extensions that may be surroundings. Default: all. */
  readonly onlyExtensions?: readonly string[]
}

/** Reads from a live database what texts refer to, with what that is made of itself. */
export async function readReferred(
  live: ClientBase,
  texts: readonly string[],
  ownership: Ownership,
): Promise<Referred> {
  const { hidden, own, path, excludesAny, onlyExtensions } = ownership
  let said = saidIn(texts)
  const isSaid = (schema: string) => path.includes(schema) || said.mentions.has(schema)
  const candidates = await otherSchemas(live, [...hidden, ...(excludesAny ? [] : own)])
  const all = await readLiveObjects(live, candidates.filter(isSaid))
  const others = all.filter(
    (object) => !isMade(said, object) && (!own.includes(object.schema) || ownership.isExcluded(object)),
  )
  const columns = await readColumns(live, others.filter(hasColumns))
  const chosen = new Map<LiveObject, readonly LiveColumn[]>()
  // A function that is taken says what else is: so until nothing is new.
  for (let count = -1; count < sizeOf(chosen); ) {
    count = sizeOf(chosen)
    const types = new Set(
      [...chosen].flatMap(([object, kept]) => [...object.types, ...kept.map(({ typeOid }) => typeOid)]),
    )
    for (const object of others) {
      const about = mentionsOf(said, object, path)
      if (about.length === 0 && !object.ownTypes.some((type) => types.has(type))) continue
      chosen.set(object, mentionedColumns(object, columns, about))
    }
    const bodies = [...chosen.keys()].flatMap(({ body }) => body ?? [])
    if (bodies.length > 0) said = saidIn([...texts, ...bodies])
  }
  const roles = (await readRoles(live)).filter((role) => said.roles.has(role))
  const members = new Set([...chosen].flatMap(([, kept]) => kept.map(({ type }) => type)))
  const installed = await readExtensions(live)
  const mentioned = mentionedExtensions(installed, [...texts, ...members])
  const extensions = installed.filter(
    (extension) =>
      (mentioned.includes(extension) || extension.usedIn.some((schema) => own.includes(schema))) &&
      onlyExtensions?.includes(extension.name) !== false &&
      !texts.some((text) => makesExtension(text, extension.name)),
  )
  return { roles, extensions, objects: [...chosen.keys()], columns: chosen }
}

function sizeOf(chosen: ReadonlyMap<LiveObject, readonly LiveColumn[]>): number {
  return [...chosen.values()].reduce((sum, { length }) => sum + length, chosen.size)
}

export function hasColumns({ kind }: LiveObject): boolean {
  return /table$|view$/.test(kind)
}

function isMade({ made }: Said, { schema, name }: LiveObject): boolean {
  return made.has(`${schema}.${name}`)
}

/** The texts that speak of an object. */
function mentionsOf(
  { mentions, made }: Said,
  { kind, schema, name }: LiveObject,
  path: readonly string[],
): readonly Text[] {
  const full = mentions.get(`${schema}.${name}`) ?? []
  if (!path.includes(schema) || made.has(name)) return full
  return [...full, ...(mentions.get(kind === 'function' || kind === 'procedure' ? `${name}(` : name) ?? [])]
}

/** A column of a table or a view that is referred to. */
export interface LiveColumn {
  readonly relation: string
  readonly name: string
  /** As a declaration has it. */
  readonly type: string
  readonly typeOid: string
  readonly isKey: boolean
}

/** The columns of some tables and views. */
async function readColumns(
  live: ClientBase,
  relations: readonly LiveObject[],
): Promise<readonly LiveColumn[]> {
  if (relations.length === 0) return []
  const { rows } = await live.query<LiveColumn>(
    `SELECT a.attrelid::text AS relation, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.atttypid::text AS "typeOid",
            EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS "isKey"
       FROM pg_attribute a WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
      ORDER BY a.attrelid, a.attnum`,
    [relations.map(({ oid }) => oid)],
  )
  return rows
}

/** Those of an object's columns that texts which mention it speak of, and those of its key. */
function mentionedColumns(
  { oid }: LiveObject,
  columns: readonly LiveColumn[],
  texts: readonly Text[],
): readonly LiveColumn[] {
  const all = texts.some(({ hasStar }) => hasStar)
  const own = columns.filter(({ relation }) => relation === oid)
  return own.filter(({ name, isKey }) => all || isKey || texts.some(({ words }) => words.has(name)))
}
