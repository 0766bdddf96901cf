import type { ClientBase } from 'pg'
import { catalogQuery } from '../../postgres/index.ts'

interface Named {
  readonly schema: string
  readonly name: string
}

/**
 * The tables, types, routines and sequences of some schemas whose names a text has as words. It names more than a
 * revision touches, and too few only where the text puts names together.
 */
export async function mentioned(
  client: ClientBase,
  schemas: readonly string[],
  text: string,
): Promise<readonly Named[]> {
  const { rows } = await catalogQuery<Named>(
    client,
    `WITH place AS (SELECT array_agg(oid) AS oids FROM pg_namespace WHERE nspname = ANY ($1::text[]))
     SELECT n.nspname AS schema, o.name FROM (
       SELECT relnamespace AS place, relname AS name FROM pg_class
         WHERE relkind IN ('r', 'p', 'S') AND relnamespace = ANY ((SELECT oids FROM place)::oid[])
       UNION SELECT typnamespace, typname FROM pg_type
         WHERE typnamespace = ANY ((SELECT oids FROM place)::oid[]) AND (typtype IN ('e', 'd', 'r') OR (typtype = 'c'
           AND EXISTS (SELECT FROM pg_class WHERE oid = typrelid AND relkind = 'c')))
       UNION SELECT pronamespace, proname FROM pg_proc WHERE pronamespace = ANY ((SELECT oids FROM place)::oid[])
     ) AS o JOIN pg_namespace n ON n.oid = o.place ORDER BY 1, 2`,
    [schemas],
  )
  const words = new Set(text.match(/[\p{L}\p{N}_$]+/gu))
  return rows.filter(({ name }) =>
    /^[\p{L}\p{N}_$]+$/u.test(name) ? words.has(name) : text.includes(name.replaceAll('"', '""')),
  )
}
