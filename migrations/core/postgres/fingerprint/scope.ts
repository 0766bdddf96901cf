import type { ClientBase, QueryResultRow } from 'pg'
import { MigError } from '../../errors.ts'
import { beginReading, catalogQuery, undoing } from '../connection/kept-plans.ts'
import { quoteIdent } from '../sql/quote.ts'

/**
 * How PostgreSQL prints constants and names in definitions, so that no setting of the session, role or
 * database shows in a fingerprint.
 */
const printing: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog, pg_temp',
  DateStyle: 'ISO, YMD',
  IntervalStyle: 'postgres',
  TimeZone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  quote_all_identifiers: 'off',
  standard_conforming_strings: 'on',
}

/** What is read from: the major version, and what tells the catalogs of one build of the server from those of others. */
export interface Server {
  readonly version: number
  readonly build: string
}

/**
 * Runs `read` in one snapshot with the settings that definitions depend on, and leaves the session as it was:
 * in a transaction of its own, or in a savepoint of the caller's.
 */
export function withPinnedSession<T>(client: ClientBase, read: (server: Server) => Promise<T>): Promise<T> {
  const pinning = async () => {
    const names = Object.keys(printing)
    const pinned = await catalogQuery<Server & QueryResultRow>(
      client,
      `SELECT max(pg_catalog.current_setting('server_version_num')::pg_catalog.int4) / 10000 AS version, pg_catalog.version() OPERATOR(pg_catalog.||) (SELECT pg_catalog.count(*) FROM pg_catalog.pg_attribute
                WHERE attrelid OPERATOR(pg_catalog.<) 16384::pg_catalog.oid) AS build,
              pg_catalog.count(pg_catalog.set_config(name, value, true))
       FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS setting(name, value)`,
      [names, names.map((name) => printing[name])],
    )
    return read(pinned.rows[0] ?? { version: 0, build: '' })
  }
  return undoing(client, pinning, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY', beginReading)
}

/**
 * Relative reading puts each schema into `search_path`, where PostgreSQL passes over a schema that the role may
 * not use, and takes `$user` for the role's name, quoted or not (manual, section 5.10.3).
 * @throws MigError `unreadable-schema`
 */
export async function assertRelativeSchemas(client: ClientBase, schemas: readonly string[]): Promise<void> {
  if (schemas.includes('$user')) {
    throw new MigError(
      'unreadable-schema',
      'schema "$user" cannot be compared with others: PostgreSQL takes the name for the current role in search_path',
      { help: 'rename it: ALTER SCHEMA "$user" RENAME TO …', facts: { schemas: ['$user'] } },
    )
  }
  const closed = await client.query<{ schema: string; role: string }>(
    `SELECT nspname AS schema, current_user AS role FROM pg_namespace
     WHERE nspname = ANY ($1::text[]) AND NOT has_schema_privilege(oid, 'USAGE') ORDER BY nspname`,
    [schemas],
  )
  const first = closed.rows[0]
  if (first === undefined) return
  const others = closed.rows.length === 1 ? '' : ` and ${closed.rows.length - 1} more`
  throw new MigError(
    'unreadable-schema',
    `role ${first.role} may not use schema ${first.schema}${others}, which comparing needs`,
    {
      help: `as the owner: GRANT USAGE ON SCHEMA ${quoteIdent(first.schema)} TO ${quoteIdent(first.role)}`,
      facts: { schemas: closed.rows.map(({ schema }) => schema) },
    },
  )
}
