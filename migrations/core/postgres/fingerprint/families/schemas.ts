import { family, familySelect, listed } from '../sql.ts'

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
    oid: 'x.oid',
    kind: `'extension'`,
    path: 'quote_ident(x.extname)',
    name: 'x.extname',
    definition: { schema: `s.schema`, version: 'x.extversion' },
    from: listed('pg_extension', 'extnamespace'),
  }),
])
