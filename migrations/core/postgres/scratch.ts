import { randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import { connect } from './connection.ts'
import { databaseError, isConnectionLost, isServerError } from './database-error.ts'
import { urlForDatabase } from './database-url.ts'
import { quoteIdent } from './quote.ts'
import { localeClauses } from './scratch-locale.ts'

/** A throw-away database with a connection of its own. */
export interface ScratchDatabase {
  readonly url: string
  readonly name: string
  readonly client: Client
}

export interface ScratchOptions {
  /** Where to connect for CREATE DATABASE: best the target database, whose encoding and collation are taken over. */
  readonly adminUrl: string
  readonly emit?: EmitEvent
  /** Ends the scratch database at once, and with it whatever runs in it. */
  readonly signal?: AbortSignal
  /** A database to copy, which nobody may be connected to; default an empty one. */
  readonly template?: string
  /** Begin of the name. Default `mig_scratch`. */
  readonly prefix?: string
}

/** First key of the advisory locks that mark scratch databases as alive: "mig" and a version, as bytes. */
const lockSpace = 0x6d_69_67_01
const templatePatience = 5_000
const applicationName = 'just-mig scratch'

/**
 * Makes a scratch database, hands it to `body`, and drops it, however `body` ends. Its name holds the key of
 * an advisory lock that our session keeps meanwhile, so that what a killed process left is known for dead: it
 * is dropped at the next use, and a live one never is.
 * @throws MigError `no-scratch` without the right to create a database; the signal's reason; what `body` throws
 */
export async function withScratchDatabase<T>(
  options: ScratchOptions,
  body: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  const { adminUrl, signal, prefix = 'mig_scratch' } = options
  const admin = await connect({ url: adminUrl, applicationName, ...(signal === undefined ? {} : { signal }) })
  const token = randomBytes(4)
  const name = `${prefix}_${process.pid}_${token.toString('hex')}`
  try {
    await dropLeftovers(admin, prefix, options.emit)
    await admin.query('SELECT pg_advisory_lock($1, $2)', [lockSpace, token.readInt32BE()])
    try {
      await createScratch(admin, name, options)
      return await useScratch(options, name, admin, body)
    } finally {
      await dropScratch(admin, name)
    }
  } finally {
    await admin.end()
  }
}

async function useScratch<T>(
  { adminUrl, signal }: ScratchOptions,
  name: string,
  admin: Client,
  body: (scratch: ScratchDatabase) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted()
  const url = urlForDatabase(adminUrl, name)
  const client = await connect({ url, applicationName, ...(signal === undefined ? {} : { signal }) })
  let dropping: Promise<void> | undefined
  const drop = () => {
    dropping = dropScratch(admin, name)
    // A failure is for the drop at the end to report.
    dropping.catch(() => undefined)
  }
  signal?.addEventListener('abort', drop)
  try {
    return await body({ url, name, client })
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', drop)
    await dropping?.catch(() => undefined)
    await client.end()
  }
}

async function createScratch(admin: Client, name: string, { template }: ScratchOptions): Promise<void> {
  const clauses = template === undefined ? await localeClauses(admin) : []
  const sql = [
    `CREATE DATABASE ${quoteIdent(name)} TEMPLATE ${quoteIdent(template ?? 'template0')}`,
    ...clauses,
  ].join(' ')
  const deadline = Date.now() + templatePatience
  for (;;) {
    try {
      await admin.query(sql)
      // Nothing here has to outlive a crash of the server, so that no commit need wait for the disk.
      await admin.query(`ALTER DATABASE ${quoteIdent(name)} SET synchronous_commit = off`)
      return
    } catch (error) {
      const state = sqlState(error)
      if (state === '42501') throw noRight(error)
      // A session of the template that has just said goodbye may still be on its way out.
      if (state !== '55006' || Date.now() > deadline) throw databaseError(error, { sql })
    }
  }
}

async function dropScratch(admin: Client, name: string): Promise<void> {
  try {
    await admin.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)} WITH (FORCE)`)
  } catch (error) {
    // The server is gone or going; the next use cleans up.
    if (!isConnectionLost(error)) throw databaseError(error)
  }
}

/** Drops scratch databases that no live session vouches for and nobody is connected to. */
async function dropLeftovers(admin: Client, prefix: string, emit: EmitEvent | undefined): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT d.datname AS name
       FROM pg_database d, LATERAL substring(d.datname FROM '_([0-9a-f]{8})$') AS token
      WHERE d.datname ~ $1 AND pg_has_role(d.datdba, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid)
        AND NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2
              AND l.classid::bigint = $2 AND l.objid::bigint = ('x' || token)::bit(32)::bigint & 4294967295)`,
    [`^${prefix}_[0-9]+_[0-9a-f]{8}$`, lockSpace],
  )
  for (const { name } of rows) {
    try {
      // Without FORCE: PostgreSQL itself refuses when somebody has connected meanwhile.
      await admin.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)}`)
    } catch (error) {
      if (isConnectionLost(error)) throw databaseError(error)
      emit?.({
        event: 'warning',
        code: 'scratch-left',
        message: `the scratch database ${name} of a process that is gone could not be dropped: ${databaseError(error).message}`,
        help: `DROP DATABASE ${quoteIdent(name)} WITH (FORCE)`,
      })
    }
  }
}

function noRight(cause: unknown): MigError {
  return new MigError(
    'no-scratch',
    'the user of the database may not create a scratch database (SQLSTATE 42501)',
    {
      help: 'ALTER ROLE … CREATEDB, or set MIG_SCRATCH_URL to a server of the same major version where you may',
      cause,
    },
  )
}

function sqlState(error: unknown): string | undefined {
  return isServerError(error) ? error.code : undefined
}
