import type { ClientBase } from 'pg'
import type { ComparedObjects } from '../../difference/index.ts'
import type { GrantedObjects } from '../../operations/index.ts'
import { beginReading, catalogQuery, undoing } from '../../postgres/index.ts'
import { sqlState } from './address.ts'
import { begin, rollback } from './transaction.ts'

/** Objects that can have grants, by their names in SQL, with what tells two of the same name apart. */
type Incarnations = ReadonlyMap<string, Incarnation>

type Family = 'relations' | 'routines' | 'types'

interface Incarnation {
  readonly family: Family
  readonly name: string
  /** An OID, of a column with its number; a copied database has the same (CREATE DATABASE … TEMPLATE). */
  readonly id: string
}

/**
 * Reads what was recreated since it was called last. Where grants are compared, the statements hold them.
 * @param renames statements that come first, and give objects the names that are told
 */
export async function recreatedReader(
  client: ClientBase,
  scope: ComparedObjects,
  renames: readonly string[] = [],
): Promise<() => Promise<GrantedObjects>> {
  if (scope.privileges) return () => Promise.resolve({})
  let start = await readIncarnations(client, scope.schemas)
  let before = renames.length === 0 ? start : await readRenamed(client, scope.schemas, renames)
  return async () => {
    const after = await readIncarnations(client, scope.schemas)
    const kept = recreatedBetween(start, before, after)
    start = before = after
    return kept
  }
}

/** The names as they are once statements have run, which are undone; as they are now where PostgreSQL refuses one. */
async function readRenamed(
  client: ClientBase,
  schemas: readonly string[],
  renames: readonly string[],
): Promise<Incarnations> {
  await begin(client)
  try {
    await client.query(renames.join(';\n'))
    return await readIncarnations(client, schemas)
  } catch (error) {
    if (sqlState(error) === undefined) throw error
    await rollback(client)
    await begin(client)
    return await readIncarnations(client, schemas)
  } finally {
    await rollback(client)
  }
}

/** Reads the objects of schemas that can have grants; a transaction that is open is left as it was. */
async function readIncarnations(client: ClientBase, schemas: readonly string[]): Promise<Incarnations> {
  const read = async () => {
    await client.query("SET LOCAL search_path = ''")
    return catalogQuery<Incarnation & { key: string }>(client, query, [schemas])
  }
  const { rows } = await undoing(client, read, 'BEGIN', beginReading)
  return new Map(rows.map(({ key, family, name, id }) => [`${family} ${key}`, { family, name, id }]))
}

/**
 * What was dropped and made again between two readings: its grants are gone. A table stands in the list when one
 * of its columns was. What a rename has given a name that was another's keeps its own grants.
 */
function recreatedBetween(start: Incarnations, before: Incarnations, after: Incarnations): GrantedObjects {
  const found = { relations: new Set<string>(), routines: new Set<string>(), types: new Set<string>() }
  const renamed: Record<string, string> = {}
  const names = new Map([...start.values()].map((each) => [idOf(each), each.name]))
  const there = idsOf(after)
  for (const [key, each] of after) {
    const old = before.get(key)
    if (old === undefined || there.has(idOf(old)) || names.has(idOf(each))) continue
    found[each.family].add(each.name)
    const place = names.get(idOf(old)) ?? each.name
    if (place !== each.name) renamed[each.name] = place
  }
  const lists = Object.entries(found).map(([family, list]) => [family, [...list]] as const)
  return {
    ...Object.fromEntries(lists.filter(([, list]) => list.length > 0)),
    ...(Object.keys(renamed).length === 0 ? {} : { renamed }),
  }
}

function idsOf(objects: Incarnations): ReadonlySet<string> {
  return new Set([...objects.values()].map(idOf))
}

function idOf({ family, id }: Incarnation): string {
  return `${family} ${id}`
}

/** Objects in the list without those in the others. */
export function withoutObjects(objects: GrantedObjects, others: readonly GrantedObjects[]): GrantedObjects {
  const left = (['relations', 'routines', 'types'] as const).map((family) => {
    const known = new Set(others.flatMap((other) => other[family] ?? []))
    return [family, (objects[family] ?? []).filter((name) => !known.has(name))] as const
  })
  return Object.fromEntries(left.filter(([, names]) => names.length > 0))
}

/** All the names, for people. */
export function objectNames({
  relations = [],
  routines = [],
  types = [],
}: GrantedObjects): readonly string[] {
  return [...relations, ...routines, ...types]
}

const query = `
  WITH relation AS (
    SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
  )
  SELECT 'relations' AS family, name AS key, name, oid::text AS id FROM relation
  UNION ALL
  SELECT 'relations', format('%s.%I', name, attname), name, format('%s.%s', relation.oid, attnum)
  FROM relation JOIN pg_attribute ON attrelid = relation.oid AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'routines', p.oid::regprocedure::text, p.oid::regprocedure::text, p.oid::text
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = ANY ($1)
  UNION ALL
  SELECT 'types', t.oid::regtype::text, t.oid::regtype::text, t.oid::text
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
  WHERE n.nspname = ANY ($1) AND (t.typtype IN ('e', 'd', 'r')
    OR t.typtype = 'c' AND EXISTS (SELECT FROM pg_class WHERE oid = t.typrelid AND relkind = 'c'))`
