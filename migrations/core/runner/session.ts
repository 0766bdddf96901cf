import { hostname, userInfo } from 'node:os'
import pg, { type ClientBase } from 'pg'
import type { Environment } from '../environment/index.ts'
import { MigError } from '../errors.ts'
import type { EmitEvent } from '../events.ts'
import {
  connect,
  databaseError,
  type EmbeddedServer,
  ensureDatabase,
  ensureEmbeddedServer,
  isConnectionLost,
} from '../postgres/index.ts'

/** One connection and what a run needs beside it. */
export interface Session {
  /** The connection; another one after `reconnect`. */
  readonly client: ClientBase
  /** The URL of `client`; null when the caller brought the connection. */
  readonly url: string | null
  readonly emit: EmitEvent
  readonly signal: AbortSignal | undefined
  /** What is there only for a connection of ours. */
  readonly own?: OwnConnection
}

/** What can be done about a connection that `usingSession` has opened. */
export interface OwnConnection {
  /** Puts a new connection in the place of one that broke. */
  readonly reconnect: () => Promise<void>
  /** A second connection, for looking at what the first one does; opened at the first call. */
  readonly observer: () => Promise<ClientBase>
  /** The SQLSTATE with which the server ended the connection, or null. */
  readonly endedBy: () => string | null
  /** Resolves when no cancel request is on its way, so that none hits a later statement. */
  readonly cancelled: () => Promise<void>
}

export interface SessionOptions {
  readonly emit?: EmitEvent
  readonly signal?: AbortSignal
  /** A connection of the caller's own: used as it is, and left open. */
  readonly client?: ClientBase
  /** Shown in pg_stat_activity. Default: `just-mig <pid>@<machine>`. */
  readonly applicationName?: string
}

const ignoreEvents: EmitEvent = () => undefined

/**
 * The URL of the environment's database; starts the embedded server when no other is configured, and makes its
 * database where it is missing.
 * @throws MigError when the embedded server does not start.
 */
export async function databaseUrl(env: Environment, emit: EmitEvent = ignoreEvents): Promise<string> {
  const server = await configuredServer(env, emit)
  if (server.embedded !== undefined) await ensureDatabase(server.embedded, env.embeddedDatabase)
  return server.url
}

async function configuredServer(
  env: Environment,
  emit: EmitEvent,
): Promise<{ readonly url: string; readonly embedded?: EmbeddedServer }> {
  if (env.databaseUrl !== null) return { url: env.databaseUrl }
  const embedded = await ensureEmbeddedServer({ root: env.root, emit })
  return { url: embedded.url(env.embeddedDatabase), embedded }
}

/**
 * Opens a session, runs `body` and closes what it opened. A signal that aborts cancels the running statement.
 * @throws MigError `no-server`, `no-database`, `wrong-password` and the like, and whatever `body` throws, an error of
 *   the driver as `database-error` or `connection-lost`.
 */
export async function usingSession<Result>(
  env: Environment,
  options: SessionOptions,
  body: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { emit = ignoreEvents, signal } = options
  if (options.client !== undefined) {
    return body({ client: options.client, url: null, emit, signal }).catch(rethrown(signal))
  }
  const { url, embedded } = await configuredServer(env, emit)
  const applicationName = options.applicationName ?? runnerName()
  const open = () =>
    connect({
      url,
      applicationName,
      lockTimeout: env.lockTimeout,
      statementTimeout: env.statementTimeout,
      ...(signal === undefined ? {} : { signal }),
      onNotice: ({ severity, message }) =>
        emit({ event: 'notice', severity: severity ?? 'NOTICE', message: message ?? '' }),
    })
  const first = await open().catch(async (error: unknown) => {
    // Asking first whether the database is there would cost every command a connection.
    if (embedded === undefined || !(error instanceof MigError) || error.code !== 'no-database') throw error
    await ensureDatabase(embedded, env.embeddedDatabase)
    return open()
  })
  const own = ownConnection(first, open, () => connect({ url, applicationName: 'just-mig observer' }))
  let cancelling = Promise.resolve()
  const cancel = () => {
    cancelling = cancelStatement(url, own.client())
  }
  signal?.addEventListener('abort', cancel)
  const session: Session = {
    get client() {
      return own.client()
    },
    url,
    emit,
    signal,
    own: { ...own, cancelled: () => cancelling },
  }
  try {
    return await body(session).catch(rethrown(signal))
  } finally {
    signal?.removeEventListener('abort', cancel)
    await cancelling
    await own.end()
  }
}

/** A driver's error becomes one for people; one that a cancel request has caused is for the caller to tell. */
function rethrown(signal: AbortSignal | undefined): (error: unknown) => never {
  return (error) => {
    const raw = !(error instanceof MigError) && (error instanceof pg.DatabaseError || isConnectionLost(error))
    throw raw && !signal?.aborted ? databaseError(error) : error
  }
}

interface Connections extends Omit<OwnConnection, 'cancelled'> {
  readonly client: () => pg.Client
  readonly end: () => Promise<void>
}

function ownConnection(
  first: pg.Client,
  open: () => Promise<pg.Client>,
  openObserver: () => Promise<pg.Client>,
): Connections {
  let endedBy: string | null = null
  let observer: Promise<pg.Client> | undefined
  const listening = (client: pg.Client) =>
    client.on('error', (error) => {
      endedBy = 'code' in error && typeof error.code === 'string' ? error.code : endedBy
    })
  let client = listening(first)
  return {
    client: () => client,
    endedBy: () => endedBy,
    observer: () => {
      observer ??= openObserver()
      return observer
    },
    async reconnect() {
      // The socket is gone, or half open: its own end is not waited for.
      void client.end()
      void observer?.then(
        (old) => old.end(),
        // One that was never opened has nothing to close.
        () => undefined,
      )
      observer = undefined
      client = listening(await open())
      endedBy = null
    },
    async end() {
      await client.end()
      await (await observer?.catch(() => undefined))?.end()
    },
  }
}

/** Cancels what a connection is doing, from a second one; a server that is gone has nothing to cancel. */
async function cancelStatement(url: string, client: ClientBase): Promise<void> {
  const pid = backendPid(client)
  if (pid === undefined) return
  const other = await connect({ url, applicationName: 'just-mig cancel' }).catch(() => undefined)
  await other?.query('SELECT pg_cancel_backend($1)', [pid]).catch(() => undefined)
  await other?.end().catch(() => undefined)
}

/** Takes back what is open, for a connection that still answers; waits for a cancel request that is on its way. */
export async function rollBack({ client, own }: Session): Promise<void> {
  await own?.cancelled()
  // An error comes before the server's word on the transaction; the answer to an empty query comes after it.
  await client.query('')
  // A COMMIT that failed has closed the transaction by itself, and the server would warn.
  if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
}

/** The server's process id of a connection; undefined behind a client that does not tell. */
export function backendPid(client: ClientBase): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined
}

/**
 * The application_name of a runner, with the process that it is, so that somebody else can tell whether that is
 * still there; cut to the 63 bytes that PostgreSQL keeps.
 */
export function runnerName(): string {
  return `just-mig ${process.pid}@${hostname()}`.slice(0, 63)
}

/** `user@machine` for the log. */
export const whereFrom: string = userAtMachine()

function userAtMachine(): string {
  let user = process.env.USER ?? String(process.getuid?.() ?? '')
  try {
    user = userInfo().username
  } catch {
    // A container may run under a uid without a name.
  }
  return `${user}@${hostname()}`
}
