import { family, familySelect, listed } from '../sql.ts'

/** Default privileges of the schemas (ALTER DEFAULT PRIVILEGES … IN SCHEMA), where privileges are asked for. */
export const defaultPrivileges = family('default privileges', ({ privileges }) =>
  privileges
    ? [
        familySelect({
          catalog: 'pg_default_acl',
          oid: 'x.oid',
          kind: `'default privileges'`,
          path: `s.prefix || quote_ident(pg_get_userbyid(x.defaclrole)) || ' ' || x.defaclobjtype::text`,
          name: 'pg_get_userbyid(x.defaclrole)',
          definition: {
            objects: 'x.defaclobjtype',
            privileges: `(SELECT jsonb_agg(g ORDER BY g COLLATE "C") FROM (
              SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE pg_get_userbyid(a.grantee)::text END || ': ' || a.privilege_type
                || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
              FROM aclexplode(x.defaclacl) a) granted(g))`,
          },
          from: listed('pg_default_acl', 'defaclnamespace'),
        }),
      ]
    : [],
)
