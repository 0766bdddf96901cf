import type { ClientBase } from 'pg'
import { quoteLiteral } from '../postgres/index.ts'

/** What no difference is about: edges that end there lead to nothing that is compared. */
const ofTheServer = ['pg_catalog', 'pg_toast', 'information_schema']

/**
 * The connection for queries of the catalog that shall not see some schemas, so that a database with thousands of them
 * is read in the time that those in question take. Every such query, the engine's too, finds the name of a schema by
 * joining `pg_namespace`: the rows of those that are hidden are taken out of it. What the engine asks for the edges
 * between objects names each of the server's own thousands of routines and columns, too, and drops them afterwards: it
 * does not see them at all, which takes it a third of the time.
 * @param hidden unquoted names
 */
export function hidingSchemas(client: ClientBase, hidden: readonly string[]): ClientBase {
  const query = (text: string, values?: readonly unknown[]) => {
    const names = /^\s*WITH dep AS/.test(text) ? [...ofTheServer, ...hidden] : hidden
    return client.query(withoutSchemas(text, names), values === undefined ? undefined : [...values])
  }
  return { query } as unknown as ClientBase
}

function withoutSchemas(text: string, hidden: readonly string[]): string {
  if (hidden.length === 0) return text
  const names = hidden.map(quoteLiteral).join(', ')
  // The anti-join hashes the names on every server version; <> ALL does so from PostgreSQL 15 on.
  const rest = `(SELECT * FROM pg_catalog.pg_namespace AS every WHERE NOT EXISTS (
    SELECT FROM unnest(ARRAY[${names}]::text[]) AS hidden (name) WHERE hidden.name = every.nspname::text))`
  return text.replace(
    /\b(FROM|JOIN)(\s+)(?:pg_catalog\.)?pg_namespace\b/g,
    // A function, since a name may hold what replace() takes for a pattern.
    (_, join: string, space: string) => `${join}${space}${rest}`,
  )
}
