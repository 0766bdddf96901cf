import type { ClientBase } from 'pg'
import { MigError } from '../errors.ts'
import { nearest } from './nearest.ts'
import type { TenantPlace, TenantSource } from './options.ts'
import type { Line } from './schema-map.ts'

/** One target schema of a tenant line. */
export interface Tenant {
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
 * @param taken schemas that are no tenants whatever the source says: the ledger's and those of single lines
 * @throws MigError `bad-tenant`, `duplicate-tenant`, `tenant-query`, and what the source's function throws.
 */
export async function listTenants(
  line: Pick<Line, 'key' | 'tenants'>,
  connect: () => Promise<ClientBase>,
  taken: readonly string[] = [],
): Promise<readonly Tenant[]> {
  const { key, tenants: source } = line
  if (source === null) return []
  const places = await placesOf(key, source, connect)
  const found = places.flatMap((place): Tenant[] => {
    const { schema, databaseUrl = null, shard = null } = typeof place === 'string' ? { schema: place } : place
    if (typeof schema !== 'string' || schema === '') {
      throw new MigError(
        'bad-tenant',
        `line ${key} lists a tenant without a schema name: ${String(schema)}`,
        {
          help: "a tenant is a name, or { schema: 'tenant_1', databaseUrl: '…', shard: 'eu' }",
        },
      )
    }
    return taken.includes(schema) ? [] : [{ line: key, schema, databaseUrl, shard }]
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

async function placesOf(
  key: string,
  source: TenantSource,
  connect: () => Promise<ClientBase>,
): Promise<readonly (string | TenantPlace)[]> {
  if (source.list !== undefined) return source.list
  if (source.function !== undefined) return await source.function()
  const client = await connect()
  if (source.query !== undefined) return queriedNames(key, source.query, client)
  const operator = source.like === undefined ? '~' : 'LIKE'
  // Bound as text: nspname's own type would cut a long pattern.
  const { rows } = await client.query<{ schema: string }>(
    `SELECT nspname::text AS schema FROM pg_catalog.pg_namespace
     WHERE nspname::text ${operator} $1::text AND nspname !~ '^pg_' AND nspname <> 'information_schema'`,
    [source.like ?? source.match],
  )
  return rows.map((row) => row.schema)
}

async function queriedNames(key: string, query: string, client: ClientBase): Promise<readonly string[]> {
  try {
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' })
    return rows.map(([name]) => String(name ?? ''))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MigError('tenant-query', `the query that lists the tenants of line ${key} fails: ${reason}`, {
      help: 'mend tenants.query in env.ts; its first column is the schema name',
      place: { statement: query },
      cause,
    })
  }
}

function badTenants(key: string, what: string, help: string): MigError {
  return new MigError('bad-tenants', `the tenant line "${key}" ${what}`, { help })
}
