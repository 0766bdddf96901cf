import type { Client } from 'pg'
import { MigError } from '../errors.ts'
import { databaseError, isConnectionLost, isServerError } from '../postgres/connection/database-error.ts'
import { quoteIdent } from '../postgres/sql/quote.ts'
import { localeClauses } from './locale.ts'

/** A database that is to be made. */
export interface NewDatabase {
  readonly name: string
  /** The database to copy, which nobody may be connected to; default an empty one, as the one of the connection in encoding and locale. */
  readonly template?: string | undefined
  /** Default: the user of the connection. */
  readonly owner?: string | undefined
}

const templatePatience = 5_000

/**
 * Makes a database that is thrown away again.
 * @throws MigError `no-scratch` without the right to create one; `database-error`
 */
export async function createDatabase(admin: Client, { name, template, owner }: NewDatabase): Promise<void> {
  const clauses = template === undefined ? await localeClauses(admin) : []
  const strategy = await strategyClause(admin)
  const sql = [
    `CREATE DATABASE ${quoteIdent(name)} TEMPLATE ${quoteIdent(template ?? 'template0')}`,
    ...(owner === undefined ? [] : [`OWNER ${quoteIdent(owner)}`]),
    ...clauses,
    ...strategy,
  ].join(' ')
  await onceUnused(admin, sql)
  // Nothing here has to outlive a crash of the server, so that no commit need wait for the disk.
  await admin.query(`ALTER DATABASE ${quoteIdent(name)} SET synchronous_commit = off`)
}

/**
 * Runs a statement about a database that nobody may be connected to.
 * @throws MigError `no-scratch`, `database-error`
 */
export async function onceUnused(admin: Client, sql: string): Promise<void> {
  const deadline = Date.now() + templatePatience
  for (;;) {
    try {
      await admin.query(sql)
      return
    } catch (error) {
      const state = isServerError(error) ? error.code : undefined
      if (state === '42501') throw noRight(admin, error)
      // A session that has just said goodbye may still be on its way out.
      if (state !== '55006' || Date.now() > deadline) throw databaseError(error, { sql })
    }
  }
}

/**
 * Where the server waits for no disk, its checkpoints cost nothing, and the files are copied in a third of the time that
 * their pages take through the log. Elsewhere a checkpoint is the worse (manual, CREATE DATABASE).
 */
async function strategyClause(admin: Client): Promise<readonly string[]> {
  const { rows } = await admin.query<{ fits: boolean }>(
    `SELECT current_setting('fsync') = 'off' AND current_setting('server_version_num')::int >= 150000 AS fits`,
  )
  return rows[0]?.fits ? ['STRATEGY file_copy'] : []
}

/** Drops a database, whoever is connected to it; a server that is gone or going is left to the next use. */
export async function dropDatabase(admin: Client, name: string): Promise<void> {
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`)
  } catch (error) {
    if (!isConnectionLost(error)) throw databaseError(error)
  }
}

function noRight({ user }: Client, cause: unknown): MigError {
  return new MigError(
    'no-scratch',
    'the user of the database may not create a scratch database (SQLSTATE 42501)',
    {
      help: `have a superuser run ALTER ROLE ${user === undefined ? '…' : quoteIdent(user)} CREATEDB, or set MIG_SCRATCH_URL to a server of the same major version where you may`,
      cause,
    },
  )
}
