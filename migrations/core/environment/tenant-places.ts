import type { ClientBase } from 'pg'
import { MigError, messageOf } from '../errors.ts'
import type { TenantPlace, TenantSource } from './tenant-source.ts'

/**
 * What the source of a tenant line gives, unchecked but for being a list.
 * @param connect gives the connection to the environment's database; asked for only where the source needs one
 * @throws MigError `bad-tenants`, `tenant-query`
 */
export async function placesOf(
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
  throw badTenants(
    key,
    `must get a list of tenants from its ${way}, and got ${places === null ? 'null' : typeof places}`,
    "give an array, as in ['tenant_1', { schema: 'tenant_2', databaseUrl: '…', shard: 'eu' }]",
  )
}

/** SQLSTATE 2201B invalid_regular_expression, 22025 invalid_escape_sequence (manual, appendix A). */
function isBadPattern(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && ['2201B', '22025'].includes(String(error.code))
}

function badPattern(key: string, { like, match }: TenantSource, cause: Error): MigError {
  const [way, pattern] = like === undefined ? ['match', match] : ['like', like]
  return badTenants(
    key,
    `has a pattern that PostgreSQL refuses, ${way}: ${JSON.stringify(pattern)}: ${cause.message}`,
    `fix tenants.${way} in env.ts`,
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

/** @param help what to write instead */
export function badTenants(key: string, what: string, help: string): MigError {
  return new MigError('bad-tenants', `the tenant line "${key}" ${what}`, { help })
}
