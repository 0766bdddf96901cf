import { MigError } from '../errors.ts'
import { onDatabase } from '../postgres/connection/connection.ts'
import { maskUrl } from '../postgres/connection/database-url.ts'
import {
  type EmbeddedOptions,
  type EmbeddedServer,
  embeddedMajor,
  ensureEmbeddedServer,
} from '../postgres/embedded/embedded.ts'

export interface ScratchServerOptions {
  /** The target database. */
  readonly databaseUrl: string
  /** MIG_SCRATCH_URL. */
  readonly scratchUrl?: string
  /** The embedded server; started only when nothing else will do. */
  readonly embedded?: {
    readonly major: () => Promise<number>
    readonly start: () => Promise<EmbeddedServer>
  }
}

/** The embedded server of a project, for scratch databases. */
export function embeddedScratch(options: EmbeddedOptions): NonNullable<ScratchServerOptions['embedded']> {
  return { major: () => embeddedMajor(options.root), start: () => ensureEmbeddedServer(options) }
}

export interface ScratchServer {
  /** For `withScratchDatabase`. */
  readonly adminUrl: string
  readonly source: 'same-server' | 'MIG_SCRATCH_URL' | 'embedded'
}

/** What a server says of itself and of our rights there. */
interface ServerFacts {
  readonly major: number
  readonly mayCreate: boolean
}

/**
 * Where scratch databases are made: on the server of MIG_SCRATCH_URL when it is set, else on the target's own
 * server, else, where its user may not create databases, on the embedded server.
 * @throws MigError `no-scratch` with the setting to set; the errors of `connect`
 */
export async function scratchServer(options: ScratchServerOptions): Promise<ScratchServer> {
  const { databaseUrl, scratchUrl } = options
  const target = await serverFacts(databaseUrl)
  if (scratchUrl !== undefined) {
    const facts = await serverFacts(scratchUrl)
    if (facts.major !== target.major) {
      throw noScratch(
        `MIG_SCRATCH_URL is PostgreSQL ${facts.major}, and the database PostgreSQL ${target.major}`,
        target,
      )
    }
    if (!facts.mayCreate)
      throw noScratch(`the user of MIG_SCRATCH_URL (${maskUrl(scratchUrl)}) may not create databases`, target)
    return { adminUrl: scratchUrl, source: 'MIG_SCRATCH_URL' }
  }
  if (target.mayCreate) return { adminUrl: databaseUrl, source: 'same-server' }
  const major = await options.embedded?.major()
  if (options.embedded !== undefined && major === target.major) {
    const server = await options.embedded.start()
    return { adminUrl: server.url('postgres'), source: 'embedded' }
  }
  const other = major === undefined ? '' : `, and the embedded server is PostgreSQL ${major}`
  throw noScratch(`the user of ${maskUrl(databaseUrl)} may not create databases${other}`, target)
}

async function serverFacts(url: string): Promise<ServerFacts> {
  const { rows } = await onDatabase(url, (client) =>
    client.query<ServerFacts>(
      `SELECT current_setting('server_version_num')::int / 10000 AS major, rolsuper OR rolcreatedb AS "mayCreate"
         FROM pg_roles WHERE rolname = current_user`,
    ),
  )
  const [facts] = rows
  if (facts === undefined) throw new Error('pg_roles does not know current_user')
  return facts
}

function noScratch(reason: string, target: ServerFacts): MigError {
  return new MigError('no-scratch', `no scratch database can be created: ${reason}`, {
    help: `set MIG_SCRATCH_URL to a PostgreSQL ${target.major} server whose user may create databases, or ALTER ROLE … CREATEDB`,
    facts: { major: target.major },
  })
}
