import type { Client } from 'pg'
import type { EmitEvent } from '../events.ts'
import { databaseError, isConnectionLost } from './database-error.ts'
import { quoteIdent } from './quote.ts'
import { dropScratchRole } from './scratch-role.ts'

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
  const { rows } = await admin.query<{ name: string; isRole: boolean }>(
    `SELECT d.datname AS name, false AS "isRole"
       FROM pg_database d, LATERAL substring(d.datname FROM '_([0-9a-f]{8})$') AS token
      WHERE d.datname ~ $1 AND pg_has_role(d.datdba, 'USAGE')
        AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datid = d.oid) AND ${isDead}
      UNION ALL
     SELECT r.rolname, true
       FROM pg_roles r, LATERAL substring(r.rolname FROM '_([0-9a-f]{8})$') AS token
      WHERE r.rolname ~* '^mig_role_[0-9]+_[0-9a-f]{8}$' AND pg_has_role(r.oid, 'USAGE') AND ${isDead}
      ORDER BY "isRole"`,
    [`^${prefix}_[0-9]+_[0-9a-f]{8}$`, lockSpace],
  )
  for (const { name, isRole } of rows) {
    try {
      if (isRole) await dropScratchRole(admin, name)
      // Without FORCE: PostgreSQL itself refuses when somebody has connected meanwhile.
      else await admin.query(`DROP DATABASE IF EXISTS ${quoteIdent(name)}`)
    } catch (error) {
      if (isConnectionLost(error)) throw databaseError(error)
      emit?.({
        event: 'warning',
        code: 'scratch-left',
        message: `the scratch ${isRole ? 'role' : 'database'} ${name} of a process that is gone could not be dropped: ${databaseError(error).message}`,
        help: isRole ? `DROP ROLE ${quoteIdent(name)}` : `DROP DATABASE ${quoteIdent(name)} WITH (FORCE)`,
      })
    }
  }
}
