import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../../errors.ts'

interface Grants {
  /** Objects whose rights are not those that PostgreSQL gives by itself. */
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
  schemas: readonly string[],
  said: boolean | undefined,
): Promise<boolean> {
  if (said !== undefined) return said
  const { objects, roles } = await grantsIn(live, schemas)
  if (objects === 0) return false
  throw new MigError(
    'grants-found',
    `${objects === 1 ? 'one object has' : `${objects} objects have`} grants that PostgreSQL does not give by itself; they concern ${roles.slice(0, 5).join(', ')}${roles.length > 5 ? ' …' : ''}`,
    {
      help: 'to have owners and grants in the models and in the first revision: --privileges; to leave them to whoever creates databases: --without-privileges',
      exitCode: exitCodes.decisionNeeded,
      facts: { objects, roles },
    },
  )
}

/** What differs from the rights of a new object (manual, section 5.8), but for members of extensions. */
export async function grantsIn(live: ClientBase, schemas: readonly string[]): Promise<Grants> {
  const { rows } = await live.query<Grants>(
    `WITH own AS (SELECT oid, nspacl, nspowner FROM pg_namespace WHERE nspname = ANY ($1)),
      given AS (
        SELECT 'pg_namespace'::regclass AS catalog, oid, nspacl AS acl, acldefault('n', nspowner) AS usual FROM own
        UNION ALL SELECT 'pg_class'::regclass, c.oid, relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)
          FROM pg_class c JOIN own ON own.oid = relnamespace
        UNION ALL SELECT 'pg_class'::regclass, c.oid, attacl, '{}'
          FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN own ON own.oid = relnamespace WHERE NOT attisdropped
        UNION ALL SELECT 'pg_proc'::regclass, p.oid, proacl, acldefault('f', proowner) FROM pg_proc p JOIN own ON own.oid = pronamespace
        UNION ALL SELECT 'pg_type'::regclass, t.oid, typacl, acldefault('T', typowner) FROM pg_type t JOIN own ON own.oid = typnamespace
        UNION ALL SELECT 'pg_default_acl'::regclass, d.oid, defaclacl, '{}' FROM pg_default_acl d JOIN own ON own.oid = defaclnamespace),
      special AS (
        SELECT g.catalog, g.oid, g.acl, coalesce(i.initprivs, g.usual) AS usual
          FROM given g LEFT JOIN pg_init_privs i ON i.classoid = g.catalog AND i.objoid = g.oid AND i.objsubid = 0
         WHERE g.acl IS NOT NULL
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = g.catalog AND d.objid = g.oid AND d.deptype = 'e')),
      differing AS (SELECT * FROM special WHERE NOT (acl @> usual AND acl <@ usual))
     SELECT count(DISTINCT (catalog, oid))::int AS objects,
       ARRAY(SELECT DISTINCT coalesce(r.rolname::text, 'PUBLIC')
         FROM differing, unnest(acl || usual) AS item, aclexplode(ARRAY[item]) AS right_ LEFT JOIN pg_roles r ON r.oid = right_.grantee
        WHERE NOT (item = ANY (acl) AND item = ANY (usual)) ORDER BY 1) AS roles
       FROM differing`,
    [schemas],
  )
  return rows[0] ?? { objects: 0, roles: [] }
}
