import { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import pg from 'pg'
import { MigError } from '../../errors.ts'
import { connectionError } from './connection-error.ts'
import { isServerError } from './database-error.ts'
import { type DatabaseAddress, parseDatabaseUrl } from './database-url.ts'
import { iamToken, usesIam } from './iam-token.ts'
import { ownPath } from './own-path.ts'
import { expectOwnSession } from './pooler.ts'
import { type SslAttempt, sslAttempts } from './tls.ts'

export interface ConnectOptions {
  readonly url: string
  /** Shown in pg_stat_activity; the URL's own `application_name` goes first. */
  readonly applicationName: string
  /** `lock_timeout` in milliseconds; 0 is off. Default: the server's. */
  readonly lockTimeout?: number
  /** `statement_timeout` in milliseconds; 0 is off. Default: the server's. */
  readonly statementTimeout?: number
  /** Default: that of our own SQL. `of the role` is for what a user types. */
  readonly searchPath?: 'of the role'
  /** Has prepared statements planned once, whatever their parameters, also where queries run outside of `beginReading`. */
  readonly plansOnce?: true
  /** Whether another connection with this URL has shown that it has sessions of its own. Default: it is looked at. */
  readonly isKnown?: true
  /** Gives up connecting. */
  readonly signal?: AbortSignal
  readonly onNotice?: (notice: {
    readonly severity: string | undefined
    readonly message: string | undefined
  }) => void
}

/** Whether a session's settings go with the startup packet, or are set by a statement. */
type SettingsBy = 'startup' | 'statement'

const sockets = new WeakMap<object, Socket>()
const setByStatement = new WeakMap<object, string>()
const backends = new WeakMap<object, number>()

/** The socket of a connection that `connect` has opened. */
export function socketOf(client: object): Socket | undefined {
  return sockets.get(client)
}

/** The server's process id of a connection, which a pooler has another one for; undefined where the client does not tell. */
export function backendPid(client: object): number | undefined {
  return backends.get(client) ?? keyPid(client)
}

/** The process id that came with the key for cancel requests when the connection was opened. */
function keyPid(client: object): number | undefined {
  return 'processID' in client && typeof client.processID === 'number' ? client.processID : undefined
}

/**
 * The statements that give a session back the settings it began with: a pooler may have kept them from its startup
 * packet, and then RESET ALL alone would leave the role's own.
 */
export function initialSettings(client: object): readonly string[] {
  const settings = setByStatement.get(client)
  return settings === undefined ? ['RESET ALL'] : ['RESET ALL', settings]
}

const startingPatience = 30_000
const defaultConnectTimeout = 10_000

/**
 * Opens a connection whose search_path is that of our own SQL. It and the timeouts go with the startup packet, so that
 * RESET ALL comes back to them; where a pooler refuses or drops them, they are set by a statement. Behind a pooler the
 * session must be ours until its end, since settings and locks belong to it. A server that is just starting is waited for, 30 seconds at most.
 * @throws MigError `bad-database-url`, `no-server`, `no-database`, `wrong-password`, `no-permission`,
 * `too-many-connections`, `server-starting`, `ssl-error`, `transaction-pooler`; or the signal's reason
 */
export async function connect(options: ConnectOptions): Promise<Client> {
  const address = parseDatabaseUrl(options.url)
  const modes = sslAttempts(address, usesIam(address))
  const deadline = Date.now() + startingPatience
  let settingsBy: SettingsBy = 'startup'
  let mode = 0
  let refusal: unknown
  for (;;) {
    try {
      const openWith = (given: ConnectOptions) => open(given, address, modes[mode] ?? false, settingsBy)
      return await settled(options, await openWith(options), (signal) => openWith({ ...options, signal }))
    } catch (error) {
      options.signal?.throwIfAborted()
      if (error instanceof MigError) throw error
      if (settingsBy === 'startup' && refusesStartupParameters(error)) settingsBy = 'statement'
      else if (mode + 1 < modes.length && asksForOtherSsl(error)) {
        refusal = isServerError(error) ? error : undefined
        mode += 1
      } else if (isStarting(error) && Date.now() < deadline) {
        await pause(100, undefined, options.signal === undefined ? {} : { signal: options.signal })
        // Where the other way is not to be had, the server's own word tells more.
      } else throw connectionError(isServerError(error) ? error : (refusal ?? error), address)
    }
  }
}

/** A session's settings, by their names; a search_path is written without spaces, as the startup packet wants it. */
function settingsOf(options: ConnectOptions): readonly (readonly [name: string, value: string | number])[] {
  return [
    ...(options.searchPath === 'of the role' ? [] : [['search_path', startupPath] as const]),
    ...(options.plansOnce === true ? [['plan_cache_mode', 'force_generic_plan'] as const] : []),
    ...(options.lockTimeout === undefined ? [] : [['lock_timeout', options.lockTimeout] as const]),
    ...(options.statementTimeout === undefined
      ? []
      : [['statement_timeout', options.statementTimeout] as const]),
  ]
}

const startupPath = ownPath.replaceAll(' ', '')

/**
 * Sees to the settings of a connection that is open, and that they are nobody else's. The process id tells a pooler,
 * and some drop startup parameters in silence, so the server is asked for both.
 */
async function settled(
  options: ConnectOptions,
  client: Client,
  openOther: (signal: AbortSignal) => Promise<Client>,
): Promise<Client> {
  if (options.searchPath === 'of the role') return client
  try {
    const { rows } = await client.query<{ path: string; pid: number }>(
      `SELECT pg_catalog.current_setting('search_path') AS path, pg_catalog.pg_backend_pid() AS pid`,
    )
    const { path, pid } = rows[0] ?? { path: '', pid: 0 }
    const isPooled = pid !== keyPid(client)
    if (!isPooled && path === startupPath) return client
    if (!options.isKnown) await expectOwnSession(client, openOther, pid)
    backends.set(client, pid)
    if (path !== startupPath) {
      const settings = settingsOf(options).map(([name, value]) => `SET ${name} TO ${value}`)
      await client.query(settings.join('; '))
      setByStatement.set(client, settings.join('; '))
    }
    return resettingAtEnd(client)
  } catch (error) {
    sockets.get(client)?.destroy()
    throw error
  }
}

/** A pooler may give the server's session to others as it is. */
function resettingAtEnd(client: Client): Client {
  const end = client.end.bind(client)
  return Object.assign(client, {
    async end() {
      await client.query('RESET ALL').catch(() => undefined)
      await end()
    },
  })
}

async function open(
  options: ConnectOptions,
  address: DatabaseAddress,
  ssl: SslAttempt,
  settingsBy: SettingsBy,
): Promise<Client> {
  const { parameters } = address
  const startupOptions = [
    parameters.options ?? process.env.PGOPTIONS,
    ...(settingsBy === 'startup' ? settingsOf(options).map(([name, value]) => `-c ${name}=${value}`) : []),
  ]
  // A socket of our own making can be destroyed, where the driver's end() would wait for the server's word.
  const socket = new Socket()
  const client = new pg.Client({
    stream: () => socket,
    host: address.host,
    port: address.port,
    user: address.user,
    ...passwordOf(address),
    database: address.database,
    ssl,
    application_name: parameters.application_name ?? options.applicationName,
    options: startupOptions.filter(Boolean).join(' '),
    connectionTimeoutMillis: Number(parameters.connect_timeout ?? 0) * 1000 || defaultConnectTimeout,
    ...keepalive(parameters),
  })
  sockets.set(client, socket)
  // What a project sets in pg.defaults gives up on a query that the server still runs, and may still commit.
  if ('connectionParameters' in client)
    Object.assign(Object(client.connectionParameters), { query_timeout: 0 })
  // Without a listener a connection that breaks while idle would end the process. Its next query says so.
  client.on('error', () => undefined)
  const { onNotice, signal } = options
  if (onNotice !== undefined) client.on('notice', ({ severity, message }) => onNotice({ severity, message }))
  try {
    await connectUnlessAborted(client, socket, signal)
    return client
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** How long a connection is idle before TCP asks whether the other side is there, in seconds; then it asks each second. */
const defaultKeepaliveIdle = 20

/** libpq's keepalives and keepalives_idle (manual, section 32.1.2); Node sets no interval and no count. */
function keepalive({ keepalives, keepalives_idle: idle }: DatabaseAddress['parameters']) {
  if (keepalives === '0') return { keepAlive: false }
  const seconds = Number(idle) > 0 ? Number(idle) : defaultKeepaliveIdle
  return { keepAlive: true, keepAliveInitialDelayMillis: seconds * 1000 }
}

/** A token is asked for at each connection: it lives 15 minutes, and a run may be longer. */
function passwordOf(address: DatabaseAddress): { readonly password?: string | (() => Promise<string>) } {
  if (usesIam(address)) return { password: () => iamToken(address) }
  return address.password === undefined ? {} : { password: address.password }
}

async function connectUnlessAborted(
  client: Client,
  socket: Socket,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted()
  const giveUp = () => void socket.destroy()
  signal?.addEventListener('abort', giveUp)
  try {
    await client.connect()
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

/** PgBouncer's answer to a parameter that it does not know, as `options`. PostgreSQL's own have other codes. */
function refusesStartupParameters(error: unknown): boolean {
  return isServerError(error) && error.code === '08P01'
}

/**
 * pg_hba.conf may ask for SSL, or for none, and says so in the server's language with a code that it shares with a role
 * that may not log in: like libpq, the other way is tried then (manual, section 32.19.3). The second text is the driver's.
 */
function asksForOtherSsl(error: unknown): boolean {
  if (isServerError(error)) return error.code === '28000'
  return error instanceof Error && /does not support SSL/.test(error.message)
}

function isStarting(error: unknown): boolean {
  return isServerError(error) && error.code === '57P03'
}

/** Runs `body` on a connection of its own to a database. */
export function onDatabase<T>(url: string, body: (client: Client) => Promise<T>): Promise<T> {
  return onConnection({ url, applicationName: 'just-mig' }, body)
}

/** Runs `body` on a connection, and closes it. @throws as `connect` and `body` do */
export async function onConnection<T>(
  options: ConnectOptions,
  body: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(options)
  try {
    return await body(client)
  } finally {
    await client.end()
  }
}
