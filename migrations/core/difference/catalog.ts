import { buildFactBase, type DependencyEdge, type Fact, type FactBase } from '@supabase/pg-delta/core'
import { extract } from '@supabase/pg-delta/extract'
import type { ClientBase, Pool } from 'pg'
import type { ExcludableObject } from '../environment/index.ts'
import { beginReading, isScratchRole } from '../postgres/index.ts'
import { indexFacts } from '../postgres/statement/index.ts'
import { withoutAbsentKinds } from './absent-kinds.ts'
import { readBaseTypes, type Unmodeled } from './base-types.ts'
import { withSchemaDefaults } from './default-privileges.ts'
import { withWholeDomainDefaults } from './domain-defaults.ts'
import { type Extra, readExtras, tablesOfDiffering } from './extras.ts'
import { withoutGrants } from './grants.ts'
import { hidingSchemas } from './hidden-schemas.ts'
import { baseObject, idKey, kindWord, type ObjectId, relationOf, schemaOf } from './ids.ts'
import { withInvisibleStates } from './invisible-states.ts'
import type { Sides } from './left-alone.ts'
import { nearDifference } from './near-difference.ts'
import { withEveryParent } from './parents.ts'
import { withoutInherited } from './partitions.ts'

/** Which objects a difference may touch. */
export interface ComparedObjects {
  /** The physical schemas of the filter. */
  readonly schemas: readonly string[]
  /** True for an object that is left alone, with everything that belongs to it. */
  readonly excludes: (object: ExcludableObject) => boolean
  /** Names of extensions, publications and other objects of the whole database that the models declare. */
  readonly globals: ReadonlySet<string>
  readonly privileges: boolean
}

export interface Catalog {
  readonly facts: FactBase
  readonly extras: ReadonlyMap<string, Extra>
  readonly unmodeled: readonly Unmodeled[]
  readonly serverVersion: string
  /** What a scope shows of it, kept by {@link scopedFacts}: the same is asked for again and again. */
  readonly views: WeakMap<ComparedObjects, FactBase>
  /** What the engine sees of it beside another, kept by {@link bothSides}. */
  readonly sides: WeakMap<Catalog, Map<ComparedObjects, Sides>>
}

/** What we compare by statements of our own, in {@link Extra}. */
const handledByExtras = new Set([
  'statistics object',
  'operator',
  'text search dictionary',
  'text search configuration',
])

/**
 * Reads a database's catalogs. Schema names come back qualified and definitions as PostgreSQL itself
 * writes them (PostgreSQL manual, System Catalog Information Functions), so that two reads compare. In a transaction that
 * is open its own changes are seen, and what the engine sets for its transaction is undone by a savepoint.
 * @param hidden schemas to leave out, as those of other tenants: there may be thousands
 * @param privileges whether grants are read, as by default
 */
export async function readCatalog(
  connection: ClientBase,
  {
    hidden = [],
    privileges = true,
  }: { readonly hidden?: readonly string[]; readonly privileges?: boolean } = {},
): Promise<Catalog> {
  const isInside = connection.getTransactionStatus() === 'T'
  const begin = isInside ? 'SAVEPOINT mig_read' : 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'
  const client = withoutAbsentKinds(hidingSchemas(connection, hidden))
  const query = async (text: string, values?: unknown[]) => {
    if (text.startsWith('BEGIN')) return beginReading(connection, begin)
    // What we read ourselves is of the same snapshot, and under the same search_path.
    if (text === 'COMMIT' || text === 'ROLLBACK') return
    const result = await client.query(privileges ? text : withoutGrants(text), values)
    return listsRoles.test(text) ? { ...result, rows: serversRoles(result.rows) } : result
  }
  // The engine asks for a pool, and of it only for one connection, which it gives back.
  const lent = { query, release: () => undefined }
  const pool = { connect: () => Promise.resolve(lent) } as unknown as Pool
  try {
    const { factBase, diagnostics, pgVersion } = await extract(pool)
    return await readRest(client, factBase, diagnostics, pgVersion)
  } finally {
    await connection.query(isInside ? 'ROLLBACK TO SAVEPOINT mig_read; RELEASE mig_read' : 'COMMIT')
  }
}

type Extracted = Awaited<ReturnType<typeof extract>>

/** What the engine does not read, in the transaction that it has read the rest in. */
async function readRest(
  client: ClientBase,
  factBase: FactBase,
  diagnostics: Extracted['diagnostics'],
  serverVersion: string,
): Promise<Catalog> {
  const marked = await withInvisibleStates(client, factBase)
  const linked = await withEveryParent(client, marked)
  const defaults = await withSchemaDefaults(client, await withWholeDomainDefaults(client, linked))
  const facts = withoutInherited(defaults)
  const unmodeled = diagnostics.flatMap((diagnostic): Unmodeled[] => {
    if (diagnostic.code !== 'unmodeled_kind') return []
    const { kind, samples } = diagnostic.context as { kind: string; samples: string[] }
    return handledByExtras.has(kind) ? [] : [{ kind, names: samples }]
  })
  return {
    facts,
    extras: await readExtras(client),
    unmodeled: [...unmodeled, ...(await readBaseTypes(client))],
    serverVersion,
    views: new WeakMap(),
    sides: new WeakMap(),
  }
}

/** The engine's own queries for roles and who is a member of which. */
const listsRoles = /^\s*SELECT (?:r\.rolname AS name|r1\.rolname AS role),/

/** Roles without those of scratch databases, and each once: there, one that stands for another has its name. */
function serversRoles(rows: readonly Record<string, unknown>[]): readonly Record<string, unknown>[] {
  const seen = new Set<string>()
  return rows.filter(({ name, role, member }) => {
    const names = [name, role, member].map((each) => String(each ?? ''))
    const key = names.join('\0')
    if (seen.has(key) || names.some(isScratchRole)) return false
    seen.add(key)
    return true
  })
}

const clusterKinds = new Set(['role', 'membership', 'subscription', 'securityLabel', 'userMapping'])
const databaseKinds = new Set(['extension', 'publication', 'eventTrigger', 'fdw', 'server'])

/**
 * The part of a catalog that a difference may see. Objects outside the filter that others refer to stay,
 * marked as for reference by {@link referenceSchemas}; what must not be seen at all goes.
 * @param ambient what both sides of a difference have, whether the catalog has it or not: schemas, roles
 */
export function scopedFacts(catalog: Catalog, scope: ComparedObjects, ambient: readonly Fact[]): FactBase {
  return withAmbient(viewedIn(catalog, scope), ambient)
}

/** As {@link scopedFacts}, of both sides of a difference, less the tables that are {@link nearDifference far from it}. */
export function scopedDifference(
  [from, to]: readonly [Catalog, Catalog],
  scope: ComparedObjects,
  ambient: readonly Fact[],
): readonly [FactBase, FactBase] {
  const hidden = hiddenIn(scope)
  const near = nearDifference(
    from.facts,
    to.facts,
    (fact) => !hidden(fact),
    scope.privileges,
    tablesOfDiffering(from.extras, to.extras),
  )
  if (near === undefined) return [scopedFacts(from, scope, ambient), scopedFacts(to, scope, ambient)]
  const [old, next] = near
  return [
    withAmbient(viewOf(from.facts, scope, old.facts, old.edges), ambient),
    withAmbient(viewOf(to.facts, scope, next.facts, next.edges), ambient),
  ]
}

function withAmbient(view: FactBase, ambient: readonly Fact[]): FactBase {
  // Two extensions of one schema each bring it.
  const byId = new Map(ambient.map((fact) => [idKey(fact.id), fact]))
  const missing = [...byId.values()].filter((fact) => !view.has(fact.id))
  return missing.length === 0
    ? view
    : buildFactBase([...view.facts(), ...missing], [...view.edges], view.source)
}

export function viewedIn(catalog: Catalog, scope: ComparedObjects): FactBase {
  const { facts } = catalog
  const view = catalog.views.get(scope) ?? viewOf(facts, scope, facts.facts(), facts.edges)
  catalog.views.set(scope, view)
  return view
}

function viewOf(
  base: FactBase,
  scope: ComparedObjects,
  facts: readonly Fact[],
  edges: readonly DependencyEdge[],
): FactBase {
  const hidden = hiddenIn(scope)
  const gone = new Map<Fact, boolean>()
  const isGone = (fact: Fact): boolean => {
    const known = gone.get(fact)
    if (known !== undefined) return known
    const parent = fact.parent === undefined ? undefined : base.get(fact.parent)
    const isOut = hidden(fact) || (parent !== undefined && isGone(parent))
    gone.set(fact, isOut)
    return isOut
  }
  const kept = facts
    .filter((fact) => !isGone(fact))
    .map((fact) => (fact.id.kind === 'role' ? roleFact(fact.id.name) : fact))
  // Edges of what is gone are left out by the engine itself.
  const seen = edges.filter((edge) => scope.privileges || edge.kind !== 'owner')
  return buildFactBase(kept, seen, base.source)
}

function hiddenIn(scope: ComparedObjects): (fact: Fact) => boolean {
  const inScope = new Set(scope.schemas)
  return (fact) => isHidden(fact, inScope, scope)
}

/** A role as something to refer to: what it may do is the server's, and differs between servers. */
export function roleFact(name: string): Fact {
  return { id: { kind: 'role', name }, payload: {} }
}

export function rolesOf({ facts }: Catalog): readonly string[] {
  return facts.facts().flatMap(({ id }) => (id.kind === 'role' ? [id.name] : []))
}

function isHidden({ id, payload }: Fact, inScope: ReadonlySet<string>, scope: ComparedObjects): boolean {
  const base = baseObject(id)
  if (clusterKinds.has(base.kind)) return !(scope.privileges && base.kind === 'role')
  if (id.kind === 'acl' && !scope.privileges) return true
  // Those without IN SCHEMA are of the whole database, and of no line.
  if (id.kind === 'defaultPrivilege') return !(scope.privileges && inScope.has(id.schema ?? ''))
  if (base.kind === 'publicationRel' || base.kind === 'publicationSchema') {
    return !scope.globals.has(`publication ${base.publication}`)
  }
  if (databaseKinds.has(base.kind) && 'name' in base) return !scope.globals.has(`${base.kind} ${base.name}`)
  const schema = schemaOf(id)
  if (schema === undefined) return base.kind === 'extensionIntent'
  if (!inScope.has(schema)) return 'target' in id
  if (!('name' in base)) return false
  const table = relationOf(base)?.name
  const owner = table === undefined || table === base.name ? {} : { table }
  const object = { kind: kindWord(base), schema, name: base.name, ...owner }
  return scope.excludes(id.kind === 'index' ? withForm(object, String(payload.def)) : object)
}

/** The form of an index is read where somebody asks for it: there may be thousands. */
function withForm(object: ExcludableObject, definition: string): ExcludableObject {
  const form = () => indexFacts(definition)
  return {
    ...object,
    get isPartial() {
      return form()?.isPartial ?? false
    },
    get hasExpression() {
      return form()?.hasExpression ?? false
    },
    get method() {
      return form()?.method ?? 'btree'
    },
  }
}

/**
 * The objects of the whole database that a difference from `from` to `wanted` manages: what the models
 * declare, extensions that stand in a schema of the filter, and event triggers whose function there
 * goes. Others belong to somebody else.
 */
export function managedGlobals(
  from: Catalog,
  wanted: Catalog,
  schemas: readonly string[],
): ReadonlySet<string> {
  const names = new Set<string>()
  for (const fact of wanted.facts.facts()) {
    if (databaseKinds.has(fact.id.kind) && 'name' in fact.id) names.add(`${fact.id.kind} ${fact.id.name}`)
  }
  for (const fact of from.facts.facts()) {
    if (fact.id.kind === 'extension' && schemas.includes(String(fact.payload.schema)))
      names.add(`extension ${fact.id.name}`)
    if (fact.id.kind === 'eventTrigger' && losesItsFunction(fact, wanted.facts, schemas))
      names.add(`eventTrigger ${fact.id.name}`)
  }
  return names
}

/**
 * As {@link managedGlobals} where the wanted side is a live database, which declares nothing: its extensions, what `from`
 * has too, and the servers of its foreign tables. A publication or an event trigger there may be anybody's.
 */
export function liveGlobals(from: Catalog, live: Catalog, schemas: readonly string[]): ReadonlySet<string> {
  const own = new Set<string>()
  for (const { id } of from.facts.facts()) if ('name' in id) own.add(`${id.kind} ${id.name}`)
  const servers = new Set(
    live.facts
      .facts()
      .flatMap(({ id, payload }) =>
        id.kind === 'foreignTable' && schemas.includes(id.schema) ? [String(payload.server)] : [],
      ),
  )
  for (const { id, payload } of live.facts.facts()) {
    if (id.kind !== 'server' || !servers.has(id.name)) continue
    own.add(`server ${id.name}`).add(`fdw ${String(payload.fdw)}`)
  }
  return new Set(
    [...managedGlobals(from, live, schemas)].filter((name) => name.startsWith('extension ') || own.has(name)),
  )
}

function losesItsFunction({ payload }: Fact, wanted: FactBase, schemas: readonly string[]): boolean {
  const schema = String(payload.functionSchema)
  const called: ObjectId = { kind: 'function', schema, name: String(payload.functionName), args: [] }
  return schemas.includes(schema) && !wanted.has(called)
}
