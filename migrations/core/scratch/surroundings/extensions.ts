import type { ClientBase } from 'pg'
import { catalogName, isServerError, quoteIdent } from '../../postgres/index.ts'
import { regexEscape } from '../../regex-escape.ts'
import { asScratchMaker, scratchRoleOf } from '../client.ts'
import { grantWrappers } from '../maker.ts'

/** An extension of a live database. */
export interface LiveExtension {
  readonly name: string
  readonly schema: string
  /** Names of the types, operator classes and relations that it brings. */
  readonly members: readonly string[]
  /** Names of its functions, but those that PostgreSQL has too. */
  readonly functions: readonly string[]
  /** The schemas of other objects that use one of them; an empty name for what has none. */
  readonly usedIn: readonly string[]
}

/** The extensions of a database, in the order in which they were made. */
export async function readExtensions(live: ClientBase): Promise<readonly LiveExtension[]> {
  return (await live.query<LiveExtension>(extensionsQuery)).rows
}

/**
 * Makes extensions on a scratch database in the schemas that the live database has them in. One that this server cannot
 * make is left out: what needs it says so itself, and mostly nothing does.
 */
export async function makeExtensions(
  client: ClientBase,
  extensions: readonly Pick<LiveExtension, 'name' | 'schema'>[],
): Promise<void> {
  for (const { name, schema } of extensions) {
    if (schema !== 'pg_catalog') await client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdent(schema)}`)
    try {
      await makeExtensionAsMaker(
        client,
        name,
        `CREATE EXTENSION IF NOT EXISTS ${quoteIdent(name)} SCHEMA ${quoteIdent(schema)} CASCADE`,
      )
    } catch (error) {
      if (!isServerError(error)) throw error
    }
  }
}

/** Makes an extension as the maker of a scratch database; its foreign-data wrappers are then for the session too. */
export async function makeExtensionAsMaker(client: ClientBase, name: string, sql: string): Promise<void> {
  await asScratchMaker(client, async (maker) => {
    await maker.query(sql)
    if (scratchRoleOf(client) !== undefined) await maker.query(grantWrappers(name))
  })
}

const part = '(?:"[^"]{1,63}"|[a-z_][\\w$]{0,62})'
const making = new RegExp(`create\\s+extension\\s+(?:if\\s+not\\s+exists\\s+)?(${part})([^;\`]{0,200})`, 'gi')
const placing = new RegExp(`\\bschema\\s+(${part})`, 'i')

/** A text that may make extensions, and the schema where they are unless it says another. */
export interface MakingText {
  readonly text: string
  readonly schema: string
}

/** The extensions that texts make, and where. */
export function extensionsMadeIn(
  texts: readonly MakingText[],
): readonly Pick<LiveExtension, 'name' | 'schema'>[] {
  return texts.flatMap(({ text, schema }) =>
    [...text.matchAll(making)].map(([, name = '', options = '']) => ({
      name: catalogName(name),
      schema: catalogName(placing.exec(options)?.[1] ?? quoteIdent(schema)),
    })),
  )
}

/** Whether SQL makes an extension itself. */
export function makesExtension(sql: string, name: string): boolean {
  const quoted = regexEscape(name)
  return new RegExp(`create\\s+extension\\s+(if\\s+not\\s+exists\\s+)?"?${quoted}(?![\\w$-])`, 'i').test(sql)
}

/** The extensions that texts speak of, by their own name or that of something they bring. */
export function mentionedExtensions(
  extensions: readonly LiveExtension[],
  texts: Iterable<string>,
): readonly LiveExtension[] {
  if (extensions.length === 0) return []
  const words = new Set<string>()
  const called = new Set<string>()
  for (const text of texts) {
    for (const [, word = '', call] of text.matchAll(/([\w$-]+)"?(\s*\()?/g)) {
      words.add(word.toLowerCase())
      // `uuid-ossp` is a name with a hyphen; `a-b` is two.
      for (const part of word.toLowerCase().split('-')) words.add(part)
      if (call !== undefined) called.add(word.toLowerCase())
    }
  }
  return extensions.filter(
    ({ name, members, functions }) =>
      [name, ...members].some((word) => words.has(word.toLowerCase())) ||
      functions.some((word) => called.has(word.toLowerCase())),
  )
}

const extensionsQuery = `
  WITH part AS (
    SELECT classid, objid, refobjid AS extension FROM pg_depend
     WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
  ), member AS (
    SELECT * FROM part
    UNION ALL
    SELECT p.classid, t.typarray, p.extension FROM part p JOIN pg_type t ON t.oid = p.objid
     WHERE p.classid = 'pg_type'::regclass AND t.typarray <> 0
  )
  SELECT e.extname AS name, n.nspname AS schema,
         ARRAY(SELECT f.proname::text FROM member m JOIN pg_proc f ON m.classid = 'pg_proc'::regclass AND f.oid = m.objid
                WHERE m.extension = e.oid AND NOT EXISTS (SELECT FROM pg_proc b
                  WHERE b.pronamespace = 'pg_catalog'::regnamespace AND b.proname = f.proname)) AS functions,
         ARRAY(SELECT coalesce(t.typname, o.opcname, c.relname)::text
                 FROM member m
                 LEFT JOIN pg_type t ON m.classid = 'pg_type'::regclass AND t.oid = m.objid
                 LEFT JOIN pg_opclass o ON m.classid = 'pg_opclass'::regclass AND o.oid = m.objid
                 LEFT JOIN pg_class c ON m.classid = 'pg_class'::regclass AND c.oid = m.objid
                WHERE m.extension = e.oid AND coalesce(t.typname, o.opcname, c.relname) IS NOT NULL) AS members,
         ARRAY(SELECT DISTINCT coalesce((pg_identify_object(d.classid, d.objid, d.objsubid)).schema,
                                        (pg_identify_object_as_address(d.classid, d.objid, d.objsubid)).object_names[1], '')
                 FROM pg_depend d JOIN member m ON m.classid = d.refclassid AND m.objid = d.refobjid
                WHERE m.extension = e.oid AND d.deptype = 'n'
                  AND NOT EXISTS (SELECT FROM member o WHERE o.classid = d.classid AND o.objid = d.objid)) AS "usedIn"
    FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
   WHERE e.extname <> 'plpgsql' ORDER BY e.oid`
