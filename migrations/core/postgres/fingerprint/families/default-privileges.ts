import { family, familySelect } from '../sql.ts'

/** Default privileges of the schemas (ALTER DEFAULT PRIVILEGES … IN SCHEMA), where privileges are asked for. */
export const defaultPrivileges = family('default privileges', ({ privileges }) =>
  privileges
    ? [
        familySelect({
          catalog: 'pg_default_acl',
          oid: 'd.oid',
          kind: `'default privileges'`,
          path: `s.prefix || quote_ident(pg_get_userbyid(d.defaclrole)) || ' ' || d.defaclobjtype::text`,
          name: 'pg_get_userbyid(d.defaclrole)',
          definition: {
            objects: 'd.defaclobjtype',
            privileges: `(SELECT jsonb_agg(g ORDER BY g COLLATE "C") FROM (
              SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END || ': ' || a.privilege_type
                || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
              FROM aclexplode(d.defaclacl) a) granted(g))`,
          },
          from: 'FROM scope s JOIN pg_default_acl d ON d.defaclnamespace = s.ns',
        }),
      ]
    : [],
)
