import { family, familySelect } from '../sql.ts'

/** The schema itself, and the extensions that stand in it (their members are left out everywhere). */
export const schemas = family('schemas', () => [
  familySelect({
    catalog: 'pg_namespace',
    oid: 's.ns',
    kind: `'schema'`,
    path: `rtrim(s.prefix, '.')`,
    name: 's.schema',
    definition: {},
    from: 'FROM scope s',
  }),
  familySelect({
    catalog: 'pg_extension',
    oid: 'e.oid',
    kind: `'extension'`,
    path: 'quote_ident(e.extname)',
    name: 'e.extname',
    definition: { schema: `s.schema`, version: 'e.extversion' },
    from: 'FROM scope s JOIN pg_extension e ON e.extnamespace = s.ns',
  }),
])
