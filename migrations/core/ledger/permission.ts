import type { ClientBase } from 'pg'
import { exitCodes, MigError } from '../errors.ts'
import { databaseError, quoteIdent } from '../postgres/index.ts'

/** The role may not read the ledger that is there. */
export async function mayNotRead(client: ClientBase, ledgerSchema: string, cause: Error): Promise<MigError> {
  const { role, hasLedger } = await whoAsks(client, ledgerSchema)
  if (!hasLedger) return notMade(client, ledgerSchema, cause)
  const mig = quoteIdent(ledgerSchema)
  return new MigError(
    'no-permission',
    `role ${role} may not read the ledger in schema ${mig}: ${cause.message}`,
    {
      help: `ask its owner to run: GRANT USAGE ON SCHEMA ${mig} TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA ${mig} TO ${role}; or ${otherRole}`,
      facts: { role, ledgerSchema },
      cause,
    },
  )
}

/** What PostgreSQL had against making the ledger, and who can do something about it. */
export async function notMade(client: ClientBase, ledgerSchema: string, cause: Error): Promise<MigError> {
  const code = 'code' in cause ? cause.code : undefined
  if (code === '25006') return readOnly(client, ledgerSchema, cause)
  const mig = quoteIdent(ledgerSchema)
  if (code !== '42501') {
    const { message } = databaseError(cause)
    return new MigError('no-ledger', `the ledger in schema ${mig} cannot be created: ${message}`, {
      help: 'fix the cause, then run the same command again',
      exitCode: exitCodes.stepFailed,
      facts: { ledgerSchema, sqlState: code },
      cause,
    })
  }
  const { role, database, hasSchema } = await whoAsks(client, ledgerSchema)
  const grant = hasSchema
    ? `GRANT USAGE, CREATE ON SCHEMA ${mig} TO ${role}`
    : `GRANT CREATE ON DATABASE ${database} TO ${role}`
  return new MigError(
    'no-permission',
    `role ${role} may not create the ledger in schema ${mig}: ${cause.message}`,
    {
      help: `ask an owner of the ${hasSchema ? 'schema' : 'database'} to run: ${grant}; or ${otherRole}`,
      facts: { role, database, ledgerSchema },
      cause,
    },
  )
}

const otherRole = 'use another role in MIG_DATABASE_URL'

/** Nothing can be written there: a standby, or sessions that are read-only. */
export async function readOnly(client: ClientBase, ledgerSchema: string, cause?: Error): Promise<MigError> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby')
  const standby = rows[0]?.standby ?? false
  const { role, database } = await whoAsks(client, ledgerSchema)
  return new MigError(
    'read-only',
    standby
      ? 'the server is a standby, which takes no writes'
      : `the sessions of role ${role} in database ${database} are read-only (default_transaction_read_only)`,
    {
      help: standby
        ? 'use the URL of the primary in MIG_DATABASE_URL'
        : `if it may write: ALTER ROLE ${role} SET default_transaction_read_only = off; or ${otherRole}`,
      exitCode: exitCodes.stepFailed,
      facts: { standby, role, ledgerSchema },
      ...(cause === undefined ? {} : { cause }),
    },
  )
}

interface Asking {
  /** Quoted, as GRANT takes them. */
  readonly role: string
  readonly database: string
  readonly hasSchema: boolean
  readonly hasLedger: boolean
}

async function whoAsks(client: ClientBase, ledgerSchema: string): Promise<Asking> {
  const { rows } = await client.query<Asking>(
    `SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database,
            EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS "hasSchema",
            EXISTS (SELECT FROM pg_catalog.pg_tables WHERE schemaname = $1 AND tablename = 'version') AS "hasLedger"`,
    [ledgerSchema],
  )
  return rows[0] ?? { role: 'the role', database: 'the database', hasSchema: false, hasLedger: false }
}
