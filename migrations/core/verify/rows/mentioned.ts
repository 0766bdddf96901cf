import type { ClientBase } from 'pg'

interface Named {
  readonly schema: string
  readonly name: string
}

/**
 * The tables, types, routines and sequences of some schemas whose names a text has as words. It names more than a
 * revision touches, and none too few unless the revision puts names together.
 */
export async function mentioned(
  client: ClientBase,
  schemas: readonly string[],
  text: string,
): Promise<readonly Named[]> {
  const { rows } = await client.query<Named>(
    `SELECT n.nspname AS schema, o.name FROM pg_namespace n JOIN (
       SELECT relnamespace AS place, relname AS name FROM pg_class WHERE relkind IN ('r', 'p', 'S')
       UNION SELECT typnamespace, typname FROM pg_type WHERE typtype IN ('e', 'd', 'r') OR (typtype = 'c'
         AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c'))
       UNION SELECT pronamespace, proname FROM pg_proc
     ) AS o ON o.place = n.oid WHERE n.nspname = ANY ($1) ORDER BY 1, 2`,
    [schemas],
  )
  const words = new Set(text.match(/[\p{L}\p{N}_$]+/gu))
  return rows.filter(({ name }) =>
    /^[\p{L}\p{N}_$]+$/u.test(name) ? words.has(name) : text.includes(name.replaceAll('"', '""')),
  )
}
