import { exitCodes, MigError } from '../../errors.ts'
import { quoteIdent } from '../../postgres/index.ts'

/** What is known of a target schema before anything runs in it. */
interface SchemaState {
  readonly exists: boolean
  readonly usable: boolean
  /** Whether the run would make it. */
  readonly mayMake: boolean
  /** What to do about one that is gone. */
  readonly help: string
  /** Quoted, where it is known. */
  readonly role?: string
}

/**
 * Nothing runs for a target schema that PostgreSQL would pass over in search_path, since unqualified names would
 * then mean those of `public` (manual, section 5.10.3): one that is gone, one that the role may not use, and `$user`.
 * @throws MigError `no-schema`, `no-permission`, `bad-schema` (exit 3)
 */
export function checkSchema(
  { line, schema }: { readonly line: string; readonly schema: string },
  { exists, usable, mayMake, help, role = 'the role of MIG_DATABASE_URL' }: SchemaState,
): void {
  const options = { exitCode: exitCodes.stepFailed, facts: { line, targetSchema: schema } }
  if (schema === '$user') {
    throw new MigError('bad-schema', 'in search_path, schema "$user" means the current role', {
      ...options,
      help: 'rename it: ALTER SCHEMA "$user" RENAME TO …',
    })
  }
  if (!exists && !mayMake) {
    throw new MigError('no-schema', `there is no schema ${schema}`, { ...options, help })
  }
  if (!exists || usable) return
  throw new MigError('no-permission', `the role has no USAGE on schema ${schema}`, {
    ...options,
    help: `as its owner: GRANT USAGE, CREATE ON SCHEMA ${quoteIdent(schema)} TO ${role}`,
  })
}
