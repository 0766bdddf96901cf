import { hostname, userInfo } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import pg, { type ClientBase } from 'pg'
import type { Environment } from '../../environment/index.ts'
import { MigError } from '../../errors.ts'
import type { EmitEvent } from '../../events.ts'
import {
  backendPid,
  connect,
  databaseError,
  type EmbeddedServer,
  ensureDatabase,
  ensureEmbeddedServer,
  isBusy,
  isConnectionLost,
  ownPath,
  socketOf,
} from '../../postgres/index.ts'
import { nameOfRunner } from './holder.ts'
import { cancelStatement, type OwnConnection, ownConnection } from './own-connection.ts'

/** One connection, and what else a run needs. */
export interface Session {
  /** The connection; another one after `reconnect`. */
  readonly client: ClientBase
  /** The URL of `client`; null when the caller brought the connection. */
  readonly url: string | null
  readonly emit: EmitEvent
  readonly signal: AbortSignal | undefined
  /** Somebody looks after each query that it is sent by itself. */
  readonly oneByOne?: true
  /** The role that the caller has set on it, which is given back; none on a connection of ours. */
  readonly role?: string
  /** What is there only for a connection of ours. */
  readonly own?: OwnConnection
}

/** Whether several statements may go to the server before the first of them is answered. */
export function takesPipelines({ own, oneByOne }: Session): boolean {
  return own !== undefined && oneByOne === undefined
}

export interface SessionOptions {
  readonly emit?: EmitEvent
  readonly signal?: AbortSignal
  /** A session that is open already, for what is asked of its own database; left open. */
  readonly open?: Session
  /** A connection of the caller's own: left open, with the search_path that it came with. */
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
 * Opens a session, runs `body`, and closes what it opened. An aborted signal cancels the running statement.
 * @throws MigError `no-server`, `no-database`, `wrong-password` and the like; whatever `body` throws, with errors of
 *   the driver as `database-error` or `connection-lost`.
 */
export async function usingSession<Result>(
  env: Environment,
  options: SessionOptions,
  body: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { emit = ignoreEvents, signal } = options
  if (options.client !== undefined) {
    const given: Session = { client: options.client, url: null, emit, signal }
    return onOwnPath(given, body).catch(rethrown(signal))
  }
  const { open: opened } = options
  if (opened !== undefined && (env.databaseUrl === null || env.databaseUrl === opened.url))
    return body(telling(opened, emit)).catch(rethrown(signal))
  const { url, embedded } = await configuredServer(env, emit)
  const applicationName = options.applicationName ?? nameOfRunner()
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
  const openObserver = () => connect({ url, applicationName: 'just-mig observer', isKnown: true })
  const own = ownConnection(first, open, openObserver)
  let cancelling = Promise.resolve()
  const cancel = () => {
    cancelling = cancelUntilIdle(url, own.client())
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

/** Milliseconds until a cancel request is sent again, at first. */
const cancelAgain = 50

/** The server forgets a request that comes between two messages of a pipeline, and works on. */
async function cancelUntilIdle(url: string, client: ClientBase): Promise<void> {
  const isOver = () => !isBusy(client) || socketOf(client)?.destroyed !== false
  for (let delay = cancelAgain; ; delay = Math.min(delay * 2, 1000)) {
    await cancelStatement(url, backendPid(client))
    if (isOver()) return
    await pause(delay)
    if (isOver()) return
  }
}

/** The same session, which tells somebody else. Its client is another one after `reconnect`. */
function telling(session: Session, emit: EmitEvent): Session {
  return Object.assign(Object.create(session) as Session, { emit })
}

/** A connection of the caller's gets our search_path, and its own back. */
async function onOwnPath<Result>(
  session: Session,
  body: (session: Session) => Promise<Result>,
): Promise<Result> {
  const { client } = session
  const { rows } = await client.query<{ path: string; role: string }>(
    `SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.current_setting('role') AS role,
            pg_catalog.set_config('search_path', $1, false)`,
    [ownPath],
  )
  const result = await body({ ...session, role: rows[0]?.role ?? 'none' }).catch(async (error: unknown) => {
    // What has failed says more than that the connection cannot be used any more.
    await giveBack().catch(() => undefined)
    throw error
  })
  await giveBack()
  return result

  async function giveBack() {
    // A transaction that has failed is the caller's to end, and its settings end with it.
    if (client.getTransactionStatus() === 'E') return
    await client.query(`SELECT pg_catalog.set_config('search_path', $1, false)`, [rows[0]?.path ?? ''])
  }
}

/** A driver's error becomes one for people; one that a cancel request has caused is for the caller to tell. */
function rethrown(signal: AbortSignal | undefined): (error: unknown) => never {
  return (error) => {
    const raw = !(error instanceof MigError) && (error instanceof pg.DatabaseError || isConnectionLost(error))
    throw raw && !signal?.aborted ? databaseError(error) : error
  }
}

/** Runs `body`; what it has left open when it throws is rolled back, where the connection is still there. */
export async function rollingBack<Result>(session: Session, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body()
  } catch (error) {
    if (!isConnectionLost(error)) await rollBack(session)
    throw error
  }
}

/** Rolls back what is open, for a connection that still answers; waits for a cancel request that is on its way. */
export async function rollBack({ client, own }: Session): Promise<void> {
  await own?.cancelled()
  // An error comes before the server's word on the transaction; the answer to an empty query comes after it.
  await client.query('')
  // A COMMIT that failed has closed the transaction by itself, and the server would warn.
  if (client.getTransactionStatus() !== 'I') await client.query('ROLLBACK')
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
