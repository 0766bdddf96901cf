import type { ClientBase } from 'pg'
import { quoteLiteral } from '../postgres/index.ts'

/** What the engine asks for the edges between objects, and where it reads them. */
const asksEdges = /^\s*WITH dep AS/
const allEdges = /\bFROM(\s+)pg_depend d\b/

/** What no difference is about: edges that end there lead to nothing that is compared. */
const ofTheServer = ['pg_catalog', 'pg_toast', 'information_schema']

/**
 * OIDs below are those of the objects that every database begins with (FirstNormalObjectId; manual, pg_depend): nothing
 * that is compared is at both ends of an edge between two of them.
 */
const edgesOfOthers = '(SELECT * FROM pg_catalog.pg_depend WHERE objid >= 16384 OR refobjid >= 16384) d'

/**
 * The connection for queries of the catalog that shall not see some schemas, so that a database with thousands of them
 * is read in the time that those in question take. Every such query, the engine's too, finds the name of a schema by
 * joining `pg_namespace`: the rows of those that are hidden are taken out of it. What the engine asks for the edges
 * between objects names the server's own thousands, too, and drops them afterwards: it does not see these at all, which
 * takes it half of the time.
 * @param hidden unquoted names
 */
export function hidingSchemas(client: ClientBase, hidden: readonly string[]): ClientBase {
  const send = (text: string, values?: readonly unknown[]) =>
    client.query(text, values === undefined ? undefined : [...values])
  const query = (text: string, values?: readonly unknown[]) => {
    if (!asksEdges.test(text)) return send(withoutSchemas(text, hidden), values)
    const asked = text.replace(allEdges, (_, space: string) => `FROM${space}${edgesOfOthers}`)
    return send(withoutSchemas(asked, [...ofTheServer, ...hidden]), values)
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
