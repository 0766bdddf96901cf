import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { Client } from 'pg'
import { connect } from '../postgres/connection/connection.ts'
import { formatDatabaseUrl, parseDatabaseUrl } from '../postgres/connection/database-url.ts'
import { quoteIdent, quoteLiteral } from '../postgres/sql/quote.ts'
import { type StandIns, standInName } from './names.ts'

/**
 * The role that scratch databases belong to and are used as: without superuser, and without rights elsewhere. What code
 * in such a database may do is what it may.
 */
export interface ScratchRole extends StandIns {
  /** The URL of a database as this role. */
  readonly url: (database: string) => string
  /** Whether the user that makes scratch databases is a superuser. */
  readonly isMakerSuperuser: boolean
  readonly major: number
  /** Names the functions by which statements run as the maker, and the word that they ask for. */
  readonly helper: { readonly schema: string; readonly secret: string }
  /** The databases that have them. */
  readonly helped: Set<string>
  /** Roles of the server that statements were about, and that others stood for. */
  readonly concerned: Set<string>
  /**
   * The name that a role of the server goes by on scratch databases, made at its first use.
   * @returns undefined for a role that the server does not have
   */
  readonly standIn: (role: string) => Promise<string | undefined>
  /** Makes the role that stands for one, whether the server has that or not. */
  readonly makeStandIn: (role: string) => Promise<string>
  /** Hands a connection to a scratch database as the user that makes them to `body`. */
  readonly asMaker: <T>(database: string, body: (maker: Client) => Promise<T>) => Promise<T>
}

/** What the user that makes scratch databases may do, from pg_roles. */
export interface MakerRights {
  readonly maker: string
  readonly isSuperuser: boolean
  readonly mayCreateRoles: boolean
  readonly major: number
}

/** What the user of a connection may do. */
export async function makerRights(admin: Client): Promise<MakerRights> {
  const { rows } = await admin.query<MakerRights>(
    `SELECT rolname AS maker, rolsuper AS "isSuperuser", rolsuper OR rolcreaterole AS "mayCreateRoles",
            pg_catalog.current_setting('server_version_num')::pg_catalog.int4 OPERATOR(pg_catalog./) 10000 AS major
       FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) current_user`,
  )
  const [rights] = rows
  if (rights === undefined) throw new Error('pg_roles does not know current_user')
  return rights
}

/**
 * Makes a role for scratch databases. `admin` must stay connected while it is in use.
 * @param name as {@link isScratchRole} knows it
 */
export async function createScratchRole(
  admin: Client,
  adminUrl: string,
  name: string,
  { maker, isSuperuser, major }: MakerRights,
): Promise<ScratchRole> {
  // Quoted on a scratch database where the maker's name is, so that each can be put in the place of the other.
  const own = quoteIdent(maker) === maker ? name : `M${name.slice(1)}`
  const password = randomBytes(24).toString('base64url')
  // As a superuser's, rows are seen whatever policies say (FORCE ROW LEVEL SECURITY): the proof has to find all.
  const rows = isSuperuser ? 'BYPASSRLS' : 'NOBYPASSRLS'
  const login = `LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION ${rows} PASSWORD ${quoteLiteral(verifier(password))}`
  const standIns: StandIns = { own, maker, names: new Map() }
  const made = new Set([own])
  const known = new Set<string>()
  const makeStandIn = async (role: string) => {
    const stand = standInName(standIns, role)
    if (made.has(stand)) return stand
    made.add(stand)
    const [quoted, owner] = [quoteIdent(stand), quoteIdent(own)]
    await admin.query(`CREATE ROLE ${quoted} NOLOGIN; GRANT ${quoted} TO ${owner} WITH ADMIN OPTION`)
    return stand
  }
  await admin.query(
    `CREATE ROLE ${quoteIdent(own)} ${login}${isSuperuser ? '' : `; GRANT ${quoteIdent(own)} TO CURRENT_USER`}`,
  )
  return {
    ...standIns,
    url: (database) => formatDatabaseUrl({ ...parseDatabaseUrl(adminUrl), user: own, password, database }),
    isMakerSuperuser: isSuperuser,
    major,
    helper: {
      schema: `mig_scratch_${randomBytes(8).toString('hex')}`,
      secret: randomBytes(24).toString('base64url'),
    },
    helped: new Set(),
    concerned: new Set(),
    async standIn(role) {
      if (known.size === 0) for (const each of await rolesOf(admin)) known.add(each)
      return known.has(role) || made.has(standInName(standIns, role)) ? makeStandIn(role) : undefined
    },
    makeStandIn,
    async asMaker(database, body) {
      const url = formatDatabaseUrl({ ...parseDatabaseUrl(adminUrl), database })
      const session = await connect({ url, applicationName: 'just-mig scratch' })
      try {
        return await body(session)
      } finally {
        await session.end()
      }
    },
  }
}

async function rolesOf(admin: Client): Promise<readonly string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT rolname::pg_catalog.text AS name FROM pg_catalog.pg_roles`,
  )
  return rows.map(({ name }) => name)
}

/**
 * Drops the role of scratch databases and all that stand for others. The databases must be gone.
 * @param own its name
 */
export async function dropScratchRole(admin: Client, own: string): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT rolname::pg_catalog.text AS name FROM pg_catalog.pg_roles
      WHERE rolname OPERATOR(pg_catalog.=) $1 OR pg_catalog.starts_with(rolname::pg_catalog.text, $1 OPERATOR(pg_catalog.||) '_')`,
    [own],
  )
  // Another process may clean up at the same time.
  if (rows.length > 0)
    await admin.query(`DROP ROLE IF EXISTS ${rows.map(({ name }) => quoteIdent(name)).join(', ')}`)
}

/**
 * A password as the server keeps it (RFC 5803), so that the password itself is in no log. It is random, and each connection
 * would pay for more than one round.
 */
function verifier(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, 1, 32, 'sha256')
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  return `SCRAM-SHA-256$1:${salt.toString('base64')}$${stored}:${keyed('Server Key').toString('base64')}`
}
