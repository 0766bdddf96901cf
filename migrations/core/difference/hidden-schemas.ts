import type { ClientBase } from 'pg'
import { catalogQuery, quoteLiteral } from '../postgres/index.ts'
import { asksEdges, readEdges } from './edges.ts'

/**
 * The connection for queries of the catalog that shall not see some schemas, so that a database with thousands of them
 * is read in the time that those in question take. Every such query, the engine's too, finds the name of a schema by
 * joining `pg_namespace`: the rows of those that are hidden are taken out of it. What it asks for the edges between
 * objects is answered by `readEdges`.
 * @param hidden unquoted names
 */
export function hidingSchemas(client: ClientBase, hidden: readonly string[]): ClientBase {
  const send = (text: string, values?: readonly unknown[]) => catalogQuery(client, text, values)
  const query = async (text: string, values?: readonly unknown[]) => {
    if (asksEdges.test(text)) return { rows: await readEdges(client, hidden) }
    return send(withoutSchemas(text, hidden), values)
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
