import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import type { Line } from './line.ts'
import { nearest } from './nearest.ts'
import { badTenants, placesOf } from './tenant-places.ts'
import type { TenantSource } from './tenant-source.ts'

/** One target schema of a tenant line. */
export interface TargetSchema {
  readonly line: string
  /** The physical schema, unquoted. */
  readonly schema: string
  /** Where the tenant lives; null means the environment's own database. */
  readonly databaseUrl: string | null
  /** The name of its shard, for `--shard` and for people; null where there are no shards. */
  readonly shard: string | null
}

const ways = ['like', 'match', 'list', 'query', 'function'] as const

/**
 * Marks a line of the schema map as a tenant line: `tenant: tenants({ like: 'tenant_%' })`. A plain
 * `{ tenants: … }` means the same.
 */
export function tenants(source: TenantSource): { readonly tenants: TenantSource } {
  return { tenants: source }
}

/**
 * Checks what a tenant line says of its schemas.
 * @throws MigError `bad-tenants` unless exactly one way to find them is given, and for unknown keys.
 */
export function checkTenantSource(key: string, source: TenantSource): void {
  const known = [...ways, 'excludeTables']
  for (const name of Object.keys(source)) {
    if (known.includes(name)) continue
    const guess = nearest(name, known)
    throw badTenants(
      key,
      `has an unknown key "${name}"`,
      guess === undefined ? `the keys are ${known.join(', ')}` : `did you mean "${guess}"?`,
    )
  }
  const given = ways.filter((way) => source[way] !== undefined)
  if (given.length === 1) return
  const what = given.length === 0 ? 'says no way to find them' : `says ${given.length}: ${given.join(', ')}`
  throw badTenants(key, what, `give one of ${ways.join(', ')}, as in tenants({ like: 'tenant_%' })`)
}

/**
 * The tenants of a line in code-point order of their names, shards in order of theirs where a name is on several.
 * @param connect gives the connection to the environment's database; asked for only where the source needs one
 * @param taken schemas that are not tenants whatever the source says: the ledger's and those of single lines
 * @throws MigError `bad-tenant`, `bad-tenants`, `duplicate-tenant`, `tenant-query`
 */
export async function listTenants(
  line: Pick<Line, 'key' | 'tenants'>,
  connect: () => Promise<ClientBase>,
  taken: readonly string[] = [],
): Promise<readonly TargetSchema[]> {
  const { key, tenants: source } = line
  if (source === null) return []
  const places = await placesOf(key, source, connect)
  // What a pattern finds is there already; only other sources can name what cannot be.
  const isFound = source.like !== undefined || source.match !== undefined
  const found = places.flatMap((place): TargetSchema[] => {
    const tenant = { line: key, ...tenantPlace(key, place) }
    const reason = isFound ? undefined : whyNoTenant(tenant.schema)
    if (reason !== undefined) throw badTenant(key, tenant.schema, reason)
    return taken.includes(tenant.schema) ? [] : [tenant]
  })
  const sorted = found.toSorted(
    (a, b) => byCodePoint(a.schema, b.schema) || byCodePoint(a.shard ?? '', b.shard ?? ''),
  )
  const twice = sorted.find((tenant, at) => {
    const before = sorted[at - 1]
    return before?.schema === tenant.schema && before.databaseUrl === tenant.databaseUrl
  })
  if (twice !== undefined) {
    throw new MigError('duplicate-tenant', `line ${key} lists the tenant ${twice.schema} twice`, {
      help: 'list each schema once per database',
      facts: { line: key, targetSchema: twice.schema },
    })
  }
  return sorted
}

/** Why no tenant can have this name; undefined for one that can. */
export function whyNoTenant(schema: string): string | undefined {
  if (/^pg_/.test(schema) || schema === 'information_schema') return 'is a system schema of PostgreSQL'
  // CREATE SCHEMA would cut it, and two tenants could become one.
  if (Buffer.byteLength(schema) > 63) return "is longer than 63 bytes, PostgreSQL's limit for names"
  if (schema.includes('\0')) return 'has a character that PostgreSQL does not allow in names'
  if (schema.trim() === '' || schema === '$user') return 'cannot be used in search_path'
  return undefined
}

/** @throws MigError `bad-tenant` for what is neither a name nor a place with one */
function tenantPlace(key: string, place: unknown): Pick<TargetSchema, 'schema' | 'databaseUrl' | 'shard'> {
  const given: unknown = typeof place === 'string' ? { schema: place } : place
  const fields = (typeof given === 'object' && given !== null ? given : {}) as Readonly<
    Record<string, unknown>
  >
  const { schema, databaseUrl, shard } = fields
  if (typeof schema !== 'string' || schema === '')
    throw badTenant(key, JSON.stringify(place) ?? 'undefined', 'has no schema name')
  // As in databaseUrl: process.env.URL where that is not set: the main database would be taken in silence.
  if (Object.hasOwn(fields, 'databaseUrl') && databaseUrl !== null && String(databaseUrl ?? '').trim() === '')
    throw badTenant(key, schema, 'has an empty databaseUrl')
  return {
    schema,
    databaseUrl: typeof databaseUrl === 'string' ? databaseUrl : null,
    shard: typeof shard === 'string' ? shard : null,
  }
}

function badTenant(key: string, name: string, reason: string): MigError {
  return new MigError('bad-tenant', `line ${key} lists a tenant that ${reason}: ${name}`, {
    help: "a tenant is a name, or { schema: 'tenant_1', databaseUrl: '…', shard: 'eu' }; fix the list in env.ts",
    facts: { line: key },
  })
}

/** PostgreSQL's order of text under COLLATE "C" in a UTF-8 database, which UTF-16's differs from beyond U+FFFF. */
export function byCodePoint(a: string, b: string): number {
  if (a === b) return 0
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/**
 * Whether the source would list a schema of this name once it exists.
 * @param connect as for `listTenants`
 */
export async function sourceTakes(
  source: TenantSource,
  schema: string,
  connect: () => Promise<ClientBase>,
): Promise<boolean> {
  const operator = source.like !== undefined ? 'LIKE' : source.match !== undefined ? '~' : undefined
  if (operator === undefined) return false
  const client = await connect()
  const { rows } = await client.query<{ takes: boolean }>(`SELECT $1::text ${operator} $2::text AS takes`, [
    schema,
    source.like ?? source.match,
  ])
  return rows[0]?.takes ?? false
}
