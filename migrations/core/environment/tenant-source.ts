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
