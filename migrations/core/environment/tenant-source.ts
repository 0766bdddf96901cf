import { MigError } from '../errors.ts'
import { nearest } from './nearest.ts'

/** The physical schemas of a tenant line, given in exactly one way. */
export interface TenantSource {
  /** A LIKE pattern over schema names, as in `tenant_%`. */
  readonly like?: string
  /** A POSIX regular expression over schema names (PostgreSQL's `~`). */
  readonly match?: string
  readonly list?: readonly (string | TenantPlace)[]
  /** A query on the environment's database whose first column is the schema name; names without a schema are in public. */
  readonly query?: string
  readonly function?: () => readonly (string | TenantPlace)[] | Promise<readonly (string | TenantPlace)[]>
  /** Tables of tenants that no command compares; names without schema, with `*` and `?`. */
  readonly excludeTables?: readonly string[]
}

/** A tenant, possibly in a database of its own. */
export interface TenantPlace {
  readonly schema: string
  /** Default: the environment's database. */
  readonly databaseUrl?: string
  /** A name for the database, for `--shard` and for people. */
  readonly shard?: string
}

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

function badTenants(key: string, what: string, help: string): MigError {
  return new MigError('bad-tenants', `the tenant line "${key}" ${what}`, { help })
}
