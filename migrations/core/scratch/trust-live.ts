import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../errors.ts'
import { qualifiedName } from '../postgres/index.ts'
import { scratchRoleOf } from './client.ts'

interface LiveObject {
  readonly schema: string
  readonly name: string
  readonly owner: string
}

const shown = 10

/**
 * Objects of a live database that are rebuilt on a scratch database bring code along: that of functions, defaults, indexes.
 * It runs there as the role of the scratch database, which reaches nothing. Where the user of the database may make no
 * roles, it would run with that user's own rights: then what others own is rebuilt only for one who trusts it.
 * @param scratch a session of the scratch database
 * @param onLive hands a session of the live database to its argument
 * @throws MigError `live-not-trusted` (exit 4) with the objects
 */
export async function expectTrustedLive(
  scratch: ClientBase,
  onLive: <T>(body: (live: ClientBase) => Promise<T>) => Promise<T>,
  { schemas, trustLive }: { readonly schemas: readonly string[]; readonly trustLive: boolean },
): Promise<void> {
  if (trustLive || scratchRoleOf(scratch) !== undefined) return
  const { rows } = await onLive((live) => live.query<LiveObject>(othersObjects, [schemas]))
  const [first] = rows
  if (first === undefined) return
  const list = rows
    .slice(0, shown)
    .map(({ schema, name, owner }) => `${qualifiedName(schema, name)} (${owner})`)
  const more = rows.length > shown ? `, and ${rows.length - shown} more` : ''
  throw new MigError(
    'live-not-trusted',
    `the user of the database may not create roles for scratch databases, so these objects of others would run there with its rights: ${list.join(', ')}${more}`,
    {
      exitCode: exitCodes.decisionNeeded,
      help: 'ALTER ROLE … CREATEROLE, or set MIG_SCRATCH_URL to a server of the same major version whose user may make roles; if you trust the owners of these objects: --trust-live',
      facts: { objects: rows.map(({ schema, name, owner }) => ({ schema, name, owner })) },
    },
  )
}

/** What a superuser owns can do more than the user anyway, who runs it in any other command too. */
const othersObjects = `
  SELECT n.nspname AS schema, o.name, r.rolname AS owner
    FROM (SELECT relnamespace AS namespace, relname AS name, relowner AS owner, oid, 'pg_catalog.pg_class'::pg_catalog.regclass AS catalog
            FROM pg_catalog.pg_class WHERE relkind OPERATOR(pg_catalog.=) ANY (ARRAY['r', 'p', 'v', 'm', 'f']::pg_catalog."char"[])
          UNION ALL
          SELECT pronamespace, proname, proowner, oid, 'pg_catalog.pg_proc'::pg_catalog.regclass FROM pg_catalog.pg_proc
          UNION ALL
          SELECT typnamespace, typname, typowner, oid, 'pg_catalog.pg_type'::pg_catalog.regclass FROM pg_catalog.pg_type
           WHERE typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char") AS o
    JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) o.namespace
    JOIN pg_catalog.pg_roles r ON r.oid OPERATOR(pg_catalog.=) o.owner
   WHERE n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.text[])
     AND NOT r.rolsuper AND r.rolname OPERATOR(pg_catalog.<>) current_user
     AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid OPERATOR(pg_catalog.=) o.catalog
           AND d.objid OPERATOR(pg_catalog.=) o.oid AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char")
   ORDER BY 1, 2`
