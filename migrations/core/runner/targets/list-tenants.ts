import type { ClientBase } from 'pg'
import type { Environment, Line, TargetSchema, TenantPlace, TenantSource } from '../../environment/index.ts'
import { MigError, messageOf } from '../../errors.ts'

/**
 * The tenants of a line in code-point order of their names, shards in order of theirs where a name is on several.
 * @param connect gives the connection to the environment's database; asked for only where the source needs one
 * @throws MigError `bad-tenant`, `bad-tenants`, `duplicate-tenant`, `tenant-query`
 */
export async function listTenants(
  env: Pick<Environment, 'ledgerSchema' | 'schemas'>,
  { key, tenants: source }: Pick<Line, 'key' | 'tenants'>,
  connect: () => Promise<ClientBase>,
): Promise<readonly TargetSchema[]> {
  if (source === null) return []
  const taken = takenSchemas(env)
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

/** Schemas that are not tenants whatever the source says: the ledger's and those of single lines. */
export function takenSchemas({ ledgerSchema, schemas }: Pick<Environment, 'ledgerSchema' | 'schemas'>) {
  return [ledgerSchema, ...Object.values(schemas)]
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

/**
 * What the source of a tenant line gives, unchecked but for being a list.
 * @param connect gives the connection to the environment's database; asked for only where the source needs one
 * @throws MigError `bad-tenants`, `tenant-query`
 */
async function placesOf(
  key: string,
  source: TenantSource,
  connect: () => Promise<ClientBase>,
): Promise<readonly (string | TenantPlace)[]> {
  if (source.list !== undefined) return listed(key, 'list', source.list)
  if (source.function !== undefined)
    return listed(key, 'function', await calledFunction(key, source.function))
  const client = await connect()
  if (source.query !== undefined) return queriedNames(key, source.query, client)
  const operator = source.like === undefined ? '~' : 'LIKE'
  // Bound as text: nspname's own type would cut a long pattern.
  const matching = client.query<{ schema: string }>(
    `SELECT nspname::text AS schema FROM pg_catalog.pg_namespace
     WHERE nspname::text ${operator} $1::text AND nspname !~ '^pg_' AND nspname <> 'information_schema'`,
    [source.like ?? source.match],
  )
  const { rows } = await matching.catch((cause: unknown) => {
    throw isBadPattern(cause) ? badPattern(key, source, cause) : cause
  })
  return rows.map((row) => row.schema)
}

async function calledFunction(key: string, list: NonNullable<TenantSource['function']>): Promise<unknown> {
  try {
    return await list()
  } catch (cause) {
    if (cause instanceof MigError) throw cause
    const reason = messageOf(cause)
    throw new MigError('bad-tenants', `the function that lists the tenants of line ${key} fails: ${reason}`, {
      help: 'fix tenants.function in env.ts, or what it asks',
      facts: { line: key },
      cause,
    })
  }
}

function listed(key: string, way: 'list' | 'function', places: unknown): readonly (string | TenantPlace)[] {
  if (Array.isArray(places)) return places
  throw new MigError(
    'bad-tenants',
    `the tenant line "${key}" must get a list of tenants from its ${way}, and got ${places === null ? 'null' : typeof places}`,
    { help: "give an array, as in ['tenant_1', { schema: 'tenant_2', databaseUrl: '…', shard: 'eu' }]" },
  )
}

/** SQLSTATE 2201B invalid_regular_expression, 22025 invalid_escape_sequence (manual, appendix A). */
function isBadPattern(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && ['2201B', '22025'].includes(String(error.code))
}

function badPattern(key: string, { like, match }: TenantSource, cause: Error): MigError {
  const [way, pattern] = like === undefined ? ['match', match] : ['like', like]
  return new MigError(
    'bad-tenants',
    `the tenant line "${key}" has a pattern that PostgreSQL refuses, ${way}: ${JSON.stringify(pattern)}: ${cause.message}`,
    { help: `fix tenants.${way} in env.ts` },
  )
}

/** The query is the user's: what it names without a schema is in public, where SQL of ours looks for nothing. */
async function queriedNames(key: string, query: string, client: ClientBase): Promise<readonly string[]> {
  await client.query('BEGIN; SET LOCAL search_path TO public')
  try {
    const { rows } = await client.query<unknown[]>({ text: query, rowMode: 'array' })
    await client.query('COMMIT')
    return rows.map(([name]) => String(name ?? ''))
  } catch (cause) {
    // Where the connection is gone, the transaction is too.
    await client.query('ROLLBACK').catch(() => undefined)
    const reason = messageOf(cause)
    throw new MigError('tenant-query', `the query that lists the tenants of line ${key} fails: ${reason}`, {
      help: 'fix tenants.query in env.ts; its first column is the schema name',
      place: { statement: query },
      cause,
    })
  }
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
