import type { Client } from 'pg'
import type { Environment } from '../../environment/index.ts'
import { connect } from '../../postgres/connection/connection.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import { regexEscape } from '../../regex-escape.ts'
import type { Session } from '../../runner/index.ts'
import { availableExtensions } from '../../sources/missing-extensions.ts'
import { ownApplication, type RecordingServer } from './server.ts'

export interface RecordingSurroundings {
  readonly session: Session
  readonly env: Environment
  /** The text of the history's files, to see what it makes itself. */
  readonly text: string
}

/**
 * Makes in an empty database what the live one has around the history, and what it does not make itself: roles,
 * extensions, the schemas of the lines.
 * @returns the search_path of a new session there
 */
export async function surround(
  server: RecordingServer,
  database: string,
  { session, env, text }: RecordingSurroundings,
): Promise<string> {
  await makeRoles(server, session, text)
  const client = await connect({ url: server.url(database), applicationName: ownApplication })
  try {
    const target = targetSchema(env)
    for (const schema of new Set([
      ...Object.values(env.schemas),
      ...(target === undefined ? [] : [target]),
    ])) {
      if (!makes(text, 'schema', schema))
        await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    }
    await makeExtensions(client, session, text)
    if (target !== undefined)
      await client.query(
        `ALTER DATABASE ${quoteIdent(database)} SET search_path TO ${quoteIdent(target)}, public`,
      )
    return target === undefined ? '"$user", public' : `${quoteIdent(target)}, public`
  } finally {
    await client.end()
  }
}

/** The schema that stands for any tenant's in a replay. */
export const standInTenant = 'mig_tenant'

/** The schema that names without one mean in our runs, where that is not `public`. */
function targetSchema({ filter, schemas }: Environment): string | undefined {
  const [key, ...others] = filter
  if (key === undefined || others.length > 0) return undefined
  const schema = schemas[key] ?? standInTenant
  return schema === 'public' ? undefined : schema
}

async function makeRoles({ admin }: RecordingServer, { client }: Session, text: string): Promise<void> {
  const roles = "SELECT rolname AS name FROM pg_roles WHERE rolname !~ '^pg_'"
  const [live, own] = [
    await client.query<{ name: string }>(roles),
    await admin.query<{ name: string }>(roles),
  ]
  const there = new Set(own.rows.map(({ name }) => name))
  for (const { name } of live.rows) {
    if (!there.has(name) && !makes(text, 'role', name) && !makes(text, 'user', name))
      await admin.query(`CREATE ROLE ${quoteIdent(name)}`)
  }
}

/** Makes the extensions that the live database has and the history does not make, as far as the server has them. */
export async function makeExtensions(
  client: Client,
  session: Session,
  text: string,
  make: (sql: string, name: string) => Promise<unknown> = (sql) => client.query(sql),
): Promise<void> {
  const live = await session.client.query<{ name: string; schema: string }>(
    `SELECT e.extname AS name, n.nspname AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
      WHERE e.extname <> 'plpgsql' ORDER BY e.oid`,
  )
  const available = await availableExtensions(client)
  for (const { name, schema } of live.rows) {
    if (makes(text, 'extension', name) || !available.has(name)) continue
    if (schema !== 'pg_catalog') await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    await make(
      `CREATE EXTENSION IF NOT EXISTS ${quoteIdent(name)} SCHEMA ${quoteIdent(schema)} CASCADE`,
      name,
    )
  }
}

/** Whether a text makes an object, in SQL or as SQLAlchemy's CreateSchema does. */
export function makes(text: string, kind: 'schema' | 'role' | 'user' | 'extension', name: string): boolean {
  const escaped = regexEscape(name)
  const sql = `create\\s+${kind}\\s+(if\\s+not\\s+exists\\s+)?\\\\?["']?${escaped}(?![\\w-])`
  return new RegExp(`${sql}|Create${kind}\\(\\s*["']${escaped}["']`, 'i').test(text)
}

/** The names of PostgreSQL's own functions, and its keywords. */
export async function builtInFunctions({ admin }: RecordingServer): Promise<ReadonlySet<string>> {
  const { rows } = await admin.query<{ name: string }>(
    "SELECT proname AS name FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace UNION SELECT word FROM pg_get_keywords()",
  )
  return new Set(rows.map(({ name }) => name))
}
