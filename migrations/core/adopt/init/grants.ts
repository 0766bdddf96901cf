import type { ClientBase } from 'pg'
import type { Excludes } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'

/** Where grants are looked for. */
export interface GrantsPlace {
  readonly schemas: readonly string[]
  readonly excludes: Excludes
}

interface Grants {
  /** How many objects have rights that are not those that PostgreSQL gives by itself. */
  readonly objects: number
  readonly roles: readonly string[]
}

/**
 * Whether models and first revisions take owners and grants over. Who has not said so is asked where the schemas have any:
 * without them a new database opens what was closed, and closes what was open.
 * @throws MigError `grants-found` (exit 4)
 */
export async function takesPrivileges(
  live: ClientBase,
  place: GrantsPlace,
  said: boolean | undefined,
): Promise<boolean> {
  if (said !== undefined) return said
  const { objects, roles } = await grantsIn(live, place)
  if (objects === 0) return false
  throw new MigError(
    'grants-found',
    `${objects === 1 ? 'one object has' : `${objects} objects have`} grants that PostgreSQL does not give by itself; they concern ${someOf(roles)}`,
    {
      help: 'to have owners and grants in the models and in the first revision: --privileges; to leave them to whoever creates databases: --without-privileges',
      exitCode: exitCodes.decisionNeeded,
      facts: { objects, roles },
    },
  )
}

/** The first of some roles. */
export function someOf(roles: readonly string[]): string {
  return roles.slice(0, 5).join(', ') + (roles.length > 5 ? ' …' : '')
}

/** What differs from the rights of a new object (manual, section 5.8), but for members of extensions. */
export async function grantsIn(live: ClientBase, { schemas, excludes }: GrantsPlace): Promise<Grants> {
  const { rows } = await live.query<{ schema: string; name: string; isTable: boolean; roles: string[] }>(
    query,
    [schemas],
  )
  const found = rows.filter(
    ({ schema, name, isTable }) => !isTable || !excludes({ kind: 'table', schema, name }),
  )
  const roles = new Set(found.flatMap((each) => each.roles))
  return { objects: found.length, roles: [...roles].sort() }
}

/** Who grants to himself is the owner, whoever that was when initdb wrote the rights of `public`. */
const rights = (acl: string) =>
  `SELECT CASE WHEN grantee = grantor THEN -1 ELSE grantee::bigint END AS role, privilege_type, is_grantable FROM aclexplode(${acl})`

const query = `
  WITH own AS (SELECT oid, nspname, nspacl, nspowner FROM pg_namespace WHERE nspname = ANY ($1)),
  given AS (
    SELECT nspname, nspname AS name, 'pg_namespace'::regclass AS catalog, oid, nspacl AS acl, acldefault('n', nspowner) AS usual FROM own
    UNION ALL SELECT nspname, relname, 'pg_class'::regclass, c.oid, relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)
      FROM pg_class c JOIN own ON own.oid = relnamespace
    UNION ALL SELECT nspname, relname, 'pg_class'::regclass, c.oid, attacl, NULL
      FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN own ON own.oid = relnamespace WHERE NOT attisdropped
    UNION ALL SELECT nspname, proname, 'pg_proc'::regclass, p.oid, proacl, acldefault('f', proowner) FROM pg_proc p JOIN own ON own.oid = pronamespace
    UNION ALL SELECT nspname, typname, 'pg_type'::regclass, t.oid, typacl, acldefault('T', typowner) FROM pg_type t JOIN own ON own.oid = typnamespace
    UNION ALL SELECT nspname, '', 'pg_default_acl'::regclass, d.oid, defaclacl, NULL FROM pg_default_acl d JOIN own ON own.oid = defaclnamespace),
  special AS (
    SELECT g.nspname, g.name, g.catalog, g.oid, g.acl, coalesce(i.initprivs, g.usual) AS usual
      FROM given g LEFT JOIN pg_init_privs i ON i.classoid = g.catalog AND i.objoid = g.oid AND i.objsubid = 0
     WHERE g.acl IS NOT NULL
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = g.catalog AND d.objid = g.oid AND d.deptype = 'e'))
  SELECT nspname AS schema, name, catalog = 'pg_class'::regclass AS "isTable",
         array_agg(DISTINCT CASE role WHEN 0 THEN 'PUBLIC' WHEN -1 THEN 'the owner' ELSE coalesce(rolname::text, role::text) END) AS roles
    FROM special, LATERAL (
      (${rights('acl')} EXCEPT ${rights('usual')}) UNION ALL (${rights('usual')} EXCEPT ${rights('acl')})) AS differing
    LEFT JOIN pg_roles r ON r.oid::bigint = role
   GROUP BY nspname, name, catalog, special.oid`
