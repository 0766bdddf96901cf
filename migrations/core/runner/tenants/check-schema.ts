import type { Tenant } from '../../environment/index.ts'
import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/quote.ts'

/**
 * Nothing runs for a tenant whose schema PostgreSQL would pass over in search_path, since unqualified names would
 * then mean those of `public` (manual, section 5.10.3): one that is gone, one that the role may not use, and `$user`.
 * @param mayMake as `makesSchemas`, on the way up
 * @throws MigError `no-schema`, `no-permission`, `bad-tenant` (exit 3)
 */
export function checkSchema(
  { line, schema }: Tenant,
  {
    exists,
    usable,
    mayMake,
  }: { readonly exists: boolean; readonly usable: boolean; readonly mayMake: boolean },
): void {
  const options = { exitCode: exitCodes.stepFailed, facts: { line, targetSchema: schema } }
  if (schema === '$user') {
    throw new MigError('bad-tenant', 'schema "$user" is taken for the current role in search_path', {
      ...options,
      help: 'rename it: ALTER SCHEMA "$user" RENAME TO …',
    })
  }
  if (!exists && !mayMake) {
    throw new MigError('no-schema', `there is no schema ${schema}`, {
      ...options,
      help: `make the tenant: just mig-tenant-create ${schema} ${line}, or -x create_schema=true; or take it out of what env.ts lists`,
    })
  }
  if (!exists || usable) return
  throw new MigError('no-permission', `the role may not use schema ${schema}`, {
    ...options,
    help: `as its owner: GRANT USAGE, CREATE ON SCHEMA ${quoteIdent(schema)} TO …`,
  })
}
