import { buildFactBase, type Fact, type FactBase } from '@supabase/pg-delta/core'
import type { ClientBase } from 'pg'

interface Row {
  readonly role: string
  readonly schema: string
  readonly objtype: string
  readonly grantee: string
  readonly privileges: readonly string[]
  readonly grantable: readonly string[]
}

/**
 * The catalog with default privileges of schemas as PostgreSQL stores them. They only add to the built-in ones (ALTER
 * DEFAULT PRIVILEGES, Description), so that no row means that a built-in one was revoked, and one that repeats a
 * built-in one is a row like others. The engine reads both as for the whole database.
 */
export async function withSchemaDefaults(client: ClientBase, base: FactBase): Promise<FactBase> {
  const { rows } = await client.query<Row>(query)
  const isOfSchema = ({ id }: Fact) => id.kind === 'defaultPrivilege' && id.schema !== null
  if (rows.length === 0 && !base.facts().some(isOfSchema)) return base
  const read = rows.map(
    ({ role, schema, objtype, grantee, privileges, grantable }): Fact => ({
      id: { kind: 'defaultPrivilege', role, schema, objtype, grantee },
      payload: { privileges: [...privileges], grantable: [...grantable] },
    }),
  )
  return buildFactBase(
    [...base.facts().filter((fact) => !isOfSchema(fact)), ...read],
    [...base.edges],
    base.source,
  )
}

const query = `
  SELECT r.rolname AS role, n.nspname AS schema, d.defaclobjtype::text AS objtype,
         coalesce(g.rolname, 'PUBLIC') AS grantee,
         array_agg(a.privilege_type ORDER BY a.privilege_type) AS privileges,
         coalesce(array_agg(a.privilege_type ORDER BY a.privilege_type) FILTER (WHERE a.is_grantable), '{}') AS grantable
    FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole JOIN pg_namespace n ON n.oid = d.defaclnamespace
         CROSS JOIN LATERAL aclexplode(d.defaclacl) a LEFT JOIN pg_roles g ON g.oid = a.grantee
   GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`
