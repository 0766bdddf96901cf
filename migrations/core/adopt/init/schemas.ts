import type { ClientBase } from 'pg'
import { commaList } from '../../comma-list.ts'
import { MigError } from '../../errors.ts'
import { schemasInUse, toolLedgersIn } from '../../postgres/index.ts'

/** A schema of the live database and the key that it gets. */
export interface FoundSchema {
  readonly key: string
  readonly schema: string
}

/** A table of another tool in the live database. */
export interface FoundLedger {
  /** The tool, where its history can be imported. */
  readonly tool: string | undefined
  /** `schema.table` */
  readonly table: string
}

/** What is there of the user's own, and what is of other tools. */
export interface FoundLive {
  /** The schemas that hold something of the user's own: no extension's, no tool's. */
  readonly schemas: readonly string[]
  /** Those of them that others own, and that are left alone unless they are named. */
  readonly others: readonly string[]
  /** Extensions that others have made, or that are in a schema of theirs. */
  readonly othersExtensions: readonly string[]
  readonly ledgers: readonly FoundLedger[]
}

/** Looks at what a live database holds. */
export async function foundLive(client: ClientBase, ledgerSchema: string): Promise<FoundLive> {
  const ledgers = await toolLedgersIn(client)
  const schemas = await schemasInUse(
    client,
    ledgers.map(({ table }) => table),
  )
  const found = schemas.filter((schema) => schema !== ledgerSchema)
  const others = await ownedByOthers(client)
  const extensions = await client.query<{ name: string }>(
    `SELECT e.extname AS name FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE n.nspname = ANY ($1) OR NOT pg_has_role(e.extowner, 'USAGE')`,
    [[...others]],
  )
  return {
    schemas: found,
    others: found.filter((schema) => others.has(schema)),
    othersExtensions: extensions.rows.map(({ name }) => name),
    ledgers: ledgers.map(({ tool, schema, table }) => ({ tool, table: `${schema}.${table}` })),
  }
}

/** Schemas that Supabase makes in each database; its roles and two of these tell that it is one. */
const supabaseSchemas =
  `_analytics _realtime _supavisor auth cron etl extensions graphql graphql_public net pgbouncer pgmq pgmq_public
  pgsodium pgsodium_masks pgtle realtime storage supabase_functions supabase_migrations vault`.split(/\s+/)
const supabaseRoles = ['anon', 'authenticated', 'service_role']

/** The schemas whose owner is a role that the user has no part in, and those of a platform. */
async function ownedByOthers(client: ClientBase): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT nspname AS name FROM pg_namespace
      WHERE nspname <> 'public' AND NOT pg_has_role(nspowner, 'USAGE')
         OR nspname = ANY ($1) AND to_regnamespace('auth') IS NOT NULL AND to_regnamespace('storage') IS NOT NULL
            AND (SELECT count(*) FROM pg_roles WHERE rolname = ANY ($2)) = cardinality($2::text[])`,
    [supabaseSchemas, supabaseRoles],
  )
  return new Set(rows.map(({ name }) => name))
}

const reserved = new Set(['all', 'head', 'heads', 'base', 'current'])

/**
 * Short keys for schemas: without the beginning that all have in common, as in `app_user`, `app_policy`. They name
 * folders, so that `User` and `user` get different ones where the file system takes them for the same.
 */
export function keysOf(schemas: readonly string[]): readonly FoundSchema[] {
  const prefix = commonPrefix(schemas)
  const keys = new Set<string>()
  return schemas.map((schema) => {
    const short = schema.slice(prefix.length).replace(/[^A-Za-z0-9_-]/g, '_')
    const named = /^[A-Za-z_]/.test(short) && !reserved.has(short) ? short : `schema_${short}`
    let key = named
    for (let at = 2; keys.has(key.toLowerCase()); at += 1) key = `${named}_${at}`
    keys.add(key.toLowerCase())
    return { key, schema }
  })
}

function commonPrefix(schemas: readonly string[]): string {
  const [first = '', ...others] = schemas
  if (others.length === 0) return ''
  const parts = first.split('_')
  for (let count = parts.length - 1; count > 0; count -= 1) {
    const prefix = `${parts.slice(0, count).join('_')}_`
    if (schemas.every((schema) => schema.startsWith(prefix) && schema.length > prefix.length)) return prefix
  }
  return ''
}

/**
 * Schemas as the user names them: `app_user,app_policy` or `user=app_user,policy=app_policy`.
 * @param live the schemas that there are, of which each must be one; none for any
 * @param beside other schemas of the project, whose common beginning is left out of the keys
 * @throws MigError `unknown-live-schema` for one that the database does not have; `bad-argument` for one that is neither.
 */
export function namedSchemas(
  text: string,
  live: readonly string[],
  beside: readonly string[] = [],
): readonly FoundSchema[] {
  const pairs = commaList(text).map((part) => {
    const [first = '', second, ...more] = part.split('=')
    if (more.length > 0 || first === '' || second === '') throw badPair(part)
    return { key: second === undefined ? undefined : first, schema: second ?? first }
  })
  const missing = pairs.find(({ schema }) => live.length > 0 && !live.includes(schema))
  if (missing !== undefined) {
    throw new MigError('unknown-live-schema', `the database has nothing in schema ${missing.schema}`, {
      help: `it has ${live.join(', ')}`,
      facts: { schema: missing.schema, schemas: live },
    })
  }
  const automatic = new Map(
    keysOf([...beside, ...pairs.map(({ schema }) => schema)]).map(({ key, schema }) => [schema, key]),
  )
  return pairs.map(({ key, schema }) => ({ key: key ?? automatic.get(schema) ?? schema, schema }))
}

function badPair(part: string): MigError {
  return new MigError('bad-argument', `'${part}' is neither a schema nor key=schema`, {
    help: 'write them with commas between: app_user,policy=app_policy',
  })
}
