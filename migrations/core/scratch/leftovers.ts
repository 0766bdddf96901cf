import type { Client } from 'pg'
import type { EmitEvent } from '../events.ts'
import { databaseError, isConnectionLost } from '../postgres/connection/database-error.ts'
import { quoteIdent } from '../postgres/sql/quote.ts'
import { dropScratchRole } from './role.ts'

/** First key of the advisory locks that mark scratch databases as alive: "mig" and a version, as bytes. */
export const lockSpace = 0x6d_69_67_01

/** The name of a scratch database or of its role: who made it, and the second key of the lock that says that it is alive. */
export function scratchName(prefix: string, token: Buffer): string {
  return `${prefix}_${process.pid}_${token.toString('hex')}`
}

/** Whether no live session vouches for the name that `token` is of. */
const isDead = `NOT EXISTS (SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 2
  AND l.classid::bigint = $2 AND l.objid::bigint = ('x' || token)::bit(32)::bigint & 4294967295)`

/** Drops scratch databases that no live session vouches for and nobody is connected to, and their roles. */
export async function dropLeftovers(
  admin: Client,
  prefix: string,
  emit: EmitEvent | undefined,
): Promise<void> {
  const databases = await namesOf(
    admin,
    `SELECT d.datname AS name FROM pg_database d, LATERAL substring(d.datname FROM '_([0-9a-f]{8})$') AS token
      WHERE d.datname ~ $1 AND pg_has_role(d.datdba, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid) AND ${isDead}`,
    `^${prefix}_[0-9]+_[0-9a-f]{8}$`,
  )
  for (const name of databases)
    await dropLeft(emit, 'database', name, `DROP DATABASE ${quoteIdent(name)} WITH (FORCE)`, () =>
      // Without FORCE: PostgreSQL itself refuses when somebody has connected meanwhile.
      admin.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)}`),
    )
  const roles = await namesOf(
    admin,
    // A session of a process that was killed ends a moment after it, and its database is dropped by a later use.
    `SELECT r.rolname AS name FROM pg_roles r, LATERAL substring(r.rolname FROM '_([0-9a-f]{8})$') AS token
      WHERE r.rolname ~* $1 AND pg_has_role(r.oid, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_database d WHERE d.datdba = r.oid) AND ${isDead}`,
    '^mig_role_[0-9]+_[0-9a-f]{8}$',
  )
  for (const name of roles)
    await dropLeft(emit, 'role', name, `DROP ROLE ${quoteIdent(name)}`, () => dropScratchRole(admin, name))
}

async function namesOf(admin: Client, sql: string, pattern: string): Promise<readonly string[]> {
  const { rows } = await admin.query<{ name: string }>(sql, [pattern, lockSpace])
  return rows.map(({ name }) => name)
}

async function dropLeft(
  emit: EmitEvent | undefined,
  kind: 'database' | 'role',
  name: string,
  help: string,
  drop: () => Promise<unknown>,
): Promise<void> {
  try {
    await drop()
  } catch (error) {
    if (isConnectionLost(error)) throw databaseError(error)
    emit?.({
      event: 'warning',
      code: 'scratch-left',
      message: `the scratch ${kind} ${name} of a process that is gone could not be dropped: ${databaseError(error).message}`,
      help,
    })
  }
}
